# ---- Windows firewall: written to the local store and to the local policy's, which counts where local rules do not; judged by the
# active one, which is what Windows lives by.
# Its commands, and those of the network, are functions of a module and do not see this script's preference: each is told to stop.

$RuleStores = @('PersistentStore', 'localhost')

# Nothing when there is no such rule; every other trouble is one.
function Get-Rule([string]$Name, [string]$Store) {
  try { Get-NetFirewallRule -Name $Name -PolicyStore $Store -ErrorAction Stop } catch {
    # A store that is not reached may be told as something that is not found, too.
    if ($_.CategoryInfo.Category -ne 'ObjectNotFound' -or $_.FullyQualifiedErrorId -match '^(Windows System Error|HRESULT)') { throw }
  }
}

function Get-RuleOn([string]$Name) { Get-Rule $Name 'ActiveStore' | Where-Object { [string]$_.Enabled -eq 'True' } }

function Test-RuleOn([string]$Name) { @(Get-RuleOn $Name).Count -gt 0 }

# The local policy's part comes into force when Windows applies policies, which writing it sets off by itself; where it has not within
# seconds, Windows is asked to, and told no should it ask back. Without its domain's controller a machine cannot, and nothing changes.
function Update-Policy { $null = 'n' | gpupdate.exe /target:computer /wait:60 }

# Whether the store that Windows lives by has followed the ones that were written.
function Test-Rule([string]$Name, [bool]$IsOn) {
  for ($i = 0; $i -lt 80 -and (Test-RuleOn $Name) -ne $IsOn; $i++) {
    if ($i -eq 20) { Update-Policy }
    Start-Sleep -Milliseconds 250
  }
  (Test-RuleOn $Name) -eq $IsOn
}

# What makes a rule act in some cases only. None of it is ours, and a block of ours that somebody has narrowed so would block nobody.
function Get-NarrowElement($Rule) {
  $of = @{ AssociatedNetFirewallRule = $Rule; PolicyStore = 'ActiveStore' }
  $filters = @(Get-NetFirewallInterfaceTypeFilter @of -ErrorAction Stop) + @(Get-NetFirewallInterfaceFilter @of -ErrorAction Stop) + @(Get-NetFirewallServiceFilter @of -ErrorAction Stop) + @(Get-NetFirewallSecurityFilter @of -ErrorAction Stop)
  foreach ($filter in $filters) {
    foreach ($name in 'InterfaceType', 'InterfaceAlias', 'Service', 'Authentication', 'Encryption', 'LocalUser', 'RemoteUser', 'RemoteMachine') {
      foreach ($value in @(Get-Field $filter $name)) { if (@('Any', 'NotRequired', '') -notcontains [string]$value) { "only with $name $value" } }
    }
  }
}

# Of rules of one name in several stores Windows may give the parts of each for each.
function Get-RuleElement($Rule) {
  if ([string]$Rule.Enabled -eq 'True') { 'on' } else { 'off' }
  [string]$Rule.Direction
  [string]$Rule.Action
  "profile $(([string]$Rule.Profile).Replace('Domain, Private, Public', 'Any'))"
  foreach ($port in @(Get-NetFirewallPortFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop)) {
    [string]$port.Protocol
    foreach ($one in @($port.LocalPort)) { "port $one" }
    # A block of ours that somebody has narrowed to the clients' own ports would block nobody.
    foreach ($one in @(Get-Field $port 'RemotePort')) { if ([string]$one -ne 'Any') { "from port $one" } }
  }
  foreach ($address in @(Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop)) {
    Get-AddressElement 'on' $address.LocalAddress
    Get-AddressElement 'from' $address.RemoteAddress
  }
  foreach ($application in @(Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop)) { "program $($application.Program)" }
  Get-NarrowElement $Rule
}

