# On a hosted runner: applies, audits, spoils one resource of each kind, sees the audit fail for the controls that declare it,
# applies again. Then quarantine, a pause and an altered script. Windows PowerShell 5.1, as an administrator. Ends with the number of what went wrong.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/spoil.ps1"
$Machine = [IO.File]::ReadAllText("$Folder\run.json") | ConvertFrom-Json
$Document = [IO.File]::ReadAllText("$Folder\document.json") | ConvertFrom-Json
$Faults = @()

function Invoke-Script([string]$Mode, [string]$Run, [string]$Pause = '') {
  $nonce = [Guid]::NewGuid().ToString('N')
  $given = @('-WinrmFolder', $Folder, '-WinrmMode', $Mode, '-WinrmRun', $Run, '-WinrmNonce', $nonce)
  if ($Run -eq 'Gate') { $given += '-WinrmGate', $Machine.gate, '-WinrmHost', $Machine.host }
  if ($Pause -ne '') { $given += '-WinrmPause', [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Pause)) }
  $lines = @(powershell.exe -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "$Folder\secure-winrm.ps1" @given)
  $lines | ForEach-Object { Write-Host "    $_" }
  $answer = ConvertFrom-Json $lines[-1]
  if ($answer.nonce -ne $nonce) { throw 'the last line answers another question' }
  $answer
}

# What a hosted runner cannot show: it cannot be started again within a job, and its image is as old as it is.
function Get-Failed($Answer) {
  @($Answer.controls.PSObject.Properties | Where-Object { $_.Value -ne 'pass' -and $_.Name -ne 'up-to-date' -and -not (Test-Waiting $Answer $_.Name) } | ForEach-Object { $_.Name } | Sort-Object)
}

function Test-Waiting($Answer, [string]$Control) {
  $findings = @($Answer.findings | Where-Object { $_.control -eq $Control })
  $findings.Count -gt 0 -and @($findings | Where-Object { $_.found -notlike '*next start of the machine*' }).Count -eq 0
}

function Assert-That([bool]$Condition, [string]$Text) {
  if ($Condition) { Write-Host "ok    $Text" } else { Write-Host "FAIL  $Text"; $script:Faults += $Text }
}

$applied = Invoke-Script 'Apply' 'Gate'
Assert-That ($applied.verdict -eq 'pass' -or $applied.reboot) "the gate run ends with $($applied.verdict)"
if ($applied.reboot) {
  # What a start of the machine does to the script's memory of what waits for one.
  Remove-Item -LiteralPath 'HKLM:\SOFTWARE\secure-winrm' -Recurse -Force
  $applied = Invoke-Script 'Apply' 'Gate'
  Assert-That ($applied.verdict -eq 'pass') "the gate run after it ends with $($applied.verdict)"
}
Assert-That ((Get-Failed (Invoke-Script 'Audit' 'Maintenance')).Count -eq 0) 'the audit finds everything in its state'
$again = Invoke-Script 'Apply' 'Maintenance'
Assert-That ($again.verdict -eq 'pass') 'a run with nothing to do passes'

$seen = @{}
foreach ($entry in $Document.resources) {
  $r = $entry.resource
  $kind = if ($r.kind -eq 'listener') { "listener.$($r.ensure)" } else { $r.kind }
  if ($seen.ContainsKey($kind) -or -not $Spoil.ContainsKey($r.kind)) { continue }
  # What a policy holds cannot be written otherwise. No policy knows this one.
  if ($r.kind -eq 'wsman' -and $r.path -ne 'Service/Auth/Certificate') { continue }
  # A rule that Windows does not bring here cannot be spoilt.
  if ($r.kind -eq 'builtinRule' -and @(Get-NetFirewallRule -Name $r.name -ErrorAction SilentlyContinue).Count -eq 0) { continue }
  $seen[$kind] = $true
  try {
    $null = & $Spoil[$r.kind]
    $failed = Get-Failed (Invoke-Script 'Audit' 'Maintenance')
    $missing = @($entry.controls | Where-Object { $failed -notcontains $_ })
    if ($missing.Count -gt 0) {
      # The task may have mended it in between.
      $null = & $Spoil[$r.kind]
      $failed = Get-Failed (Invoke-Script 'Audit' 'Maintenance')
      $missing = @($entry.controls | Where-Object { $failed -notcontains $_ })
    }
    Assert-That ($missing.Count -eq 0) "$kind spoilt: the audit fails for $($entry.controls -join ', ') (found: $($failed -join ', '))"
    $null = Invoke-Script 'Apply' 'Maintenance'
    Assert-That ((Get-Failed (Invoke-Script 'Audit' 'Maintenance')).Count -eq 0) "$kind mended"
  } catch { Assert-That $false "$kind`: $_" }
}

# What the keeper cannot mend: the certificate is gone, and so is the secret that it came from.
$Since = Get-Date
function Test-Event([int]$Id) { @(Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'secure-winrm'; Id = $Id; StartTime = $Since } -MaxEvents 1 -ErrorAction SilentlyContinue).Count -gt 0 }
function Test-Shut { @(Get-NetFirewallRule -Name 'secure-winrm-quarantine' -PolicyStore ActiveStore -ErrorAction SilentlyContinue).Count -gt 0 }
$secret = [IO.File]::ReadAllBytes("$Folder\winrm.json")
[IO.File]::Delete("$Folder\winrm.json")
Get-ChildItem -Path Cert:\LocalMachine\My | Where-Object { $_.Subject -eq "CN=$($Machine.name)" } | Remove-Item
$null = Invoke-Script 'Apply' 'Maintenance'
$answer = Invoke-Script 'Apply' 'Maintenance'
Assert-That ($answer.keeper.quarantined -and (Test-Shut) -and (Test-Event 110)) 'the second failed run shuts the port, and says so'
$answer = Invoke-Script 'Apply' 'Pause' '{"hours":1,"by":"the test","reason":"a look"}'
Assert-That (-not $answer.keeper.quarantined -and $answer.keeper.pausedUntil -ne '' -and -not (Test-Shut) -and (Test-Event 112)) 'a pause opens it'
$answer = Invoke-Script 'Apply' 'Resume'
Assert-That ($answer.keeper.quarantined -and (Test-Shut) -and (Test-Event 113)) 'the end of the pause shuts it'
[IO.File]::WriteAllBytes("$Folder\winrm.json", $secret)
$answer = Invoke-Script 'Apply' 'Maintenance'
Assert-That ($answer.verdict -eq 'pass' -and -not $answer.keeper.quarantined -and -not (Test-Shut) -and (Test-Event 111)) 'a run that passes opens it'
Assert-That (Test-Event 100) 'a run says how it ended'
# As the scheduler would: an altered script is not run, and that is told.
$kept = "$env:ProgramFiles\secure-winrm\keeper.ps1"
while ((Get-ScheduledTask -TaskName 'secure-winrm-keeper' -TaskPath '\').State -eq 'Running') { Start-Sleep -Seconds 2 }
$Since = Get-Date
[IO.File]::AppendAllText($kept, '# more')
Start-ScheduledTask -TaskName 'secure-winrm-keeper' -TaskPath '\'
for ($i = 0; $i -lt 30 -and -not (Test-Event 140); $i++) { Start-Sleep -Seconds 2 }
Assert-That (Test-Event 140) 'the task tells of an altered script'
Assert-That ((Invoke-Script 'Apply' 'Maintenance').verdict -eq 'pass' -and [IO.File]::ReadAllText($kept) -notlike '*# more*') 'a run of the control channel brings its own script back'
Write-Host "$($Faults.Count) of the checks failed"
exit $Faults.Count
