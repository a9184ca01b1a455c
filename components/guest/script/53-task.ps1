# ---- the task that runs this script from the disk

# Azure's agent keeps the file that it runs for as long as it likes, where everybody may read it; so in each cloud a copy is kept here.
$TaskFolder = "$env:ProgramFiles\secure-winrm"
$TaskScript = "$TaskFolder\keeper.ps1"
# What this script has kept, and registered, before it kept anything but audits.
$FormerTask = 'secure-winrm-audit'
$FormerScript = "$TaskFolder\audit.ps1"
$TaskSddl = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'

# The task hashes the file before it runs it. So the hash is where only the control channel writes it, and who edits the file has not
# edited that. Execution policies (AllSigned) ask nothing of a command like this one, and everything of the file. No double quotes in it:
# it stands between two; and no $( or %, which the scheduler would expand.
$TaskCheck = '$ErrorActionPreference = ''Stop''; $f = FILE; $w = ''HASH''; try { $h = [BitConverter]::ToString((New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash([IO.File]::ReadAllBytes($f))).Replace(''-'', '''').ToLowerInvariant() } catch { $h = ''unreadable'' }; if ($h -cne $w) { [Diagnostics.EventLog]::WriteEntry(''secure-winrm'', (ConvertTo-Json @{ event = ''altered''; file = $f; expected = $w; found = $h } -Compress), ''Error'', 140); exit 1 }; '

# With what was given to this run, stays the same in every run, and is no secret.
function Get-TaskArgument([string]$Hash, [string]$Mode) {
  $given = @((Get-Setting 'Given') -split ' ' | Where-Object { $_ -ne '' } | ForEach-Object { "-Winrm$_ $(ConvertTo-Quoted $SecureWinrm[$_])" })
  $command = $TaskCheck.Replace('FILE', (ConvertTo-Quoted $TaskScript)).Replace('HASH', $Hash) + ((@('& $f', "-WinrmMode $Mode") + $given) -join ' ') + '; exit $LASTEXITCODE'
  if ($command -match '["%]|\$\(') { throw 'what was given to this run cannot stand in a task' }
  "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -Command `"$command`""
}

# What the task wants to run, by its hash; '' where there is no such task, or it runs something else.
function Get-TaskHash([string]$Name) {
  $hashes = @(foreach ($task in @(Get-Task $Name)) { foreach ($action in @($task.Actions)) { if ([string](Get-Field $action 'Arguments') -match '\$w = ''([0-9a-f]{64})''') { $Matches[1] } } })
  if ($hashes.Count -eq 1) { $hashes[0] } else { '' }
}

# Which script belongs there: the running one where the control channel has brought it. A run that the task has started goes by the task: what it
# would say of itself, an altered one would say too.
function Get-WantedHash([string]$Name) { if ($ScriptPath -eq $TaskScript) { Get-TaskHash $Name } else { Get-TextHash (Get-RunningScript) } }

function Get-TaskScript { if ([IO.File]::Exists($TaskScript)) { [IO.File]::ReadAllText($TaskScript) } else { '' } }

# Of the bytes, as the task does.
function Get-TaskScriptHash { if ([IO.File]::Exists($TaskScript)) { Get-ByteHash ([IO.File]::ReadAllBytes($TaskScript)) } else { '' } }

# The text of the script that runs now: when the task itself runs it, that is the copy.
function Get-RunningScript {
  if ($ScriptPath -eq '') { throw 'this script was not started from a file, so there is no text to keep' }
  if ($ScriptPath -eq $TaskScript) { Get-TaskScript } else { [IO.File]::ReadAllText($ScriptPath) }
}

# Whoever could write there would run as SYSTEM.
function Test-TaskFolder {
  if (-not [IO.Directory]::Exists($TaskFolder)) { return $false }
  Test-SameElement @(Get-DescriptorElement $TaskSddl) @(Get-DescriptorElement (Get-Acl -LiteralPath $TaskFolder).GetSecurityDescriptorSddlForm('Owner, Group, Access'))
}

function Test-TaskScript { (Test-Owned $TaskScript) -and @((Get-Acl -LiteralPath $TaskScript).GetAccessRules($true, $false, [Security.Principal.SecurityIdentifier])).Count -eq 0 }

