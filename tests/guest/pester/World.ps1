# Windows firewall, WinRM and the audit as tables, for the tests of quarantine and pauses. Dot-source it in BeforeAll, after Load.ps1.
$Rows = @((ConvertFrom-Json ([IO.File]::ReadAllText([IO.Path]::GetFullPath("$PSScriptRoot/../../golden/guest-document.json")))).keeper.rows)
function Write-File([string]$Name, [string]$Text) { $script:Files[$Name] = $Text }
function Read-File([string]$Name) { [string]$script:Files[$Name] }
function Update-Policy { }
function Get-Now { $script:Now }
function Clear-Pending { }
function Get-StoredListener([string]$Transport) { if ($Transport -eq 'HTTPS') { 'key' } }
function Get-RegistryValue([string]$Path, [string]$Name) { "DWord $([int]$(if ($Name -eq 'enabled') { $script:ListenerOn } else { $Name -eq 'AllowAutoConfig' -and $script:HttpBy -eq 'GPO' }))" }
function Get-KeeperNote { '' }
function Set-KeeperNote([string]$Text) { }
function Set-RegistryValue($Resource) { $script:Did += "registry $($Resource.name) $($Resource.value)"; $script:ListenerOn = $Resource.value -eq 1 }
# Rules by store; the active one has what counts. A store may refuse to be written, and Windows may not heed what stands in the local one.
function Get-Rule([string]$Name, [string]$Store) {
  foreach ($one in @($script:Rules | Where-Object { $_ -like "$Name in *" })) {
    $from = $one -replace '^.* in ', ''
    if ($Store -ne $from -and $Store -ne 'ActiveStore') { continue }
    if ($Store -eq 'ActiveStore' -and $script:Hidden) { continue }
    [pscustomobject]@{ Name = $Name; Enabled = 'True'; Action = 'Block'; PolicyStoreSource = $from; EnforcementStatus = @('ProfileInactive', $(if ($script:MergesNot -and $from -eq 'PersistentStore') { 'LocalFirewallRulesDisallowed' } else { 'Enforced' })) }
  }
}
function Get-ActiveElement([string]$Name) { if (@(Get-Rule $Name 'ActiveStore').Count -gt 0) { Get-DeclaredElement ([pscustomobject]@{ action = 'Block'; ports = $QuarantinePorts; local = 'Any'; remote = 'Any' }) } }
function Get-NarrowElement($Rule) { if ($script:Narrow) { 'only with InterfaceType RemoteAccess' } }
function Write-Rule([string]$Name) {
  $script:Did += "write $Name"
  foreach ($store in $RuleStores) { if ($store -ne $script:Refuses -and $script:Rules -notcontains "$Name in $store") { $script:Rules += "$Name in $store" } }
  if ($script:Refuses -ne '') { throw "$($script:Refuses) refuses" }
}
function Remove-Rule([string]$Name) {
  $script:Did += "remove $Name"
  $script:Rules = @($script:Rules | Where-Object { $_ -notlike "$Name in *" -or $_ -like "* in $($script:Refuses)" })
  if ($script:Refuses -ne '') { throw "$($script:Refuses) refuses" }
}
function Get-Audit {
  $verdict = & $script:Judge
  @{ Verdict = $verdict; Controls = [ordered]@{}; Findings = @(if ($verdict -eq 'fail') { [ordered]@{ control = 'modern-tls'; verdict = 'fail' } }) }
}
# A run of the keeper without what it repairs.
function Invoke-TestRun([string]$Order = 'Maintenance') {
  $SecureWinrm.Run = $Order
  $Run.Keeper = $null
  $Run.Shut = ''
  $Run.IsHeld = $false
  $Run.GateHeld = $false
  $script:Did = @()
  $script:Said = @()
  Open-Keeper
  $Run.Audit = Get-Audit
  Close-Keeper $Rows
  Save-Keeper
  $script:Kept = Read-Keeper
}
function Set-TestPause([int]$Hours) { $SecureWinrm.Pause = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("{`"hours`":$Hours,`"by`":`"kim`",`"reason`":`"mending`"}")) }

function Reset-World {
  $script:Files = @{}
  $script:Rules = @()
  $script:Now = [long]1800000000000
  $script:ListenerOn = $true
  $script:Stubborn = $false
  $script:HttpBy = ''
  $script:WinRm = 'Running'
  $script:Refuses = ''
  $script:Hidden = $false
  $script:Narrow = $false
  $script:MergesNot = $false
  $script:Profile = 'True'
  $script:Judge = { 'fail' }
  $Run.PauseHours = 4
  $Run.Log = @()
  Mock Write-Host { return }
  Mock Start-Sleep { return }
  Mock Write-EventEntry { $script:Said += $Id }
  Mock Get-NetFirewallProfile { [pscustomobject]@{ Enabled = 'True' }; [pscustomobject]@{ Enabled = $script:Profile } }
  Mock Get-Service { [pscustomobject]@{ Status = $script:WinRm; StartType = 'Automatic' } }
  Mock Restart-Service { $script:Did += "restart $Name" }
  Mock Stop-Service { $script:Did += "stop $Name"; $script:WinRm = 'Stopped' }
  Mock Set-Service { $script:Did += "service $Name $StartupType" }
  Mock Set-WSManInstance {
    $script:Did += "listener $($SelectorSet.Transport) $($ValueSet.Enabled)"
    if ($SelectorSet.Transport -eq 'HTTP') { if ($script:HttpBy -eq 'GPO') { throw 'a policy has made it' } else { $script:HttpBy = ''; return } }
    if (-not $script:Stubborn) { $script:ListenerOn = $ValueSet.Enabled -eq 'true' }
  }
  Mock Get-WSManInstance {
    if ($script:HttpBy -ne '') { ([xml]"<l:Listener xmlns:l=`"x`" Source=`"$($script:HttpBy -replace 'host', '')`"><l:Address>*</l:Address><l:Transport>HTTP</l:Transport><l:Port>5985</l:Port><l:Hostname/><l:Enabled>true</l:Enabled><l:CertificateThumbprint/></l:Listener>").DocumentElement }
    ([xml]"<l:Listener xmlns:l=`"x`"><l:Address>*</l:Address><l:Transport>HTTPS</l:Transport><l:Port>5986</l:Port><l:Hostname>web-1</l:Hostname><l:Enabled>$("$($script:ListenerOn)".ToLowerInvariant())</l:Enabled><l:CertificateThumbprint>AA</l:CertificateThumbprint></l:Listener>").DocumentElement
  }
}

function Clear-World {
  $SecureWinrm.Run = 'Gate'
  $SecureWinrm.Remove('Pause')
  $Run.IsHeld = $false
  $Run.Keeper = $null
}
