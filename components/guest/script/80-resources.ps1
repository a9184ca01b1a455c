# ---- get, test, set, get again

function New-Entry($Declared) {
  $r = $Declared.resource
  $kind = $r.kind
  if (-not $Handlers.ContainsKey($kind)) { throw "nobody knows the kind $kind" }
  $step = if ($kind -eq 'firewallRule') { "$kind.$($r.action)" } elseif ($kind -eq 'listener') { "$kind.$($r.ensure)" } else { $kind }
  # What a host was proven with before documents said so is what its door waits for.
  $gate = @(Get-Field $Declared 'gate')
  [pscustomobject]@{ Controls = @($Declared.controls); Gate = $gate.Count -eq 0 -or $gate[0]; Resource = $r; Step = $step; Waits = $Handlers[$kind].ContainsKey('After'); Key = "$kind $(& $Handlers[$kind].Key)".Trim() }
}

function Get-ListText($Texts) { if (@($Texts).Count -eq 0) { 'absent' } else { @($Texts) -join ', ' } }

# What cannot be read is unknown, and unknown is no pass.
function Test-Resource($Entry) {
  $expected = 'an answer'
  $pending = ''
  $r = $Entry.Resource
  $handler = $Handlers[$r.kind]
  try {
    if ($handler.ContainsKey('Expect')) { $expected = [string](& $handler.Expect) }
    $found = @(& $handler.Get)
    $want = @(& $handler.Want)
    $missing = @($want | Where-Object { $found -notcontains $_ })
    $extra = @($found | Where-Object { $want -notcontains $_ })
    $verdict = if ($missing.Count + $extra.Count -eq 0) { 'pass' } else { 'fail' }
    if (-not $handler.ContainsKey('Expect')) {
      # Of long lists only what differs is worth the room.
      if ($verdict -eq 'fail' -and "$want".Length + "$found".Length -gt 300 -and $found.Count -gt 0) { $want = if ($missing.Count -gt 0) { $missing } else { 'no more' }; $found = @(if ($extra.Count -gt 0) { $extra } else { 'all the rest' }) }
      $expected = Get-ListText $want
    }
    if ($Run.Deferred.ContainsKey($Entry.Key) -and $verdict -eq 'fail') { $verdict = 'unknown'; $found = @($Run.Deferred[$Entry.Key]) + $found }
    if ($Entry.Waits -and $verdict -eq 'pass') { $pending = [string](Get-Pending $Entry.Key) }
    if ($pending -ne '') { $verdict = 'unknown'; $found = @("written, acts after the next start of $(if ($pending -eq 'boot') { 'the machine' } else { 'WinRM' })") + $found }
    $found = Get-ListText $found
  } catch {
    $verdict = 'unknown'
    $found = Get-Reason $_
  }
  # The transcripts' folder says nothing of our own.
  if ($Entry.Step -eq 'folder' -and @(Get-Field $r 'path' | Where-Object { $_ -ne $Folder }).Count -eq 0) { $Run.FolderReady = $verdict -eq 'pass' }
  [pscustomobject]@{ Verdict = $verdict; Pending = $pending; Expected = ConvertTo-Line $expected 200; Found = ConvertTo-Line $found 200 }
}

# What quarantine has shut cannot be right while it holds, and must not be what keeps a host in it.
function Test-Held($Entry) {
  if ($Entry.Step -eq 'service') { return $Run.Shut -eq $StoppedService -and $Entry.Resource.name -eq 'WinRM' }
  $Run.IsHeld -and ($Entry.Step -eq 'sslBinding' -or ($Entry.Step -eq 'answer' -and $Entry.Resource.expect -eq 'wsman'))
}

