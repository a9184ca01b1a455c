# ---- the task that runs this script from the disk

# Azure's agent keeps the file that it runs for as long as it likes, where everybody may read it; so in each cloud a copy is kept here.
$TaskFolder = "$env:ProgramFiles\secure-winrm"
$TaskScript = "$TaskFolder\audit.ps1"
$TaskSddl = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'

# What was given to this run, stays the same in every run, and is no secret.
function Get-TaskArgument {
  $given = @((Get-Setting 'Given') -split ' ' | Where-Object { $_ -ne '' } | ForEach-Object { "-Winrm$_ `"$($SecureWinrm[$_])`"" })
  (@('-NoProfile', '-NonInteractive', '-ExecutionPolicy RemoteSigned', "-File `"$TaskScript`"", '-WinrmMode Audit') + $given) -join ' '
}

function Get-TaskScript { if ([IO.File]::Exists($TaskScript)) { [IO.File]::ReadAllText($TaskScript) } else { '' } }

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
  if ((Get-TaskScript) -eq '') { 'no script' } elseif (-not (Test-TaskFolder) -or -not (Test-TaskScript)) { 'a script that others may write' } else { "script $(Get-TextHash (Get-TaskScript))" }
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

function Get-TriggerText($Trigger) {
  $kind = [string]$Trigger.CimClass.CimClassName
  $every = if ($null -eq $Trigger.Repetition) { '' } else { [string]$Trigger.Repetition.Interval }
  if (-not $Trigger.Enabled) { "$kind that is disabled" }
  elseif ([string]$Trigger.EndBoundary -ne '') { "$kind that ends" }
  elseif ([string]$Trigger.StartBoundary -ne '' -and [DateTime]$Trigger.StartBoundary -gt [DateTime]::Now) { "$kind that has not begun" }
  elseif ($kind -eq 'MSFT_TaskBootTrigger') { 'at start-up' }
  elseif ($kind -eq 'MSFT_TaskTimeTrigger' -and $every -ne '' -and [string]$Trigger.Repetition.Duration -eq '') { "every $([Xml.XmlConvert]::ToTimeSpan($every).TotalMinutes) minutes" }
  else { $kind }
}

$PowerShellPath = "$env:windir\System32\WindowsPowerShell\v1.0\powershell.exe"

$Handlers.scheduledTask = @{
  Key = { $r.name }
  Want = {
    'enabled'; 'as S-1-5-18'; "$PowerShellPath $(Get-TaskArgument)"; "script $(Get-TextHash (Get-RunningScript))"; "every $($r.everyMinutes) minutes"
    if ($r.atStartup) { 'at start-up' }
  }
  Get = {
    foreach ($task in @(Get-Task $r.name)) {
      if ($task.Settings.Enabled) { 'enabled' } else { 'disabled' }
      "as $(Get-TaskPrincipal $task.Principal.UserId)"
      foreach ($action in @($task.Actions)) { "$($action.Execute) $($action.Arguments)" }
      foreach ($trigger in @($task.Triggers)) { Get-TriggerText $trigger }
      Get-KeptElement
    }
  }
  Set = {
    if ((Get-KeptElement) -ne "script $(Get-TextHash (Get-RunningScript))") { Save-TaskScript (Get-RunningScript) }
    $triggers = @(New-ScheduledTaskTrigger -Once -At ([DateTime]::Today) -RepetitionInterval ([TimeSpan]::FromMinutes($r.everyMinutes)) -ErrorAction Stop)
    if ($r.atStartup) { $triggers += New-ScheduledTaskTrigger -AtStartup -ErrorAction Stop }
    $task = @{
      TaskName = $r.name; TaskPath = '\'; Force = $true; Trigger = $triggers; ErrorAction = 'Stop'
      Action = New-ScheduledTaskAction -Execute $PowerShellPath -Argument (Get-TaskArgument) -ErrorAction Stop
      Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest -ErrorAction Stop
      Settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::FromMinutes(30)) -ErrorAction Stop
    }
    $null = Register-ScheduledTask @task
  }
}
