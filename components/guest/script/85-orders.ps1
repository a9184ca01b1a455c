# ---- the orders

# What shuts comes first. Then what is there before WinRM reads its policies: accounts before rights and groups, which are given by SID,
# the registry before the account policy, because a value of it allows longer passwords, and policies before WinRM's own settings, which
# cannot be written while a policy holds them.
$Steps = @{
  Shutting = @('firewallProfile', 'firewallRule.Block', 'folder')
  Before = @('nodeList', 'certificate', 'addresses', 'account', 'group', 'userRight', 'registry', 'accountPolicy', 'policy', 'service')
  Settings = @('wsman', 'jeaEndpoint', 'sessionConfiguration', 'otherSessionConfigurations', 'rootDescriptor')
  Removals = @('listener.absent', 'builtinRule', 'foreignRules')
  Listeners = @('listener.present', 'sslBinding')
  Records = @('auditPolicy', 'eventLog', 'firewallLog', 'scheduledTask')
}

# Only where something was written that WinRM reads when it starts, and while nobody works; what waits stays unknown.
function Restart-WinRm {
  if (-not (Test-Pending 'service')) { return }
  try {
    Assert-Idle
    Restart-Service -Name 'WinRM' -Force
    Clear-Pending 'service'
    Write-Log 'WinRM has started again'
  } catch { Write-Log "WinRM has not started again: $(Get-Reason $_)" }
}

# The one who runs this script starts the machine anew and asks again, once for each question: a value that somebody else spoils at
# every start must not make a machine start for ever.
function Test-Reboot {
  if (-not (Test-Pending 'boot')) { return $false }
  if ($SecureWinrm.Nonce -eq '' -or (Read-File 'restarted.txt') -ceq $SecureWinrm.Nonce) { Write-Log 'the machine is not started again: it was, or nobody waits for it'; return $false }
  Write-File 'restarted.txt' $SecureWinrm.Nonce
  Write-Log 'the machine has to start again'
  $true
}

# Nobody gets in from here on, whatever rules there are: a block beats every allow. What counts is that the active store has it.
function Close-Door {
  $trouble = @()
  foreach ($entry in @(Get-Entry 'firewallRule.Allow')) { try { Disable-Rule $entry.Resource.name } catch { $trouble += Get-Reason $_ } }
  try { Write-Rule $GateRule 'Block' @($HttpsPort) @('Any') @('Any') } catch { $trouble += Get-Reason $_ }
  if (-not (Test-Rule $GateRule $true)) { throw "the door cannot be shut: Windows firewall does not take the rule ${GateRule}. $($trouble -join '; ')" }
  foreach ($one in $trouble) { Write-Log $one }
  Write-Log "door shut: firewallRule $GateRule on, allow rule off"
}

# A firewall that somebody else keeps switched off takes the rule of a gate and does not heed it. The audit fails for it, and until then and
# after it is the listener that is off.
function Close-Listener {
  if (@(Get-Entry 'firewallProfile' | Where-Object { (Test-Resource $_).Verdict -ne 'pass' }).Count -eq 0) { return }
  $Run.IsHeld = $true
  try { Set-ListenerOn $false } catch { Write-Log "the listener is not off: $(Get-Reason $_)" }
}

function Save-Proof([string]$Gate, [string]$DocumentGate, [string]$Text) {
  Write-File 'document.json' $Text
  Save-Kept 'proven.json' (Get-ProofText $Gate $DocumentGate $Text)
}

# The password that the machine was made with has been through other hands: a deployment's, and its logs'. Nobody knows the new one.
function Reset-Administrator {
  if ((Read-File 'administrator.txt') -ne '') { return }
  $bytes = New-Object byte[] 48
  (New-Object Security.Cryptography.RNGCryptoServiceProvider).GetBytes($bytes)
  foreach ($user in @(Get-LocalUser | Where-Object { $_.SID.Value -like '*-500' })) {
    try {
      ([ADSI]"WinNT://$env:COMPUTERNAME/$($user.Name),user").SetPassword([Convert]::ToBase64String($bytes) + 'aA1!')
      Write-Log "the password of $($user.SID.Value) is a new one that nobody knows"
    } catch {
      # What Windows says where LAPS keeps it, so that nobody knows it either.
      if ('{0:X8}' -f $_.Exception.GetBaseException().HResult -ne '800721CE') { throw }
      Write-Log "the password of $($user.SID.Value) is kept by LAPS"
    }
  }
  Write-File 'administrator.txt' 'reset'
}

