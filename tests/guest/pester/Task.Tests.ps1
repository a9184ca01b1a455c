# The task that runs the script from the disk. Windows commands are mocked; the copy of the script is a text.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  # As Windows gives triggers: what is not said is empty.
  function New-TestTrigger([string]$Class, [string]$Interval) {
    [pscustomobject]@{ CimClass = [pscustomobject]@{ CimClassName = $Class }; Enabled = $true; StartBoundary = '2020-01-01T00:00:00'; EndBoundary = $null; Subscription = $null; Repetition = [pscustomobject]@{ Interval = $Interval; Duration = $null } }
  }
}

Describe 'the task' {
  BeforeEach {
    $Run.Deferred = @{}
    $Run.Altered.Clear()
    $SecureWinrm.Given = 'NodesBucket'
    $ScriptPath = 'C:\agent\run.ps1'
    $script:IsOwn = $false
    $script:Tasks = @()
    $script:Copy = ''
    $script:Ours = 'the script'
    $script:Safe = $true
    $script:Saved = 0
    $script:Registered = @()
    $script:Gone = @()
    Mock Write-Host { return }
    Mock Get-RunningScript { if ($script:IsOwn) { $script:Copy } else { $script:Ours } }
    Mock Get-TaskScriptHash { if ($script:Copy -eq '') { '' } else { Get-TextHash $script:Copy } }
    Mock Test-TaskFolder { $script:Safe }
    Mock Test-TaskScript { $true }
    Mock Save-TaskScript { $script:Copy = $Text; $script:Safe = $true; $script:Saved++ }
    Mock Get-TaskPrincipal { if ($Name -eq 'SYSTEM') { 'S-1-5-18' } else { $Name } }
    Mock Get-ScheduledTask {
      $there = @($script:Tasks | Where-Object { $_.TaskName -eq $TaskName })
      if ($there.Count -eq 0) { throw (New-Object Management.Automation.ErrorRecord (New-Object Exception 'none'), 'none', 'ObjectNotFound', $null) }
      $there
    }
    Mock New-ScheduledTaskTrigger { if ($AtStartup) { New-TestTrigger 'MSFT_TaskBootTrigger' '' } else { New-TestTrigger 'MSFT_TaskTimeTrigger' ([Xml.XmlConvert]::ToString($RepetitionInterval)) } }
    Mock Get-CimClass { "$Namespace $ClassName" }
    Mock New-CimInstance {
      $trigger = New-TestTrigger ([string]@($CimClass -split ' ')[-1]) ''
      $trigger.Enabled = $Property.Enabled
      $trigger.Subscription = $Property.Subscription
      $trigger
    }
    Mock New-ScheduledTaskAction { [pscustomobject]@{ Execute = $Execute; Arguments = $Argument } }
    Mock New-ScheduledTaskPrincipal { [pscustomobject]@{ UserId = 'SYSTEM' } }
    # What is not asked for is as Windows has it: nothing on batteries, and an end after three days.
    Mock New-ScheduledTaskSettingsSet {
      [pscustomobject]@{
        Enabled = $true; DisallowStartIfOnBatteries = -not $AllowStartIfOnBatteries; StopIfGoingOnBatteries = -not $DontStopIfGoingOnBatteries; RunOnlyIfIdle = $false; RunOnlyIfNetworkAvailable = $false
        StartWhenAvailable = [bool]$StartWhenAvailable; AllowHardTerminate = $true; MultipleInstances = [string]$MultipleInstances; ExecutionTimeLimit = $(if ($ExecutionTimeLimit) { [Xml.XmlConvert]::ToString($ExecutionTimeLimit) } else { 'PT72H' })
      }
    }
    Mock Register-ScheduledTask {
      $script:Registered += "$TaskPath$TaskName $Force"
      $script:Tasks = @($script:Tasks | Where-Object { $_.TaskName -ne $TaskName }) + [pscustomobject]@{ TaskName = $TaskName; Settings = $Settings; Principal = $Principal; Actions = @($Action); Triggers = @($Trigger) }
    }
    Mock Unregister-ScheduledTask { $script:Gone += "$TaskPath$TaskName"; $script:Tasks = @($script:Tasks | Where-Object { $_.TaskName -ne $TaskName }) }
    $entry = New-TestEntry '{"kind":"scheduledTask","name":"secure-winrm-keeper","everyMinutes":60,"atStartup":true,"onRenewal":true}'
    Set-Resource $entry
  }
  AfterEach { $SecureWinrm.Remove('Given') }

  It 'is made, and then complies' {
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    Set-Resource $entry
    $script:Registered | Should -Be @('\secure-winrm-keeper True')
    $script:Saved | Should -Be 1
    $Run.Altered.Count | Should -Be 0
    @($script:Tasks[0].Triggers | ForEach-Object { $_.CimClass.CimClassName }) | Should -Be @('MSFT_TaskTimeTrigger', 'MSFT_TaskBootTrigger', 'MSFT_TaskEventTrigger')
  }

  It 'hashes the file before it runs it, and can be read by PowerShell' {
    $arguments = $script:Tasks[0].Actions[0].Arguments
    $arguments -match '^-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -Command "([^"]+)"$' | Should -BeTrue
    $command = $Matches[1]
    $command | Should -BeLike "*`$w = '$(Get-TextHash 'the script')'; *"
    $command | Should -BeLike "*; & `$f -WinrmMode Apply -WinrmNodesBucket 'nodes'; exit `$LASTEXITCODE"
    $command.IndexOf('exit 1') | Should -BeLessThan $command.IndexOf('& $f')
    $errors = $null
    $null = [System.Management.Automation.Language.Parser]::ParseInput($command, [ref]$null, [ref]$errors)
    @($errors).Count | Should -Be 0
  }

  It 'refuses what could end its quotes' {
    $SecureWinrm.NodesBucket = 'no"des'
    try { { Get-TaskArgument ('0' * 64) 'Apply' } | Should -Throw '*cannot stand in a task' } finally { $SecureWinrm.NodesBucket = 'nodes' }
  }

  It 'tells an hour as Windows may write it, and a query with its white space' {
    $script:Tasks[0].Triggers[0].Repetition.Interval = 'PT1H'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    $script:Tasks[0].Triggers[0].Repetition.Interval = 'PT60M'
    $script:Tasks[0].Triggers[2].Subscription = "$($script:Tasks[0].Triggers[2].Subscription)`r`n"
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'takes no time for what it is, however Windows writes it' {
    $script:Tasks[0].Triggers[0].Repetition.Duration = 'PT0S'
    $script:Tasks[0].Triggers[0] | Add-Member NoteProperty RandomDelay 'P0DT0H0M0S'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'fails when <What>, and is mended' -TestCases @(
    @{ What = 'it is disabled'; Spoil = { $script:Tasks[0].Settings.Enabled = $false } }
    @{ What = 'it does not start on batteries'; Spoil = { $script:Tasks[0].Settings.DisallowStartIfOnBatteries = $true } }
    @{ What = 'it stops on batteries'; Spoil = { $script:Tasks[0].Settings.StopIfGoingOnBatteries = $true } }
    @{ What = 'it wants idleness'; Spoil = { $script:Tasks[0].Settings.RunOnlyIfIdle = $true } }
    @{ What = 'it wants a network'; Spoil = { $script:Tasks[0].Settings.RunOnlyIfNetworkAvailable = $true } }
    @{ What = 'a missed start is not made up for'; Spoil = { $script:Tasks[0].Settings.StartWhenAvailable = $false } }
    @{ What = 'a run that hangs is never ended'; Spoil = { $script:Tasks[0].Settings.ExecutionTimeLimit = $null } }
    @{ What = 'every run is ended at once'; Spoil = { $script:Tasks[0].Settings.ExecutionTimeLimit = 'PT1S' } }
    @{ What = 'a run waits behind one that hangs'; Spoil = { $script:Tasks[0].Settings.MultipleInstances = 'Queue' } }
    @{ What = 'it runs as somebody else'; Spoil = { $script:Tasks[0].Principal.UserId = 'guest' } }
    @{ What = 'it runs something else'; Spoil = { $script:Tasks[0].Actions[0].Execute = 'C:\Users\Public\powershell.exe' } }
    @{ What = 'it runs something besides'; Spoil = { $script:Tasks[0].Actions += [pscustomobject]@{ Execute = 'cmd.exe'; Arguments = '' } } }
    @{ What = 'it only looks'; Spoil = { $script:Tasks[0].Actions[0].Arguments = $script:Tasks[0].Actions[0].Arguments.Replace('Apply', 'Audit') } }
    @{ What = 'it does not compare'; Spoil = { $script:Tasks[0].Actions[0].Arguments = $script:Tasks[0].Actions[0].Arguments.Replace('-cne', '-ceq') } }
    @{ What = 'it runs less often'; Spoil = { $script:Tasks[0].Triggers[0].Repetition.Interval = 'P1D' } }
    @{ What = 'it ends'; Spoil = { $script:Tasks[0].Triggers[0].EndBoundary = '2026-02-01T00:00:00' } }
    @{ What = 'it has not begun'; Spoil = { $script:Tasks[0].Triggers[0].StartBoundary = '2999-01-01T00:00:00' } }
    @{ What = 'its repetition ends'; Spoil = { $script:Tasks[0].Triggers[0].Repetition.Duration = 'PT1H' } }
    @{ What = 'the runs of a trigger are ended at once'; Spoil = { $script:Tasks[0].Triggers[0] | Add-Member NoteProperty ExecutionTimeLimit 'PT1S' } }
    @{ What = 'a trigger waits for a month'; Spoil = { $script:Tasks[0].Triggers[1] | Add-Member NoteProperty Delay 'P30D' } }
    @{ What = 'it does something that is no program'; Spoil = { $script:Tasks[0].Actions += [pscustomobject]@{ ClassId = '{A}'; Data = '' } } }
    @{ What = 'it has no trigger'; Spoil = { $script:Tasks[0].Triggers = $null } }
    @{ What = 'a trigger is disabled'; Spoil = { $script:Tasks[0].Triggers[1].Enabled = $false } }
    @{ What = 'it waits for another event'; Spoil = { $script:Tasks[0].Triggers[2].Subscription = $script:Tasks[0].Triggers[2].Subscription.Replace('1001', '1002') } }
    @{ What = 'triggers are gone'; Spoil = { $script:Tasks[0].Triggers = @($script:Tasks[0].Triggers[0]) } }
    @{ What = 'it is gone'; Spoil = { $script:Tasks = @() } }
    @{ What = 'the script is another one'; Spoil = { $script:Copy = 'something' } }
    @{ What = 'the script is gone'; Spoil = { $script:Copy = '' } }
    @{ What = 'others may write to the script'; Spoil = { $script:Safe = $false } }
  ) {
    & $Spoil
    (Test-Resource $entry).Verdict | Should -Be 'fail'
    Set-Resource $entry
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'takes the place of the one that only audited, if that is ours' {
    $script:Tasks += [pscustomobject]@{ TaskName = $FormerTask; Actions = @([pscustomobject]@{ Arguments = "-NoProfile -File `"$FormerScript`" -WinrmMode Audit" }) }
    (Test-Resource $entry).Found | Should -BeLike '*the task secure-winrm-audit from before*'
    Set-Resource $entry
    $script:Gone | Should -Be @('\secure-winrm-audit')
    $script:Tasks += [pscustomobject]@{ TaskName = $FormerTask; Actions = @([pscustomobject]@{ Arguments = '-File "C:\other.ps1"' }) }
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'only audits for a document from before the keeper' {
    $former = New-TestEntry '{"kind":"scheduledTask","name":"secure-winrm-audit","everyMinutes":60,"atStartup":true}'
    Set-Resource $former
    $task = @($script:Tasks | Where-Object { $_.TaskName -eq 'secure-winrm-audit' })[0]
    $task.Actions[0].Arguments | Should -BeLike "*& `$f -WinrmMode Audit *"
    @($task.Triggers).Count | Should -Be 2
    (Test-Resource $former).Verdict | Should -Be 'pass'
  }

  It 'is unknown when the script did not come from a file' {
    Mock Get-RunningScript { throw 'this script was not started from a file, so there is no text to keep' }
    (Test-Resource $entry).Verdict | Should -Be 'unknown'
  }

  Context 'a script that somebody has altered' {
    BeforeEach { $script:Copy = 'something' }

    It 'is told, and replaced by a run of the control channel' {
      Set-Resource $entry
      $Run.Altered[$TaskScript] | Should -Be "SHA-256 $(Get-TextHash 'something') instead of $(Get-TextHash 'the script')"
      $script:Copy | Should -Be 'the script'
    }

    It 'is told of by a run of its own, which launders nothing' {
      $ScriptPath = $TaskScript; $script:IsOwn = $true
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      $Run.Altered.Count | Should -Be 1
      $script:Copy | Should -Be 'something'
      $script:Registered.Count | Should -Be 1
      $Run.Log[-1] | Should -BeLike '*is not what the control channel has brought*'
    }

    It 'makes no task where there is none' {
      $ScriptPath = $TaskScript; $script:IsOwn = $true
      $script:Tasks = @()
      Set-Resource $entry
      $script:Tasks.Count | Should -Be 0
    }
  }

  It 'is mended by its own run as well, with the hash that it had' {
    $ScriptPath = $TaskScript; $script:IsOwn = $true
    $script:Ours = 'another'
    $script:Tasks[0].Triggers = @($script:Tasks[0].Triggers[0])
    Set-Resource $entry
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    $script:Tasks[0].Actions[0].Arguments | Should -BeLike "*$(Get-TextHash 'the script')*"
    $script:Saved | Should -Be 1
  }

  It 'is not altered by a new version, which comes with a new hash' {
    $script:Ours = 'a newer script'
    Set-Resource $entry
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    $Run.Altered.Count | Should -Be 0
    $script:Copy | Should -Be 'a newer script'
  }
}

Describe 'the text of the running script' {
  It 'is that of its file, or of the copy' {
    [IO.File]::WriteAllText("$TestDrive\run.ps1", 'text')
    $ScriptPath = "$TestDrive\run.ps1"
    Get-RunningScript | Should -Be 'text'
    $ScriptPath = $TaskScript
    Mock Get-TaskScript { 'copy' }
    Get-RunningScript | Should -Be 'copy'
    $ScriptPath = ''
    { Get-RunningScript } | Should -Throw '*not started from a file*'
  }
}
