# The order of a gate run and of a maintenance run, with handlers that only remember. No Windows is needed for that.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function Write-File([string]$Name, [string]$Text) { $script:Files[$Name] = $Text }
  function Write-Rule([string]$Name, $Action, $Ports, $Local, $Remote) { $script:Events += "block $Name"; $script:Gate = $true }
  function Test-RuleOn([string]$Name) { if ($Name -eq $GateRule) { $script:Gate } else { $script:State['firewallRule.Allow'] } }
  function Get-Rule { }
  function Set-ListenerOn([bool]$IsOn) { $script:Events += "listener $IsOn" }
  function Reset-Administrator { $script:Reset++ }
  function Update-Policy { }
  function Remove-Rule([string]$Name) { $script:Events += "unblock $Name"; $script:Gate = $false }
  function Disable-Rule { }
  function Read-Parameter { }
  function Read-File([string]$Name) { [string]$script:Files[$Name] }
  function Get-Pending([string]$Key) { [string]$script:Pending[$Key] }
  function Save-Pending([string]$Key, [string]$After) { $script:Pending[$Key] = $After }
  function Clear-Pending([string]$After) { foreach ($key in @($script:Pending.Keys)) { if ($script:Pending[$key] -eq $After) { $script:Pending.Remove($key) } } }
  function Assert-Idle { if ($script:Sessions -and -not $Run.DoorShut) { throw 'waits: sessions live on the listener' } }
  # A resource is in its state once it was set, if it can be set.
  foreach ($kind in @($Handlers.Keys)) {
    $handler = @{
      Key = { $r.name }
      Want = { 'right' }
      Get = { if ($script:State[$r.name] -or $r.kind -eq 'answer') { 'right' } else { 'wrong' } }
      Set = { $script:Events += "set $($r.name)"; if ($script:Stuck -ne $r.name) { $script:State[$r.name] = $true } }
    }
    if ($kind -eq 'answer' -or $kind -eq 'updates') { $handler.Remove('Set') }
    if ($kind -eq 'registry') { $handler.After = { $script:After } }
    $Handlers[$kind] = $handler
  }
}

