# Fetches the script that the Systems Manager document names, and runs it. Above stand $SecureWinrm, $SecureWinrmScript and
# $SecureWinrmArguments, and the functions that ask AWS.
if ([string]$SecureWinrmScript.Hash -eq '') { throw 'the agent has set no parameters: a signed script needs version 3.3.2746.0 of the Systems Manager agent' }
$SecureWinrmBytes = Get-S3Bytes $SecureWinrmScript.Bucket $SecureWinrmScript.Key
function Get-SecureWinrmHash([byte[]]$Bytes) { [BitConverter]::ToString((New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant() }
$SecureWinrmHash = Get-SecureWinrmHash $SecureWinrmBytes
if ($SecureWinrmHash -cne $SecureWinrmScript.Hash) { throw "$($SecureWinrmScript.Key) has SHA-256 $SecureWinrmHash, the document wants $($SecureWinrmScript.Hash): nothing was run" }
# Below Program Files only SYSTEM and Administrators write: what was checked is what runs.
$SecureWinrmFolder = "$env:ProgramFiles\secure-winrm"
$SecureWinrmPath = "$SecureWinrmFolder\$($SecureWinrmScript.Key)"
$null = [IO.Directory]::CreateDirectory($SecureWinrmFolder)
# Another run of an older document may be about to start its file, and one of this document reads this file now.
foreach ($SecureWinrmOld in [IO.Directory]::GetFiles($SecureWinrmFolder, 'winrm-*.ps1')) {
  if ($SecureWinrmOld -eq $SecureWinrmPath -or [IO.File]::GetLastWriteTimeUtc($SecureWinrmOld) -gt [DateTime]::UtcNow.AddDays(-1)) { continue }
  try { [IO.File]::Delete($SecureWinrmOld) } catch { Write-Host "$SecureWinrmOld stays behind" }
}
if (-not [IO.File]::Exists($SecureWinrmPath) -or (Get-SecureWinrmHash ([IO.File]::ReadAllBytes($SecureWinrmPath))) -cne $SecureWinrmHash) { [IO.File]::WriteAllBytes($SecureWinrmPath, $SecureWinrmBytes) } else {
  try { [IO.File]::SetLastWriteTimeUtc($SecureWinrmPath, [DateTime]::UtcNow) } catch { Write-Host "$SecureWinrmPath keeps its date" }
}
& $SecureWinrmPath @SecureWinrmArguments
exit $LASTEXITCODE
