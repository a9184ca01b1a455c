# ---- policies: the local one is a file of values and a version; a domain's is told by what Windows has resolved

$PolicyFolder = "$env:windir\System32\GroupPolicy"
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

# Windows reads the file again when the lower half of the version, which is the machine's, has grown.
function Update-PolicyVersion {
  $path = "$PolicyFolder\gpt.ini"
  $lines = @(if ([IO.File]::Exists($path)) { [IO.File]::ReadAllLines($path, [Text.Encoding]::Default) } else { '[General]' })
  $version = [uint32]0
  $extensions = ''
  foreach ($line in $lines) {
    if ($line -match '^\s*Version\s*=\s*(\d+)') { $version = [uint32]$Matches[1] }
    if ($line -match '^\s*gPCMachineExtensionNames\s*=\s*(.*?)\s*$') { $extensions = $Matches[1] }
  }
  $parts = @([regex]::Matches($extensions, '\[[^\]]*\]') | ForEach-Object { $_.Value })
  if (@($parts | Where-Object { $_ -like "``[$RegistryExtension*" }).Count -eq 0) { $parts = @($parts + "[$RegistryExtension$RegistryEditor]" | Sort-Object) }
  $machine = ($version -band 0xFFFF) % 0xFFFF + 1
  $kept = @($lines | Where-Object { $_ -notmatch '^\s*(Version|gPCMachineExtensionNames)\s*=' -and $_ -notmatch '^\s*\[General\]\s*$' -and $_.Trim() -ne '' })
  $text = @('[General]', "gPCMachineExtensionNames=$($parts -join '')", "Version=$([long]($version -band 4294901760) + $machine)") + $kept
  [IO.File]::WriteAllLines($path, [string[]]$text, [Text.Encoding]::Default)
}

function Test-SamePolicy($Item, $Resource) { $Item.Key -eq $Resource.path -and ($Item.Name -eq $Resource.name -or $Item.Name -eq "**del.$($Resource.name)") }

# What a domain has decided, resolved by Windows: key, name and the policy's id of what won. Nothing on a machine of no domain.
function Get-DomainPolicy {
  if ($null -eq $Run.DomainPolicy) {
    $Run.DomainPolicy = @(
      if ((Get-CimInstance -ClassName Win32_ComputerSystem -ErrorAction Stop).PartOfDomain) {
        Get-CimInstance -Namespace 'root/rsop/computer' -ClassName RSOP_RegistryPolicySetting -ErrorAction Stop | Where-Object { $_.precedence -eq 1 -and $_.GPOID -match '\{[0-9A-Fa-f-]{36}\}' }
      }
    )
  }
  $Run.DomainPolicy
}

# The id of the domain's policy that holds this value.
function Get-PolicyOwner($Resource) {
  foreach ($setting in @(Get-DomainPolicy)) {
    if ($setting.registryKey -eq $Resource.path -and $setting.valueName -eq $Resource.name -and $setting.GPOID -match '\{[0-9A-Fa-f-]{36}\}') { $Matches[0] }
  }
}

$Handlers.policy = @{
  Key = { "$($r.path)\$($r.name)" }
  Want = {
    Get-DeclaredValue $r @($found | Where-Object { $_ -notlike 'held by *' })
    if ($r.op -ne 'absent') {
      $policies = @($found | Where-Object { $_ -like 'held by GPO *' })
      if ($policies.Count -gt 0) { $policies[0] } else { 'held by local policy' }
    }
  }
  Get = {
    Get-RegistryValue $r.path $r.name
    $policies = @(Get-PolicyOwner $r)
    if ($policies.Count -gt 0) { "held by GPO $($policies[0])" } elseif (@(Get-Policy | Where-Object { $_.Key -eq $r.path -and $_.Name -eq $r.name }).Count -gt 0) { 'held by local policy' }
  }
  # WinRM reads its policies when it starts.
  After = { if ($r.path -like 'SOFTWARE\Policies\Microsoft\Windows\WinRM*') { 'service' } else { '' } }
  Set = {
    $policies = @(Get-PolicyOwner $r)
    if ($policies.Count -gt 0) { throw "GPO $($policies[0]) holds another value" }
    $items = @(Get-Policy | Where-Object { -not (Test-SamePolicy $_ $r) })
    if ($r.op -ne 'absent') { $items += [pscustomobject]@{ Key = $r.path; Name = $r.name; Type = $PolicyType[$r.type]; Data = [byte[]](ConvertTo-PolicyData $r) } }
    Write-Policy $items
    Update-PolicyVersion
    Set-RegistryValue $r
  }
}