Describe 'the orders' {
  BeforeEach {
    Mock Start-Sleep { return }
    Mock Restart-Service { $script:Events += "restart $Name" }
    Mock Write-Host { return }
    $script:Pending = @{}
    $script:After = ''
    $script:Sessions = $false
    $Run.IsHeld = $false
    $script:Reset = 0
    $SecureWinrm.Nonce = '00'
    $Answer.reboot = $false
    $script:Files = @{}
    $script:Events = @()
    $script:State = @{}
    $script:Gate = $false
    $script:Stuck = ''
    $Run.Deferred = @{}
    $Run.IsHeld = $false
    $Run.Changed = @()
    $KeptHashes.Clear()
    $Run.Host = [pscustomobject]@{ host = 'web-1' }
    $names = 'answer', 'certificate', 'firewallProfile', 'firewallRule.Allow', 'firewallRule.Block', 'folder', 'listener.absent', 'listener.present', 'nodeList', 'registry', 'service', 'sslBinding', 'wsman', 'builtinRule'
    $Run.Entries = @(foreach ($name in $names) {
      $kind, $sub = $name -split '\.'
      New-Entry ([pscustomobject]@{ controls = @("of-$name"); resource = [pscustomobject]@{ kind = $kind; name = $name; action = $sub; ensure = $sub; remote = 'Any'; expect = 'wsman' } })
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
    { Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' }) } | Should -Throw '*cannot be shut*no firewall'
    $script:Events.Count | Should -Be 0
  }

  It 'bring no listener up behind a firewall that stays off' {
    $script:Stuck = 'firewallProfile'
    $Run.DoorShut = $true
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Run.IsHeld | Should -BeTrue
    $script:Events | Should -Contain 'listener False'
    [array]::IndexOf($script:Events, 'listener False') | Should -BeLessThan ([array]::IndexOf($script:Events, 'set listener.present'))
    $Run.Audit.Verdict | Should -Be 'fail'
    $script:Gate | Should -BeTrue
    $Run.IsHeld = $false
  }

  It 'open nothing where the firewall comes on while the listener is still off' {
    $script:Stuck = 'firewallProfile'
    $Run.DoorShut = $true
    $known = $Handlers.registry.Set
    $Handlers.registry.Set = { $script:State['registry'] = $true; $script:State['firewallProfile'] = $true }
    try { Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' }) } finally { $Handlers.registry.Set = $known }
    $Run.Audit.Verdict | Should -Be 'unknown'
    $script:Gate | Should -BeTrue
    $script:Files.Keys | Should -Not -Contain 'proven.json'
    $Run.IsHeld = $false
  }

  It 'hold the listener off in maintenance while a failed gate holds the door and the firewall stays off' {
    $script:Stuck = 'firewallProfile'
    $script:Gate = $true
    $Run.DoorShut = $false
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events | Should -Contain 'listener False'
    $Run.IsHeld | Should -BeTrue
    $Run.IsHeld = $false
  }

  It 'start nothing for what cannot be judged' {
    $script:After = 'service'
    $Run.DoorShut = $false
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = $true }
    $known = $Handlers.registry.Get
    $Handlers.registry.Get = { throw 'not seen' }
    try { Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa' } finally { $Handlers.registry.Get = $known }
    $script:Events.Count | Should -Be 0
    $script:Pending.Count | Should -Be 0
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

  It 'leave alone what quarantine holds, and let nothing of it keep a host in there' {
    $Run.DoorShut = $false
    $Run.IsHeld = $true
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = $entry.Resource.name -ne 'sslBinding' }
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events.Count | Should -Be 0
    $Run.Audit.Verdict | Should -Be 'pass'
    $script:Stuck = 'wsman'
    $script:State['wsman'] = $false
    (Get-Audit).Controls['of-sslBinding'] | Should -Be 'unknown'
    (Get-Audit).Verdict | Should -Be 'fail'
    $Run.IsHeld = $false
    (Get-Audit).Controls['of-sslBinding'] | Should -Be 'fail'
  }

  It 'remember what they set right, and not what stayed wrong' {
    $Run.DoorShut = $false
    $script:Stuck = 'wsman'
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = @('wsman', 'registry') -notcontains $entry.Resource.name }
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $Run.Changed | Should -Be @('of-registry: registry registry')
  }

  It 'remember nothing of what they could not see before, nor after' {
    $Run.DoorShut = $false
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = $true }
    $known = $Handlers.wsman.Get
    $Handlers.wsman.Get = { throw 'not seen' }
    try { Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa' } finally { $Handlers.wsman.Get = $known }
    $script:Events | Should -Contain 'set wsman'
    $Run.Changed.Count | Should -Be 0
    $Run.Audit.Controls['of-wsman'] | Should -Be 'unknown'
  }

  It 'have nothing to pause where what was proven knows no keeper' -TestCases @(@{ Order = 'Pause' }, @{ Order = 'Resume' }) {
    $SecureWinrm.Run = $Order
    try { { Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa' } | Should -Throw '*knows no keeper*' } finally { $SecureWinrm.Run = 'Gate' }
  }

  It 'start WinRM once for what it reads when it starts, and wait while somebody works' {
    $script:After = 'service'
    $script:Sessions = $true
    $Run.DoorShut = $false
    foreach ($entry in $Run.Entries) { $script:State[$entry.Resource.name] = $entry.Resource.name -ne 'registry' }
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events | Should -Be @('set registry')
    $Run.Audit.Controls['of-registry'] | Should -Be 'unknown'
    $script:Sessions = $false
    Invoke-MaintenanceRun 'text' ([pscustomobject]@{ gate = 'g' }) 'aa'
    $script:Events | Should -Be @('set registry', 'restart WinRM')
    $Run.Audit.Verdict | Should -Be 'pass'
  }

  It 'ask for a start of the machine once for a question, and keep the door shut' {
    $script:After = 'boot'
    $Run.DoorShut = $true
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Answer.reboot | Should -BeTrue
    $Run.Audit.Verdict | Should -Be 'unknown'
    $script:Gate | Should -BeTrue
    $Answer.reboot = $false
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Answer.reboot | Should -BeFalse
    $script:Gate | Should -BeTrue
    $script:Pending = @{}
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Run.Audit.Verdict | Should -Be 'pass'
  }

  It 'keep the door for what the gate waits for, and only tell the rest' {
    $script:Stuck = 'registry'
    foreach ($entry in @($Run.Entries | Where-Object { $_.Resource.name -eq 'registry' })) { $entry.Gate = $false }
    $Run.DoorShut = $true
    Invoke-GateRun 'text' ([pscustomobject]@{ gate = 'g' })
    $Run.Audit.Verdict | Should -Be 'pass'
    $Run.Audit.Controls['of-registry'] | Should -Be 'fail'
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
    $script:Reset | Should -Be 1
  }

  It 'prepare a proven host without touching its door' {
    $Run.DoorShut = $false
    Invoke-PrepareRun $true
    $script:Events | Should -Not -Contain "block $GateRule"
    $script:Events | Should -Not -Contain 'set firewallRule.Allow'
    $script:Gate | Should -BeFalse
  }

  It 'start no service that quarantine has stopped' {
    $Run.DoorShut = $false
    $Run.Keeper = @{ quarantined = $true; failed = 2; told = ''; pause = $null }
    Mock Get-Service { [pscustomobject]@{ Status = 'Stopped' } }
    Invoke-PrepareRun $true
    $Run.Keeper = $null
    $script:Events | Should -Contain 'set firewallRule.Block'
    $script:Events | Should -Not -Contain 'set service'
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
