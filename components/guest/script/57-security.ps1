# ---- account policy, user rights, audit policy

# Our own folder may not be there, or not be safe yet: then the name is at least one that nobody guesses.
function Get-TemporaryFile { [IO.Path]::Combine($(if ($Run.FolderReady) { $Folder } else { [IO.Path]::GetTempPath() }), "secure-winrm-$([Guid]::NewGuid().ToString('N'))") }

# What cannot be removed is no reason to take what was done for not done.
function Remove-TemporaryFile([string[]]$Files) { foreach ($file in $Files) { try { [IO.File]::Delete($file) } catch { Write-Log "$file stays behind: $(Get-Reason $_)" } } }

# What the machine's security database says, as lines of a security template: asked once until something is written.
function Get-SecurityLine {
  if ($null -eq $Run.Security) {
    $file = Get-TemporaryFile
    try {
      $null = secedit.exe /export /cfg $file /areas SECURITYPOLICY USER_RIGHTS /quiet
      if (-not [IO.File]::Exists($file)) { throw "secedit exports nothing, and ended with $LASTEXITCODE" }
      $Run.Security = @([IO.File]::ReadAllLines($file))
    } finally { Remove-TemporaryFile @($file) }
  }
  $Run.Security
}

# Nothing where the name does not stand in the section. A section that is missing would be taken for a right that nobody has, and the right
# would be given to ours alone.
function Get-SecurityValue([string]$Section, [string]$Name) {
  $isIn = $false
  $isThere = $false
  foreach ($line in @(Get-SecurityLine)) {
    if ($line -match '^\s*\[(.+)\]\s*$') { $isIn = $Matches[1] -eq $Section; $isThere = $isThere -or $isIn; continue }
    if ($isIn -and $line -match '^\s*([^=]+?)\s*=\s*(.*?)\s*$' -and $Matches[1] -eq $Name) { return $Matches[2] }
  }
  if (-not $isThere) { throw "secedit does not export [$Section]" }
}

# All values in one template: Windows refuses some that come one after the other. 3 is what secedit ends with when it has warned.
function Write-SecurityValue([string]$Section, [string[]]$Lines, [string]$Area) {
  $file = Get-TemporaryFile
  try {
    [IO.File]::WriteAllLines($file, [string[]](@('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', "[$Section]") + $Lines), [Text.Encoding]::Unicode)
    $null = secedit.exe /configure /db "$file.sdb" /cfg $file /areas $Area /quiet
    if (@(0, 3) -notcontains $LASTEXITCODE) { throw "secedit refuses $($Lines -join '; ') and ended with $LASTEXITCODE" }
  } finally {
    $Run.Security = $null
    Remove-TemporaryFile @($file, "$file.sdb", "$file.jfm")
  }
}

# -1 is "never" for an age, which is too long, and "until an administrator opens it" for a lockout, which is long enough.
function Test-AccountPolicy($Resource, [string]$Found) {
  if ($Found -notmatch '^-?\d+$') { return $false }
  $number = [long]$Found
  if ($Resource.name -eq 'LockoutDuration' -and $number -eq -1) { return $true }
  $ends = @($Resource.value)
  switch ($Resource.op) {
    'eq' { $number -eq $ends[0] }
    'ge' { $number -ge $ends[0] }
    'between' { $number -ge $ends[0] -and $number -le $ends[1] }
    default { throw "nobody knows the operator $($Resource.op)" }
  }
}

# Windows takes a template whole or not at all, and what one version refuses must not keep the others out. The three of a lockout depend on
# each other.
function Write-AccountPolicy([string[]]$Writes) {
  try { Write-SecurityValue 'System Access' $Writes 'SECURITYPOLICY' } catch {
    $why = $_
    $locks = @($Writes | Where-Object { $_ -match '^(LockoutBadCount|LockoutDuration|ResetLockoutCount) ' })
    $groups = @(if ($locks.Count -gt 0) { , $locks }) + @($Writes | Where-Object { $locks -notcontains $_ } | ForEach-Object { , @($_) })
    if ($groups.Count -lt 2) { throw $why }
    Write-Log (Get-Reason $why)
    $refused = @(foreach ($group in $groups) { try { Write-SecurityValue 'System Access' $group 'SECURITYPOLICY' } catch { Get-Reason $_ } })
    if ($refused.Count -gt 0) { throw ($refused -join '; ') }
  }
}

$Handlers.accountPolicy = @{
  Key = { $r.name }
  Want = { if (Test-AccountPolicy $r ([string]$found)) { $found } else { "$($r.op) $(@($r.value) -join ' and ')" } }
  Get = { Get-SecurityValue 'System Access' $r.name }
  Set = {
    $writes = @(foreach ($entry in @(Get-Entry 'accountPolicy')) {
      $one = $entry.Resource
      if (Test-AccountPolicy $one ([string](Get-SecurityValue 'System Access' $one.name))) { continue }
      $write = [long]$one.write
      # Failures may not be remembered for longer than the account stays locked.
      $memory = [string](Get-SecurityValue 'System Access' 'ResetLockoutCount')
      if ($one.name -eq 'LockoutDuration' -and $memory -match '^\d+$') { $write = [Math]::Max($write, [long]$memory) }
      # Windows refuses an age that ends before a password may be changed.
      $least = [string](Get-SecurityValue 'System Access' 'MinimumPasswordAge')
      if ($one.name -eq 'MaximumPasswordAge' -and $least -match '^\d+$' -and [long]$least -ge $write) { 'MinimumPasswordAge = 1' }
      "$($one.name) = $write"
    })
    if ($writes.Count -gt 0) { Write-AccountPolicy $writes }
  }
}