# Shuts, and lets the machine trust what its certificate will need, perhaps before there is one and before the first gate. Opens
# nothing, and needs no parameters and no node list: a block of single addresses is left to the other orders.
function Invoke-PrepareRun([bool]$IsProven) {
  if (-not $IsProven) { Close-Door }
  # A service that quarantine has stopped is all that shuts that host: its keeper starts it, after it has shut the rest.
  $holds = $IsProven -and (Test-Quarantined) -and -not (Test-WinRm)
  $steps = @('firewallProfile', 'firewallRule.Block', 'folder', 'certificate') + @(if (-not $holds) { 'service' }) + @('listener.absent', 'builtinRule')
  $Run.Entries = @($Run.Entries | Where-Object { $steps -contains $_.Step -and ($_.Step -ne 'firewallRule.Block' -or $_.Resource.remote -is [string]) })
  Set-Step $steps
  if (-not $IsProven) { Close-Listener }
  if (-not $IsProven -and $Run.FolderReady) { Reset-Administrator }
  $Run.Audit = Get-Audit
  $Run.Audit.Controls = [ordered]@{}
}

function Invoke-GateRun([string]$Text, $Document) {
  $passed = $false
  try {
    Close-Door
    Read-Parameter $Document.gate
    Set-Step $Steps.Shutting
    Close-Listener
    if ($Run.FolderReady) { Save-Kept 'host.json' $Run.HostText }
    Set-Step $Steps.Before
    Restart-WinRm
    Set-Step ($Steps.Settings + $Steps.Removals + $Steps.Listeners + $Steps.Records)
    Restart-WinRm
    $Run.Audit = Get-Audit -HoldAllow
    if (Test-Reboot) {
      $Answer.reboot = $true
      $Run.Audit.Verdict = 'unknown'
    }
    if ($Run.Audit.Verdict -ne 'pass') { return }
    foreach ($entry in @(Get-Entry 'firewallRule.Allow')) {
      $r = $entry.Resource
      & $Handlers.firewallRule.Set
    }
    Remove-Rule $GateRule
    $null = Test-Rule $GateRule $false
    Write-Log "door open: allow rule on, firewallRule $GateRule removed"
    $Run.Audit = Get-Audit
    if ($Run.Audit.Verdict -ne 'pass') { return }
    # What would be left of it shuts, and no audit from in here sees that.
    Clear-Keeper
    Save-Proof $SecureWinrm.Gate $Document.gate $Text
    $passed = $true
  } finally { if (-not $passed) { try { Close-Door } finally { Close-Listener } } }
}

# Add before remove. The allow rule comes last: one that is on may be corrected, one that is off comes back only when all else is right,
# and while a failed gate run holds the door shut it is not touched. A document from before the keeper has no table: its host does nothing to
# its door.
function Invoke-MaintenanceRun([string]$Text, $Document, [string]$Gate) {
  $table = Get-Field $Document 'keeper'
  Set-Step $Steps.Shutting
  $Run.GateHeld = Test-GateHeld
  if ($Run.GateHeld) { Close-Listener }
  if ($null -ne $table) { Open-Keeper } elseif (@('Pause', 'Resume') -contains $SecureWinrm.Run) { throw 'what this host has proven knows no keeper: there is nothing to pause' }
  Set-Step $Steps.Before
  # WinRM may have come to life.
  if ($Run.Shut -ne '') { try { $Run.Shut = Set-Shut } catch { Write-Log (Get-Reason $_) } }
  Restart-WinRm
  Set-Step ($Steps.Settings + $Steps.Listeners + $Steps.Removals + $Steps.Records)
  Restart-WinRm
  # A firewall that does not answer is for the audit to tell.
  try {
    if (-not (Test-RuleOn $GateRule)) {
      foreach ($entry in @(Get-Entry 'firewallRule.Allow')) {
        if ((Test-RuleOn $entry.Resource.name) -or (Get-Audit -HoldAllow).Verdict -eq 'pass') { Set-Resource $entry }
      }
    }
  } catch { Write-Log "the allow rule is left as it is: $(Get-Reason $_)" }
  $Run.Audit = Get-Audit
  if ($null -ne $table) {
    Close-Keeper @($table.rows)
    Write-CertificateEvent $table.certificateDays
    Save-Keeper
  }
  if ($Run.Audit.Verdict -eq 'pass') { Save-Proof $Gate $Document.gate $Text }
}

