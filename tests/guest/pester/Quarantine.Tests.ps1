# A host that shuts its own port, and opens it again.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  . "$PSScriptRoot/World.ps1"
}

Describe 'quarantine' {
  BeforeEach { Reset-World }
  AfterEach { Clear-World }

  It 'follows the second failed run, cuts once, and is said once' {
    Invoke-TestRun
    $script:Did.Count | Should -Be 0
    $script:Kept.failed | Should -Be 1
    Invoke-TestRun
    $script:Did | Should -Be @("write $QuarantineRule", 'restart WinRM')
    $script:Rules | Should -Be @("$QuarantineRule in PersistentStore", "$QuarantineRule in localhost")
    $script:Said | Should -Be @(110)
    $script:Kept.quarantined | Should -BeTrue
    $script:Kept.failed | Should -Be 2
    Invoke-TestRun
    $script:Did.Count | Should -Be 0
    $script:Said.Count | Should -Be 0
    $script:Kept.failed | Should -Be 3
  }

  It 'does not hold by a rule that somebody has narrowed' {
    1..3 | ForEach-Object { Invoke-TestRun }
    $Run.Shut | Should -Be 'the block rule'
    $script:Narrow = $true
    Invoke-TestRun
    $Run.Shut | Should -Be 'the listener, which is disabled'
  }

  It 'never follows from what is not known' {
    $script:Judge = { 'unknown' }
    1..4 | ForEach-Object { Invoke-TestRun }
    $script:Rules.Count | Should -Be 0
    $script:Kept.failed | Should -Be 0
    $script:Kept.quarantined | Should -BeFalse
  }

  It 'does not count a run that knows nothing, neither way' {
    Invoke-TestRun
    $script:Judge = { 'unknown' }
    Invoke-TestRun
    $script:Judge = { 'fail' }
    Invoke-TestRun
    $script:Kept.quarantined | Should -BeTrue
  }

  Context 'of a host' {
    BeforeEach {
      Invoke-TestRun
      Invoke-TestRun
    }

    It 'comes back where somebody has taken the rule away, before anything is repaired' {
      $script:Rules = @()
      $script:Judge = { 'unknown' }
      Invoke-TestRun
      $script:Did | Should -Be @("write $QuarantineRule")
      $Run.Shut | Should -Be 'the block rule'
      $script:Rules = @("$QuarantineRule in localhost")
      Invoke-TestRun
      $script:Did | Should -Be @("write $QuarantineRule")
    }

    It 'is known from the rule where the file is broken' {
      $script:Files['keeper.json'] = '{'
      $script:Judge = { 'unknown' }
      Invoke-TestRun
      $script:Rules.Count | Should -Be 2
      $script:Kept.quarantined | Should -BeTrue
      $script:Said.Count | Should -Be 0
    }

    It 'ends with a run that passes' {
      $script:Judge = { 'pass' }
      Invoke-TestRun
      $script:Rules.Count | Should -Be 0
      $script:Said | Should -Be @(111)
      $script:Kept.quarantined | Should -BeFalse
      $script:Kept.failed | Should -Be 0
      (Get-KeeperAnswer).quarantined | Should -BeFalse
      Invoke-TestRun
      $script:Did.Count | Should -Be 0
      $script:Said.Count | Should -Be 0
    }

    It 'does not end where a store keeps the rule' {
      $script:Judge = { 'pass' }
      $script:Refuses = 'localhost'
      Invoke-TestRun
      $script:Kept.quarantined | Should -BeTrue
      $script:Said.Count | Should -Be 0
      $script:Refuses = ''
      Invoke-TestRun
      $script:Said | Should -Be @(111)
    }

    It 'is left as it is while a failed gate run holds the door' {
      $script:Rules = @($GateRule + ' in PersistentStore')
      $script:Judge = { 'pass' }
      Invoke-TestRun
      $script:Did.Count | Should -Be 0
      $script:Kept.failed | Should -Be 2
      $script:Kept.quarantined | Should -BeTrue
    }

    It 'ends with a gate run that passes, and so does everything of it' {
      $script:Said = @()
      Clear-Keeper
      $script:Rules.Count | Should -Be 0
      $script:Said | Should -Be @(111)
      (Read-Keeper).failed | Should -Be 0
    }
  }

  Context 'where <What>' -ForEach @(
    @{ What = 'a domain lets no local rule merge'; Break = { $script:MergesNot = $true; $script:Refuses = 'localhost' } }
    @{ What = 'a domain''s rule lets in what no block of this machine reaches'; Break = { $script:Hidden = $true } }
    @{ What = 'a profile of the firewall is off'; Break = { $script:Profile = 'False' } }
    @{ What = 'the firewall does not answer'; Break = { Mock Get-NetFirewallProfile { throw 'the service is not running' } } }
  ) {
    BeforeEach {
      & $Break
      Invoke-TestRun
      Invoke-TestRun
    }

    It 'disables the listener, and no service' {
      $script:ListenerOn | Should -BeFalse
      $script:Did | Should -Contain 'listener HTTPS false'
      $script:Did | Should -Not -Contain 'stop WinRM'
      $script:Did[-1] | Should -Be 'restart WinRM'
      $script:Said | Should -Be @(110)
    }

    It 'looks at what the listener would be only when all else is right, and opens then' {
      $script:Refuses = ''
      $script:Asked = @()
      $script:Judge = { $script:Asked += "held $($Run.IsHeld), on $($script:ListenerOn)"; 'pass' }
      Invoke-TestRun
      $script:Asked | Should -Be @('held True, on False', 'held False, on True')
      $script:ListenerOn | Should -BeTrue
      $script:Kept.quarantined | Should -BeFalse
      $script:Said | Should -Be @(111)
    }

    It 'shuts it again at once where it fails then' {
      $script:Judge = { if ($Run.IsHeld) { 'pass' } else { 'fail' } }
      Invoke-TestRun
      $script:ListenerOn | Should -BeFalse
      $script:Did[-1] | Should -Be 'restart WinRM'
      $script:Kept.quarantined | Should -BeTrue
      $script:Kept.failed | Should -Be 3
      $script:Said.Count | Should -Be 0
    }

    It 'keeps it off while anything else is wrong' {
      Invoke-TestRun
      $script:ListenerOn | Should -BeFalse
      $script:Did | Should -Not -Contain 'restart WinRM'
    }
  }

  Context 'where the firewall does not block, and there is a listener on HTTP' {
    BeforeEach { $script:Hidden = $true }

    It 'disables both, and no service' {
      $script:HttpBy = 'host'
      Invoke-TestRun
      Invoke-TestRun
      $script:Did | Should -Contain 'listener HTTP false'
      $script:Did | Should -Contain 'listener HTTPS false'
      $script:WinRm | Should -Be 'Running'
    }

    It 'stops the service where a policy has made it' {
      $script:HttpBy = 'GPO'
      Invoke-TestRun
      Invoke-TestRun
      $script:WinRm | Should -Be 'Stopped'
      $Run.Log[-1] | Should -BeLike '*shut by the service, which is stopped'
    }
  }

  Context 'where neither firewall nor listener obeys' {
    BeforeEach {
      $script:Hidden = $true
      $script:Stubborn = $true
      Invoke-TestRun
      Invoke-TestRun
    }

    It 'stops the service, and says so' {
      $script:WinRm | Should -Be 'Stopped'
      $script:Did[-1] | Should -Be 'service WinRM Disabled'
      $script:Did | Should -Not -Contain 'restart WinRM'
      $script:Said | Should -Be @(110)
      $Run.Log[-1] | Should -BeLike '*shut by the service, which is stopped'
    }

    It 'lets the service start again behind a listener that is off' {
      Invoke-TestRun
      $script:Did | Should -Contain 'registry enabled 0'
      $Run.Shut | Should -Be 'the listener, which is disabled'
      $Run.IsHeld | Should -BeTrue
    }

    It 'holds the service while a policy would make it listen, until the firewall blocks' {
      $script:HttpBy = 'GPO'
      $entries = @(foreach ($name in 'WinRM', 'seclogon') { [pscustomobject]@{ Step = 'service'; Resource = [pscustomobject]@{ name = $name } } })
      Invoke-TestRun
      $script:Did | Should -Contain 'registry enabled 0'
      $script:Did | Should -Not -Contain 'stop WinRM'
      $Run.Shut | Should -Be 'the service, which is stopped'
      @($entries | ForEach-Object { Test-Held $_ }) | Should -Be @($true, $false)
      $script:Hidden = $false
      Invoke-TestRun
      $Run.Shut | Should -Be 'the block rule'
      $Run.IsHeld | Should -BeTrue
      @($entries | ForEach-Object { Test-Held $_ }) | Should -Be @($false, $false)
    }

    It 'says that nothing holds where the service does not stop either' {
      $script:Files = @{}
      $script:Rules = @()
      $script:WinRm = 'Running'
      $script:ListenerOn = $true
      Mock Stop-Service { throw 'access is denied' }
      Invoke-TestRun
      Invoke-TestRun
      $script:Said | Should -Be @(110)
      $Run.Log[-1] | Should -BeLike '*shut by nothing'
    }
  }
}

Describe 'a listener that quarantine holds' {
  BeforeEach {
    Mock Get-Service { [pscustomobject]@{ Status = 'Running' } }
    Mock Get-WSManInstance { ([xml]'<l:Listener xmlns:l="x"><l:Address>*</l:Address><l:Transport>HTTPS</l:Transport><l:Port>5986</l:Port><l:Hostname>web-1</l:Hostname><l:Enabled>false</l:Enabled><l:CertificateThumbprint>AA</l:CertificateThumbprint></l:Listener>').DocumentElement }
    Mock New-WSManInstance { $script:Made = $ValueSet }
  }
  AfterEach { $Run.IsHeld = $false }

  It 'is judged by everything else, and is made again without being on' {
    (Get-Listener 'HTTPS').Text | Should -Be 'HTTPS on *:5986 as web-1 with AA, disabled'
    New-Listener (Get-Listener 'HTTPS')
    $script:Made.ContainsKey('Enabled') | Should -BeFalse
    $Run.IsHeld = $true
    (Get-Listener 'HTTPS').Text | Should -Be 'HTTPS on *:5986 as web-1 with AA'
    New-Listener (Get-Listener 'HTTPS')
    $script:Made.Enabled | Should -Be 'false'
  }
}