# What stands in the list as it is written there: *S-1-5-32-544, or the name of an account.
function Get-RightItem([string]$Right) { @(([string](Get-SecurityValue 'Privilege Rights' $Right)) -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' }) }

function Get-RightSid([string]$Item) {
  if ($Item.StartsWith('*')) { return $Item.Substring(1) }
  $account = New-Object Security.Principal.NTAccount $Item
  try { $account.Translate([Security.Principal.SecurityIdentifier]).Value } catch { $Item }
}

$Handlers.userRight = @{
  Key = { $r.right }
  Want = {
    foreach ($trustee in @($r.holds)) { "held by $trustee" }
    foreach ($trustee in @($r.lacks)) { "not by $trustee" }
  }
  Get = {
    $sids = @(Get-RightItem $r.right | ForEach-Object { Get-RightSid $_ })
    foreach ($trustee in @($r.holds)) {
      $by = @(Get-TokenSid (Resolve-Trustee $trustee) | Where-Object { $sids -contains $_ })
      if ($by.Count -gt 0) { "held by $trustee" } else { "without $trustee" }
    }
    foreach ($trustee in @($r.lacks)) {
      $by = @(Get-TokenSid (Resolve-Trustee $trustee) | Where-Object { $sids -contains $_ })
      if ($by.Count -eq 0) { "not by $trustee" } else { "$trustee has it by $($by -join ' and ')" }
    }
  }
  # Added to, never narrowed, but for those who must not have it and stand there by themselves. A group is somebody else's to judge.
  Set = {
    $banned = @(foreach ($trustee in @($r.lacks)) { Resolve-Trustee $trustee })
    $before = @(Get-RightItem $r.right)
    $items = @($before | Where-Object { $banned -notcontains (Get-RightSid $_) })
    $sids = @($items | ForEach-Object { Get-RightSid $_ })
    foreach ($trustee in @($r.holds)) {
      $sid = Resolve-Trustee $trustee
      if (@(Get-TokenSid $sid | Where-Object { $sids -contains $_ }).Count -eq 0) { $items += "*$sid" }
    }
    if ("$before" -eq "$items") { throw "a group gives $($r.right), and who gets rights by groups is somebody else's to change" }
    Write-SecurityValue 'Privilege Rights' @("$($r.right) = $(@($items) -join ',')") 'USER_RIGHTS'
  }
}

# The copy that auditpol writes has the subcategory's id, and as its last field a number: 1 success, 2 failure, 3 both. All else in it is translated.
function Get-AuditNumber([string]$Subcategory) {
  if ($null -eq $Run.AuditPolicy) {
    $file = Get-TemporaryFile
    try {
      $null = auditpol.exe /backup "/file:$file"
      if ($LASTEXITCODE -ne 0) { throw "auditpol /backup ended with $LASTEXITCODE" }
      $policy = @{}
      foreach ($line in [IO.File]::ReadAllLines($file)) {
        if ($line -notmatch '(\{[0-9A-Fa-f-]{36}\}).*,\s*(\d)\s*$') { continue }
        $key = $Matches[1].ToUpperInvariant()
        # The machine's come first; those of single users follow, with the same ids.
        if (-not $policy.ContainsKey($key)) { $policy[$key] = [int]$Matches[2] }
      }
      if (@($policy.Keys).Count -eq 0) { throw 'auditpol /backup names no subcategory' }
      $Run.AuditPolicy = $policy
    } finally { Remove-TemporaryFile @($file) }
  }
  $key = $Subcategory.ToUpperInvariant()
  if ($Run.AuditPolicy.ContainsKey($key)) { $Run.AuditPolicy[$key] } else { throw "Windows has no subcategory $Subcategory" }
}

# At least what is declared: more is no fault, and is never switched off.
$Handlers.auditPolicy = @{
  Key = { $r.subcategory }
  Want = {
    if ($r.success) { 'success' }
    if ($r.failure) { 'failure' }
  }
  Get = {
    $number = Get-AuditNumber $r.subcategory
    if ($r.success -and ($number -band 1) -ne 0) { 'success' }
    if ($r.failure -and ($number -band 2) -ne 0) { 'failure' }
  }
  Set = {
    $words = @("/subcategory:$($r.subcategory)")
    if ($r.success) { $words += '/success:enable' }
    if ($r.failure) { $words += '/failure:enable' }
    $null = auditpol.exe /set $words
    $code = $LASTEXITCODE
    $Run.AuditPolicy = $null
    if ($code -ne 0) { throw "auditpol /set ended with $code" }
  }
}
