# ---- Windows firewall: written to the local store, judged by the active one, which is what Windows lives by
# Its commands, and those of the network, are functions of a module and do not see this script's preference: each is told to stop.

# Nothing when there is no such rule; every other trouble is one.
function Get-Rule([string]$Name, [string]$Store) {
  try { Get-NetFirewallRule -Name $Name -PolicyStore $Store -ErrorAction Stop } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

function Get-RuleOn([string]$Name) { Get-Rule $Name 'ActiveStore' | Where-Object { [string]$_.Enabled -eq 'True' } }

function Test-RuleOn([string]$Name) { @(Get-RuleOn $Name).Count -gt 0 }

# Whether the store that Windows lives by has followed the one that was written.
function Test-GateRule([bool]$IsOn) {
  for ($i = 0; $i -lt 20 -and (Test-RuleOn $GateRule) -ne $IsOn; $i++) { Start-Sleep -Milliseconds 250 }
  (Test-RuleOn $GateRule) -eq $IsOn
}

function Get-RuleElement($Rule) {
  $port = Get-NetFirewallPortFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  $address = Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  $application = Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  if ([string]$Rule.Enabled -eq 'True') { 'on' } else { 'off' }
  [string]$Rule.Direction
  [string]$Rule.Action
  "profile $(([string]$Rule.Profile).Replace('Domain, Private, Public', 'Any'))"
  [string]$port.Protocol
  foreach ($one in @($port.LocalPort)) { "port $one" }
  Get-AddressElement 'on' $address.LocalAddress
  Get-AddressElement 'from' $address.RemoteAddress
  "program $($application.Program)"
}

# Without addresses a rule would mean Any; a keyword in a list makes ConvertTo-Range throw.
function Get-RuleAddress($Value) {
  $addresses = @(Resolve-Address $Value)
  if ($addresses.Count -eq 0) { throw 'a rule without addresses would mean Any' }
  if ($Value -isnot [string]) { foreach ($address in $addresses) { $null = ConvertTo-Range $address } }
  $addresses
}

# http.sys listens in the kernel, which rules call System. A block is for every program, whatever took the port.
function Get-RuleProgram([string]$Action) { if ($Action -eq 'Allow') { 'System' } else { 'Any' } }

# Everything is written each time, so that nothing of an older or a foreign rule of this name stays.
function Write-Rule([string]$Name, [string]$Action, [string[]]$Ports, [string[]]$Local, [string[]]$Remote) {
  $rule = @{
    Name = $Name; PolicyStore = 'PersistentStore'; Enabled = 'True'; Profile = 'Any'; Direction = 'Inbound'; Action = $Action; Protocol = 'TCP'
    LocalPort = $Ports; LocalAddress = $Local; RemoteAddress = $Remote; Program = Get-RuleProgram $Action; EdgeTraversalPolicy = 'Block'; ErrorAction = 'Stop'
  }
  if (@(Get-Rule $Name 'PersistentStore').Count -gt 0) { Set-NetFirewallRule @rule } else { $null = New-NetFirewallRule -DisplayName $Name @rule }
}

$Handlers.firewallRule = @{
  Key = { $r.name }
  Want = {
    'on'; 'Inbound'; $r.action; 'profile Any'; 'TCP'
    foreach ($port in @($r.ports)) { "port $port" }
    Get-AddressElement 'on' @(Get-RuleAddress $r.local)
    Get-AddressElement 'from' @(Get-RuleAddress $r.remote)
    "program $(Get-RuleProgram $r.action)"
  }
  Get = {
    if ($r.action -eq 'Allow' -and (Test-RuleOn $GateRule)) { 'held back: the gate run has not passed' }
    foreach ($rule in @(Get-Rule $r.name 'ActiveStore')) { Get-RuleElement $rule }
  }
  Set = { Write-Rule $r.name $r.action @($r.ports) @(Get-RuleAddress $r.local) @(Get-RuleAddress $r.remote) }
}

$Handlers.builtinRule = @{
  Key = { $r.name }
  Expect = { 'absent or disabled' }
  Want = { @() }
  Get = { Get-RuleOn $r.name | ForEach-Object { "$($_.Action) from $($_.PolicyStoreSource)" } }
  Set = { Set-NetFirewallRule -Name $r.name -PolicyStore PersistentStore -Enabled False -ErrorAction Stop }
}

$Handlers.firewallProfile = @{
  Key = { $r.profile }
  Want = { "on: $($r.enabled)"; "inbound $($r.inbound)" }
  Get = {
    $now = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore -ErrorAction Stop
    "on: $($now.Enabled)"; "inbound $($now.DefaultInboundAction)"
  }
  Set = { Set-NetFirewallProfile -Name $r.profile -PolicyStore PersistentStore -Enabled ([string]$r.enabled) -DefaultInboundAction $r.inbound -ErrorAction Stop }
}
