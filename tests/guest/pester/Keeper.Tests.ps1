# What a run does with the door, by the table of the document; pauses; what is remembered between runs. No Windows is needed for that.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  $Rows = @((ConvertFrom-Json ([IO.File]::ReadAllText([IO.Path]::GetFullPath("$PSScriptRoot/../../golden/guest-document.json")))).keeper.rows)
  $Hour = 3600000
  function New-TestPause([long]$Since, [long]$Until, [bool]$HasPassed = $false) { @{ since = $Since; until = $Until; by = 'kim'; reason = 'disk'; passed = $HasPassed } }
}

Describe 'the table' {
  It '<Verdict>, held <Held>, quarantined <Quarantined>, paused <Paused>, <Before> failed before: <Door>, <Failed>' -TestCases @(
    @{ Verdict = 'fail'; Held = $true; Quarantined = $true; Paused = $false; Before = 9; Door = 'keep'; Failed = 'keep' }
    @{ Verdict = 'pass'; Held = $true; Quarantined = $true; Paused = $true; Before = 0; Door = 'keep'; Failed = 'keep' }
    @{ Verdict = 'pass'; Held = $false; Quarantined = $true; Paused = $false; Before = 5; Door = 'release'; Failed = 'reset' }
    @{ Verdict = 'pass'; Held = $false; Quarantined = $false; Paused = $true; Before = 0; Door = 'release'; Failed = 'reset' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $true; Paused = $true; Before = 5; Door = 'release'; Failed = 'count' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $false; Paused = $true; Before = 1; Door = 'release'; Failed = 'count' }
    @{ Verdict = 'unknown'; Held = $false; Quarantined = $true; Paused = $true; Before = 5; Door = 'release'; Failed = 'keep' }
    @{ Verdict = 'unknown'; Held = $false; Quarantined = $true; Paused = $false; Before = 2; Door = 'quarantine'; Failed = 'keep' }
    @{ Verdict = 'unknown'; Held = $false; Quarantined = $false; Paused = $false; Before = 7; Door = 'keep'; Failed = 'keep' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $true; Paused = $false; Before = 0; Door = 'quarantine'; Failed = 'count' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $false; Paused = $false; Before = 1; Door = 'quarantine'; Failed = 'count' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $false; Paused = $false; Before = 2; Door = 'quarantine'; Failed = 'count' }
    @{ Verdict = 'fail'; Held = $false; Quarantined = $false; Paused = $false; Before = 0; Door = 'keep'; Failed = 'count' }
  ) {
    $row = Select-KeeperRow $Rows @{ verdict = $Verdict; held = $Held; quarantined = $Quarantined; paused = $Paused; failedBefore = $Before }
    $row.door | Should -Be $Door
    $row.failed | Should -Be $Failed
  }

  It 'is whatever the document brings' {
    $case = @{ verdict = 'pass'; held = $false; quarantined = $false; paused = $false; failedBefore = 3 }
    $table = @(ConvertFrom-Json '[{"failedBefore":4,"door":"a","failed":"b"},{"paused":true,"door":"c","failed":"d"},{"verdict":"pass","failedBefore":3,"door":"e","failed":"f"},{"door":"g","failed":"h"}]' | ForEach-Object { $_ })
    (Select-KeeperRow $table $case).door | Should -Be 'e'
    $case.failedBefore = 2
    (Select-KeeperRow $table $case).door | Should -Be 'g'
    (Select-KeeperRow (ConvertFrom-Json '{"door":"alone","failed":"x"}') $case).door | Should -Be 'alone'
  }

  It 'is refused where it asks for what nobody knows, and where nothing fits' {
    $case = @{ verdict = 'pass'; held = $false; quarantined = $false; paused = $false; failedBefore = 0 }
    { Select-KeeperRow @(ConvertFrom-Json '{"moon":"full","door":"keep","failed":"keep"}') $case } | Should -Throw '*condition moon*'
    { Select-KeeperRow @(ConvertFrom-Json '{"verdict":"fail","door":"keep","failed":"keep"}') $case } | Should -Throw '*no row*fits'
  }
}

