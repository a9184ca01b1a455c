# Addresses that no DHCP server hands out. Windows commands are mocked by a list of addresses.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  function New-TestAddress([string]$Address, [int]$Interface, [string]$Origin) { [pscustomobject]@{ IPAddress = $Address; InterfaceIndex = $Interface; InterfaceAlias = "Ethernet $Interface"; PrefixLength = [byte]24; PrefixOrigin = $Origin; AddressState = 'Preferred' } }
}

Describe 'addresses of the machine' {
  BeforeEach {
    $Run.Host = [pscustomobject]@{ host = 'web-1'; name = 'web-1.corp.example'; addresses = @('10.0.1.10'); listen = @('10.0.1.10'); interface = @('10.0.1.10', '10.0.1.11', '10.0.2.7'); secret = '' }
    $Run.Deferred = @{}
    $entry = New-TestEntry '{"kind":"addresses","addresses":{"ref":"host.interface"}}'
    $script:Own = @((New-TestAddress 'fe80::1%5' 5 'WellKnown'), (New-TestAddress '10.0.2.5' 7 'Manual'), (New-TestAddress '10.0.1.10' 5 'Dhcp'), (New-TestAddress '127.0.0.1' 1 'WellKnown'))
    $script:Kept = @()
    $script:Silent = ''
    $script:CostsLease = $false
    Mock Write-Host { return }
    Mock Start-Sleep { return }
    Mock Get-NetIPAddress { $script:Own }
    Mock netsh.exe {
      # A list that a program is given is given to it word by word.
      $words = @($Arguments | ForEach-Object { $_ })
      $script:Kept += ($words -join ' ')
      if ($words[2] -eq 'add') { $script:Own += New-TestAddress $words[5] 5 'Manual' }
      if ($script:CostsLease -and $words[2] -eq 'add') { $script:Own = @($script:Own | Where-Object { $_.PrefixOrigin -ne 'Dhcp' }) }
      if ($words[3] -eq 'address' -and $words[2] -eq 'set') { $script:Own += New-TestAddress '10.0.1.10' 5 'Dhcp' }
      $global:LASTEXITCODE = 0
    }
    Mock New-NetIPAddress { $script:Own += New-TestAddress $IPAddress $InterfaceIndex 'Manual' }
    Mock Remove-NetIPAddress { $script:Own = @($script:Own | Where-Object { $_.IPAddress -ne $IPAddress }) }
    $script:Build = [version]'20348.2700'
    Mock Get-Build { $script:Build }
    Mock Get-InstanceId { if ($script:Silent -ne '' -and @($script:Own | ForEach-Object { $_.IPAddress }) -contains $script:Silent) { throw 'timed out' } else { 'i-1' } }
  }

  It 'are entered on the interface of their subnet, and a lease is kept' {
    (Test-Resource $entry).Found | Should -Be '10.0.1.10'
    Set-Resource $entry
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    @($script:Own | Where-Object { $_.IPAddress -eq '10.0.1.11' }).InterfaceIndex | Should -Be 5
    @($script:Own | Where-Object { $_.IPAddress -eq '10.0.2.7' }).InterfaceIndex | Should -Be 7
    # Not on the one without a lease.
    $script:Kept | Should -Be @('interface ipv4 set interface Ethernet 5 dhcpstaticipcoexistence=enabled', 'interface ipv4 add address Ethernet 5 10.0.1.11 255.255.255.0 store=persistent skipassource=true')
    Set-Resource $entry
    Should -Invoke New-NetIPAddress -Exactly 1 -ParameterFilter { $SkipAsSource -and $IPAddress -eq '10.0.2.7' }
  }

  It 'are not entered beside a lease that an old Windows would give up' {
    $script:Build = [version]'14393.7428'
    Set-Resource $entry
    $script:Kept.Count | Should -Be 0
    $Run.Log[-1] | Should -BeLike '*before 1703*'
  }

  It 'are taken away again when the lease is lost, which comes back' {
    $script:CostsLease = $true
    $script:Silent = '10.0.1.11'
    Set-Resource $entry
    $script:Kept[-1] | Should -Be 'interface ipv4 set address Ethernet 5 source=dhcp'
    @($script:Own | ForEach-Object { $_.IPAddress }) | Should -Contain '10.0.1.10'
    @($script:Own | ForEach-Object { $_.IPAddress }) | Should -Not -Contain '10.0.1.11'
  }

  It 'are taken away again when the cloud falls silent' {
    $script:Silent = '10.0.1.11'
    Set-Resource $entry
    @($script:Own | ForEach-Object { $_.IPAddress }) | Should -Not -Contain '10.0.1.11'
    $Run.Log[-1] | Should -BeLike '*with 10.0.1.11 the cloud is not reached any more*'
  }

  It 'are left alone where nothing would tell of a broken network' {
    $script:Silent = '10.0.1.10'
    Set-Resource $entry
    Should -Invoke New-NetIPAddress -Exactly 0
    (Test-Resource $entry).Verdict | Should -Be 'fail'
  }

  It 'are not entered in the place of a lease that cannot be kept' {
    Mock netsh.exe { $global:LASTEXITCODE = 1 }
    Set-Resource $entry
    Should -Invoke New-NetIPAddress -Exactly 0
    $Run.Log[-1] | Should -BeLike '*dhcpstaticipcoexistence=enabled ended with 1'
  }

  It 'are not there when they are somebody else''s too' {
    $script:Own[2].AddressState = 'Duplicate'
    (Test-Resource $entry).Found | Should -Be 'absent'
  }

  It 'are unknown to a host that was proven before it was told them' {
    $Run.Host = [pscustomobject]@{ host = 'web-1'; interface = @() }
    (Test-Resource $entry).Verdict | Should -Be 'unknown'
    $Run.Host = [pscustomobject]@{ host = 'web-1' }
    (Test-Resource $entry).Verdict | Should -Be 'unknown'
  }
}
