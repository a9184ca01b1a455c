# ---- quarantine: a host that shuts its own port

$QuarantinePorts = @('5986', '5985', '47001')
$StoppedService = 'the service, which is stopped'
$ListenerOff = 'the listener, which is disabled'
$ListenerKey = 'SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Listener'

function Test-WinRm { [string](Get-Service -Name 'WinRM').Status -eq 'Running' }

# A firewall that does not answer holds no gate.
function Test-GateHeld { try { Test-RuleOn $GateRule } catch { $false } }

# Wherever the rule still is, on or off; where somebody has taken it away everywhere, keeper.json remembers.
function Test-Quarantined {
  $keeper = if ($null -ne $Run.Keeper) { $Run.Keeper } else { Read-Keeper }
  if ($keeper.quarantined) { return $true }
  foreach ($store in $RuleStores + 'ActiveStore') { if (Test-RuleIn $QuarantineRule $store) { return $true } }
  $false
}

# In every store that can be written, as it was declared.
function Test-QuarantineWritten {
  $declared = @(Get-DeclaredElement ([pscustomobject]@{ action = 'Block'; ports = $QuarantinePorts; local = 'Any'; remote = 'Any' }))
  foreach ($store in $RuleStores) { if (-not (Test-RuleIn $QuarantineRule $store)) { return $false } }
  try { Test-SameElement $declared @(Get-ActiveElement $QuarantineRule) } catch { $false }
}

# Whether it really blocks: the firewall is on, and the store that Windows lives by has the rule and heeds it. A domain that lets no local rules
# merge leaves it standing there and says so.
function Test-Blocked {
  try {
    if (@(Get-NetFirewallProfile -PolicyStore ActiveStore -ErrorAction Stop | Where-Object { [string]$_.Enabled -ne 'True' }).Count -gt 0) { return $false }
    @(Get-RuleOn $QuarantineRule | Where-Object { [string]$_.Action -eq 'Block' -and "$(Get-Field $_ 'EnforcementStatus')" -notmatch 'Disallowed' -and @(Get-NarrowElement $_).Count -eq 0 }).Count -gt 0
  } catch { $false }
}

# Without the service its configuration lies in the registry, and is read from there when it starts (as configuration tools do it; not seen on a
# real host).
function Get-StoredListener([string]$Transport) {
  $place = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey($ListenerKey)
  if ($null -ne $place) { $place.GetSubKeyNames() | Where-Object { $_ -like "*+$Transport" } | ForEach-Object { "$ListenerKey\$_" } }
}

# What a policy makes listens as soon as WinRM runs, and shows no earlier.
function Test-PolicyListener {
  @('AllowAutoConfig', 'HttpCompatibilityListener', 'HttpsCompatibilityListener' | Where-Object { [string](Get-RegistryValue 'SOFTWARE\Policies\Microsoft\Windows\WinRM\Service' $_) -eq 'DWord 1' }).Count -gt 0
}

function Test-ListenerOff {
  try {
    if (Test-WinRm) { return @(Get-Listener 'HTTPS' | Where-Object { -not $_.IsOn }).Count -gt 0 }
    @(Get-StoredListener 'HTTPS' | Where-Object { [string](Get-RegistryValue $_ 'enabled') -eq 'DWord 0' }).Count -gt 0
  } catch { $false }
}

# Throws where one does not follow. One on HTTP goes off too, and nobody switches it on again: that of a policy does not let itself be
# written, and then it is the service that has to go.
function Set-ListenerOn([bool]$IsOn) {
  $transports = @('HTTPS') + @(if (-not $IsOn) { 'HTTP' })
  if (Test-WinRm) {
    foreach ($listener in @($transports | ForEach-Object { Get-Listener $_ } | Where-Object { $_.IsOn -ne $IsOn })) {
      # One that a policy holds must not keep the others on.
      try { $null = Set-WSManInstance -ResourceURI 'winrm/config/Listener' -SelectorSet (Get-Selector $listener) -ValueSet @{ Enabled = $(if ($IsOn) { 'true' } else { 'false' }) } } catch { Write-Log (Get-Reason $_) }
    }
    if (@($transports | ForEach-Object { Get-Listener $_ } | Where-Object { $_.IsOn -ne $IsOn }).Count -gt 0) { throw "a listener does not let itself be switched $(if ($IsOn) { 'on' } else { 'off' })" }
    return
  }
  foreach ($path in @($transports | ForEach-Object { Get-StoredListener $_ })) { Set-RegistryValue ([pscustomobject]@{ path = $path; name = 'enabled'; type = 'DWord'; op = 'eq'; value = [int]$IsOn }) }
}

# Says what holds, and changes nothing where that is so already. The rule in any case; where it does not block, the listener goes off; where it
# does not, the service.
function Set-Shut {
  $trouble = @()
  if (-not (Test-QuarantineWritten)) {
    try { Write-Rule $QuarantineRule 'Block' $QuarantinePorts @('Any') @('Any') } catch { $trouble += Get-Reason $_ }
    try { $null = Test-Rule $QuarantineRule $true } catch { $trouble += Get-Reason $_ }
  }
  if (Test-Blocked) {
    foreach ($one in $trouble) { Write-Log $one }
    return 'the block rule'
  }
  try {
    Set-ListenerOn $false
    if ((Test-WinRm) -or -not (Test-PolicyListener)) {
      Write-Log "quarantine: the firewall does not block, the listener is off. $($trouble -join '; ')"
      return $ListenerOff
    }
  } catch { $trouble += Get-Reason $_ }
  # Nor may it come back with the next start of the machine: a run of the keeper starts it, behind a listener that is off.
  try {
    if (Test-WinRm) { Stop-Service -Name 'WinRM' -Force }
    Set-Service -Name 'WinRM' -StartupType Disabled
  } catch { throw "nothing shuts the port: $($trouble + (Get-Reason $_) -join '; ')" }
  Write-Log "quarantine: neither the firewall nor the listener shuts the port, the service is stopped. $($trouble -join '; ')"
  $StoppedService
}

# Who is in stays in until WinRM starts again: here it does while people work, because they are whom it shuts out.
function Start-Quarantine([bool]$IsNew, [bool]$Cuts) {
  $holds = ''
  try { $holds = Set-Shut } catch { Write-Log (Get-Reason $_) }
  # Also where nothing shuts the port: the next run tries again, whatever it then knows.
  $Run.Keeper.quarantined = $true
  try {
    if ($Cuts -and $holds -ne '' -and (Test-WinRm)) {
      Restart-Service -Name 'WinRM' -Force
      Clear-Pending 'service'
    }
  } catch { Write-Log "sessions that were open may still live: $(Get-Reason $_)" }
  if (-not $IsNew -and $holds -ne '') { return }
  $failing = @($Run.Audit.Findings | Where-Object { $_.verdict -eq 'fail' } | ForEach-Object { $_.control } | Select-Object -Unique | Select-Object -First 25)
  Write-Event 'quarantined' ([ordered]@{ event = 'quarantined'; shutBy = $(if ($holds -eq '') { 'nothing' } else { $holds }); failing = $failing })
  Write-Log "quarantine: the port is shut by $(if ($holds -eq '') { 'nothing' } else { $holds })"
}

# The listener first: the rule is the last to go.
function Stop-Quarantine {
  if (Test-ListenerOff) { Set-ListenerOn $true }
  Remove-Rule $QuarantineRule
  if (-not (Test-Rule $QuarantineRule $false)) { throw "Windows firewall does not let go of the rule $QuarantineRule" }
  $Run.Keeper.quarantined = $false
  Write-Log "quarantine is over: firewallRule $QuarantineRule removed"
}
