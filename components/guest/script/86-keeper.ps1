# ---- the keeper: what a run does with the door after it has set right what it could. Which, comes as a table with the document

function Get-Now { [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() }

# A folder that is not safe to write to fails each run, and must not keep them from being counted: then it is noted beside the files' hashes.
function Get-KeeperNote { Get-KeptHash 'keeper.json' }

function Set-KeeperNote([string]$Text) { Set-KeptHash 'keeper.json' $Text }

# A file that is broken, or somebody else's, says nothing: no pause, no failed run. Of quarantine the rule itself tells.
function Read-Keeper {
  $keeper = @{ quarantined = $false; failed = 0; told = ''; pause = $null }
  try {
    $text = Get-KeeperNote
    if ($text -eq '') { $text = Read-File 'keeper.json' }
    if ($text -eq '') { return $keeper }
    $saved = ConvertFrom-Json $text
    $read = @{ quarantined = $saved.quarantined -eq $true; failed = [int]$saved.failed; told = [string](Get-Field $saved 'told'); pause = $null }
    foreach ($pause in @(Get-Field $saved 'pause' | Where-Object { $null -ne $_ })) {
      $read.pause = @{ since = [long]$pause.since; until = [long]$pause.until; by = [string]$pause.by; reason = [string]$pause.reason; passed = @(Get-Field $pause 'passed') -contains $true }
    }
    if ($read.failed -lt 0) { throw 'failed runs are no negative number' }
    $read
  } catch {
    Write-Log "keeper.json is not read: $(Get-Reason $_)"
    $keeper
  }
}

function Save-Keeper {
  $keeper = $Run.Keeper
  $file = [ordered]@{ quarantined = [bool]$keeper.quarantined; failed = [int]$keeper.failed; told = [string]$keeper.told }
  if ($null -ne $keeper.pause) {
    $pause = $keeper.pause
    $file.pause = [ordered]@{ since = $pause.since; until = $pause.until; by = $pause.by; reason = $pause.reason; passed = $pause.passed }
  }
  # Nothing to remember is no file.
  if ((Read-File 'keeper.json') -eq '' -and (Get-KeeperNote) -eq '' -and -not $file.quarantined -and $file.failed -eq 0 -and $file.told -eq '' -and $null -eq $keeper.pause) { return }
  $text = ConvertTo-AsciiJson $file
  $stored = ''
  try { Write-File 'keeper.json' $text } catch {
    Write-Log "keeper.json is not written: $(Get-Reason $_)"
    $stored = $text
  }
  try { Set-KeeperNote $stored } catch { Write-Log "the keeper forgets this run: $(Get-Reason $_)" }
}

# The first that fits. A row says of what it wants; `failedBefore` is at least so many.
function Select-KeeperRow($Rows, $Case) {
  foreach ($row in @($Rows)) {
    $isFit = $true
    foreach ($condition in @($row.PSObject.Properties | Where-Object { @('door', 'failed') -notcontains $_.Name })) {
      if (-not $Case.ContainsKey($condition.Name)) { throw "nobody knows the condition $($condition.Name) of the keeper's table" }
      $now = $Case[$condition.Name]
      if (-not $(if ($condition.Name -eq 'failedBefore') { $now -ge $condition.Value } else { $now -ceq $condition.Value })) { $isFit = $false }
    }
    if ($isFit) { return $row }
  }
  throw 'no row of the keeper''s table fits'
}

function Get-PauseLimit([long]$Since) { $Since + [long]$Run.PauseHours * 3600000 }

function Get-PauseEnd($Pause) { [Math]::Min([long]$Pause.until, [long](Get-PauseLimit $Pause.since)) }

# A clock that was put back ends a pause, it never makes it longer.
function Test-Paused($Pause, [long]$Now) { $null -ne $Pause -and $Pause.since -le $Now -and $Now -lt (Get-PauseEnd $Pause) }

# One that was not followed by a passed run counts on: asking again never gives more in all. Nothing where none is left.
function Get-GrantedPause($Before, [long]$Now, [int]$Hours) {
  $since = if ($null -eq $Before -or $Before.passed) { $Now } else { [Math]::Min([long]$Before.since, $Now) }
  $until = [Math]::Min($Now + $Hours * 3600000, [long](Get-PauseLimit $since))
  if ($until -gt $Now) { @{ since = $since; until = $until; passed = $false } }
}

function Get-PauseTime($Pause) { ([DateTimeOffset]::FromUnixTimeMilliseconds((Get-PauseEnd $Pause))).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture) }

# Who, why, for how long: free text, so it comes as base64.
function Read-PauseRequest {
  $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Setting 'Pause')))
  $asked = if ($text -eq '') { [pscustomobject]@{} } else { ConvertFrom-Json $text }
  $who = ConvertTo-Line ([string](Get-Field $asked 'by')) 200
  $reason = ConvertTo-Line ([string](Get-Field $asked 'reason')) 500
  $hours = [string](Get-Field $asked 'hours')
  if ($hours -notmatch '^[1-9][0-9]?$' -or [int]$hours -gt $Run.PauseHours -or $who -eq '' -or $reason -eq '') { throw "a pause is for 1 to $($Run.PauseHours) hours, and says by whom and for what reason" }
  @{ Hours = [int]$hours; By = $who; Reason = $reason }
}

# What is over stays over, whatever the clock says later; since when it was is remembered until a run has passed.
function Close-Pause([string]$Why) {
  $pause = $Run.Keeper.pause
  $pause.until = $pause.since
  Write-Event 'resumed' ([ordered]@{ event = 'resumed'; why = $Why; by = $pause.by; reason = $pause.reason })
  Write-Log "the pause of $($pause.by) is over: $Why"
}

