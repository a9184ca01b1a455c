# ---- session configurations and WinRM's root descriptor: who may come. What changes here acts when WinRM starts again

# The commands for session configurations bring scripts of their own along, which are not written for strict mode. They take seconds, so
# what they tell is remembered until something is written.
function Get-Session {
  Set-StrictMode -Off
  Assert-WinRm
  if ($null -eq $Run.Sessions) {
    $Run.Sessions = @(foreach ($one in @(Get-PSSessionConfiguration)) {
      # What does not say that it is off is on.
      [pscustomobject]@{ Name = [string]$one.Name; IsOn = [string]$one.Enabled -ne 'False'; Sddl = [string]$one.SecurityDescriptorSddl; File = [string]$one.ConfigFilePath }
    })
  }
  $Run.Sessions
}

function Find-Session([string]$Name) { Get-Session | Where-Object { $_.Name -eq $Name } }

# Enable-PSSessionConfiguration would bring the HTTP listener and its firewall rule along.
function Set-SessionOn([string]$Name, [bool]$IsOn) {
  $Run.Sessions = $null
  Set-Item -Path "WSMan:\localhost\Plugin\$Name\Enabled" -Value $IsOn -Force -WarningAction SilentlyContinue
}

function Get-AccessElement([string]$Sddl) { Get-DescriptorElement $Sddl | Where-Object { $_ -like 'Access*' } }

# As Windows writes it for its own: everybody's failed attempts, and what is executed or written, are audited.
function Get-SessionSddl($Entries) { "O:NSG:BAD:P$(@($Entries) -join '')S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)" }

function Get-FullEntry($Trustees) { foreach ($trustee in @($Trustees)) { "(A;;GA;;;$(Resolve-Trustee $trustee))" } }

# Nothing for one that is off: what its descriptor says does not count then.
function Get-SessionElement([string]$Name) {
  foreach ($session in @(Find-Session $Name | Where-Object { $_.IsOn })) {
    'on'
    if ($session.Sddl -eq '') { 'whoever the root descriptor lets in' } else { Get-AccessElement $session.Sddl }
  }
}

# Windows reads the file of a session configuration as a script. A policy of the machine comes before what the machine itself has set.
function Test-OnlySigned {
  foreach ($scope in 'MachinePolicy', 'LocalMachine') {
    $policy = [string](Get-ExecutionPolicy -Scope $scope)
    if ($policy -ne 'Undefined') { return $policy -eq 'AllSigned' }
  }
  $false
}

# What will be refused changes nothing, and must not start WinRM again.
function Test-FileRefused([string]$Name, [string]$Text) { [string](Get-SessionFileElement $Name) -ne "as $(Get-TextHash $Text)" -and (Test-OnlySigned) }

# From a file, with the mark that Windows PowerShell needs to read names of any language. Never with -Force: that restarts WinRM when a
# session over HTTP to this machine fails, which it does here.
function Register-Session([string]$Name, [string]$Text, [string]$Sddl) {
  Set-StrictMode -Off
  if (-not $Run.FolderReady) { throw "$Folder is not safe to write to" }
  # The one that is there would go, and no other could come.
  if (Test-OnlySigned) { throw 'the execution policy AllSigned refuses the files that session configurations are made from' }
  $Run.Sessions = $null
  if (@(Find-Session $Name).Count -gt 0) { Unregister-PSSessionConfiguration -Name $Name -Force -NoServiceRestart -WarningAction SilentlyContinue }
  $Run.Sessions = $null
  $path = "$Folder\$Name.pssc"
  [IO.File]::WriteAllText($path, $Text, (New-Object Text.UTF8Encoding $true))
  try { $null = Register-PSSessionConfiguration -Name $Name -Path $path -SecurityDescriptorSddl $Sddl -NoServiceRestart -Confirm:$false -WarningAction SilentlyContinue } finally { [IO.File]::Delete($path) }
  if (@(Find-Session $Name).Count -eq 0) { throw "Windows has not taken the session configuration $Name" }
}

function Set-SessionSddl([string]$Name, [string]$Sddl) {
  Set-StrictMode -Off
  $Run.Sessions = $null
  $null = Set-PSSessionConfiguration -Name $Name -SecurityDescriptorSddl $Sddl -Force -NoServiceRestart -WarningAction SilentlyContinue
}

