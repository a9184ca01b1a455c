# Fetches the script that the Systems Manager document names, and runs it. Above stand $SecureWinrm, $SecureWinrmScript and
# $SecureWinrmArguments, and the functions that ask AWS.
if ([string]$SecureWinrmScript.Hash -eq '') { throw 'the agent has set no parameters: a signed script needs version 3.3.2746.0 of the Systems Manager agent' }
$SecureWinrmBytes = Get-S3Bytes $SecureWinrmScript.Bucket $SecureWinrmScript.Key
$SecureWinrmHash = [BitConverter]::ToString((New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($SecureWinrmBytes)).Replace('-', '').ToLowerInvariant()
if ($SecureWinrmHash -cne $SecureWinrmScript.Hash) { throw "$($SecureWinrmScript.Key) has SHA-256 $SecureWinrmHash, the document wants $($SecureWinrmScript.Hash): nothing was run" }
# Below Program Files only SYSTEM and Administrators write: what was checked is what runs.
$SecureWinrmFolder = "$env:ProgramFiles\secure-winrm"
$SecureWinrmPath = "$SecureWinrmFolder\$($SecureWinrmScript.Key)"
$null = [IO.Directory]::CreateDirectory($SecureWinrmFolder)
foreach ($SecureWinrmOld in [IO.Directory]::GetFiles($SecureWinrmFolder, 'winrm-*.ps1')) { if ($SecureWinrmOld -ne $SecureWinrmPath) { [IO.File]::Delete($SecureWinrmOld) } }
[IO.File]::WriteAllBytes($SecureWinrmPath, $SecureWinrmBytes)
& $SecureWinrmPath @SecureWinrmArguments
exit $LASTEXITCODE
