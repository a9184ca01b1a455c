# ---- policies: the local one is a file of values and a version; a domain's is told by what Windows has resolved

# To a PowerShell of 32 bits System32 is another folder.
$PolicyFolder = "$env:windir\$(if ([Environment]::Is64BitProcess) { 'System32' } else { 'Sysnative' })\GroupPolicy"
# Who reads the file of values, and the editor that shows them.
$RegistryExtension = '{35378EAC-683F-11D2-A89A-00C04FBBCFA2}'
$RegistryEditor = '{D02B1F72-3407-48AE-BA88-E8213C6761F1}'
$PolicyType = @{ String = 1; DWord = 4 }

function Skip-PolicyMark($Cursor, [string]$Mark) {
  if ([string][BitConverter]::ToChar($Cursor.Bytes, $Cursor.At) -cne $Mark) { throw "the local policy file has no $Mark at byte $($Cursor.At)" }
  $Cursor.At += 2
}

function Read-PolicyText($Cursor) {
  $text = New-Object Text.StringBuilder
  for (;;) {
    $char = [BitConverter]::ToChar($Cursor.Bytes, $Cursor.At)
    $Cursor.At += 2
    if ([int]$char -eq 0) { break }
    $null = $text.Append($char)
  }
  $text.ToString()
}

function Read-PolicyNumber($Cursor) {
  [int][BitConverter]::ToUInt32($Cursor.Bytes, $Cursor.At)
  $Cursor.At += 4
}

function Get-Policy {
  if ($null -eq $Run.Policy) { $Run.Policy = @(Read-Policy) }
  $Run.Policy
}

# Header, then [key;name;type;size;data] for each, in UTF-16. What is not understood is a fault: the file is never written over then.
function Read-Policy {
  $path = "$PolicyFolder\Machine\Registry.pol"
  if (-not [IO.File]::Exists($path)) { return }
  $cursor = @{ Bytes = [IO.File]::ReadAllBytes($path); At = 8 }
  if ($cursor.Bytes.Length -lt 8 -or [BitConverter]::ToUInt32($cursor.Bytes, 0) -ne 0x67655250 -or [BitConverter]::ToUInt32($cursor.Bytes, 4) -ne 1) { throw "$path is no file of policies" }
  while ($cursor.At -lt $cursor.Bytes.Length) {
    Skip-PolicyMark $cursor '['
    $key = Read-PolicyText $cursor
    Skip-PolicyMark $cursor ';'
    $name = Read-PolicyText $cursor
    Skip-PolicyMark $cursor ';'
    $type = Read-PolicyNumber $cursor
    Skip-PolicyMark $cursor ';'
    $size = Read-PolicyNumber $cursor
    Skip-PolicyMark $cursor ';'
    $data = New-Object byte[] $size
    [Array]::Copy($cursor.Bytes, $cursor.At, $data, 0, $size)
    $cursor.At += $size
    Skip-PolicyMark $cursor ']'
    [pscustomobject]@{ Key = $key; Name = $name; Type = $type; Data = $data }
  }
}

function ConvertTo-PolicyData($Resource) {
  $value = @($Resource.value)[0]
  if ($Resource.type -eq 'DWord') { return [BitConverter]::GetBytes([uint32]$value) }
  [Text.Encoding]::Unicode.GetBytes("$value`0")
}

# Whole or not at all.
function Write-Policy($Items) {
  $Run.Policy = $null
  $stream = New-Object IO.MemoryStream
  $writer = New-Object IO.BinaryWriter $stream, ([Text.Encoding]::Unicode)
  $writer.Write([uint32]0x67655250)
  $writer.Write([uint32]1)
  foreach ($item in @($Items)) {
    $writer.Write([Text.Encoding]::Unicode.GetBytes("[$($item.Key)`0;$($item.Name)`0;"))
    $writer.Write([uint32]$item.Type)
    $writer.Write([Text.Encoding]::Unicode.GetBytes(';'))
    $writer.Write([uint32]$item.Data.Length)
    $writer.Write([Text.Encoding]::Unicode.GetBytes(';'))
    $writer.Write([byte[]]$item.Data)
    $writer.Write([Text.Encoding]::Unicode.GetBytes(']'))
  }
  $writer.Flush()
  $path = "$PolicyFolder\Machine\Registry.pol"
  $null = [IO.Directory]::CreateDirectory("$PolicyFolder\Machine")
  [IO.File]::WriteAllBytes("$path.new", $stream.ToArray())
  if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.new", $path, [NullString]::Value) } else { [IO.File]::Move("$path.new", $path) }
}

