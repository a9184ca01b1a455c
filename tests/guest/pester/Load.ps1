# Gives a test everything of the guest script but its last part, which runs it; and stand-ins for the commands that only Windows has.
# Dot-source it in BeforeAll.
$SecureWinrm = @{ Cloud = 'aws'; Region = 'eu-central-1'; NodesBucket = 'nodes'; NodesKey = 'nodes.json'; Mode = 'Apply'; Run = 'Gate'; Nonce = '00'; Gate = 'aa'; Host = ''; NodesHash = '' }
$ParseErrors = $null
$ScriptFolder = [IO.Path]::GetFullPath("$PSScriptRoot/../../../components/guest/script")
$ScriptText = @([IO.Directory]::GetFiles($ScriptFolder, '*.ps1') | Sort-Object | ForEach-Object { [IO.File]::ReadAllText($_) }) -join "`n"
$ScriptAst = [System.Management.Automation.Language.Parser]::ParseInput($ScriptText, [ref]$null, [ref]$ParseErrors)
if (@($ParseErrors).Count -gt 0) { throw ($ParseErrors | Out-String) }
$Parts = @()
foreach ($Statement in $ScriptAst.EndBlock.Statements) {
  if ($Statement.Extent.Text.StartsWith('$Answer =')) { $Parts += $Statement.Extent.Text; break }
  $Parts += $Statement.Extent.Text
}
$StandIns = @{
  'Get-NetFirewallRule' = 'Name', 'PolicyStore'
  'New-NetFirewallRule' = 'Name', 'DisplayName', 'PolicyStore', 'Enabled', 'Profile', 'Direction', 'Action', 'Protocol', 'LocalPort', 'RemotePort', 'LocalAddress', 'RemoteAddress', 'Program', 'EdgeTraversalPolicy'
  'Set-NetFirewallRule' = 'Name', 'PolicyStore', 'Enabled', 'Profile', 'Direction', 'Action', 'Protocol', 'LocalPort', 'RemotePort', 'LocalAddress', 'RemoteAddress', 'Program', 'EdgeTraversalPolicy'
  'Remove-NetFirewallRule' = 'Name', 'PolicyStore'
  'Get-NetFirewallPortFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallAddressFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallApplicationFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallInterfaceTypeFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallInterfaceFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallServiceFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallSecurityFilter' = 'AssociatedNetFirewallRule', 'PolicyStore'
  'Get-NetFirewallProfile' = 'Name', 'PolicyStore'
  'Set-NetFirewallProfile' = 'Name', 'PolicyStore', 'Enabled', 'DefaultInboundAction', 'LogMaxSizeKilobytes', 'LogBlocked', 'LogAllowed'
  'Get-NetIPAddress' = @()
  'Get-CimInstance' = 'ClassName', 'Namespace', 'Filter'
  'Get-NetTCPConnection' = @('State')
  'Get-WSManInstance' = 'ResourceURI', 'Enumerate'
  'New-WSManInstance' = 'ResourceURI', 'SelectorSet', 'ValueSet'
  'Remove-WSManInstance' = 'ResourceURI', 'SelectorSet'
  'Set-WSManInstance' = 'ResourceURI', 'SelectorSet', 'ValueSet'
  'Get-Service' = @('Name')
  # Addresses.
  'New-NetIPAddress' = 'InterfaceIndex', 'IPAddress', 'PrefixLength', 'SkipAsSource'
  'Remove-NetIPAddress' = 'IPAddress', 'Confirm'
  # Sessions.
  'Get-PSSessionConfiguration' = @()
  'Register-PSSessionConfiguration' = 'Name', 'Path', 'SecurityDescriptorSddl', 'NoServiceRestart', 'Confirm'
  'Unregister-PSSessionConfiguration' = 'Name', 'Force', 'NoServiceRestart'
  'Set-PSSessionConfiguration' = 'Name', 'SecurityDescriptorSddl', 'Force', 'NoServiceRestart'
  # The task.
  'Get-ScheduledTask' = 'TaskName', 'TaskPath'
  'Register-ScheduledTask' = 'TaskName', 'TaskPath', 'Force', 'Trigger', 'Action', 'Principal', 'Settings'
  'New-ScheduledTaskAction' = 'Execute', 'Argument'
  'New-ScheduledTaskTrigger' = 'Once', 'At', 'RepetitionInterval', 'AtStartup'
  'New-ScheduledTaskPrincipal' = 'UserId', 'LogonType', 'RunLevel'
  'New-ScheduledTaskSettingsSet' = 'AllowStartIfOnBatteries', 'DontStopIfGoingOnBatteries', 'DontStopOnIdleEnd', 'StartWhenAvailable', 'MultipleInstances', 'ExecutionTimeLimit'
  'Unregister-ScheduledTask' = 'TaskName', 'TaskPath', 'Confirm'
  'Get-CimClass' = 'Namespace', 'ClassName'
  'New-CimInstance' = 'CimClass', 'Property', 'ClientOnly'
  # Accounts.
  'Get-LocalUser' = @('SID')
  'Enable-LocalUser' = @('SID')
  'Add-LocalGroupMember' = 'SID', 'Name', 'Member'
  'Remove-LocalGroupMember' = 'SID', 'Name', 'Member'
  'Restart-Service' = 'Name', 'Force'
  'Stop-Service' = 'Name', 'Force'
  'Set-Service' = 'Name', 'StartupType'
  'Start-Service' = @('Name')
  'netsh.exe' = @()
  'auditpol.exe' = @()
  'secedit.exe' = @()
  'gpupdate.exe' = @()
}
$Switches = 'Enumerate', 'Force', 'NoServiceRestart', 'Confirm', 'Once', 'AtStartup', 'StartWhenAvailable', 'ClientOnly', 'AllowStartIfOnBatteries', 'DontStopIfGoingOnBatteries', 'DontStopOnIdleEnd'
foreach ($StandIn in $StandIns.Keys) {
  $Declared = @($StandIns[$StandIn] | ForEach-Object { if ($Switches -contains $_) { "[switch]`$$_" } else { "`$$_" } }) -join ', '
  # A program takes whatever it is given.
  if ($StandIn -like '*.exe') { $Declared = '[Parameter(ValueFromRemainingArguments = $true)] $Arguments' }
  # A mock needs something to stand for; one that nobody mocked must not reach the machine.
  Set-Item -Path "function:global:$StandIn" -Value ([scriptblock]::Create("[CmdletBinding()] param($Declared) throw 'nobody mocked $StandIn'"))
}
. ([scriptblock]::Create($Parts -join "`n"))
# The registry is this machine's, the event log too: hashes of kept files lie in a table, and an event is what a test mocks it to be.
$KeptHashes = @{}
$RealHash = @{ Get = ${function:Get-KeptHash}; Set = ${function:Set-KeptHash} }
function Get-KeptHash([string]$Name) { [string]$KeptHashes[$Name] }
function Get-Pending([string]$Key) { }
function Set-KeptHash([string]$Name, [string]$Hash) { $KeptHashes[$Name] = $Hash }
function Write-EventEntry([int]$Id, [string]$Level, [string]$Text) { throw 'nobody mocked the event log' }
