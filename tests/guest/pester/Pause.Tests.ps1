# A host whose quarantine waits, because somebody mends it.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  . "$PSScriptRoot/World.ps1"
}

Describe 'quarantine that somebody pauses' {
  BeforeEach {
    Reset-World
    Set-TestPause 2
  }
  AfterEach { Clear-World }

  It 'opens although the run fails, and shuts when the time is over' {
    Invoke-TestRun
    Invoke-TestRun
    Invoke-TestRun 'Pause'
    $script:Said | Should -Be @(112, 111)
    $script:Rules.Count | Should -Be 0
    (Get-KeeperAnswer).pausedUntil | Should -Be '2027-01-15T10:00:00.000Z'
    $script:Now += 2 * 3600000
    Invoke-TestRun
    $script:Said | Should -Be @(113, 110)
    (Get-KeeperAnswer).pausedUntil | Should -Be ''
    (Get-KeeperAnswer).quarantined | Should -BeTrue
    Invoke-TestRun
    $script:Said.Count | Should -Be 0
  }

  It 'cannot be paused for more than four hours without a passed run' {
    Invoke-TestRun 'Pause'
    $script:Now += 2 * 3600000
    Invoke-TestRun 'Pause'
    $script:Said | Should -Be @(113, 112)
    $script:Now += 3600000
    Set-TestPause 4
    Invoke-TestRun 'Pause'
    (Get-KeeperAnswer).pausedUntil | Should -Be '2027-01-15T12:00:00.000Z'
    $script:Now += 3600000
    Invoke-TestRun 'Pause'
    $script:Said | Should -Be @(113, 110)
    (Get-KeeperAnswer).pausedUntil | Should -Be ''
  }

  It 'is not paused any more, for good, when the clock was put back' {
    Invoke-TestRun 'Pause'
    $script:Now -= 1
    Invoke-TestRun
    $script:Said | Should -Contain 113
    $script:Now += 1
    Invoke-TestRun
    (Get-KeeperAnswer).pausedUntil | Should -Be ''
  }

  It 'goes on when asked to' {
    Invoke-TestRun
    Invoke-TestRun 'Pause'
    Invoke-TestRun 'Resume'
    $script:Said | Should -Be @(113, 110)
  }

  It 'stays paused through a run that passes, which does not count against the next pause' {
    $script:Judge = { 'pass' }
    Invoke-TestRun 'Pause'
    (Get-KeeperAnswer).pausedUntil | Should -Not -Be ''
    $script:Now += 3 * 3600000
    Set-TestPause 4
    Invoke-TestRun 'Pause'
    (Get-KeeperAnswer).pausedUntil | Should -Be '2027-01-15T15:00:00.000Z'
  }
}
