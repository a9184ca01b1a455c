# ---- what is kept on the disk for later runs, and whose hash is kept apart from it

# In the registry, so that who edits a file is noticed. Not in the task, beside the script's hash: that one comes by the control channel, and
# no run that the task has started writes it; these change with each proof and each list of nodes, whichever run takes it up. Who is an
# administrator can change file and hash alike: nothing on a machine is safe from those.
$KeptKey = 'SOFTWARE\secure-winrm-kept'

function Get-KeptHash([string]$Name) { ([string](Get-RegistryValue $KeptKey $Name)) -replace '^String ', '' }

function Set-KeptHash([string]$Name, [string]$Hash) {
  if ((Get-KeptHash $Name) -cne $Hash) { Set-RegistryValue ([pscustomobject]@{ path = $KeptKey; name = $Name; type = 'String'; op = 'eq'; value = $Hash }) }
}

function Test-KeptHash([string]$Name, [string]$Text) { @((Get-KeptHash $Name) -split ' ') -ccontains (Get-TextHash $Text) }

# Before the file both hashes count: a run that ends in between must not take its own file for somebody else's.
function Save-Kept([string]$Name, [string]$Text) {
  $hash = Get-TextHash $Text
  if ((Get-KeptHash $Name) -ceq $hash -and (Read-File $Name) -ceq $Text) { return }
  if (-not (Test-KeptHash $Name $Text)) { Set-KeptHash $Name ("$(Get-KeptHash $Name) $hash".Trim()) }
  Write-File $Name $Text
  Set-KeptHash $Name $hash
}

# One that is not as it was kept counts as gone, and that is told. Without a hash it is from before there were any.
function Read-Kept([string]$Name) {
  $text = Read-File $Name
  if ((Get-KeptHash $Name) -eq '' -or (Test-KeptHash $Name $text)) { return $text }
  $Run.Altered[$Name] = if ($text -eq '') { 'gone, or somebody else''s' } else { "SHA-256 $(Get-TextHash $text) instead of $(Get-KeptHash $Name)" }
  ''
}

# The audit runs from these files, so that is the control which fails.
function Get-AlteredFinding {
  foreach ($name in @($Run.Altered.Keys)) { [ordered]@{ control = 'regular-audit'; key = "file $name"; verdict = 'fail'; expected = 'as this host has kept it'; found = ConvertTo-Line $Run.Altered[$name] 200 } }
}

function Get-ProofText([string]$Gate, [string]$DocumentGate, [string]$Text) { ConvertTo-Json ([ordered]@{ gate = $Gate; documentGate = $DocumentGate; document = $Text }) -Compress }

# A proof that is not there any more can be made again where it was of this script's own document, which came by the control channel: the
# kept hash tells. Of another document nothing is known then, and the host changes nothing until a gate run.
function Read-Proof([string]$Text, $Document) {
  $saved = Read-Kept 'proven.json'
  if ($saved -ne '' -or -not $Run.Altered.Contains('proven.json')) { return $saved }
  $again = Get-ProofText (Get-TextHash "$($Document.gate)`n$(Read-Kept 'host.json')") $Document.gate $Text
  if (Test-KeptHash 'proven.json' $again) { $again } else { '' }
}