# What stands beside the file: its version, who reads it, and which half somebody has switched off.
function Read-PolicyIndex {
  $path = "$PolicyFolder\gpt.ini"
  $index = @{ Lines = @(); Version = [uint32]0; Extensions = ''; Options = 0 }
  if ([IO.File]::Exists($path)) { $index.Lines = @([IO.File]::ReadAllLines($path, [Text.Encoding]::Default)) }
  foreach ($line in $index.Lines) {
    if ($line -match '^\s*Version\s*=\s*(\d+)') { $index.Version = [uint32]$Matches[1] }
    if ($line -match '^\s*gPCMachineExtensionNames\s*=\s*(.*?)\s*$') { $index.Extensions = $Matches[1] }
    if ($line -match '^\s*Options\s*=\s*(\d+)') { $index.Options = [int]$Matches[1] }
  }
  $index
}

$PolicySwitches = 'SOFTWARE\Policies\Microsoft\Windows\System'

function Test-InDomain { (Get-CimInstance -ClassName Win32_ComputerSystem -ErrorAction Stop).PartOfDomain }

# A domain may say that its machines heed no local policy at all; outside of one Windows does not ask.
function Test-PolicyOff($Index) { ($Index.Options -band 2) -ne 0 -or ([string](Get-RegistryValue $PolicySwitches 'DisableLGPOProcessing') -eq 'DWord 1' -and (Test-InDomain)) }

function Test-PolicyRead($Index) { ($Index.Version -band 0xFFFF) -ne 0 -and $Index.Extensions -like "*$RegistryExtension*" -and -not (Test-PolicyOff $Index) }

# Windows reads the file again when the lower half of the version, which is the machine's, has grown.
function Update-PolicyVersion {
  $index = Read-PolicyIndex
  $parts = @([regex]::Matches($index.Extensions, '\[[^\]]*\]') | ForEach-Object { $_.Value })
  if (@($parts | Where-Object { $_ -like "``[$RegistryExtension*" }).Count -eq 0) { $parts = @($parts + "[$RegistryExtension$RegistryEditor]" | Sort-Object) }
  $machine = ($index.Version -band 0xFFFF) % 0xFFFF + 1
  $kept = @($index.Lines | Where-Object { $_ -notmatch '^\s*(Version|gPCMachineExtensionNames)\s*=' -and $_ -notmatch '^\s*\[General\]\s*$' -and $_.Trim() -ne '' })
  $text = @('[General]', "gPCMachineExtensionNames=$($parts -join '')", "Version=$([long]($index.Version -band 4294901760) + $machine)") + $kept
  [IO.File]::WriteAllLines("$PolicyFolder\gpt.ini", [string[]]$text, [Text.Encoding]::Default)
}

# What a policy says, in the words of Get-RegistryValue.
function Get-PolicyText([int]$Type, [byte[]]$Data) {
  switch ($Type) {
    1 { "String $([Text.Encoding]::Unicode.GetString($Data).TrimEnd([char]0))" }
    4 { if ($Data.Length -ge 4) { "DWord $([BitConverter]::ToUInt32($Data, 0))" } else { 'type 4 without a value' } }
    default { "type $Type" }
  }
}

# '' where it says nothing. A later entry undoes an earlier one.
function Get-LocalPolicyText($Resource) {
  $text = ''
  foreach ($item in @(Get-Policy | Where-Object { $_.Key -eq $Resource.path })) {
    if ($item.Name -eq $Resource.name) { $text = Get-PolicyText $item.Type $item.Data }
    elseif ($item.Name -eq "**del.$($Resource.name)" -or $item.Name.TrimEnd('.') -eq '**delvals') { $text = '' }
    elseif ($item.Name -eq '**DeleteValues' -and @([Text.Encoding]::Unicode.GetString($item.Data).TrimEnd([char]0) -split ';') -contains $Resource.name) { $text = '' }
  }
  $text
}

# What goes before a value is written. Where it must be absent, what deletes it is no harm.
function Test-SamePolicy($Item, $Resource) {
  $Item.Key -eq $Resource.path -and ($Item.Name -eq $Resource.name -or ($Item.Name -eq "**del.$($Resource.name)" -and $Resource.op -ne 'absent'))
}

# What a domain has decided, resolved by Windows: of each value the policy that won. Nothing on a machine of no domain.
function Get-DomainPolicy {
  if ($null -eq $Run.DomainPolicy) {
    $Run.DomainPolicy = @(
      if (Test-InDomain) {
        # Then it knows of none, and says so without an error. A policy comes before a preference.
        $logging = $PolicySwitches, 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon' | ForEach-Object { Get-RegistryValue $_ 'RSoPLogging' } | Select-Object -First 1
        if ([string]$logging -eq 'DWord 0') { throw 'Windows does not keep what the domain has decided (RSoPLogging is 0)' }
        Get-CimInstance -Namespace 'root/rsop/computer' -ClassName RSOP_RegistryPolicySetting -ErrorAction Stop | Where-Object { $_.precedence -eq 1 }
      }
    )
  }
  $Run.DomainPolicy
}