function Set-Resource($Entry) {
  if (Test-Held $Entry) { return }
  $before = Test-Resource $Entry
  $r = $Entry.Resource
  $handler = $Handlers[$r.kind]
  if ($before.Verdict -eq 'pass' -or $before.Pending -ne '' -or -not $handler.ContainsKey('Set')) { return }
  # What cannot be judged cannot be set either, and must not start anything for that, again and again.
  if ($before.Verdict -eq 'unknown' -and $Entry.Waits) { Write-Log "$($Entry.Controls -join ',') $($Entry.Key): not changed, $($before.Found)"; return }
  try {
    # First, because a run that ends in between must not take what is written for what is in force.
    $after = if ($handler.ContainsKey('After')) { [string](& $handler.After) } else { '' }
    if ($after -ne '') { Save-Pending $Entry.Key $after }
    $null = & $handler.Set
    $now = Test-Resource $Entry
    # What is unknown as before was not seen to change.
    if ($now.Verdict -eq 'pass' -or $now.Pending -ne '') { $Run.Changed += ConvertTo-Line "$($Entry.Controls -join ','): $($Entry.Key)" 200 }
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): changed from $($before.Found) to $($now.Found)"
  } catch {
    $reason = Get-Reason $_
    if ($reason -like 'waits: *') { $Run.Deferred[$Entry.Key] = $reason }
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): not changed, $reason"
  }
}

function Get-Entry([string]$Step) { $Run.Entries | Where-Object { $_.Step -eq $Step } }

# A folder before those in it: what lies in one of somebody else's goes with that.
function Set-Step([string[]]$Steps) {
  foreach ($step in $Steps) {
    $entries = @(Get-Entry $step)
    if ($step -eq 'folder') { $entries = @($entries | Sort-Object { "$(Get-Field $_.Resource 'path')".Length }) }
    foreach ($entry in $entries) { Set-Resource $entry }
  }
}

# With -HoldAllow the allow rules are left out while everything else is right; else they are not there, and that is said. What quarantine
# holds likewise.
function Get-Audit([switch]$HoldAllow) {
  $results = @(foreach ($entry in $Run.Entries) {
    $why = if ($HoldAllow -and $entry.Step -eq 'firewallRule.Allow') { 'held back: the audit failed' } elseif (-not (Test-Held $entry)) { '' } elseif ($Run.DoorShut) { 'held back: the listener is off' } else { 'held back: quarantine has shut it' }
    # What only quarantine holds makes no audit fail that knew nothing bad: it was not looked at.
    $result = if ($why -ne '') { [pscustomobject]@{ Verdict = $(if (Test-Held $entry) { 'unknown' } else { 'fail' }); Expected = 'on'; Found = $why } } else { Test-Resource $entry }
    @{ Entry = $entry; Result = $result; IsHeld = $why -ne '' }
  })
  $others = @($results | Where-Object { -not $_.IsHeld })
  # A gate opens nothing that was not looked at.
  if (@($others | Where-Object { $_.Entry.Gate -and $_.Result.Verdict -ne 'pass' }).Count -eq 0) { $results = @($results | Where-Object { -not $_.IsHeld -or ($Run.DoorShut -and (Test-Held $_.Entry)) }) }
  $audit = @{ Verdict = 'pass'; Controls = [ordered]@{}; Findings = @() }
  foreach ($one in $results) {
    $verdict = $one.Result.Verdict
    if ($one.Entry.Gate -and $Weight[$verdict] -gt $Weight[$audit.Verdict]) { $audit.Verdict = $verdict }
    foreach ($control in $one.Entry.Controls) {
      if (-not $audit.Controls.Contains($control) -or $Weight[$verdict] -gt $Weight[$audit.Controls[$control]]) { $audit.Controls[$control] = $verdict }
      if ($verdict -ne 'pass') { $audit.Findings += [ordered]@{ control = $control; key = $one.Entry.Key; verdict = $verdict; expected = $one.Result.Expected; found = $one.Result.Found } }
    }
  }
  foreach ($finding in @(Get-AlteredFinding)) { $audit.Controls[$finding.control] = 'fail'; $audit.Findings += $finding }
  $audit
}
