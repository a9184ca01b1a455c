# Event logs, updates, services: what is enough is left alone.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
}

Describe 'an event log' {
  BeforeEach {
    $script:Trouble = ''
    $script:Channel = [pscustomobject]@{ IsEnabled = $true; MaximumSizeInBytes = [long]1052672; Saved = 0 }
    Add-Member -InputObject $script:Channel -MemberType ScriptMethod -Name SaveChanges -Value { $this.Saved++ }
    Add-Member -InputObject $script:Channel -MemberType ScriptMethod -Name Dispose -Value { return }
    Mock Write-Host { return }
    Mock New-Object { if ($script:Trouble -ne '') { throw $script:Trouble } else { $script:Channel } } -ParameterFilter { $TypeName -eq 'Diagnostics.Eventing.Reader.EventLogConfiguration' }
    $Entry = New-TestEntry '{"kind":"eventLog","channel":"Microsoft-Windows-WinRM/Operational","minimumBytes":33554432}'
  }

  It 'is switched on and made larger' {
    $script:Channel.IsEnabled = $false
    (Test-Resource $Entry).Found | Should -Be 'off, 1052672 bytes'
    Set-Resource $Entry
    $script:Channel.Saved | Should -Be 1
    (Test-Resource $Entry).Verdict | Should -Be 'pass'
  }

  It 'that is larger stays as it is' {
    $script:Channel.MaximumSizeInBytes = [long]99999744
    (Test-Resource $Entry).Verdict | Should -Be 'pass'
    Set-Resource $Entry
    $script:Channel.Saved | Should -Be 0
  }

  It 'is unknown when it cannot be read' {
    $script:Trouble = 'no such channel'
    (Test-Resource $Entry).Verdict | Should -Be 'unknown'
  }
}

Describe 'the last update' {
  BeforeEach {
    $script:Age = 12
    $script:Build = [version]'20348.2700'
    Mock Get-UpdateAge { $script:Age }
    Mock Get-Build { $script:Build }
    $ByAge = New-TestEntry '{"kind":"updates","maximumAgeDays":45,"minimumBuild":""}'
    $ByBuild = New-TestEntry '{"kind":"updates","maximumAgeDays":45,"minimumBuild":"20348.900"}'
  }

  It 'counts by its age' {
    (Test-Resource $ByAge).Verdict | Should -Be 'pass'
    $script:Age = 46
    (Test-Resource $ByAge).Found | Should -Be 'the last one is 46 days old'
    $script:Age = $null
    (Test-Resource $ByAge).Found | Should -Be 'no cumulative update'
  }

  It 'counts by the build where one is named, as a number and not as a text' {
    $script:Age = 400
    (Test-Resource $ByBuild).Verdict | Should -Be 'pass'
    $script:Build = [version]'20348.899'
    (Test-Resource $ByBuild).Found | Should -Be 'build 20348.899'
  }
}

Describe 'a service' {
  BeforeEach {
    $script:Events = @()
    $script:Service = [pscustomobject]@{ StartType = 'Manual'; Status = 'Stopped' }
    Mock Write-Host { return }
    Mock Get-Service { $script:Service }
    Mock Set-Service { $script:Events += "$Name is $StartupType"; $script:Service.StartType = $StartupType }
    Mock Start-Service { $script:Events += "$Name starts"; $script:Service.Status = 'Running' }
  }

  It '<Startup> and <State>, found <Found> and stopped: <Does>' -TestCases @(
    @{ Startup = 'Manual'; State = 'Any'; Found = 'Disabled'; Does = 'S is Manual' }
    @{ Startup = 'Manual'; State = 'Any'; Found = 'Manual'; Does = '' }
    @{ Startup = 'Manual'; State = 'Any'; Found = 'Automatic'; Does = '' }
    @{ Startup = 'Automatic'; State = 'Any'; Found = 'Manual'; Does = 'S is Automatic' }
    @{ Startup = 'Automatic'; State = 'Running'; Found = 'Disabled'; Does = 'S is Automatic, S starts' }
    @{ Startup = 'Automatic'; State = 'Running'; Found = 'Automatic'; Does = 'S starts' }
    @{ Startup = 'Manual'; State = 'Running'; Found = 'Automatic'; Does = 'S starts' }
  ) {
    $script:Service.StartType = $Found
    $entry = New-TestEntry "{`"kind`":`"service`",`"name`":`"S`",`"startup`":`"$Startup`",`"state`":`"$State`"}"
    Set-Resource $entry
    $script:Events -join ', ' | Should -Be $Does
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    Set-Resource $entry
    $script:Events -join ', ' | Should -Be $Does
  }
}
