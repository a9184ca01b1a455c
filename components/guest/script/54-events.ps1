# ---- what this host says in its event log: clouds ship it, alerts wait for it. The ids are final

$EventSource = 'secure-winrm'
$EventLog = 'Application'
$EventTable = @{
  passed = @(100, 'Information')
  failed = @(101, 'Warning')
  unknown = @(102, 'Warning')
  quarantined = @(110, 'Error')
  released = @(111, 'Information')
  paused = @(112, 'Warning')
  resumed = @(113, 'Information')
  repaired = @(120, 'Warning')
  certificate = @(130, 'Warning')
  altered = @(140, 'Error')
}

# ASCII whatever the code page: everything else as \u escapes.
function ConvertTo-AsciiJson($Value) {
  [regex]::Replace((ConvertTo-Json $Value -Compress -Depth 6), '[^\x20-\x7e]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
}

function Write-EventEntry([int]$Id, [string]$Level, [string]$Text) {
  if (-not [Diagnostics.EventLog]::SourceExists($EventSource)) { [Diagnostics.EventLog]::CreateEventSource($EventSource, $EventLog) }
  [Diagnostics.EventLog]::WriteEntry($EventSource, $Text, [Diagnostics.EventLogEntryType]$Level, $Id)
}

# A line of JSON, made here unless it is one. Windows takes 31,839 characters. A log that is full or not to be had fails no run.
function Write-Event([string]$Name, $Data) {
  try {
    $id, $level = $EventTable[$Name]
    $line = if ($Data -is [string]) { $Data } else { ConvertTo-AsciiJson $Data }
    Write-EventEntry $id $level $(if ($line.Length -gt 8000) { $line.Substring(0, 8000) } else { $line })
  } catch { Write-Log "event $Name is not written: $(Get-Reason $_)" }
}

# What a run changed, what it found altered, and how it ended.
function Write-RunEvents([string]$Line) {
  foreach ($name in @($Run.Altered.Keys)) { Write-Event 'altered' ([ordered]@{ event = 'altered'; file = $name; what = $Run.Altered[$name] }) }
  if (@($Run.Changed).Count -gt 0) { Write-Event 'repaired' ([ordered]@{ event = 'repaired'; count = @($Run.Changed).Count; changed = @($Run.Changed | Select-Object -First 30) }) }
  Write-Event $(if ($Answer.verdict -eq 'pass') { 'passed' } elseif ($Answer.verdict -eq 'fail') { 'failed' } else { 'unknown' }) $Line
}