function Get-KeptElement {
  if ((Get-TaskScriptHash) -eq '') { 'no script' } elseif (-not (Test-TaskFolder) -or -not (Test-TaskScript)) { 'a script that others may write' } else { "script $(Get-TaskScriptHash)" }
}

# A new file each time: one that is written over keeps its own descriptor.
function Save-TaskScript([string]$Text) {
  $null = [IO.Directory]::CreateDirectory($TaskFolder)
  if (-not (Test-TaskFolder)) {
    $descriptor = New-Object Security.AccessControl.DirectorySecurity
    $descriptor.SetSecurityDescriptorSddlForm($TaskSddl, 'Owner, Group, Access')
    Set-Acl -LiteralPath $TaskFolder -AclObject $descriptor
  }
  [IO.File]::Delete("$TaskScript.new")
  [IO.File]::WriteAllText("$TaskScript.new", $Text, (New-Object Text.UTF8Encoding $false))
  [IO.File]::Delete($TaskScript)
  [IO.File]::Move("$TaskScript.new", $TaskScript)
}

# SYSTEM has another name in other languages.
function Get-TaskPrincipal([string]$Name) {
  if ($Name -like 'S-1-*') { return $Name }
  try { (New-Object Security.Principal.NTAccount $Name).Translate([Security.Principal.SecurityIdentifier]).Value } catch { $Name }
}