# The active store has a rule once for each store that it comes from. Together they could be what is wanted, and none of them by itself.
function Get-ActiveElement([string]$Name) {
  $copies = @(foreach ($rule in @(Get-Rule $Name 'ActiveStore')) { , @(Get-RuleElement $rule) })
  @(foreach ($copy in $copies) { $copy }) | Select-Object -Unique
  if (@($copies | ForEach-Object { @($_ | Sort-Object -Unique) -join ', ' } | Select-Object -Unique).Count -gt 1) { 'differs from store to store' }
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

# A local policy that nobody has written to yet may not be readable: what is made there tells.
function Test-RuleIn([string]$Name, [string]$Store) { try { @(Get-Rule $Name $Store).Count -gt 0 } catch { $false } }

# Everything is written each time, so that nothing of an older or a foreign rule of this name stays. A rule in one store is better than
# in none, so both are tried before a trouble is told. Only one that is narrowed is made anew, while the other store's stands: to take a
# rule away cuts off whom it lets in.
function Write-Rule([string]$Name, [string]$Action, [string[]]$Ports, [string[]]$Local, [string[]]$Remote) {
  $trouble = @()
  $isNarrow = try { @(Get-Rule $Name 'ActiveStore' | ForEach-Object { Get-NarrowElement $_ }).Count -gt 0 } catch { $false }
  foreach ($store in $RuleStores) {
    $rule = @{
      Name = $Name; PolicyStore = $store; Enabled = 'True'; Profile = 'Any'; Direction = 'Inbound'; Action = $Action; Protocol = 'TCP'
      LocalPort = $Ports; RemotePort = 'Any'; LocalAddress = $Local; RemoteAddress = $Remote; Program = Get-RuleProgram $Action; EdgeTraversalPolicy = 'Block'; ErrorAction = 'Stop'
    }
    try {
      if ($isNarrow -and (Test-RuleIn $Name $store)) { Remove-NetFirewallRule -Name $Name -PolicyStore $store -ErrorAction Stop }
      if (Test-RuleIn $Name $store) { Set-NetFirewallRule @rule } else { $null = New-NetFirewallRule -DisplayName $Name @rule }
    } catch { $trouble += "${store}: $(Get-Reason $_)" }
  }
  # What is known of the local policy's file is not true any more.
  $Run.Policy = $null
  if ($trouble.Count -gt 0) { throw "rule $Name is not written to $($trouble -join '; ')" }
}

function Remove-Rule([string]$Name) {
  $trouble = @()
  foreach ($store in $RuleStores) {
    try { if (@(Get-Rule $Name $store).Count -gt 0) { Remove-NetFirewallRule -Name $Name -PolicyStore $store -ErrorAction Stop } } catch { $trouble += "${store}: $(Get-Reason $_)" }
  }
  $Run.Policy = $null
  if ($trouble.Count -gt 0) { throw "rule $Name is not removed from $($trouble -join '; ')" }
}

function Disable-Rule([string]$Name) {
  $trouble = @()
  foreach ($store in $RuleStores) {
    try { if (@(Get-Rule $Name $store).Count -gt 0) { Set-NetFirewallRule -Name $Name -PolicyStore $store -Enabled False -ErrorAction Stop } } catch { $trouble += "${store}: $(Get-Reason $_)" }
  }
  $Run.Policy = $null
  if ($trouble.Count -gt 0) { throw "rule $Name is not switched off in $($trouble -join '; ')" }
}

function Get-DeclaredElement($Resource) {
  'on'; 'Inbound'; $Resource.action; 'profile Any'; 'TCP'
  foreach ($port in @($Resource.ports)) { "port $port" }
  Get-AddressElement 'on' @(Get-RuleAddress $Resource.local)
  Get-AddressElement 'from' @(Get-RuleAddress $Resource.remote)
  "program $(Get-RuleProgram $Resource.action)"
}

function Test-SameElement($Some, $Others) { @($Some | Where-Object { $Others -notcontains $_ }).Count -eq 0 -and @($Others | Where-Object { $Some -notcontains $_ }).Count -eq 0 }

$Handlers.firewallRule = @{
  Key = { $r.name }
  Want = { Get-DeclaredElement $r; 'in the local policy' }
  Get = {
    if ($r.action -eq 'Allow' -and (Test-RuleOn $GateRule)) { 'held back: the gate run has not passed' }
    Get-ActiveElement $r.name
    if (@(Get-Rule $r.name 'localhost' | Where-Object { [string]$_.Enabled -eq 'True' }).Count -gt 0) { 'in the local policy' }
  }
  # The copy that comes from the local policy may be the old one for a while.
  Set = {
    Write-Rule $r.name $r.action @($r.ports) @(Get-RuleAddress $r.local) @(Get-RuleAddress $r.remote)
    $declared = @(Get-DeclaredElement $r)
    for ($i = 0; $i -lt 20 -and -not (Test-SameElement $declared @(Get-ActiveElement $r.name)); $i++) {
      if ($i -eq 5) { Update-Policy }
      Start-Sleep -Milliseconds 500
    }
  }
}

$Handlers.builtinRule = @{
  Key = { $r.name }
  Expect = { 'absent or disabled' }
  Want = { @() }
  Get = { Get-RuleOn $r.name | ForEach-Object { "$($_.Action) from $($_.PolicyStoreSource)" } }
  Set = {
    Disable-Rule $r.name
    if (-not (Test-Rule $r.name $false)) { throw "switched on by $(@(Get-RuleOn $r.name | ForEach-Object { $_.PolicyStoreSource }) -join ', '), which cannot be changed here" }
  }
}

# The local policy's part follows as a rule's does. Of the resource, $r of the caller.
function Wait-Profile {
  for ($i = 0; $i -lt 20 -and -not (Test-SameElement @(& $Handlers[$r.kind].Want) @(& $Handlers[$r.kind].Get)); $i++) {
    # Once in a run: where a domain holds another value it changes nothing.
    if ($i -eq 5 -and -not $Run.PolicyAsked) { $Run.PolicyAsked = $true; Update-Policy }
    Start-Sleep -Milliseconds 500
  }
}

$Handlers.firewallProfile = @{
  Key = { $r.profile }
  Want = { "on: $($r.enabled)"; "inbound $($r.inbound)" }
  Get = {
    $now = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore -ErrorAction Stop
    "on: $($now.Enabled)"; "inbound $($now.DefaultInboundAction)"
  }
  Set = {
    foreach ($store in $RuleStores) { Set-NetFirewallProfile -Name $r.profile -PolicyStore $store -Enabled ([string]$r.enabled) -DefaultInboundAction $r.inbound -ErrorAction Stop }
    $Run.Policy = $null
    Wait-Profile
  }
}
