# Who may come: session configurations, WinRM's root descriptor, endpoints with named commands. Windows commands are mocked.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  $script:Ansible = 'S-1-5-21-1-2-3-1001'
  $script:Default = 'O:NSG:BAD:P(A;;GA;;;S-1-5-32-544)(A;;GA;;;S-1-5-32-580)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)'
  $script:Ours = "O:NSG:BAD:P(A;;GA;;;$script:Ansible)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  # As Windows tells them: texts, and properties that only some have.
  function New-TestSession([string]$Name, [string]$Sddl, [string]$Enabled = 'True') { [pscustomobject]@{ Name = $Name; Enabled = $Enabled; SecurityDescriptorSddl = $Sddl } }
}

Describe 'sessions' {
  BeforeEach {
    $script:Sessions = @((New-TestSession 'microsoft.powershell' $script:Default), (New-TestSession 'microsoft.powershell32' $script:Default))
    $script:Root = 'O:NSG:BAD:P(A;;GA;;;S-1-5-32-544)(A;;GR;;;S-1-5-4)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)'
    $script:Events = @()
    $Run.Sessions = $null
    $Run.Deferred = @{}
    Mock Write-Host { return }
    Mock Assert-WinRm { return }
    Mock Get-Pending { '' }
    Mock Save-Pending { $script:Events += "after $After" }
    # What stands in a DACL, without Windows to read it.
    Mock Get-DescriptorElement { foreach ($match in [regex]::Matches($Sddl, '\(([AD]);;([^;]*);;;([^)]*)\)')) { "Access$($match.Groups[1].Value) $($match.Groups[2].Value) $($match.Groups[3].Value)" } }
    Mock Resolve-Trustee { if ($Trustee -like 'S-1-*') { $Trustee } else { $script:Ansible } }
    Mock Get-PSSessionConfiguration { $script:Sessions }
    Mock Set-PSSessionConfiguration { $script:Events += "sddl $Name"; foreach ($session in $script:Sessions) { if ($session.Name -eq $Name) { $session.SecurityDescriptorSddl = $SecurityDescriptorSddl } } }
    Mock Set-SessionOn { $script:Events += "$Name $IsOn"; $Run.Sessions = $null; foreach ($session in $script:Sessions) { if ($session.Name -eq $Name) { $session.Enabled = [string]$IsOn } } }
    Mock Get-RootDescriptor { $script:Root }
    Mock Set-RootDescriptor { $script:Root = $Sddl }
  }

  Context 'the one that Ansible uses' {
    BeforeEach { $entry = New-TestEntry '{"kind":"sessionConfiguration","name":"Microsoft.PowerShell","ensure":"access","allow":["account.connection"]}' }

    It 'is open to the account only, and written once' {
      $entry.Key | Should -Be 'sessionConfiguration Microsoft.PowerShell'
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      Set-Resource $entry
      $script:Sessions[0].SecurityDescriptorSddl | Should -Be $script:Ours
      (Test-Resource $entry).Verdict | Should -Be 'pass'
      $script:Events[0] | Should -Be 'after service'
      $script:Events = @()
      Set-Resource $entry
      $script:Events | Should -BeNullOrEmpty
      Should -Invoke Set-PSSessionConfiguration -Exactly 1 -ParameterFilter { $NoServiceRestart }
    }

    It 'that stands on a file stays where scripts must be signed, because no other could come' {
      $entry = New-TestEntry '{"kind":"sessionConfiguration","name":"Microsoft.PowerShell","ensure":"access","allow":["account.connection"],"virtualAccount":true}'
      $Run.FolderReady = $true
      Mock Get-ExecutionPolicy { if ($Scope -eq 'MachinePolicy') { 'AllSigned' } else { 'Undefined' } }
      Mock Get-SessionFileElement { 'of no file' }
      Mock Unregister-PSSessionConfiguration { return }
      try { Set-Resource $entry } finally { $Run.FolderReady = $false }
      $Run.Log[-1] | Should -BeLike '*AllSigned refuses*'
      $script:Events | Should -BeNullOrEmpty
      Should -Invoke Unregister-PSSessionConfiguration -Exactly 0
    }

    It 'fails with a denial of the network, with anybody else, without a descriptor, when it is off, when it is not there' {
      $script:Sessions[0].SecurityDescriptorSddl = $script:Ours.Replace('D:P', 'D:P(D;;GA;;;S-1-5-2)')
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      foreach ($sddl in $script:Ours.Replace('S:P', '(A;;GR;;;S-1-5-4)S:P'), '') {
        $Run.Sessions = $null
        $script:Sessions[0].SecurityDescriptorSddl = $sddl
        (Test-Resource $entry).Verdict | Should -Be 'fail'
      }
      $Run.Sessions = $null
      $script:Sessions = @(New-TestSession 'microsoft.powershell' $script:Ours 'False')
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      $Run.Sessions = $null
      $script:Sessions = @()
      (Test-Resource $entry).Found | Should -Be 'absent'
      Set-Resource $entry
      $Run.Log[-1] | Should -BeLike '*there is no session configuration Microsoft.PowerShell'
    }

    It 'is unknown while WinRM stands' {
      Mock Assert-WinRm { throw 'the WinRM service is not running' }
      (Test-Resource $entry).Verdict | Should -Be 'unknown'
    }
  }

  It 'are off where nobody needs them, whatever they are called' {
    $entry = New-TestEntry '{"kind":"otherSessionConfigurations","except":["microsoft.PowerShell"]}'
    $script:Sessions += New-TestSession 'PowerShell.7' $script:Default
    # One that says nothing of it is on.
    $script:Sessions += [pscustomobject]@{ Name = 'vendor' }
    (Test-Resource $entry).Found | Should -Be 'microsoft.powershell32 is on, PowerShell.7 is on, vendor is on'
    $script:Sessions = @($script:Sessions | Where-Object { $_.Name -ne 'vendor' })
    $Run.Sessions = $null
    Set-Resource $entry
    $script:Events | Should -Be @('after service', 'microsoft.powershell32 False', 'PowerShell.7 False')
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'are off by name, and an absent one is' {
    (Test-Resource (New-TestEntry '{"kind":"sessionConfiguration","name":"microsoft.powershell","ensure":"off"}')).Verdict | Should -Be 'fail'
    (Test-Resource (New-TestEntry '{"kind":"sessionConfiguration","name":"nowhere","ensure":"off"}')).Verdict | Should -Be 'pass'
  }

  It 'without their own descriptor are guarded by the root, which lets in whom it names' {
    $entry = New-TestEntry '{"kind":"rootDescriptor","allow":[{"trustee":"S-1-5-32-544","access":"full"},{"trustee":"account.connection","access":"shell"}]}'
    (Test-Resource $entry).Verdict | Should -Be 'fail'
    Set-Resource $entry
    $script:Root | Should -Be "O:NSG:BAD:P(A;;GA;;;S-1-5-32-544)(A;;GXGR;;;$script:Ansible)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)"
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }
}

Describe 'an endpoint with named commands' {
  BeforeEach {
    $r = ConvertFrom-Json '{"kind":"jeaEndpoint","name":"operators","accounts":["svc-ops"],"commands":[{"name":"Restart-Service","parameters":[{"name":"Name","values":["Spooler","W32Time"]},{"name":"Force"}]},{"name":"Get-Date","parameters":[]},{"name":"Get-Item","parameters":[{"name":"Path","pattern":"^C:\\\\it''s$"}]}],"transcripts":"C:\\Transcripts"}'
    Mock Resolve-Account { 'S-1-5-21-1-2-3-1002' }
    Mock Get-FullName { "PC\o'ps" }
  }

  It 'has a role that names each command with what may be given to it' {
    $lines = @((Get-RoleText $r) -split "`r`n")
    $lines[2] | Should -Be "VisibleCmdlets = @(@{ Name = 'Restart-Service'; Parameters = @(@{ Name = 'Name'; ValidateSet = @('Spooler', 'W32Time') }, @{ Name = 'Force' }) }, @{ Name = 'Get-Date'; Parameters = @() }, @{ Name = 'Get-Item'; Parameters = @(@{ Name = 'Path'; ValidatePattern = '^C:\\it''s$' }) })"
  }

  It 'has files that PowerShell reads as they are meant' {
    $role = & ([scriptblock]::Create((Get-RoleText $r)))
    @($role.VisibleCmdlets).Count | Should -Be 3
    @($role.VisibleCmdlets[1].Parameters).Count | Should -Be 0
    $role.VisibleCmdlets[2].Parameters[0].ValidatePattern | Should -Be "^C:\\it's$"
    $session = & ([scriptblock]::Create((Get-JeaText $r)))
    $session.RunAsVirtualAccount | Should -BeTrue
    $session.SessionType | Should -Be 'RestrictedRemoteServer'
    $session.TranscriptDirectory | Should -Be 'C:\Transcripts'
    $session.RoleDefinitions["PC\o'ps"].RoleCapabilities | Should -Be 'secure-winrm-operators'
    [Guid]$session.GUID | Should -Not -Be ([Guid]$role.GUID)
    Get-JeaText $r | Should -BeExactly (Get-JeaText $r)
  }

  It 'admits its accounts only' { Get-JeaSddl $r | Should -Be 'O:NSG:BAD:P(A;;GA;;;S-1-5-21-1-2-3-1002)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)' }
}