# A GUID that is the same for the same name: files that are compared must not change by themselves.
function Get-NameGuid([string]$Name) {
  $hash = Get-TextHash $Name
  "$($hash.Substring(0, 8))-$($hash.Substring(8, 4))-$($hash.Substring(12, 4))-$($hash.Substring(16, 4))-$($hash.Substring(20, 12))"
}

# Full language, and an administrator for as long as the session: Ansible works in it.
function Get-VirtualAccountText([string]$Name) {
  @('@{', "SchemaVersion = '2.0.0.0'", "GUID = '$(Get-NameGuid $Name)'", "SessionType = 'Default'", 'RunAsVirtualAccount = $true', '}') -join "`r`n"
}

function Test-VirtualAccount($Resource) { @(Get-Field $Resource 'virtualAccount') -contains $true }

# Of the copy that Windows made when it was registered.
function Get-SessionFileElement([string]$Name) {
  foreach ($session in @(Find-Session $Name)) {
    if ([IO.File]::Exists($session.File)) { "as $(Get-TextHash ([IO.File]::ReadAllText($session.File)).Trim())" } else { 'of no file' }
  }
}

$Handlers.sessionConfiguration = @{
  Key = { $r.name }
  Want = {
    if ($r.ensure -eq 'access') {
      'on'
      Get-AccessElement (Get-SessionSddl @(Get-FullEntry (Get-Field $r 'allow')))
      if (Test-VirtualAccount $r) { "as $(Get-TextHash (Get-VirtualAccountText $r.name))" }
    }
  }
  Get = {
    Get-SessionElement $r.name
    if (Test-VirtualAccount $r) { Get-SessionFileElement $r.name }
  }
  # One that is not there, and that nobody makes here, changes nothing either.
  After = {
    $isRefused = if (Test-VirtualAccount $r) { Test-FileRefused $r.name (Get-VirtualAccountText $r.name) } else { $r.ensure -eq 'access' -and @(Find-Session $r.name).Count -eq 0 }
    if ($isRefused) { '' } else { 'service' }
  }
  Set = {
    if ($r.ensure -eq 'off') { Set-SessionOn $r.name $false } else {
      $sddl = Get-SessionSddl @(Get-FullEntry (Get-Field $r 'allow'))
      # Made again only where it is another one: that takes it away for a moment.
      if ((Test-VirtualAccount $r) -and [string](Get-SessionFileElement $r.name) -ne "as $(Get-TextHash (Get-VirtualAccountText $r.name))") { Register-Session $r.name (Get-VirtualAccountText $r.name) $sddl }
      if (@(Find-Session $r.name).Count -eq 0) { throw "there is no session configuration $($r.name)" }
      Set-SessionSddl $r.name $sddl
      Set-SessionOn $r.name $true
    }
  }
}

$Handlers.otherSessionConfigurations = @{
  Key = { '' }
  Expect = { "none but $(@($r.except) -join ', ')" }
  Want = { @() }
  Get = { Get-Session | Where-Object { $_.IsOn -and @($r.except) -notcontains $_.Name } | ForEach-Object { "$($_.Name) is on" } }
  After = { 'service' }
  Set = { foreach ($session in @(Get-Session | Where-Object { $_.IsOn -and @($r.except) -notcontains $_.Name })) { Set-SessionOn $session.Name $false } }
}

function Get-RootSddl($Allow) {
  Get-SessionSddl @(foreach ($one in @($Allow)) { "(A;;$(if ($one.access -eq 'full') { 'GA' } else { 'GXGR' });;;$(Resolve-Trustee $one.trustee))" })
}

function Get-RootDescriptor {
  Assert-WinRm
  [string](Get-Item -Path 'WSMan:\localhost\Service\RootSDDL').Value
}

function Set-RootDescriptor([string]$Sddl) { Set-Item -Path 'WSMan:\localhost\Service\RootSDDL' -Value $Sddl -Force }

$Handlers.rootDescriptor = @{
  Key = { '' }
  Want = { Get-AccessElement (Get-RootSddl $r.allow) }
  Get = { Get-AccessElement (Get-RootDescriptor) }
  Set = { Set-RootDescriptor (Get-RootSddl $r.allow) }
}
