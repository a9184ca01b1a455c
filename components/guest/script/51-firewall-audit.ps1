# ---- rules of others, and what the firewall writes down

# 5986, 5980-5990. A rule for any port is beaten by our block, and opens what is not ours.
function Test-PortNamed($Texts, $Ports) {
  foreach ($text in @($Texts)) {
    if ([string]$text -notmatch '^(\d+)(?:-(\d+))?$') { continue }
    $first = [int]$Matches[1]
    $last = if ($Matches.ContainsKey(2)) { [int]$Matches[2] } else { $first }
    if (@(@($Ports) | Where-Object { $_ -ge $first -and $_ -le $last }).Count -gt 0) { return $true }
  }
  $false
}

# Every inbound allow rule in force that names one of the ports, for whatever http.sys serves. All filters at once: one by one takes minutes.
function Get-ForeignRule($Resource) {
  $ports = @{}
  foreach ($filter in @(Get-NetFirewallPortFilter -PolicyStore ActiveStore -ErrorAction Stop)) {
    if (@('TCP', '6', 'Any') -contains [string]$filter.Protocol -and (Test-PortNamed $filter.LocalPort $Resource.ports)) { $ports[[string]$filter.InstanceID] = $true }
  }
  foreach ($rule in @(Get-NetFirewallRule -PolicyStore ActiveStore -ErrorAction Stop)) {
    if (-not $ports.ContainsKey([string]$rule.InstanceID) -or @($Resource.except) -contains $rule.Name) { continue }
    if ([string]$rule.Enabled -ne 'True' -or [string]$rule.Direction -ne 'Inbound' -or [string]$rule.Action -ne 'Allow') { continue }
    # More than one for a rule that lies in several stores.
    $programs = @(Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $rule -PolicyStore ActiveStore -ErrorAction Stop | ForEach-Object { [string]$_.Program })
    if (@($programs | Where-Object { @('Any', 'System', '') -contains $_ }).Count -gt 0) { $rule }
  }
}

$Handlers.foreignRules = @{
  Key = { '' }
  Expect = { "no other rule lets anybody in to $(@($r.ports) -join ', ')" }
  Want = { @() }
  Get = { Get-ForeignRule $r | ForEach-Object { "$($_.Name) from $($_.PolicyStoreSource)" } }
  # A rule of the local stores is somebody's of this machine; one of a domain is the domain's to take back.
  Set = {
    foreach ($name in @(Get-ForeignRule $r | ForEach-Object { $_.Name } | Select-Object -Unique)) { Disable-Rule $name }
    $left = @(Get-ForeignRule $r)
    if ($left.Count -gt 0) {
      Update-Policy
      Start-Sleep -Seconds 2
      $left = @(Get-ForeignRule $r)
    }
    if ($left.Count -gt 0) { throw "not ours to switch off: $(@($left | ForEach-Object { "$($_.Name) from $($_.PolicyStoreSource)" } | Select-Object -Unique) -join ', ')" }
  }
}

# More is no fault, and is left.
$Handlers.firewallLog = @{
  Key = { $r.profile }
  Want = {
    if ($r.blocked) { 'what is refused' }
    if ($r.allowed) { 'what is let in' }
    "at least $($r.minimumKilobytes) KB"
  }
  Get = {
    $now = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore -ErrorAction Stop
    if ($r.blocked -and [string]$now.LogBlocked -eq 'True') { 'what is refused' }
    if ($r.allowed -and [string]$now.LogAllowed -eq 'True') { 'what is let in' }
    if ([long]$now.LogMaxSizeKilobytes -ge $r.minimumKilobytes) { "at least $($r.minimumKilobytes) KB" } else { "$($now.LogMaxSizeKilobytes) KB" }
  }
  Set = {
    $now = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore -ErrorAction Stop
    $rule = @{ Name = $r.profile; LogMaxSizeKilobytes = [uint64][Math]::Max([long]$now.LogMaxSizeKilobytes, [long]$r.minimumKilobytes); ErrorAction = 'Stop' }
    if ($r.blocked) { $rule.LogBlocked = 'True' }
    if ($r.allowed) { $rule.LogAllowed = 'True' }
    foreach ($store in $RuleStores) { Set-NetFirewallProfile @rule -PolicyStore $store }
    $Run.Policy = $null
    Wait-Profile
  }
}