# A list of one travels as a list all the same. Strict mode throws on what is missing.
function ConvertTo-HostParameter([string]$Json) {
  if ($Json -eq '') { return }
  $given = ConvertFrom-Json $Json
  $parameters = [pscustomobject]@{ host = $given.host; name = $given.name; addresses = @($given.addresses); listen = @($given.listen); interface = @(Get-Field $given 'interface'); secret = $given.secret }
  if ($parameters.listen.Count -eq 0) { throw 'the parameters of this host name no address to listen on' }
  $parameters
}

# A gate run brings the host's parameters, as base64, so that no character can end the quotes around them; later they are on the disk.
# What is proven is what was given here, whoever computed the hash that was asked for.
function Read-Parameter([string]$DocumentGate) {
  $isGate = $SecureWinrm.Run -eq 'Gate'
  $text = if ($isGate) { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($SecureWinrm.Host)) } else { Read-Kept 'host.json' }
  $hash = Get-TextHash "$DocumentGate`n$text"
  if ($isGate -and $hash -cne $SecureWinrm.Gate) { throw "document and host parameters have gate hash $hash" }
  $Run.HostText = $text
  $Run.Host = ConvertTo-HostParameter $text
  Select-Nodes
}

function Invoke-Run {
  # One line. Line ends around it belong to how the script was delivered and must not change its hash.
  $text = $SecureWinrmDocument.Trim("`r", "`n")
  $Answer.generation = Get-TextHash $text
  try { $Answer.instance = Get-InstanceId } catch { Write-Log "the machine's own id is not known: $(Get-Reason $_)" }
  $document = ConvertFrom-Json $text
  $isGate = $SecureWinrm.Run -eq 'Gate'
  $applies = $SecureWinrm.Mode -eq 'Apply'
  # A gate run stops for nothing before it has shut the door.
  $isMaintenance = @('Maintenance', 'Pause', 'Resume') -contains $SecureWinrm.Run
  # Whether there is one at all is what preparing asks.
  $saved = if ($isGate) { '' } elseif ($isMaintenance) { Read-Proof $text $document } else { Read-File 'proven.json' }
  $Run.Prepares = $SecureWinrm.Run -eq 'Prepare'
  if (-not $applies -and @('Prepare', 'Pause', 'Resume') -contains $SecureWinrm.Run) { throw "$($SecureWinrm.Run) wants the mode Apply" }
  if (-not $isGate) { $Answer.gate = '' }
  if ($isMaintenance) {
    $Answer.awaitingGate = $true
    if ($saved -eq '') {
      Write-Log 'this host has not passed its gate yet, or its proof is not as it was kept: nothing is changed'
      $Run.Findings = @(Get-AlteredFinding)
      return
    }
    $proven = ConvertFrom-Json $saved
    $Answer.gate = $proven.gate
    $Answer.awaitingGate = $document.gate -ne $proven.documentGate
    if ($Answer.awaitingGate) {
      Write-Log 'the document needs a gate run first: this host keeps to the one that it has proven'
      $text = $proven.document
      $Answer.generation = Get-TextHash $text
      $document = ConvertFrom-Json $text
    }
  }
  if ($document.schema -ne 1) { throw "the document has schema $($document.schema), this script reads 1" }
  foreach ($table in @(Get-Field $document 'keeper')) { $Run.PauseHours = [int]$table.pauseHours }
  $Run.Entries = @($document.resources | ForEach-Object { New-Entry $_ })
  $Run.DoorShut = $applies -and ($isGate -or ($Run.Prepares -and $saved -eq ''))
  if ($Run.Entries.Count -eq 0) {
    if ($Run.DoorShut) { Close-Door }
    throw 'the document declares nothing'
  }
  $Run.Certificate = Get-Entry 'certificate' | ForEach-Object { $_.Resource } | Select-Object -First 1
  # What a host was proven with before documents said where it comes from came from a secret.
  $Run.FromStore = @(Get-Entry 'certificate' | Select-Object -First 1 | ForEach-Object { Get-Field $_.Resource 'from' }) -contains 'store'
  if ($Run.Prepares) { Invoke-PrepareRun ($saved -ne '') } elseif ($Run.DoorShut) { Invoke-GateRun $text $document } else {
    Read-Parameter $document.gate
    if ($applies) { Invoke-MaintenanceRun $text $document $proven.gate } else { $Run.Audit = Get-Audit }
  }
  if (@(Get-Entry 'jeaEndpoint').Count -gt 0) { Write-ServiceAccount }
  $Answer.controls = $Run.Audit.Controls
  $Answer.verdict = $Run.Audit.Verdict
  $Run.Findings = $Run.Audit.Findings
}