function Get-Task([string]$Name) {
  try { Get-ScheduledTask -TaskName $Name -TaskPath '\' -ErrorAction Stop } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

# What Windows writes when a certificate of the machine is replaced. Its own notification tasks (New-CertificateNotificationTask) wait for the same event, and
# would run a second script, whose hash nobody checks.
$RenewalLog = 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational'
$RenewalQuery = "<QueryList><Query Id=`"0`" Path=`"$RenewalLog`"><Select Path=`"$RenewalLog`">*[System[EventID=1001]]</Select></Query></QueryList>"

function New-RenewalTrigger {
  $class = Get-CimClass -Namespace 'Root/Microsoft/Windows/TaskScheduler' -ClassName 'MSFT_TaskEventTrigger' -ErrorAction Stop
  New-CimInstance -CimClass $class -Property @{ Enabled = $true; Subscription = $RenewalQuery } -ClientOnly -ErrorAction Stop
}

# PT0S and P0DT0H0M0S are no time.
function Test-Duration([string]$Text) { $Text -ne '' -and [Xml.XmlConvert]::ToTimeSpan($Text).Ticks -gt 0 }

function Get-TriggerText($Trigger) {
  $kind = [string]$Trigger.CimClass.CimClassName
  $every = if ($null -eq $Trigger.Repetition) { '' } else { [string]$Trigger.Repetition.Interval }
  if (-not $Trigger.Enabled) { "$kind that is disabled" }
  elseif ([string]$Trigger.EndBoundary -ne '') { "$kind that ends" }
  elseif ([string]$Trigger.StartBoundary -ne '' -and [DateTime]$Trigger.StartBoundary -gt [DateTime]::Now) { "$kind that has not begun" }
  elseif (@('Delay', 'RandomDelay' | Where-Object { Test-Duration ([string](Get-Field $Trigger $_)) }).Count -gt 0) { "$kind that waits" }
  elseif (Test-Duration ([string](Get-Field $Trigger 'ExecutionTimeLimit'))) { "$kind whose runs are ended" }
  elseif ($kind -eq 'MSFT_TaskBootTrigger') { 'at start-up' }
  elseif ($kind -eq 'MSFT_TaskEventTrigger' -and ([string]$Trigger.Subscription -replace '\s+', ' ').Trim() -eq $RenewalQuery) { 'on renewal' }
  elseif ($kind -eq 'MSFT_TaskTimeTrigger' -and $every -ne '' -and -not (Test-Duration ([string]$Trigger.Repetition.Duration))) { "every $([Xml.XmlConvert]::ToTimeSpan($every).TotalMinutes) minutes" }
  else { $kind }
}

# What would keep it from starting, or end it, without a word. A run that hangs must end, or none would start beside it.
function Get-TaskSettingText($Settings) {
  if ($Settings.Enabled) { 'enabled' } else { 'disabled' }
  if ($Settings.DisallowStartIfOnBatteries -or $Settings.StopIfGoingOnBatteries) { 'not on batteries' }
  if ($Settings.RunOnlyIfIdle) { 'only while nobody works' }
  if ($Settings.RunOnlyIfNetworkAvailable) { 'only with a network' }
  if (-not $Settings.StartWhenAvailable) { 'never late' }
  if (-not $Settings.AllowHardTerminate) { 'cannot be ended' }
  "beside another: $($Settings.MultipleInstances)"
  $limit = [string]$Settings.ExecutionTimeLimit
  if ($limit -eq '') { 'never ended' } else { "ended after $([Xml.XmlConvert]::ToTimeSpan($limit).TotalMinutes) minutes" }
}

# The one from before, where its action shows that it is ours.
function Get-FormerTask {
  Get-Task $FormerTask | Where-Object { @($_.Actions | Where-Object { [string](Get-Field $_ 'Arguments') -like "*`"$FormerScript`"*" }).Count -gt 0 }
}

function Test-Renewal($Resource) { @(Get-Field $Resource 'onRenewal') -contains $true }

$PowerShellPath = "$env:windir\System32\WindowsPowerShell\v1.0\powershell.exe"

# A document from before the keeper has its task audit only.
$Handlers.scheduledTask = @{
  Key = { $r.name }
  Want = {
    $hash = Get-WantedHash $r.name
    'enabled'; 'beside another: IgnoreNew'; 'ended after 30 minutes'; 'as S-1-5-18'
    "$PowerShellPath $(Get-TaskArgument $hash $(if (Test-Renewal $r) { 'Apply' } else { 'Audit' }))"; "script $hash"; "every $($r.everyMinutes) minutes"
    if ($r.atStartup) { 'at start-up' }
    if (Test-Renewal $r) { 'on renewal' }
  }
  Get = {
    foreach ($task in @(Get-Task $r.name)) {
      Get-TaskSettingText $task.Settings
      "as $(Get-TaskPrincipal $task.Principal.UserId)"
      foreach ($action in @($task.Actions)) { "$(Get-Field $action 'Execute') $(Get-Field $action 'Arguments')" }
      foreach ($trigger in $task.Triggers) { Get-TriggerText $trigger }
      Get-KeptElement
    }
    if ((Test-Renewal $r) -and @(Get-FormerTask).Count -gt 0) { "the task $FormerTask from before" }
    # What the task was to run is not what lies there. Without a task nobody has said what that is.
    $hash = Get-TaskHash $r.name
    if ($hash -ne '' -and (Get-TaskScriptHash) -cne $hash) { $Run.Altered[$TaskScript] = "SHA-256 $(Get-TaskScriptHash) instead of $hash" }
  }
  Set = {
    $hash = Get-WantedHash $r.name
    $text = Get-RunningScript
    if ((Get-TextHash $text) -cne $hash) { throw 'the script on the disk is not what the control channel has brought, and only a run that comes by it replaces it' }
    if ((Get-KeptElement) -ne "script $hash") { Save-TaskScript $text }
    $triggers = @(New-ScheduledTaskTrigger -Once -At ([DateTime]::Today) -RepetitionInterval ([TimeSpan]::FromMinutes($r.everyMinutes)) -ErrorAction Stop)
    if ($r.atStartup) { $triggers += New-ScheduledTaskTrigger -AtStartup -ErrorAction Stop }
    if (Test-Renewal $r) { $triggers += New-RenewalTrigger }
    $task = @{
      TaskName = $r.name; TaskPath = '\'; Force = $true; Trigger = $triggers; ErrorAction = 'Stop'
      Action = New-ScheduledTaskAction -Execute $PowerShellPath -Argument (Get-TaskArgument $hash $(if (Test-Renewal $r) { 'Apply' } else { 'Audit' })) -ErrorAction Stop
      Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest -ErrorAction Stop
      Settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -DontStopOnIdleEnd -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::FromMinutes(30)) -ErrorAction Stop
    }
    $null = Register-ScheduledTask @task
    if ((Test-Renewal $r) -and @(Get-FormerTask).Count -gt 0) {
      Unregister-ScheduledTask -TaskName $FormerTask -TaskPath '\' -Confirm:$false -ErrorAction Stop
      if ([IO.File]::Exists($FormerScript)) { [IO.File]::Delete($FormerScript) }
    }
  }
}
