# The order of a gate run and of a maintenance run, with handlers that only remember. No Windows is needed for that.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function Write-File([string]$Name, [string]$Text) { $script:Files[$Name] = $Text }
  function Write-Rule([string]$Name) { $script:Events += "block $Name"; $script:Gate = $true }
  function Test-RuleOn([string]$Name) { if ($Name -eq $GateRule) { $script:Gate } else { $script:State['firewallRule.Allow'] } }
  function Get-Rule { }
  function Read-Parameter { }
  # A resource is in its state once it was set, if it can be set.
  foreach ($kind in @($Handlers.Keys)) {
    $handler = @{
      Key = { $r.name }
      Want = { 'right' }
      Get = { if ($script:State[$r.name] -or $r.kind -eq 'answer') { 'right' } else { 'wrong' } }
      Set = { $script:Events += "set $($r.name)"; if ($script:Stuck -ne $r.name) { $script:State[$r.name] = $true } }
    }
    if ($kind -eq 'answer') { $handler.Remove('Set') }
    $Handlers[$kind] = $handler
  }
}

Describe 'the orders' {
  BeforeEach {
    Mock Remove-NetFirewallRule { $script:Events += "unblock $Name"; $script:Gate = $false }
    Mock Write-Host { $null }
    $script:Files = @{}
    $script:Events = @()
    $script:State = @{}
    $script:Gate = $false
    $script:Stuck = ''
    $Run.Deferred = @{}
    $Run.Host = [pscustomobject]@{ host = 'web-1' }
    $names = 'answer', 'certificate', 'firewallProfile', 'firewallRule.Allow', 'firewallRule.Block', 'folder', 'listener.absent', 'listener.present', 'nodeList', 'registry', 'service', 'sslBinding', 'wsman', 'builtinRule'
    $Run.Entries = @(foreach ($name in $names) {
      $kind, $sub = $name -split '\.'
      New-Entry ([pscustomobject]@{ controls = @("of-$name"); resource = [pscustomobject]@{ kind = $kind; name = $name; action = $sub; ensure = $sub; remote = 'Any' } })
    })
  }

  It 'open the door last, after an audit in which everything was right' {
    $Run.DoorShut = $true
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Run.Audit.Verdict | Should -Be 'pass'
    $script:Events[0] | Should -Be "block $GateRule"
    $script:Events[-2] | Should -Be 'set firewallRule.Allow'
    $script:Events[-1] | Should -Be "unblock $GateRule"
    [array]::IndexOf($script:Events, 'set listener.absent') | Should -BeLessThan ([array]::IndexOf($script:Events, 'set listener.present'))
    $script:Files.Keys | Should -Contain 'proven.json'
  }

  It 'leave it shut when something is wrong, and say why' {
    $script:Stuck = 'listener.absent'
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Run.Audit.Verdict | Should -Be 'fail'
    $Run.Audit.Controls['of-listener.absent'] | Should -Be 'fail'
    $Run.Audit.Controls['of-wsman'] | Should -Be 'pass'
    @($Run.Audit.Findings | Where-Object { $_.control -eq 'of-firewallRule.Allow' })[0].found | Should -Be 'held back: the audit failed'
    $script:Events | Should -Not -Contain 'set firewallRule.Allow'
    $script:Gate | Should -BeTrue
    $script:Files.Keys | Should -Not -Contain 'proven.json'
  }

  It 'end a gate run at once when the door cannot be shut' {
    Mock Write-Rule { throw 'no firewall' }
    { Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' }) } | Should -Throw '*cannot be shut*'
    $script:Events.Count | Should -Be 0
  }

  It 'add before they remove in maintenance' {
    $Run.DoorShut = $false
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    [array]::IndexOf($script:Events, 'set listener.present') | Should -BeLessThan ([array]::IndexOf($script:Events, 'set listener.absent'))
    $script:Events[-1] | Should -Be 'set firewallRule.Allow'
  }

  It 'change nothing where nothing is wrong' {
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = $true }
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events.Count | Should -Be 0
    $Run.Audit.Verdict | Should -Be 'pass'
  }

  It 'shut a host that has proven nothing, and prepare it without opening anything' {
    $Run.DoorShut = $true
    $Run.Entries += New-Entry ([pscustomobject]@{ controls = @('of-others'); resource = [pscustomobject]@{ kind = 'firewallRule'; name = 'others'; action = 'Block'; remote = [pscustomobject]@{ ref = 'nodes.others' } } })
    Invoke-PrepareRun $false
    $Run.Audit.Verdict | Should -Be 'pass'
    $Run.Audit.Controls.Count | Should -Be 0
    $script:Events[0] | Should -Be "block $GateRule"
    $script:Events[1..7] | Should -Be @('set firewallProfile', 'set firewallRule.Block', 'set folder', 'set certificate', 'set service', 'set listener.absent', 'set builtinRule')
    $script:Events.Count | Should -Be 8
    $script:Files.Count | Should -Be 0
  }

  It 'prepare a proven host without touching its door' {
    $Run.DoorShut = $false
    Invoke-PrepareRun $true
    $script:Events | Should -Not -Contain "block $GateRule"
    $script:Events | Should -Not -Contain 'set firewallRule.Allow'
    $script:Gate | Should -BeFalse
  }

  It 'say what preparing did not bring about' {
    $script:Stuck = 'listener.absent'
    Invoke-PrepareRun $false
    $Run.Audit.Verdict | Should -Be 'fail'
    @($Run.Audit.Findings | ForEach-Object { $_.control }) | Should -Be @('of-listener.absent')
    $script:Gate | Should -BeTrue
  }

  It 'keep a door shut that a failed gate run holds' {
    $script:Gate = $true
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events | Should -Not -Contain 'set firewallRule.Allow'
  }
}

Describe 'the verdict' {
  It 'fits into 4000 bytes of ASCII and names every control first' {
    $Run.Findings = @(foreach ($i in 1..80) { [ordered]@{ control = "control-$($i % 8)"; key = "registry $i"; verdict = 'fail'; expected = 'x' * 100; found = "gr$([char]0xfc)n" } })
    $line = Get-VerdictLine
    [Text.Encoding]::UTF8.GetByteCount($line) | Should -BeLessOrEqual 4000
    $line | Should -Match '^[\x20-\x7e]+$'
    $verdict = ConvertFrom-Json $line
    @($verdict.findings | Select-Object -First 8 | ForEach-Object { $_.control } | Sort-Object -Unique).Count | Should -Be 8
    $verdict.omitted | Should -Be (80 - @($verdict.findings).Count)
  }

  It 'tells errors by code and without long texts' {
    try { throw "<f:WSManFault Code=`"2150858922`"><f:Message>held`nby policy</f:Message></f:WSManFault> $('A' * 200)" } catch { $reason = Get-Reason $_ }
    $reason | Should -Match '^0x803380AA: '
    $reason | Should -Not -Match 'A{50}'
  }
}
