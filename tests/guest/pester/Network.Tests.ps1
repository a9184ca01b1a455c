# Rules in two stores, rules of others, what the firewall writes down. Windows commands are mocked by a firewall of tables.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  function New-TestRule([string]$Name, [string]$Store, $Ports, $Remote = @('10.0.9.5'), [string]$Program = 'System') {
    @{ Name = $Name; Store = $Store; Enabled = 'True'; Action = 'Allow'; Ports = $Ports; Local = @('10.0.1.10'); Remote = $Remote; Program = $Program; Protocol = 'TCP'; From = 'Any'; Direction = 'Inbound'; Narrow = @{} }
  }
  # As Windows gives it: the active store has what the others have, each with where it comes from.
  function Get-TestRule([string]$Name, [string]$Store) {
    $script:Rules | Where-Object { ($Name -eq '' -or $_.Name -eq $Name) -and ($Store -eq 'ActiveStore' -or $_.Store -eq $Store) } | ForEach-Object {
      [pscustomobject]@{ Name = $_.Name; InstanceID = $_.Name; Enabled = $_.Enabled; Direction = $_.Direction; Action = $_.Action; Profile = 'Any'; PolicyStoreSource = $_.Store; Table = $_ }
    }
  }
}

Describe 'the firewall' {
  BeforeEach {
    $Run.Host = [pscustomobject]@{ host = 'web-1'; name = 'web-1.corp.example'; addresses = @('10.0.1.10'); listen = @('10.0.1.10'); interface = @('10.0.1.10', '10.0.1.11'); secret = '' }
    $Run.Nodes = @{ List = [pscustomobject]@{ nodes = @('10.0.9.5/32', '10.0.9.6/32'); others = @('0.0.0.0-10.0.9.4') }; Text = ''; Hash = 'h' }
    $Run.Deferred = @{}
    $script:Rules = @()
    $script:Refuses = ''
    $script:Unreadable = ''
    Mock Write-Host { return }
    Mock Start-Sleep { return }
    Mock Update-Policy { return }
    Mock Get-NetFirewallRule {
      if ($PolicyStore -eq $script:Unreadable) { throw 'the system cannot find the file' }
      $found = @(Get-TestRule ([string]$Name) $PolicyStore)
      if ($found.Count -eq 0 -and $Name) { throw (New-Object Management.Automation.ErrorRecord (New-Object Exception "no $Name"), 'none', 'ObjectNotFound', $null) }
      $found
    }
    Mock Get-NetFirewallPortFilter {
      $rules = if ($AssociatedNetFirewallRule) { @($AssociatedNetFirewallRule) } else { @(Get-TestRule '' $PolicyStore) }
      foreach ($rule in $rules) { [pscustomobject]@{ InstanceID = $rule.InstanceID; Protocol = $rule.Table.Protocol; LocalPort = $rule.Table.Ports; RemotePort = $rule.Table.From } }
    }
    Mock Get-NetFirewallAddressFilter { [pscustomobject]@{ LocalAddress = $AssociatedNetFirewallRule.Table.Local; RemoteAddress = $AssociatedNetFirewallRule.Table.Remote } }
    # Of rules of one name, as Windows may, those of each for each.
    Mock Get-NetFirewallApplicationFilter { foreach ($rule in @(Get-TestRule $AssociatedNetFirewallRule.Name $PolicyStore)) { [pscustomobject]@{ Program = $rule.Table.Program } } }
    Mock Get-NetFirewallInterfaceTypeFilter { [pscustomobject]@{ InterfaceType = [string]$AssociatedNetFirewallRule.Table.Narrow['InterfaceType'] } }
    Mock Get-NetFirewallInterfaceFilter { [pscustomobject]@{ InterfaceAlias = @('Any') } }
    Mock Get-NetFirewallServiceFilter { [pscustomobject]@{ Service = 'Any' } }
    Mock Get-NetFirewallSecurityFilter { [pscustomobject]@{ Authentication = 'NotRequired'; Encryption = 'NotRequired'; LocalUser = 'Any'; RemoteUser = [string]$AssociatedNetFirewallRule.Table.Narrow['RemoteUser']; RemoteMachine = 'Any' } }
    Mock New-NetFirewallRule {
      if ($PolicyStore -eq $script:Refuses) { throw 'this store is refused' }
      $script:Rules += @{ Name = $Name; Store = $PolicyStore; Enabled = $Enabled; Action = $Action; Ports = $LocalPort; Local = $LocalAddress; Remote = $RemoteAddress; Program = $Program; Protocol = $Protocol; From = $RemotePort; Direction = $Direction; Narrow = @{} }
    }
    Mock Set-NetFirewallRule {
      foreach ($rule in @($script:Rules | Where-Object { $_.Name -eq $Name -and $_.Store -eq $PolicyStore })) {
        $rule.Enabled = [string]$Enabled
        if ($LocalPort) { $rule.Ports = $LocalPort; $rule.Local = $LocalAddress; $rule.Remote = $RemoteAddress; $rule.Program = $Program; $rule.Action = $Action; $rule.From = $RemotePort }
      }
    }
    Mock Remove-NetFirewallRule {
      if ($PolicyStore -eq $script:Refuses) { throw 'this store is refused' }
      $script:Rules = @($script:Rules | Where-Object { -not ($_.Name -eq $Name -and $_.Store -eq $PolicyStore) })
    }
  }

  Context 'the rule that lets the nodes in' {
    BeforeEach { $entry = New-TestEntry '{"kind":"firewallRule","name":"ours","action":"Allow","ports":[5986],"local":{"ref":"host.listen"},"remote":{"ref":"nodes.allow"}}' }

    It 'is written to both stores, and then complies' {
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      Set-Resource $entry
      @($script:Rules | ForEach-Object { $_.Store }) | Should -Be @('PersistentStore', 'localhost')
      (Test-Resource $entry).Verdict | Should -Be 'pass'
      Set-Resource $entry
      Should -Invoke New-NetFirewallRule -Exactly 2
      Should -Invoke Set-NetFirewallRule -Exactly 0
    }

    It 'fails in the local store alone, which a policy can make nothing of' {
      $script:Rules = @(New-TestRule 'ours' 'PersistentStore' @('5986') @('10.0.9.5', '10.0.9.6'))
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      (Test-Resource $entry).Expected | Should -BeLike '*in the local policy'
    }

    It 'fails when its copies make up together what each of them should be' {
      $script:Rules = @((New-TestRule 'ours' 'PersistentStore' @('5986') @('10.0.9.5')), (New-TestRule 'ours' 'localhost' @('5986') @('10.0.9.6')))
      (Test-Resource $entry).Found | Should -BeLike '*differs from store to store*'
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'pass'
    }

    It 'fails when one copy is off' {
      Set-Resource $entry
      $script:Rules[1].Enabled = 'False'
      (Test-Resource $entry).Verdict | Should -Be 'fail'
    }

    It 'fails when somebody has narrowed it to the ports of clients, and is widened again' {
      Set-Resource $entry
      foreach ($rule in $script:Rules) { $rule.From = @('1024') }
      (Test-Resource $entry).Found | Should -BeLike '*from port 1024*'
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'pass'
    }

    It 'fails when somebody has narrowed it in a way that no writing undoes, and is made anew' {
      Set-Resource $entry
      foreach ($narrow in @{ InterfaceType = 'RemoteAccess' }, @{ RemoteUser = 'O:LSD:(A;;CC;;;BA)' }) {
        foreach ($rule in $script:Rules) { $rule.Narrow = $narrow }
        (Test-Resource $entry).Found | Should -BeLike "*only with $(@($narrow.Keys)[0]) *"
        Set-Resource $entry
        (Test-Resource $entry).Verdict | Should -Be 'pass'
        @($script:Rules | ForEach-Object { $_.Store }) | Should -Be @('PersistentStore', 'localhost')
      }
    }

    It 'is not taken away for another list of nodes, which would cut off whom it lets in' {
      Set-Resource $entry
      $Run.Nodes.List.nodes = @('10.0.9.7/32')
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'pass'
      Should -Invoke Remove-NetFirewallRule -Exactly 0
    }

    It 'is written to the one store when the other refuses, and that is told' {
      $script:Refuses = 'localhost'
      Set-Resource $entry
      @($script:Rules | ForEach-Object { $_.Store }) | Should -Be @('PersistentStore')
      $Run.Log[-1] | Should -BeLike '*not changed, rule ours is not written to localhost: this store is refused'
    }

    It 'is made in a local policy that could not be read before' {
      $script:Unreadable = 'localhost'
      (Test-Resource $entry).Verdict | Should -Be 'unknown'
      Set-Resource $entry
      $script:Unreadable = ''
      (Test-Resource $entry).Verdict | Should -Be 'pass'
    }

    It 'is held back while the gate''s rule is on, in whichever store' {
      Set-Resource $entry
      $script:Rules += New-TestRule $GateRule 'localhost' @('5986')
      (Test-Resource $entry).Verdict | Should -Be 'fail'
    }
  }

  It 'loses a rule in every store, and tells of the one where it does not' {
    $script:Rules = @((New-TestRule 'ours' 'PersistentStore' @('5986')), (New-TestRule 'ours' 'localhost' @('5986')))
    $script:Refuses = 'PersistentStore'
    { Remove-Rule 'ours' } | Should -Throw 'rule ours is not removed from PersistentStore: this store is refused'
    @($script:Rules | ForEach-Object { $_.Store }) | Should -Be @('PersistentStore')
    $script:Refuses = ''
    Remove-Rule 'ours'
    Remove-Rule 'ours'
    @($script:Rules).Count | Should -Be 0
  }

  It 'has a rule off in every store, and none where there is none' {
    $script:Rules = @((New-TestRule 'ours' 'PersistentStore' @('5986')), (New-TestRule 'ours' 'localhost' @('5986')))
    Disable-Rule 'ours'
    Disable-Rule 'nowhere'
    Test-RuleOn 'ours' | Should -BeFalse
  }

  It 'asks Windows for its policies when a rule that was written does not come' {
    Test-Rule 'ours' $true | Should -BeFalse
    Should -Invoke Update-Policy -Exactly 1
  }

  It 'cannot switch off what a domain switches on, and says whose it is' {
    $script:Rules = @(New-TestRule 'WINRM-HTTP-In-TCP' 'GPO {1}' @('5985'))
    Set-Resource (New-TestEntry '{"kind":"builtinRule","name":"WINRM-HTTP-In-TCP"}')
    $Run.Log[-1] | Should -BeLike '*switched on by GPO {1}, which cannot be changed here'
  }

  Context 'rules of others' {
    BeforeEach {
      $entry = New-TestEntry '{"kind":"foreignRules","ports":[5985,5986,47001],"except":["ours"]}'
      $script:Rules = @(New-TestRule 'ours' 'PersistentStore' @('5986'))
    }

    It 'for <Ports> of <Program> with <Protocol>: <Verdict>' -TestCases @(
      @{ Ports = @('5986'); Program = 'Any'; Protocol = 'TCP'; Verdict = 'fail' }
      @{ Ports = @('80', '47001'); Program = 'System'; Protocol = 'TCP'; Verdict = 'fail' }
      @{ Ports = @('5980-5990'); Program = 'System'; Protocol = 'TCP'; Verdict = 'fail' }
      @{ Ports = @('5985'); Program = 'System'; Protocol = 'Any'; Verdict = 'fail' }
      @{ Ports = @('5985'); Program = 'System'; Protocol = 'UDP'; Verdict = 'pass' }
      @{ Ports = @('5987-6000'); Program = 'System'; Protocol = 'TCP'; Verdict = 'pass' }
      @{ Ports = 'Any'; Program = 'Any'; Protocol = 'TCP'; Verdict = 'pass' }
      @{ Ports = 'RPC'; Program = 'Any'; Protocol = 'TCP'; Verdict = 'pass' }
      @{ Ports = @('5986'); Program = 'C:\app.exe'; Protocol = 'TCP'; Verdict = 'pass' }
    ) {
      $theirs = New-TestRule 'theirs' 'PersistentStore' $Ports @('10.0.9.5') $Program
      $theirs.Protocol = $Protocol
      $script:Rules += $theirs
      (Test-Resource $entry).Verdict | Should -Be $Verdict
      $theirs.Enabled = 'False'
      (Test-Resource $entry).Verdict | Should -Be 'pass'
    }

    It 'are seen where one of them lies in two stores' {
      $script:Rules += @((New-TestRule 'vendor' 'PersistentStore' @('5986')), (New-TestRule 'vendor' 'localhost' @('5986')))
      (Test-Resource $entry).Verdict | Should -Be 'fail'
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'pass'
    }

    It 'are switched off where they are this machine''s, and named where they are not' {
      $script:Rules += @((New-TestRule 'vendor' 'PersistentStore' @('5986')), (New-TestRule 'edited' 'localhost' @('5985')), (New-TestRule 'domain' 'GPO {1}' @('5985')))
      (Test-Resource $entry).Found | Should -Be 'vendor from PersistentStore, edited from localhost, domain from GPO {1}'
      Set-Resource $entry
      (Test-Resource $entry).Found | Should -Be 'domain from GPO {1}'
      $Run.Log[-1] | Should -BeLike '*not ours to switch off: domain from GPO {1}'
      Test-RuleOn 'ours' | Should -BeTrue
    }
  }

  Context 'what is written down' {
    BeforeEach {
      $entry = New-TestEntry '{"kind":"firewallLog","profile":"Public","minimumKilobytes":16384,"blocked":true,"allowed":false}'
      $script:Log = @{ LogBlocked = 'False'; LogAllowed = 'True'; LogMaxSizeKilobytes = [uint64]4096 }
      Mock Get-NetFirewallProfile { [pscustomobject]$script:Log }
      Mock Set-NetFirewallProfile { $script:Log.LogBlocked = $LogBlocked; $script:Log.LogMaxSizeKilobytes = $LogMaxSizeKilobytes; if ($LogAllowed) { $script:Log.LogAllowed = $LogAllowed } }
    }

    It 'is brought about in both stores, once' {
      (Test-Resource $entry).Found | Should -Be '4096 KB'
      Set-Resource $entry
      (Test-Resource $entry).Verdict | Should -Be 'pass'
      Set-Resource $entry
      Should -Invoke Set-NetFirewallProfile -Exactly 2
      Should -Invoke Set-NetFirewallProfile -Exactly 1 -ParameterFilter { $PolicyStore -eq 'localhost' }
    }

    It 'is never made less' {
      $script:Log.LogMaxSizeKilobytes = [uint64]32767
      Set-Resource $entry
      $script:Log.LogMaxSizeKilobytes | Should -Be 32767
      $script:Log.LogAllowed | Should -Be 'True'
    }
  }
}
