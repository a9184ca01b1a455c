# The task that runs the script from the disk. Windows commands are mocked; the copy of the script is a text.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  # As Windows gives triggers: what is not said is empty.
  function New-TestTrigger([string]$Class, [string]$Interval) {
    [pscustomobject]@{ CimClass = [pscustomobject]@{ CimClassName = $Class }; Enabled = $true; StartBoundary = '2026-01-01T00:00:00'; EndBoundary = $null; Repetition = [pscustomobject]@{ Interval = $Interval; Duration = $null } }
  }
}

Describe 'the task' {
  BeforeEach {
    $Run.Deferred = @{}
    $SecureWinrm.Given = 'NodesBucket'
    $script:Tasks = @()
    $script:Copy = ''
    $script:Safe = $true
    $script:Saved = 0
    $script:Registered = @()
    Mock Write-Host { return }
    Mock Get-RunningScript { 'the script' }
    Mock Get-TaskScript { $script:Copy }
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
    Mock New-ScheduledTaskAction { [pscustomobject]@{ Execute = $Execute; Arguments = $Argument } }
    Mock New-ScheduledTaskPrincipal { [pscustomobject]@{ UserId = 'SYSTEM' } }
    Mock New-ScheduledTaskSettingsSet { [pscustomobject]@{ Enabled = $true } }
    Mock Register-ScheduledTask { $script:Registered += "$TaskPath$TaskName $Force"; $script:Tasks = @([pscustomobject]@{ TaskName = $TaskName; Settings = $Settings; Principal = $Principal; Actions = @($Action); Triggers = @($Trigger) }) }
    $entry = New-TestEntry '{"kind":"scheduledTask","name":"secure-winrm-audit","everyMinutes":60,"atStartup":true}'
    Set-Resource $entry
  }
  AfterEach { $SecureWinrm.Remove('Given') }

  It 'is made, and then complies' {
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    Set-Resource $entry
    $script:Registered | Should -Be @('\secure-winrm-audit True')
    $script:Saved | Should -Be 1
    $arguments = $script:Tasks[0].Actions[0].Arguments
    $arguments | Should -BeLike '*-File "*audit.ps1" -WinrmMode Audit -WinrmNodesBucket "nodes"'
    $arguments | Should -Not -BeLike '*Apply*'
  }

  It 'tells an hour as Windows may write it' {
    $script:Tasks[0].Triggers[0].Repetition.Interval = 'PT1H'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    $script:Tasks[0].Triggers[0].Repetition.Interval = 'PT60M'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'fails when <What>' -TestCases @(
    @{ What = 'it is disabled'; Spoil = { $script:Tasks[0].Settings.Enabled = $false } }
    @{ What = 'it runs as somebody else'; Spoil = { $script:Tasks[0].Principal.UserId = 'guest' } }
    @{ What = 'it runs something else'; Spoil = { $script:Tasks[0].Actions[0].Execute = 'C:\Users\Public\powershell.exe' } }
    @{ What = 'it runs something besides'; Spoil = { $script:Tasks[0].Actions += [pscustomobject]@{ Execute = 'cmd.exe'; Arguments = '' } } }
    @{ What = 'it would change things'; Spoil = { $script:Tasks[0].Actions[0].Arguments = $script:Tasks[0].Actions[0].Arguments.Replace('Audit', 'Apply') } }
    @{ What = 'it runs less often'; Spoil = { $script:Tasks[0].Triggers[0].Repetition.Interval = 'P1D' } }
    @{ What = 'it ends'; Spoil = { $script:Tasks[0].Triggers[0].EndBoundary = '2026-02-01T00:00:00' } }
    @{ What = 'it has not begun'; Spoil = { $script:Tasks[0].Triggers[0].StartBoundary = '2999-01-01T00:00:00' } }
    @{ What = 'its repetition ends'; Spoil = { $script:Tasks[0].Triggers[0].Repetition.Duration = 'PT1H' } }
    @{ What = 'a trigger is disabled'; Spoil = { $script:Tasks[0].Triggers[1].Enabled = $false } }
    @{ What = 'a trigger is gone'; Spoil = { $script:Tasks[0].Triggers = @($script:Tasks[0].Triggers[0]) } }
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

  It 'is unknown when the script did not come from a file' {
    Mock Get-RunningScript { throw 'this script was not started from a file, so there is no text to keep' }
    (Test-Resource $entry).Verdict | Should -Be 'unknown'
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
