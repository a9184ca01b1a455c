# ---- the task that runs this script from the disk

# Below Program Files only SYSTEM and Administrators write.
$TaskScript = "$env:ProgramFiles\secure-winrm\keep.ps1"

# What was given to this run and is no secret: the task's runs need it too.
function Get-TaskArgument {
  $given = @(([string]$SecureWinrm.Given) -split ' ' | Where-Object { $_ -ne '' } | ForEach-Object { "-Winrm$_ $($SecureWinrm[$_])" })
  (@('-NoProfile', '-NonInteractive', '-ExecutionPolicy RemoteSigned', "-File `"$TaskScript`"", '-WinrmMode Audit') + $given) -join ' '
}

# The text of the script that runs now. A run from the disk is the copy.
function Get-RunningScript { if ($ScriptPath -eq $TaskScript) { Get-TaskScript } else { [IO.File]::ReadAllText($ScriptPath) } }

function Get-TaskScript { if ([IO.File]::Exists($TaskScript)) { [IO.File]::ReadAllText($TaskScript) } else { '' } }

function Get-TaskPrincipal([string]$Name) {
  if ($Name -like 'S-1-*') { return $Name }
  $account = New-Object Security.Principal.NTAccount $Name
  try { $account.Translate([Security.Principal.SecurityIdentifier]).Value } catch { $Name }
}

function Get-Task([string]$Name) {
  try { Get-ScheduledTask -TaskName $Name -TaskPath '\' -ErrorAction Stop } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

function Get-TriggerText($Trigger) {
  switch ($Trigger.CimClass.CimClassName) {
    'MSFT_TaskBootTrigger' { 'at start-up' }
    'MSFT_TaskTimeTrigger' { "every $($Trigger.Repetition.Interval)" }
    default { $_ }
  }
}

$Handlers.scheduledTask = @{
  Key = { $r.name }
  Want = {
    'enabled'; 'as S-1-5-18'; "powershell.exe $(Get-TaskArgument)"; "script $(Get-TextHash (Get-RunningScript))"
    "every $([Xml.XmlConvert]::ToString([TimeSpan]::FromMinutes($r.everyMinutes)))"
    if ($r.atStartup) { 'at start-up' }
  }
  Get = {
    foreach ($task in @(Get-Task $r.name)) {
      if ($task.Settings.Enabled) { 'enabled' } else { 'disabled' }
      "as $(Get-TaskPrincipal $task.Principal.UserId)"
      foreach ($action in @($task.Actions)) { "$([IO.Path]::GetFileName($action.Execute)) $($action.Arguments)" }
      foreach ($trigger in @($task.Triggers)) { Get-TriggerText $trigger }
      "script $(Get-TextHash (Get-TaskScript))"
    }
  }
  Set = {
    $text = Get-RunningScript
    if ($text -ne (Get-TaskScript)) {
      $null = [IO.Directory]::CreateDirectory("$env:ProgramFiles\secure-winrm")
      [IO.File]::WriteAllText("$TaskScript.new", $text, (New-Object Text.UTF8Encoding $false))
      if ([IO.File]::Exists($TaskScript)) { [IO.File]::Replace("$TaskScript.new", $TaskScript, [NullString]::Value) } else { [IO.File]::Move("$TaskScript.new", $TaskScript) }
    }
    $triggers = @(New-ScheduledTaskTrigger -Once -At ([DateTime]::Today) -RepetitionInterval ([TimeSpan]::FromMinutes($r.everyMinutes)) -ErrorAction Stop)
    if ($r.atStartup) { $triggers += New-ScheduledTaskTrigger -AtStartup -ErrorAction Stop }
    $task = @{
      TaskName = $r.name; TaskPath = '\'; Force = $true; Trigger = $triggers; ErrorAction = 'Stop'
      Action = New-ScheduledTaskAction -Execute "$env:windir\System32\WindowsPowerShell\v1.0\powershell.exe" -Argument (Get-TaskArgument) -ErrorAction Stop
      Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest -ErrorAction Stop
      Settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::FromMinutes(30)) -ErrorAction Stop
    }
    $null = Register-ScheduledTask @task
  }
}
