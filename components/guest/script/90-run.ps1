# ---- the verdict

# At most 4000 bytes, because Azure keeps the last 4096 of all output: as many findings as fit, what failed first, and one of each
# control before the second of any.
function Get-VerdictLine {
  $first = @()
  $rest = @()
  foreach ($finding in @($Run.Findings | Where-Object { $_.verdict -eq 'fail' }) + @($Run.Findings | Where-Object { $_.verdict -ne 'fail' })) {
    if (@($first | ForEach-Object { $_.control }) -contains $finding.control) { $rest += $finding } else { $first += $finding }
  }
  $sorted = $first + $rest
  for ($count = $sorted.Count; $count -ge 0; $count--) {
    $Answer.findings = @($sorted | Select-Object -First $count)
    $Answer.omitted = $sorted.Count - $count
    $line = ConvertTo-AsciiJson $Answer
    if ($line.Length -le 4000) { return $line }
  }
  $line
}

# Everybody may make a mutex of any name, and hold it for ever. One that is not SYSTEM's or an administrator's stops nobody.
function Test-ForeignMutex($Mutex) {
  try { ($Owners + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value) -notcontains $Mutex.GetAccessControl().GetOwner([Security.Principal.SecurityIdentifier]).Value } catch {
    $_.Exception.GetBaseException() -is [UnauthorizedAccessException]
  }
}

$Answer = [ordered]@{
  v = 1; instance = ''; gate = $SecureWinrm.Gate; generation = '0' * 64; nodes = ''; nonce = $SecureWinrm.Nonce; mode = $SecureWinrm.Mode
  run = $SecureWinrm.Run; awaitingGate = $false; reboot = $false; verdict = 'unknown'; controls = [ordered]@{}; findings = @(); omitted = 0
  keeper = [ordered]@{ quarantined = $false; pausedUntil = ''; failed = 0 }
}
# Two runs never interleave: the agent's schedule and a gate may start at the same time.
$HasMutex = $false
try {
  $Mutex = $null
  try { $Mutex = New-Object Threading.Mutex $false, 'Global\secure-winrm' } catch {
    # Whose name it is, or what else bears it.
    $Cause = $_.Exception.GetBaseException()
    if (-not ($Cause -is [UnauthorizedAccessException] -or $Cause -is [Threading.WaitHandleCannotBeOpenedException])) { throw }
  }
  if ($null -eq $Mutex -or (Test-ForeignMutex $Mutex)) { Write-Log 'somebody else holds the lock of these runs: this one goes on without' } else {
    # A run that was killed leaves the mutex behind; it is ours then.
    try { $HasMutex = $Mutex.WaitOne(600000) } catch { if ($_.Exception.GetBaseException() -is [Threading.AbandonedMutexException]) { $HasMutex = $true } else { throw } }
    if (-not $HasMutex) { throw 'another run has not ended within ten minutes' }
  }
  $null = Invoke-Run
} catch {
  # Where a gate run ends before its end, the door is shut, or that it cannot be shut is what is told here.
  $Answer.verdict = if ($Run.DoorShut) { 'fail' } else { 'unknown' }
  $Run.Findings = @([ordered]@{ control = 'secure-winrm'; key = 'run'; verdict = $Answer.verdict; expected = 'a run to its end'; found = Get-Reason $_ })
}
try {
  $Taken = Get-TakenUpNodes
  if ($null -ne $Taken) { $Answer.nodes = $Taken.Hash }
  $Answer.keeper = Get-KeeperAnswer
  # Without its own id a machine has proven nothing to anybody.
  if ($Answer.instance -eq '' -and $Answer.verdict -eq 'pass') { $Answer.verdict = 'unknown' }
  $Answer.findings = $Run.Findings
  $Name = if ($SecureWinrm.Mode -eq 'Apply') { 'report.json' } elseif ($SecureWinrm.Nonce -eq '') { 'audit.json' } else { '' }
  # Who has asked for an audit gets its answer; one by the task has nobody, and stays here.
  if ($Run.FolderReady -and $Name -ne '') { Write-File $Name (ConvertTo-AsciiJson ([ordered]@{ at = [DateTime]::UtcNow.ToString('o'); answer = $Answer; log = $Run.Log })) }
} catch {
  if ($Answer.verdict -eq 'pass') { $Answer.verdict = 'unknown' }
  Write-Log "the report is not written: $(Get-Reason $_)"
}
if ($HasMutex) { $Mutex.ReleaseMutex() }
if ($SecureWinrm.Mode -eq 'Apply' -and @('Maintenance', 'Pause', 'Resume') -contains $SecureWinrm.Run) { Write-RunEvents (Get-VerdictLine) }
# Nothing may come after this line.
Write-Output (Get-VerdictLine)
# 3010 is how Windows asks to be started again; the agents that run this know it.
if ($Answer.verdict -eq 'pass') { exit 0 } elseif ($Answer.reboot) { exit 3010 } else { exit 1 }