# The domain's policy that holds this value, by id, and what it says, '' for a deletion. The local one has no id.
function Get-PolicyOwner($Resource) {
  foreach ($setting in @(Get-DomainPolicy)) {
    if ($setting.registryKey -eq $Resource.path -and $setting.valueName -eq $Resource.name -and $setting.GPOID -match '\{[0-9A-Fa-f-]{36}\}') {
      $id = $Matches[0]
      [pscustomobject]@{ Id = $id; Text = $(if ($setting.deleted) { '' } else { Get-PolicyText $setting.valueType $setting.value }) }
    }
  }
}

# Why this value cannot be brought about here.
function Get-PolicyRefusal($Resource) {
  $owners = @(Get-PolicyOwner $Resource)
  if ($owners.Count -gt 0) {
    $texts = @($owners[0].Text | Where-Object { $_ -ne '' })
    if ("$texts" -ne "$(Get-DeclaredValue $Resource $texts)") { "GPO $($owners[0].Id) holds another value: $(Get-ListText $texts)" }
    return
  }
  # A file that cannot be read says so here already: nothing will be written, so nothing has to start.
  $null = Get-Policy
  if ($Resource.op -ne 'absent' -and (Test-PolicyOff (Read-PolicyIndex))) { 'the local policy is switched off for the machine, by Options in its gpt.ini or by a domain (DisableLGPOProcessing)' }
}

# More than the least is no fault, so where one of the two places has a value that complies, both get that.
function Get-WrittenPolicy($Resource) {
  foreach ($now in @((Get-LocalPolicyText $Resource), [string](Get-RegistryValue $Resource.path $Resource.name))) {
    if ($Resource.op -ne 'absent' -and $now -like 'DWord *' -and [string](Get-DeclaredValue $Resource @($now)) -eq $now) {
      return [pscustomobject]@{ path = $Resource.path; name = $Resource.name; type = $Resource.type; op = $Resource.op; value = [long]($now -replace '^DWord ', '') }
    }
  }
  $Resource
}

$Handlers.policy = @{
  Key = { "$($r.path)\$($r.name)" }
  Want = {
    Get-DeclaredValue $r @($found | Where-Object { $_ -notlike 'held *' })
    $held = @($found | Where-Object { $_ -like 'held by *' })
    if ($held.Count -gt 0) { $held[0] } elseif ($r.op -ne 'absent') { 'held by policy' }
  }
  # Held is only what the policy would write again: with another value in it the next refresh undoes what is in the registry.
  Get = {
    $value = [string](Get-RegistryValue $r.path $r.name)
    if ($value -ne '') { $value }
    $owners = @(Get-PolicyOwner $r)
    $decider = if ($owners.Count -gt 0) { "GPO $($owners[0].Id)" } else { 'local policy' }
    $text = if ($owners.Count -gt 0) { $owners[0].Text } else { Get-LocalPolicyText $r }
    if ($owners.Count -eq 0 -and $text -eq '') { return }
    if ($text -ne $value) { "held otherwise by ${decider}: $(if ($text -eq '') { 'absent' } else { $text })"; return }
    if ($owners.Count -eq 0 -and -not (Test-PolicyRead (Read-PolicyIndex))) { 'held unread by local policy' } else { "held by $decider" }
  }
  # WinRM reads its policies when it starts. What is refused changes nothing, and starts nothing.
  After = { if ($r.path -like 'SOFTWARE\Policies\Microsoft\Windows\WinRM*' -and [string](Get-PolicyRefusal $r) -eq '') { 'service' } else { '' } }
  Set = {
    $refusal = [string](Get-PolicyRefusal $r)
    if ($refusal -ne '') { throw $refusal }
    $owners = @(Get-PolicyOwner $r)
    if ($owners.Count -gt 0) {
      # As the next refresh would: the domain's value, which complies.
      $op = if ($owners[0].Text -eq '') { 'absent' } else { 'eq' }
      Set-RegistryValue ([pscustomobject]@{ path = $r.path; name = $r.name; type = $r.type; op = $op; value = $owners[0].Text -replace '^\w+ ', '' })
      return
    }
    # Others write this file too: the firewall's rules that survive lie in it.
    $Run.Policy = $null
    $write = Get-WrittenPolicy $r
    $former = @(Get-Policy)
    $items = @($former | Where-Object { -not (Test-SamePolicy $_ $r) })
    $goes = $items.Count -ne $former.Count
    if ($r.op -ne 'absent') { $items += [pscustomobject]@{ Key = $r.path; Name = $r.name; Type = $PolicyType[$r.type]; Data = [byte[]](ConvertTo-PolicyData $write) } }
    if ($goes -or $r.op -ne 'absent') {
      Write-Policy $items
      Update-PolicyVersion
    }
    Set-RegistryValue $write
  }
}
