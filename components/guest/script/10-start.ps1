# Brings WinRM to the state that the document declares, audits it, and says so in the last line. Windows PowerShell 5.1, no downloads.
# Above stand $SecureWinrm (this run) and $SecureWinrmDocument (the state, one line of JSON).
#
# Windows logs the text of scripts (event 4104) and the arguments of commands (4103). So a secret is never script text, argument or
# pipeline input of a command: it goes from a variable into .NET methods only.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
# Constrained Language knows none of the .NET classes below: better said here than by whichever of them comes first.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { throw "PowerShell runs here in $($ExecutionContext.SessionState.LanguageMode): nothing was done" }

# In a 32-bit one, other places of the registry and of the disk bear the names that are written here.
if (-not [Environment]::Is64BitProcess) { throw 'PowerShell runs here as a 32-bit program: nothing was done' }

# A file: agents run nothing else.
$ScriptPath = [string]$PSCommandPath
$Folder = 'C:\ProgramData\secure-winrm'
$GateRule = 'secure-winrm-gate'
$QuarantineRule = 'secure-winrm-quarantine'
$HttpsPort = 5986
$WinRmAppId = '{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}'
$X509 = 'System.Security.Cryptography.X509Certificates'
# SYSTEM and Administrators; by SID, because names are translated.
$Owners = @('S-1-5-18', 'S-1-5-32-544')
$Weight = @{ pass = 0; unknown = 1; fail = 2 }
$Run = @{
  Entries = @(); Host = $null; Nodes = $null; NodesProblem = $null; Certificate = $null; Secret = $null; DoorShut = $false
  FolderReady = $false; Waited = $false; Faults = @{}; Deferred = @{}; Log = @(); Audit = $null; Findings = @()
  HostText = ''; Told = 0; PolicyAsked = $false; Changed = @(); Altered = [ordered]@{}; Keeper = $null; PauseHours = 0; Shut = ''; IsHeld = $false; GateHeld = $false
  FromStore = $false; Prepares = $false; Groups = $null; Security = $null; AuditPolicy = $null; DomainPolicy = $null; Policy = $null; Sessions = $null
}

# ---- small things

function ConvertTo-Line([string]$Text, [int]$Limit) {
  # Nothing long enough to be a key.
  $line = (($Text -replace '[A-Za-z0-9+/=]{100,}', '(cut)') -replace '\s+', ' ').Trim()
  if ($line.Length -gt $Limit) { $line.Substring(0, $Limit - 3) + '...' } else { $line }
}

# All of it stands in the report, where there is one. Systems Manager keeps the first 24,000 characters of what is shown, of a run that was
# started anew those of both, and the last line of all must be among them.
function Write-Log([string]$Text) {
  $line = ConvertTo-Line $Text 600
  $Run.Log += $line
  $Run.Told += $line.Length + 2
  if ($Run.Told -le 7000) { Write-Host $line }
}

# Strict mode throws on a field that is not there.
function Get-Field($Object, [string]$Name) { $Object.PSObject.Properties | Where-Object { $_.Name -eq $Name } | ForEach-Object { $_.Value } }

# An error by its code, which is the same in every language, then in the words of this machine.
function Get-Reason($Record) {
  $cause = $Record.Exception.GetBaseException()
  $code = ''
  if ($cause.Message -match 'Code="(\d+)"') { $code = '0x{0:X8}: ' -f [uint32]$Matches[1] }
  elseif ($cause -is [ComponentModel.Win32Exception]) { $code = '0x{0:X8}: ' -f $cause.NativeErrorCode }
  elseif ($cause -is [Runtime.InteropServices.ExternalException]) { $code = '0x{0:X8}: ' -f $cause.HResult }
  ConvertTo-Line ($code + ($cause.Message -replace '<[^>]+>', ' ')) 200
}