function Set-Pause([long]$Now) {
  $asked = Read-PauseRequest
  $pause = Get-GrantedPause $Run.Keeper.pause $Now $asked.Hours
  if ($null -eq $pause) { Write-Log "no pause for $($asked.By): $($Run.PauseHours) hours without a passed run are used up"; return }
  $pause.by = $asked.By
  $pause.reason = $asked.Reason
  $Run.Keeper.pause = $pause
  Write-Event 'paused' ([ordered]@{ event = 'paused'; by = $pause.by; reason = $pause.reason; hours = $asked.Hours; until = Get-PauseTime $pause })
  Write-Log "quarantine is paused until $(Get-PauseTime $pause) by $($pause.by): $($pause.reason)"
}

# Before anything else is repaired: what somebody has asked for, and what quarantine must go on shutting while the rest is set right.
function Open-Keeper {
  $now = Get-Now
  $Run.Keeper = Read-Keeper
  $pause = $Run.Keeper.pause
  if ($null -ne $pause -and $pause.until -gt $pause.since -and -not (Test-Paused $pause $now)) { Close-Pause 'its time has run out, or the clock was put back' }
  if ($SecureWinrm.Run -eq 'Pause') { Set-Pause $now }
  if ($SecureWinrm.Run -eq 'Resume' -and (Test-Paused $Run.Keeper.pause $now)) { Close-Pause 'somebody has asked for it' }
  Save-Keeper
  if (-not (Test-Quarantined) -or (Test-Paused $Run.Keeper.pause $now)) { return }
  if (-not (Test-GateHeld)) { try { $Run.Shut = Set-Shut } catch { Write-Log "quarantine: $(Get-Reason $_)" } }
  # One that is not there, or cannot be seen, is made again without being on.
  $Run.IsHeld = $Run.IsHeld -or $Run.Shut -eq $ListenerOff -or (Test-ListenerOff)
}

# What an audit has opened to look at it is shut again at once where it fails.
function Close-Keeper($Rows) {
  $keeper = $Run.Keeper
  $case = @{ verdict = $Run.Audit.Verdict; held = $Run.GateHeld -or (Test-GateHeld); quarantined = Test-Quarantined; paused = Test-Paused $keeper.pause (Get-Now); failedBefore = [int]$keeper.failed }
  $wasQuarantined = $case.quarantined
  $row = Select-KeeperRow $Rows $case
  $isOpened = $row.door -eq 'release' -and $Run.IsHeld
  if ($isOpened) {
    $Run.IsHeld = $false
    try { Set-ListenerOn $true } catch { Write-Log "the listener stays off: $(Get-Reason $_)" }
    $Run.Audit = Get-Audit
    $case.verdict = $Run.Audit.Verdict
    $row = Select-KeeperRow $Rows $case
  }
  try {
    switch ($row.door) {
      'keep' { }
      'quarantine' { Start-Quarantine (-not $wasQuarantined) ($isOpened -or -not $wasQuarantined) }
      'release' { if ($wasQuarantined) { Stop-Quarantine; Write-Event 'released' ([ordered]@{ event = 'released'; verdict = $case.verdict; paused = $case.paused }) } }
      default { throw "nobody knows what $($row.door) does to a door" }
    }
  } catch { Write-Log "the door: $(Get-Reason $_)" }
  if ($row.failed -eq 'count') { $keeper.failed = [int]$keeper.failed + 1 } elseif ($row.failed -eq 'reset') { $keeper.failed = 0 }
  # One that still lasts goes on: somebody may have asked before the work begins. It only does not count against the next one.
  if ($case.verdict -eq 'pass' -and $null -ne $keeper.pause) { if ($case.paused) { $keeper.pause.passed = $true } else { $keeper.pause = $null } }
}

# At most once a day.
function Write-CertificateEvent([int]$Days) {
  try {
    $today = [DateTime]::UtcNow.ToString('yyyyMMdd', [Globalization.CultureInfo]::InvariantCulture)
    if ($Run.Keeper.told -eq $today) { return }
    foreach ($certificate in @(Get-ListenerCertificate)) {
      $daysLeft = [Math]::Floor(($certificate.NotAfter.ToUniversalTime() - [DateTime]::UtcNow).TotalDays)
      if ($daysLeft -ge $Days) { continue }
      Write-Event 'certificate' ([ordered]@{ event = 'certificate'; thumbprint = $certificate.Thumbprint; daysLeft = $daysLeft; minimum = $Days })
      $Run.Keeper.told = $today
    }
  } catch { Write-Log "how long the certificate lasts is not known: $(Get-Reason $_)" }
}

# A gate run that has passed ends everything of it.
function Clear-Keeper {
  $Run.Keeper = Read-Keeper
  $Run.Keeper.failed = 0
  $Run.Keeper.pause = $null
  if (Test-Quarantined) {
    Stop-Quarantine
    Write-Event 'released' ([ordered]@{ event = 'released'; verdict = 'pass'; paused = $false })
  }
  Save-Keeper
}

function Get-KeeperAnswer {
  $keeper = if ($null -ne $Run.Keeper) { $Run.Keeper } else { Read-Keeper }
  $until = if (Test-Paused $keeper.pause (Get-Now)) { Get-PauseTime $keeper.pause } else { '' }
  [ordered]@{ quarantined = Test-Quarantined; pausedUntil = $until; failed = [int]$keeper.failed }
}
