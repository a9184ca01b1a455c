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
    Mock Write-Host { $null }
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
    Mock Write-Host { $null }
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