# SHA256.Create() would give a class that a FIPS policy refuses.
function Get-ByteHash([byte[]]$Bytes) {
  $hash = (New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($Bytes)
  [BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

function Get-TextHash([string]$Text) { Get-ByteHash ([Text.Encoding]::UTF8.GetBytes($Text)) }

# Everybody may create folders below ProgramData: what somebody else has put there is not ours.
function Test-Owned([string]$Path) {
  $owner = (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
  ($Owners + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value) -contains $owner
}

function Read-File([string]$Name) {
  $path = "$Folder\$Name"
  if ([IO.File]::Exists($path) -and (Test-Owned $path)) { [IO.File]::ReadAllText($path) } else { '' }
}

# Whole or not at all, UTF-8 without a byte order mark, and only when something changes.
function Write-File([string]$Name, [string]$Text) {
  if (-not $Run.FolderReady) { throw "$Folder is not safe to write to" }
  if ((Read-File $Name) -ceq $Text) { return }
  $path = "$Folder\$Name"
  [IO.File]::WriteAllText("$path.new", $Text, (New-Object Text.UTF8Encoding $false))
  # Who may write to a file may go on when it is replaced: somebody else's goes.
  if ([IO.File]::Exists($path) -and -not (Test-Owned $path)) { [IO.File]::Delete($path) }
  # Move-Item -Force would delete first and move then. Replace wants a true null, and $null would become ''.
  if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.new", $path, [NullString]::Value) } else { [IO.File]::Move("$path.new", $path) }
}

# ---- addresses: compared as ranges, because Windows gives them back in another spelling

# 10.0.0.1, 10.0.0.0/24, 10.0.0.0/255.255.255.0, 10.0.0.1-10.0.0.9, and the same in IPv6, as first-last. Throws on anything else.
function ConvertTo-Range([string]$Text) {
  $ends = @($Text -split '-')
  $parts = @($ends[0] -split '/')
  $first = ([Net.IPAddress]::Parse($parts[0])).GetAddressBytes()
  $last = ([Net.IPAddress]::Parse($(if ($ends.Count -gt 1) { $ends[1] } else { $parts[0] }))).GetAddressBytes()
  if ($parts.Count -gt 1) {
    $mask = if ($parts[1].Contains('.')) { ([Net.IPAddress]::Parse($parts[1])).GetAddressBytes() } else { $null }
    for ($i = 0; $i -lt $first.Length; $i++) {
      $bits = if ($null -eq $mask) { 256 - [Math]::Pow(2, 8 - [Math]::Max(0, [Math]::Min(8, [int]$parts[1] - 8 * $i))) } else { $mask[$i] }
      $first[$i] = $first[$i] -band [int]$bits
      $last[$i] = $first[$i] -bor (255 - [int]$bits)
    }
  }
  $from = (New-Object Net.IPAddress (, $first)).ToString()
  $to = (New-Object Net.IPAddress (, $last)).ToString()
  if ($from -eq $to) { $from } else { "$from-$to" }
}

# Any, LocalSubnet and their like stay words.
function Get-AddressElement([string]$Word, $Texts) {
  foreach ($text in @($Texts)) { if ($text -match '^[A-Za-z]+[0-9]?$') { "$Word $text" } else { "$Word $(ConvertTo-Range $text)" } }
}

# In one spelling, without the zone of a link-local address.
function Get-PlainAddress([string]$Text) { ConvertTo-Range ($Text -replace '%.*$', '') }

# ---- values that are looked up on the host

function Get-HostParameter { if ($null -eq $Run.Host) { throw 'the parameters of this host are not known' } else { $Run.Host } }
function Get-NodeList { if ($null -eq $Run.Nodes) { throw 'the list of nodes is not known' } else { $Run.Nodes } }

function Resolve-Ref($Value) {
  switch ($Value.ref) {
    'host.name' { (Get-HostParameter).name }
    'host.secret' { (Get-HostParameter).secret }
    'host.listen' { (Get-HostParameter).listen }
    'host.otherAddresses' { Get-OtherAddress }
    'host.interface' { Get-InterfaceAddress }
    'nodes.allow' { (Get-NodeList).List.nodes }
    'nodes.others' { (Get-NodeList).List.others }
    'nodes.hash' { (Get-NodeList).Hash }
    default { throw "nobody knows the value $($Value.ref)" }
  }
}

# A host that was proven before its parameters named them does not know them.
function Get-InterfaceAddress {
  $told = @(Get-Field (Get-HostParameter) 'interface')
  if ($told.Count -eq 0) { throw 'the parameters of this host do not name the addresses of its interfaces, a gate run brings them' }
  $told
}

function Get-OtherAddress {
  $listen = @((Get-HostParameter).listen)
  if ($listen -contains '*') { return }
  $chosen = @($listen | ForEach-Object { Get-PlainAddress $_ })
  @('127.0.0.1', '::1') + @(Get-NetIPAddress -ErrorAction Stop | ForEach-Object { $_.IPAddress }) | Select-Object -Unique | Where-Object { $chosen -notcontains (Get-PlainAddress $_) }
}

# A wildcard listener is narrowed to the addresses that the host was given.
function Resolve-Address($Value) {
  if ($Value -is [string] -or $Value -is [array]) { return $Value }
  foreach ($address in @(Resolve-Ref $Value)) { if ($address -eq '*') { (Get-HostParameter).addresses } else { $address } }
}

# The kinds of resource. Get and Want give texts; the resource, $r of the caller, is in its state when both are the same set.
$Handlers = @{}