Describe 'a pause' {
  BeforeEach { $Run.PauseHours = 4 }

  It 'is never longer than was asked for, nor than four hours in all' {
    (Get-GrantedPause $null 1000 2).until | Should -Be (1000 + 2 * $Hour)
    $first = New-TestPause 1000 (1000 + $Hour)
    $more = Get-GrantedPause $first (1000 + 3 * $Hour) 4
    $more.since | Should -Be 1000
    $more.until | Should -Be (1000 + 4 * $Hour)
    Get-GrantedPause $first (1000 + 4 * $Hour) 1 | Should -BeNullOrEmpty
  }

  It 'counts anew when a run has passed since' {
    $more = Get-GrantedPause (New-TestPause 1000 (1000 + $Hour) $true) (1000 + 9 * $Hour) 4
    $more.since | Should -Be (1000 + 9 * $Hour)
    $more.passed | Should -BeFalse
  }

  It 'lasts until its end, and no clock makes it longer' {
    $pause = New-TestPause (10 * $Hour) (12 * $Hour)
    Test-Paused $null 5 | Should -BeFalse
    Test-Paused $pause (10 * $Hour) | Should -BeTrue
    Test-Paused $pause (12 * $Hour - 1) | Should -BeTrue
    Test-Paused $pause (12 * $Hour) | Should -BeFalse
    Test-Paused $pause (10 * $Hour - 1) | Should -BeFalse
    Test-Paused (New-TestPause (10 * $Hour) ([long]::MaxValue)) (14 * $Hour) | Should -BeFalse
    (Get-GrantedPause $pause (9 * $Hour) 4).until | Should -Be (13 * $Hour)
  }

  It 'tells until when as everybody writes it' { Get-PauseTime (New-TestPause 0 $Hour) | Should -Be '1970-01-01T01:00:00.000Z' }

  Context 'that is asked for' {
    BeforeEach {
      function Set-TestRequest([string]$Text) { $SecureWinrm.Pause = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text)) }
    }
    AfterEach { $SecureWinrm.Remove('Pause') }

    It 'says by whom, why and for how long' {
      Set-TestRequest "{`"hours`":3,`"by`":`"kim`",`"reason`":`"disk is`\nfull`"}"
      $asked = Read-PauseRequest
      $asked.Hours | Should -Be 3
      $asked.By | Should -Be 'kim'
      $asked.Reason | Should -Be 'disk is full'
    }

    It 'is refused as <_>' -ForEach @('', '{}', '{"hours":0,"by":"kim","reason":"x"}', '{"hours":5,"by":"kim","reason":"x"}', '{"hours":1.5,"by":"kim","reason":"x"}', '{"hours":1,"by":" ","reason":"x"}', '{"hours":1,"by":"kim"}') {
      Set-TestRequest $_
      { Read-PauseRequest } | Should -Throw 'a pause is for 1 to 4 hours*'
    }
  }
}

Describe 'what is remembered' {
  BeforeEach {
    $script:File = ''
    $script:Note = ''
    Mock Write-Host { return }
    Mock Get-KeeperNote { $script:Note }
    Mock Set-KeeperNote { $script:Note = $Text }
    Mock Read-File { $script:File }
    Mock Write-File { $script:File = $Text }
  }

  It 'comes back' {
    $Run.Keeper = @{ quarantined = $true; failed = 3; told = '20260101'; pause = New-TestPause 1769900000000 1769903600000 }
    Save-Keeper
    $read = Read-Keeper
    $read.quarantined | Should -BeTrue
    $read.failed | Should -Be 3
    $read.told | Should -Be '20260101'
    $read.pause.since | Should -Be 1769900000000
    $read.pause.by | Should -Be 'kim'
    (ConvertFrom-Json $script:File).pause.until | Should -Be 1769903600000
  }

  It 'is no file where there is nothing, and says so where there was something' {
    $Run.Keeper = @{ quarantined = $false; failed = 0; told = ''; pause = $null }
    Save-Keeper
    Should -Invoke Write-File -Exactly 0
    $script:File = '{"quarantined":true,"failed":2,"told":""}'
    Save-Keeper
    (Read-Keeper).quarantined | Should -BeFalse
  }

  It 'comes back without a pause' {
    $Run.Keeper = @{ quarantined = $false; failed = 1; told = ''; pause = $null }
    Save-Keeper
    $script:File | Should -Not -BeLike '*pause*'
    (Read-Keeper).pause | Should -BeNullOrEmpty
  }

  It 'is nothing where the file is <_>' -ForEach @('', 'x', '{', '[]', '7', '{}', '{"quarantined":true,"failed":"many"}', '{"quarantined":true,"failed":-1}', '{"quarantined":true,"failed":2,"pause":{"since":1}}', '{"quarantined":true,"failed":2,"pause":5}') {
    $script:File = $_
    $read = Read-Keeper
    $read.quarantined | Should -BeFalse
    $read.failed | Should -Be 0
    $read.pause | Should -BeNullOrEmpty
  }

  It 'fails no run where it cannot be written' {
    Mock Write-File { throw 'not safe to write to' }
    $Run.Keeper = @{ quarantined = $false; failed = 1; told = ''; pause = $null }
    Save-Keeper
    $Run.Log[-1] | Should -BeLike 'keeper.json is not written: not safe to write to'
  }

  It 'counts failed runs where it cannot be written, and forgets the note when it can' {
    $script:File = '{"quarantined":false,"failed":0,"told":""}'
    Mock Write-File { throw 'not safe to write to' }
    $Run.Keeper = @{ quarantined = $false; failed = 1; told = ''; pause = $null }
    Save-Keeper
    (Read-Keeper).failed | Should -Be 1
    Mock Write-File { $script:File = $Text }
    $Run.Keeper = @{ quarantined = $false; failed = 0; told = ''; pause = $null }
    Save-Keeper
    $script:Note | Should -Be ''
    (Read-Keeper).failed | Should -Be 0
  }
}
