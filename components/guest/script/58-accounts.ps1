# ---- accounts and groups: by SID, because names are translated

$Administrators = 'S-1-5-32-544'

function Test-DomainName([string]$Name) { $Name.Contains('@') }

# Nothing where nobody knows the name. One of this machine is asked for with the machine's name, so that no domain answers.
function Get-AccountSid([string]$Name) {
  $account = New-Object Security.Principal.NTAccount $(if (Test-DomainName $Name) { $Name } else { "$env:COMPUTERNAME\$Name" })
  try { $account.Translate([Security.Principal.SecurityIdentifier]).Value } catch { if (-not ($_.Exception.GetBaseException() -is [Security.Principal.IdentityNotMappedException])) { throw } }
}

function Resolve-Account([string]$Name) {
  if ($Name -like 'S-1-*') { return $Name }
  $sid = [string](Get-AccountSid $Name)
  if ($sid -eq '') { throw "nobody knows $Name" }
  $sid
}

# A SID as it is, or one of the two accounts of the document.
function Resolve-Trustee([string]$Trustee) {
  if ($Trustee -like 'S-1-*') { return $Trustee }
  $accounts = @(Get-Entry 'account' | Where-Object { "account.$($_.Resource.role)" -eq $Trustee } | ForEach-Object { $_.Resource.name })
  if ($accounts.Count -eq 0) { throw "the document has no $Trustee" }
  Resolve-Account $accounts[0]
}

# Of this machine: numbered below it, as its first user is.
function Test-LocalSid([string]$Sid) {
  $prefixes = @(Get-LocalUser | Select-Object -First 1 | ForEach-Object { $_.SID.AccountDomainSid.Value })
  $prefixes.Count -gt 0 -and $Sid -like "$($prefixes[0])-*"
}

# Nothing for a group that is not there.
function Get-GroupName([string]$Group) {
  try { $(if ($Group -like 'S-1-*') { Get-LocalGroup -SID $Group } else { Get-LocalGroup -Name $Group }) | ForEach-Object { $_.Name } } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

# Get-LocalGroupMember fails for a whole group in which one member is known to nobody any more.
function Get-MemberSid([string]$GroupName) {
  $group = [ADSI]"WinNT://$env:COMPUTERNAME/$GroupName,group"
  foreach ($member in @($group.Invoke('Members'))) {
    $entry = [ADSI]$member
    if ([string]$entry.Path -match '(S-1-[0-9-]+)$') { $Matches[1]; continue }
    # A domain's member is asked for at the domain, which may be away or not want to tell; Windows may know the name all the same.
    try { $sid = New-Object Security.Principal.SecurityIdentifier ([byte[]]$entry.InvokeGet('objectSid')), 0 } catch {
      $parts = @(([string]$entry.Path -replace '^WinNT://', '') -split '/')
      if ($parts.Count -lt 2) { throw }
      $sid = (New-Object Security.Principal.NTAccount "$($parts[-2])\$($parts[-1])").Translate([Security.Principal.SecurityIdentifier])
    }
    $sid.Value
  }
}

# Every local group with its members, once in a run until somebody is put into one.
function Get-LocalGroupList {
  if ($null -eq $Run.Groups) { $Run.Groups = @(Get-LocalGroup | ForEach-Object { [pscustomobject]@{ Sid = $_.SID.Value; Members = @(Get-MemberSid $_.Name) } }) }
  $Run.Groups
}

# What an account bears when it logs on over the network, as far as this machine knows: groups stand in groups.
function Get-TokenSid([string]$Sid) {
  $token = @($Sid, 'S-1-1-0', 'S-1-5-11')
  $isLocal = Test-LocalSid $Sid
  if ($isLocal) { $token += 'S-1-5-113' }
  do {
    $before = @($token).Count
    foreach ($group in @(Get-LocalGroupList)) {
      if ($token -notcontains $group.Sid -and @($group.Members | Where-Object { $token -contains $_ }).Count -gt 0) { $token += $group.Sid }
    }
  } while (@($token).Count -gt $before)
  if ($isLocal -and $token -contains $Administrators) { $token += 'S-1-5-114' }
  $token
}

# The password goes from a variable into a method of the account and nowhere else; no message tells what is in the secret.
function New-Account([string]$Name, [string]$Secret) {
  if ($Secret -eq '') { throw "$Name does not exist, and no secret is named to make it with" }
  Add-Type -AssemblyName System.Web.Extensions
  # Why it cannot be fetched may be told, why it cannot be read would tell of it.
  $text = Get-SecretText $Secret
  try { $password = [string](New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject($text)['password'] } catch { throw "secret $Secret is no JSON object" }
  if ($password -eq '') { throw "secret $Secret holds no password" }
  $computer = [ADSI]"WinNT://$env:COMPUTERNAME,computer"
  $user = $computer.Create('user', $Name)
  try {
    $user.SetPassword($password)
    $user.SetInfo()
  } catch { throw "Windows refuses the account $Name or its password: 0x$('{0:X8}' -f $_.Exception.GetBaseException().HResult)" }
}

$Handlers.account = @{
  Key = { $r.role }
  Want = {
    if (Test-DomainName $r.name) { "$($r.name) of a domain" } else { "$($r.name) enabled" }
    foreach ($group in @($r.memberOf)) { "in $group" }
  }
  Get = {
    $sid = [string](Get-AccountSid $r.name)
    if ($sid -eq '') { "nobody knows $($r.name)" } else {
      if ($sid -like 'S-1-5-21-*-500') { 'the built-in Administrator' }
      if (Test-DomainName $r.name) { "$($r.name) of a domain" } else { "$($r.name) $(if ((Get-LocalUser -SID $sid).Enabled) { 'enabled' } else { 'disabled' })" }
      foreach ($group in @($r.memberOf)) { foreach ($name in @(Get-GroupName $group)) { if (@(Get-MemberSid $name) -contains $sid) { "in $group" } } }
    }
  }
  # The password of an account that is there is somebody else's to change.
  Set = {
    $Run.Groups = $null
    $sid = [string](Get-AccountSid $r.name)
    if ($sid -like 'S-1-5-21-*-500') { throw "$($r.name) is the built-in Administrator, which is not for this" }
    if (-not (Test-DomainName $r.name)) {
      if ($sid -eq '') { New-Account $r.name $r.secret.Replace('{host}', (Get-HostParameter).host) } elseif (-not (Get-LocalUser -SID $sid).Enabled) { Enable-LocalUser -SID $sid }
    }
    $sid = Resolve-Account $r.name
    foreach ($group in @($r.memberOf)) {
      $name = [string](Get-GroupName $group)
      if ($name -eq '') { throw "there is no group $group" }
      if (@(Get-MemberSid $name) -notcontains $sid) { Add-LocalGroupMember -SID $group -Member $sid }
    }
  }
}

$Handlers.group = @{
  Key = { $r.group }
  Want = { foreach ($member in @($r.members)) { Resolve-Trustee $member } }
  Get = { foreach ($name in @(Get-GroupName $r.group)) { Get-MemberSid $name } }
  Set = {
    $Run.Groups = $null
    $name = [string](Get-GroupName $r.group)
    if ($name -eq '') { throw "there is no group $($r.group)" }
    $wanted = @(foreach ($member in @($r.members)) { Resolve-Trustee $member })
    $there = @(Get-MemberSid $name)
    foreach ($sid in $there) { if ($wanted -notcontains $sid) { Remove-LocalGroupMember -Name $name -Member $sid } }
    foreach ($sid in $wanted) { if ($there -notcontains $sid) { Add-LocalGroupMember -Name $name -Member $sid } }
  }
}
