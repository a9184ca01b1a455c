# ---- registry and security descriptors

# 'DWord 5', or nothing. The 64-bit view, whatever started this script; .NET gives a DWORD as a signed number.
function Get-RegistryValue([string]$Path, [string]$Name) {
  $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey($Path)
  if ($null -eq $key -or $null -eq $key.GetValue($Name)) { return }
  $value = $key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')
  $kind = [string]$key.GetValueKind($Name)
  if ($kind -eq 'DWord' -and $value -is [int]) { $value = [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$value), 0) }
  "$kind $value"
}

function Set-RegistryValue($Resource) {
  $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey($Resource.path)
  if ($Resource.op -eq 'absent') { $key.DeleteValue($Resource.name, $false) } else {
    $value = @($Resource.value)[0]
    if ($Resource.type -eq 'DWord') { $value = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]$value), 0) }
    $key.SetValue($Resource.name, $value, $Resource.type)
  }
  $key.Close()
}

# What is found when it complies, else what would.
function Get-DeclaredValue($Resource, $Found) {
  if ($Resource.op -eq 'absent') { return }
  $values = @($Resource.value)
  $isNumber = @($Found).Count -eq 1 -and $Found[0] -match '^DWord (\d+)$'
  $number = if ($isNumber) { [long]$Matches[1] } else { -1 }
  $complies = ($Resource.op -eq 'ge' -and $number -ge $values[0]) -or ($Resource.op -eq 'le' -and $number -le $values[0]) -or ($Resource.op -eq 'between' -and $number -ge $values[0] -and $number -le $values[1]) -or ($Resource.op -eq 'oneOf' -and $values -contains $number)
  $words = @{ eq = ''; ge = 'at least '; le = 'at most '; between = ''; oneOf = 'one of ' }
  if ($isNumber -and $complies) { $Found[0] } else { "$($Resource.type) $($words[$Resource.op])$($values -join $(if ($Resource.op -eq 'between') { ' to ' } else { ', ' }))" }
}

# What is written, and acts only after WinRM or the machine has started again. In a key that Windows forgets when it stops, so that
# no clock decides whether it has.
$PendingKey = 'SOFTWARE\secure-winrm\Pending'

function Get-Pending([string]$Key) {
  $place = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey($PendingKey)
  if ($null -ne $place) { [string]$place.GetValue($Key) }
}

# A machine is started again only for what the door waits for.
function Test-Pending([string]$After) {
  @($Run.Entries | Where-Object { $_.Waits -and ($_.Gate -or $After -ne 'boot') -and (Get-Pending $_.Key) -eq $After }).Count -gt 0
}

function Save-Pending([string]$Key, [string]$After) {
  $place = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
  # The one above forgets as well: below a key that does not, none that does could be told apart.
  foreach ($path in 'SOFTWARE\secure-winrm', $PendingKey) { $last = $place.CreateSubKey($path, 'ReadWriteSubTree', 'Volatile') }
  if ([string]$last.GetValue($Key) -ne 'boot') { $last.SetValue($Key, $After, 'String') }
}

function Clear-Pending([string]$After) {
  $place = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey($PendingKey, $true)
  if ($null -eq $place) { return }
  foreach ($name in @($place.GetValueNames())) { if ([string]$place.GetValue($name) -eq $After) { $place.DeleteValue($name) } }
}

# In parts, because Windows writes the same descriptor in several ways.
function Get-DescriptorElement([string]$Sddl) {
  $descriptor = New-Object Security.AccessControl.RawSecurityDescriptor $Sddl
  "owner $($descriptor.Owner)"
  "group $($descriptor.Group)"
  if (($descriptor.ControlFlags -band [Security.AccessControl.ControlFlags]::DiscretionaryAclProtected) -ne 0) { 'protected' } else { 'inherits' }
  foreach ($entry in @($descriptor.DiscretionaryAcl)) { "$($entry.AceType) ($($entry.AceFlags)) $('{0:x}' -f $entry.AccessMask) $($entry.SecurityIdentifier)" }
}

function Test-Link([string]$Path) { [IO.Directory]::Exists($Path) -and ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReparsePoint) -ne 0 }

$Handlers.folder = @{
  Key = { $r.path }
  Want = { Get-DescriptorElement $r.sddl }
  Get = { if (Test-Link $r.path) { 'a link' } elseif ([IO.Directory]::Exists($r.path)) { Get-DescriptorElement (Get-Acl -LiteralPath $r.path).GetSecurityDescriptorSddlForm('Owner, Group, Access') } }
  Set = {
    if ([IO.Directory]::Exists($r.path)) {
      # A link would lead our files elsewhere, and in somebody else's folder lie somebody else's files.
      if (Test-Link $r.path) { throw "$($r.path) is a link" }
      if (-not (Test-Owned $r.path)) {
        # Ours has a name of its own. That of the transcripts the user has chosen.
        if ($r.path -ne $Folder) { throw "$($r.path) belongs to somebody else: give it to Administrators, or choose another folder" }
        Remove-Item -LiteralPath $r.path -Recurse -Force
      }
    }
    $null = New-Item -ItemType Directory -Path $r.path -Force
    $descriptor = New-Object Security.AccessControl.DirectorySecurity
    $descriptor.SetSecurityDescriptorSddlForm($r.sddl, 'Owner, Group, Access')
    Set-Acl -LiteralPath $r.path -AclObject $descriptor
  }
}

$Handlers.registry = @{
  Key = { "$($r.path)\$($r.name)" }
  Want = { Get-DeclaredValue $r $found } # $found of the caller, too
  Get = { Get-RegistryValue $r.path $r.name }
  After = { Get-Field $r 'after' }
  Set = { Set-RegistryValue $r }
}

$Handlers.service = @{
  Key = { $r.name }
  Want = {
    if ($r.startup -eq 'Manual' -and $found -contains 'Automatic') { 'Automatic' } else { $r.startup }
    if ($r.state -ne 'Any') { $r.state }
  }
  Get = {
    $service = Get-Service -Name $r.name
    [string]$service.StartType
    if ($r.state -ne 'Any') { [string]$service.Status }
  }
  Set = {
    if (@(& $Handlers.service.Get) -notcontains 'Automatic') { Set-Service -Name $r.name -StartupType $r.startup }
    if ($r.state -eq 'Running') { Start-Service -Name $r.name }
  }
}
