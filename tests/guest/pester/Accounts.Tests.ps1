# Accounts and groups by SID; a password goes into one method and nowhere else.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  function Get-AccountSid([string]$Name) { $script:Sids[$Name] }
  function Get-GroupName([string]$Group) { if ($script:Members.ContainsKey($Group)) { $Group } }
  function Get-MemberSid([string]$GroupName) { $script:Members[$GroupName] }
  function New-Account([string]$Name, [string]$Secret) { $script:Events += "made $Name with $Secret"; $script:Sids[$Name] = 'S-1-5-21-1-2-3-1001'; $script:Enabled = $true }
}

Describe 'an account' {
  BeforeEach {
    $script:Sids = @{}
    $script:Members = @{ 'S-1-5-32-544' = @('S-1-5-21-1-2-3-500') }
    $script:Enabled = $false
    $script:Events = @()
    $Run.Host = [pscustomobject]@{ host = 'web-1' }
    Mock Write-Host { return }
    Mock Get-LocalUser { [pscustomobject]@{ Enabled = $script:Enabled; SID = [pscustomobject]@{ Value = $SID } } }
    Mock Enable-LocalUser { $script:Events += "enabled $SID"; $script:Enabled = $true }
    Mock Add-LocalGroupMember { $script:Events += "$Member into $SID"; $script:Members[$SID] += $Member }
    $Local = New-TestEntry '{"kind":"account","role":"connection","name":"svc-ansible","memberOf":["S-1-5-32-544"],"secret":"accounts/{host}"}'
    $Domain = New-TestEntry '{"kind":"account","role":"become","name":"svc@CORP.EXAMPLE","memberOf":[],"secret":""}'
  }

  It 'that is not there is made with the secret of this host, and put into its groups' {
    (Test-Resource $Local).Found | Should -Be 'nobody knows svc-ansible'
    Set-Resource $Local
    $script:Events | Should -Be @('made svc-ansible with accounts/web-1', 'S-1-5-21-1-2-3-1001 into S-1-5-32-544')
    (Test-Resource $Local).Verdict | Should -Be 'pass'
  }

  It 'is not put into a group that is not there' {
    $script:Sids['svc-ansible'] = 'S-1-5-21-1-2-3-1001'
    $script:Enabled = $true
    $script:Members = @{}
    (Test-Resource $Local).Found | Should -Be 'svc-ansible enabled'
    Set-Resource $Local
    $Run.Log[-1] | Should -BeLike '*there is no group S-1-5-32-544'
    $script:Events.Count | Should -Be 0
  }

  It 'that is there keeps its password and is switched on' {
    $script:Sids['svc-ansible'] = 'S-1-5-21-1-2-3-1001'
    $script:Members['S-1-5-32-544'] += 'S-1-5-21-1-2-3-1001'
    Set-Resource $Local
    $script:Events | Should -Be @('enabled S-1-5-21-1-2-3-1001')
  }

  It 'is never the built-in Administrator' {
    $script:Sids['svc-ansible'] = 'S-1-5-21-1-2-3-500'
    $script:Enabled = $true
    (Test-Resource $Local).Verdict | Should -Be 'fail'
    Set-Resource $Local
    $script:Events.Count | Should -Be 0
  }

  It 'of a domain is only looked for' {
    Set-Resource $Domain
    $script:Events.Count | Should -Be 0
    (Test-Resource $Domain).Found | Should -Be 'nobody knows svc@CORP.EXAMPLE'
    $script:Sids['svc@CORP.EXAMPLE'] = 'S-1-5-21-9-9-9-1200'
    (Test-Resource $Domain).Verdict | Should -Be 'pass'
  }
}

Describe 'a group' {
  BeforeEach {
    $script:Members = @{ 'S-1-5-32-580' = @('S-1-5-21-1-2-3-1005') }
    Mock Write-Host { return }
    Mock Remove-LocalGroupMember { $script:Members[$Name] = @($script:Members[$Name] | Where-Object { $_ -ne $Member }) }
  }

  It 'loses whoever is not declared' {
    $entry = New-TestEntry '{"kind":"group","group":"S-1-5-32-580","members":[]}'
    (Test-Resource $entry).Verdict | Should -Be 'fail'
    Set-Resource $entry
    (Test-Resource $entry).Verdict | Should -Be 'pass'
  }

  It 'that is not there is empty' { (Test-Resource (New-TestEntry '{"kind":"group","group":"WinRMRemoteWMIUsers__","members":[]}')).Verdict | Should -Be 'pass' }
}

Describe 'whom something is for' {
  BeforeEach {
    $script:Sids = @{ 'svc-ansible' = 'S-1-5-21-1-2-3-1001' }
    $Run.Entries = @(New-TestEntry '{"kind":"account","role":"connection","name":"svc-ansible","memberOf":[],"secret":""}')
  }

  It 'is a SID as it is, or the SID of an account' {
    Resolve-Trustee 'S-1-5-32-544' | Should -Be 'S-1-5-32-544'
    Resolve-Trustee 'account.connection' | Should -Be 'S-1-5-21-1-2-3-1001'
  }

  It 'is unknown for an account that is not there, or not in the document' {
    { Resolve-Trustee 'account.become' } | Should -Throw 'the document has no account.become'
    $script:Sids = @{}
    { Resolve-Trustee 'account.connection' } | Should -Throw 'nobody knows svc-ansible'
    (Test-Resource (New-TestEntry '{"kind":"group","group":"S-1-5-32-580","members":["account.connection"]}')).Verdict | Should -Be 'unknown'
  }
}

Describe 'what an account bears' {
  BeforeEach {
    Mock Get-LocalUser { [pscustomobject]@{ SID = [pscustomobject]@{ Value = 'S-1-5-21-1-2-3-500'; AccountDomainSid = [pscustomobject]@{ Value = 'S-1-5-21-1-2-3' } } } }
    $Run.Groups = @(
      [pscustomobject]@{ Sid = 'S-1-5-32-544'; Members = @('S-1-5-21-1-2-3-500', 'S-1-5-21-1-2-3-1010') }
      [pscustomobject]@{ Sid = 'S-1-5-21-1-2-3-1010'; Members = @('S-1-5-21-1-2-3-1001') }
      [pscustomobject]@{ Sid = 'S-1-5-32-545'; Members = @('S-1-5-11') }
      [pscustomobject]@{ Sid = 'S-1-5-32-546'; Members = @() }
    )
  }

  It 'of this machine, in a group of a group' { @(Get-TokenSid 'S-1-5-21-1-2-3-1001' | Sort-Object) | Should -Be @('S-1-1-0', 'S-1-5-11', 'S-1-5-113', 'S-1-5-114', 'S-1-5-21-1-2-3-1001', 'S-1-5-21-1-2-3-1010', 'S-1-5-32-544', 'S-1-5-32-545' | Sort-Object) }

  It 'of a domain' { @(Get-TokenSid 'S-1-5-21-1-2-33-1001' | Sort-Object) | Should -Be @('S-1-1-0', 'S-1-5-11', 'S-1-5-21-1-2-33-1001', 'S-1-5-32-545' | Sort-Object) }
}
