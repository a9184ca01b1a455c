# Brings WinRM on this machine to the state that the document declares, audits it, and says so in the last line.
#
# Windows PowerShell 5.1, nothing to download. What stands above this script gives it $SecureWinrm (this run) and
# $SecureWinrmDocument (the declared state, one line of JSON). One handler per kind of resource: get, test, set, get again.
#
# Script block logging writes the text of this script into the event log, and module logging the arguments of every command.
# So a secret is never script text, never an argument or pipeline input of a command: it goes from a variable into .NET methods only.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# A progress bar of a command would be written among the lines of the output.
$ProgressPreference = 'SilentlyContinue'

$Folder = 'C:\ProgramData\secure-winrm'
$GateRule = 'secure-winrm-gate'
$HttpsPort = 5986
# The application id under which WinRM registers its certificate with http.sys.
$WinRmAppId = '{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}'
$X509 = 'System.Security.Cryptography.X509Certificates'
# Accounts by SID, because their names are translated: SYSTEM, Administrators.
$Owners = @('S-1-5-18', 'S-1-5-32-544')

$Run = @{
  Entries = @(); Host = $null; Nodes = $null; NodesProblem = $null; Certificate = $null; Secret = $null
  DoorShut = $false; FolderReady = $false; Restart = $false; Idle = $null; Faults = @{}; Deferred = @{}; Log = @()
}

# ---- small things

function Write-Log([string]$Text) {
  $line = ConvertTo-Line $Text 600
  $Run.Log += $line
  Write-Host $line
}

# One line of plain text, without anything long enough to be a key.
function ConvertTo-Line([string]$Text, [int]$Limit) {
  $line = ($Text -replace '[A-Za-z0-9+/=]{100,}', '(cut)') -replace '\s+', ' '
  if ($line.Length -gt $Limit) { $line = $line.Substring(0, $Limit - 3) + '...' }
  $line.Trim()
}

# The error by its code, which is the same in every language, and then in the words of this machine.
function Get-Reason($Record) {
  $cause = $Record.Exception.GetBaseException()
  $message = $cause.Message
  $code = ''
  if ($message -match 'Code="(\d+)"') { $code = '0x{0:X8}: ' -f [uint32]$Matches[1] }
  elseif ($cause -is [ComponentModel.Win32Exception] -or $cause -is [Runtime.InteropServices.COMException]) { $code = '0x{0:X8}: ' -f $cause.HResult }
  ConvertTo-Line ($code + ($message -replace '<[^>]+>', ' ')) 200
}

# Strict mode throws on a property that is not there.
function Get-Property($Object, [string]$Name, $Default) {
  $property = $Object.PSObject.Properties[$Name]
  if ($null -eq $property) { $Default } else { $property.Value }
}

function Get-Sha256([byte[]]$Bytes) {
  $sha = [Security.Cryptography.SHA256]::Create()
  try { [BitConverter]::ToString($sha.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant() } finally { $sha.Dispose() }
}

function Get-TextHash([string]$Text) { Get-Sha256 ([Text.Encoding]::UTF8.GetBytes($Text)) }

function Get-OwnerSid([string]$Path) { (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value }

# Everybody may create folders below ProgramData, so a file that somebody else has put there is none of ours.
function Test-Owned([string]$Path) { (@($Owners) + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value) -contains (Get-OwnerSid $Path) }

function Read-File([string]$Name) {
  $path = "$Folder\$Name"
  if (-not [IO.File]::Exists($path)) { return '' }
  if (-not (Test-Owned $path)) { Write-Log "${path}: left alone, it belongs to somebody else"; return '' }
  [IO.File]::ReadAllText($path)
}

# Whole or not at all, UTF-8 without a byte order mark, and only when something changes.
function Write-File([string]$Name, [string]$Text) {
  if (-not $Run.FolderReady) { throw "$Folder is not safe to write to" }
  if ((Read-File $Name) -ceq $Text) { return }
  $path = "$Folder\$Name"
  [IO.File]::WriteAllText("$path.new", $Text, (New-Object Text.UTF8Encoding $false))
  # Move-Item -Force deletes first and moves then; Replace does it in one step. Its third argument must be a true null.
  if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.new", $path, [NullString]::Value) } else { [IO.File]::Move("$path.new", $path) }
}

# ---- addresses: compared as sets of ranges, because Windows gives them back in another spelling

function ConvertTo-Number([Net.IPAddress]$Address) {
  $bytes = $Address.GetAddressBytes()
  [Array]::Reverse($bytes)
  # The leading zero keeps the number positive.
  New-Object Numerics.BigInteger (, [byte[]]($bytes + [byte]0))
}

function ConvertFrom-Number([int]$Size, $Number) {
  $bytes = New-Object byte[] $Size
  $raw = $Number.ToByteArray()
  for ($i = 0; $i -lt [Math]::Min($Size, $raw.Length); $i++) { $bytes[$Size - 1 - $i] = $raw[$i] }
  (New-Object Net.IPAddress (, $bytes)).ToString()
}

# 10.0.0.1, 10.0.0.0/24, 10.0.0.0/255.255.255.0, 10.0.0.1-10.0.0.9, and the same in IPv6. Throws on everything else.
function ConvertTo-Range([string]$Text) {
  $ends = @($Text.Split('-'))
  $parts = @($ends[0].Split('/'))
  $address = [Net.IPAddress]::Parse($parts[0])
  $size = $address.GetAddressBytes().Length
  $first = ConvertTo-Number $address
  $last = $first
  if ($ends.Count -eq 2) {
    $last = ConvertTo-Number ([Net.IPAddress]::Parse($ends[1]))
  } elseif ($parts.Count -eq 2) {
    $length = 0
    if ($parts[1].Contains('.')) {
      foreach ($byte in [Net.IPAddress]::Parse($parts[1]).GetAddressBytes()) { $length += [Convert]::ToString($byte, 2).Replace('0', '').Length }
    } else { $length = [int]$parts[1] }
    $block = [Numerics.BigInteger]::Pow(2, 8 * $size - $length)
    $first = $first - $first % $block
    $last = $first + $block - 1
  }
  [pscustomobject]@{ Size = $size; First = $first; Last = $last }
}

# Sorted, joined where they touch: the same texts for the same set.
function Get-Span([string[]]$Texts) {
  $joined = @()
  foreach ($range in @($Texts | ForEach-Object { ConvertTo-Range $_ } | Sort-Object Size, First)) {
    $before = if ($joined.Count -gt 0) { $joined[$joined.Count - 1] } else { $null }
    if ($null -ne $before -and $before.Size -eq $range.Size -and $range.First -le $before.Last + 1) {
      if ($range.Last -gt $before.Last) { $before.Last = $range.Last }
    } else { $joined += $range }
  }
  foreach ($range in $joined) {
    $from = ConvertFrom-Number $range.Size $range.First
    if ($range.First -eq $range.Last) { $from } else { $from + '-' + (ConvertFrom-Number $range.Size $range.Last) }
  }
}

function Get-AddressElement([string]$Word, [string[]]$Texts) {
  # Any, LocalSubnet and their like stay words.
  $words, $ranges = $Texts.Where({ $_ -match '^[A-Za-z]+[0-9]?$' }, 'Split')
  foreach ($text in $words) { "$Word $text" }
  if ($ranges.Count -gt 0) { Get-Span $ranges | ForEach-Object { "$Word $_" } }
}

# Without the zone of a link-local address, in the spelling of .NET.
function Get-PlainAddress([string]$Text) { ConvertFrom-Number (ConvertTo-Range ($Text -replace '%.*$', '')).Size (ConvertTo-Range ($Text -replace '%.*$', '')).First }

# ---- values that are looked up on the host

function Get-HostParameter {
  if ($null -eq $Run.Host) { throw 'the parameters of this host are not known' }
  $Run.Host
}

function Get-NodeList {
  if ($null -eq $Run.Nodes) { throw 'the list of nodes is not known' }
  $Run.Nodes
}

function Resolve-Ref($Value) {
  switch ($Value.ref) {
    'host.name' { (Get-HostParameter).name }
    'host.secret' { (Get-HostParameter).secret }
    'host.listen' { (Get-HostParameter).listen }
    'host.otherAddresses' { Get-OtherAddress }
    'nodes.allow' { (Get-NodeList).List.nodes }
    'nodes.others' { (Get-NodeList).List.others }
    'nodes.hash' { (Get-NodeList).Hash }
    default { throw "nobody knows the value $($Value.ref)" }
  }
}

# Every address of this machine, loopback included, on which nobody may be heard.
function Get-OtherAddress {
  $listen = @((Get-HostParameter).listen)
  if ($listen -contains '*') { return }
  $chosen = @($listen | ForEach-Object { Get-PlainAddress $_ })
  $own = @('127.0.0.1', '::1') + @(Get-NetIPAddress | ForEach-Object { $_.IPAddress })
  $own | Select-Object -Unique | Where-Object { $chosen -notcontains (Get-PlainAddress $_) }
}

# A wildcard listener is narrowed by the firewall to the addresses that the host was given.
function Resolve-Address($Value) {
  if ($Value -is [string]) { return $Value }
  if ($Value -is [array]) { return $Value }
  foreach ($address in @(Resolve-Ref $Value)) { if ($address -eq '*') { (Get-HostParameter).addresses } else { $address } }
}

# ---- the cloud: machine id, secret, node list

# The metadata service is asked past every proxy, with a token first (IMDSv2).
function Invoke-Metadata([string]$Method, [string]$Path, [hashtable]$Headers) {
  $request = [Net.HttpWebRequest]::Create("http://169.254.169.254/latest/$Path")
  $request.Method = $Method
  $request.Proxy = $null
  $request.Timeout = 3000
  if ($Method -eq 'PUT') { $request.ContentLength = 0 }
  foreach ($name in $Headers.Keys) { $request.Headers.Add($name, $Headers[$name]) }
  $response = $request.GetResponse()
  try { (New-Object IO.StreamReader $response.GetResponseStream()).ReadToEnd().Trim() } finally { $response.Close() }
}

function Get-InstanceId {
  switch ($SecureWinrm.Cloud) {
    'aws' {
      $token = Invoke-Metadata 'PUT' 'api/token' @{ 'X-aws-ec2-metadata-token-ttl-seconds' = '60' }
      Invoke-Metadata 'GET' 'meta-data/instance-id' @{ 'X-aws-ec2-metadata-token' = $token }
    }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

function Get-SecretText([string]$Name) {
  switch ($SecureWinrm.Cloud) {
    'aws' { (Get-SECSecretValue -SecretId $Name -Region $SecureWinrm.Region).SecretString }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

function Get-NodeListBytes {
  $file = [IO.Path]::Combine([IO.Path]::GetTempPath(), [Guid]::NewGuid().ToString('N'))
  try {
    switch ($SecureWinrm.Cloud) {
      'aws' { $null = Read-S3Object -BucketName $SecureWinrm.NodesBucket -Key $SecureWinrm.NodesKey -File $file -Region $SecureWinrm.Region }
      default { throw "unknown cloud $($SecureWinrm.Cloud)" }
    }
    , [IO.File]::ReadAllBytes($file)
  } finally { [IO.File]::Delete($file) }
}

# An empty list is none: it must never become a rule without addresses, which Windows reads as Any.
function ConvertTo-NodeList([string]$Text) {
  $list = ConvertFrom-Json $Text
  if ($list.schema -ne 1 -or @($list.nodes).Count -eq 0 -or @($list.others).Count -eq 0) { throw 'the list of nodes is empty or of another schema' }
  @{ List = $list; Text = $Text; Hash = Get-TextHash $Text }
}

function Get-TakenUpNodes {
  $text = Read-File 'nodes.json'
  if ($text -ne '') { ConvertTo-NodeList $text }
}

# A gate run takes up the list whatever it is; a maintenance run only the one whose hash it was told, if it was told one.
function Select-Nodes {
  $wanted = if ($SecureWinrm.Run -eq 'Maintenance') { $SecureWinrm.NodesHash } else { '' }
  $offered = $null
  try {
    $bytes = Get-NodeListBytes
    $offered = ConvertTo-NodeList ([Text.Encoding]::UTF8.GetString($bytes))
    if ($offered.Hash -ne (Get-Sha256 $bytes)) { throw 'the list of nodes is not UTF-8' }
    if ($wanted -ne '' -and $offered.Hash -ne $wanted) { throw "list in the bucket has hash $($offered.Hash)" }
  } catch {
    $offered = $null
    $expected = if ($wanted -ne '') { $wanted } else { 'the list in the bucket' }
    $Run.NodesProblem = @{ Expected = $expected; Found = Get-Reason $_ }
  }
  $Run.Nodes = if ($null -ne $offered) { $offered } else { Get-TakenUpNodes }
}

# ---- certificates

# Opens the PFX of the secret. The secret lives in this function's variables only; no message tells what is in it.
# With -Keep the key goes into the machine's key store, where it cannot be exported; without it is only looked at.
function Open-Pfx([string]$Name, [switch]$Keep) {
  Add-Type -AssemblyName System.Web.Extensions
  try {
    $serializer = New-Object System.Web.Script.Serialization.JavaScriptSerializer
    $secret = $serializer.DeserializeObject((Get-SecretText $Name))
    $bytes = [Convert]::FromBase64String($secret['pfx'])
  } catch { throw "secret $Name cannot be read" }
  # A key that is only looked at must not stay behind on the disk; before .NET 4.7.2 it lies there until it is disposed of.
  $flags = if ($Keep) { 'MachineKeySet, PersistKeySet' } elseif ([Enum]::IsDefined([type]"$X509.X509KeyStorageFlags", 'EphemeralKeySet')) { 'EphemeralKeySet' } else { 'MachineKeySet' }
  $certificates = New-Object "$X509.X509Certificate2Collection"
  try { $certificates.Import($bytes, $secret['password'], $flags) } catch { throw "secret $Name holds no PFX that opens with its password" } finally { [Array]::Clear($bytes, 0, $bytes.Length) }
  $certificates
}

# Only the public part, so that nothing of the key stays in memory.
function Copy-Certificate([byte[]]$Der) { New-Object "$X509.X509Certificate2" (, $Der) }

# What the secret holds now: the certificate with a key, and the others. Read once in a run.
function Get-SecretCertificate {
  if ($null -eq $Run.Secret) {
    $name = Resolve-Ref $Run.Certificate.secret
    try {
      $certificates = @(Open-Pfx $name)
      try {
        $leaf = @($certificates | Where-Object { $_.HasPrivateKey })
        if ($leaf.Count -eq 0) { throw "secret $name holds no certificate with its key" }
        $others = @($certificates | Where-Object { -not $_.HasPrivateKey } | ForEach-Object { Copy-Certificate $_.RawData })
        $Run.Secret = @{ Leaf = Copy-Certificate $leaf[0].RawData; Others = $others; Problem = '' }
      } finally { foreach ($certificate in $certificates) { $certificate.Dispose() } }
    } catch { $Run.Secret = @{ Leaf = $null; Others = @(); Problem = Get-Reason $_ } }
  }
  $Run.Secret
}

function Get-StoreCertificate([string]$Store) {
  $place = New-Object "$X509.X509Store" ($Store, 'LocalMachine')
  $place.Open('ReadOnly')
  try { $place.Certificates } finally { $place.Close() }
}

function Add-StoreCertificate([string]$Store, $Certificate) {
  $place = New-Object "$X509.X509Store" ($Store, 'LocalMachine')
  $place.Open('ReadWrite')
  try { $place.Add($Certificate) } finally { $place.Close() }
}

function Get-CommonName($Certificate) { $Certificate.GetNameInfo('SimpleName', $false) }

function Get-DnsName($Certificate) {
  foreach ($extension in @($Certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' })) {
    # Its text is translated, so the DER is read: one sequence (0x30) of names, of which 0x82 is a DNS name.
    $raw = $extension.RawData
    $at = 0
    while ($at + 1 -lt $raw.Length) {
      $tag = $raw[$at]
      $length = [int]$raw[$at + 1]
      $at += 2
      if ($length -ge 128) {
        $count = $length - 128
        $length = 0
        for (; $count -gt 0; $count--) { $length = 256 * $length + $raw[$at]; $at++ }
      }
      if ($tag -eq 0x30) { continue }
      if ($tag -eq 0x82) { [Text.Encoding]::ASCII.GetString($raw, $at, $length) }
      $at += $length
    }
  }
}

# A curve is held to be as strong as the RSA key of these bits.
function Get-KeyBits($Certificate) {
  $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($Certificate)
  if ($null -ne $rsa) { return $rsa.KeySize }
  $curve = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey($Certificate)
  if ($null -eq $curve) { return 0 }
  switch ($curve.KeySize) { 256 { 3072 } 384 { 7680 } 521 { 15360 } default { 0 } }
}

function Get-DeclaredRoot { foreach ($der in @($Run.Certificate.trustedRoots)) { Copy-Certificate ([Convert]::FromBase64String($der)) } }

# Whether the revocation list can be reached is not judged: a closed host often has no way to it, its clients do not ask for it
# either, and a certificate authority's outage must not shut an estate. A certificate that is known to be revoked is a fault.
function Get-ChainFault($Certificate, $Extra, $NewRoots) {
  $chain = New-Object "$X509.X509Chain" $true
  try {
    $policy = $chain.ChainPolicy
    $policy.RevocationMode = 'Online'
    $policy.RevocationFlag = 'ExcludeRoot'
    $policy.UrlRetrievalTimeout = [TimeSpan]::FromSeconds(5)
    $null = $policy.ApplicationPolicy.Add((New-Object Security.Cryptography.Oid $Run.Certificate.eku))
    foreach ($other in @($Extra) + @($NewRoots)) { $null = $policy.ExtraStore.Add($other) }
    $null = $chain.Build($Certificate)
    $top = $chain.ChainElements[$chain.ChainElements.Count - 1].Certificate.Thumbprint
    foreach ($status in @($chain.ChainStatus)) {
      $name = [string]$status.Status
      if ($name -eq 'RevocationStatusUnknown' -or $name -eq 'OfflineRevocation' -or $name -eq 'NoError') { continue }
      if ($name -eq 'UntrustedRoot' -and @($NewRoots | ForEach-Object { $_.Thumbprint }) -contains $top) { continue }
      "chain: $name"
    }
  } finally { $chain.Reset() }
}

# What is wrong with a certificate for this host. Dates in UTC.
function Get-CertificateFault($Certificate, $Extra, $NewRoots) {
  $declared = $Run.Certificate
  $name = Resolve-Ref $declared.name
  $now = [DateTime]::UtcNow
  $days = [Math]::Floor(($Certificate.NotAfter.ToUniversalTime() - $now).TotalDays)
  if ($Certificate.NotBefore.ToUniversalTime() -gt $now) { 'not valid yet' }
  if ($days -lt $declared.minimumDaysLeft) { "$days days left" }
  if ((Get-CommonName $Certificate) -ne $name) { "CN=$(Get-CommonName $Certificate)" }
  if (@(Get-DnsName $Certificate) -notcontains $name) { "$name is not in its SAN" }
  $usages = @($Certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.37' } | ForEach-Object { $_.EnhancedKeyUsages } | ForEach-Object { $_.Value })
  if ($usages -notcontains $declared.eku) { 'not for server authentication' }
  $bits = Get-KeyBits $Certificate
  if ($bits -lt $declared.minimumKeyBits) { "key of $bits bits" }
  if ($Certificate.Subject -eq $Certificate.Issuer) { 'self-signed' }
  Get-ChainFault $Certificate $Extra $NewRoots
}

# Of a certificate in the machine's store; asked often, so remembered until something is imported.
function Get-StoredFault($Certificate) {
  if (-not $Run.Faults.ContainsKey($Certificate.Thumbprint)) { $Run.Faults[$Certificate.Thumbprint] = @(Get-CertificateFault $Certificate @() @()) }
  $Run.Faults[$Certificate.Thumbprint]
}

# What the listener must show: the secret's certificate when it is here, else the newest good one, else the newest of that name.
function Get-ListenerCertificate {
  $name = Resolve-Ref $Run.Certificate.name
  $named = @(Get-StoreCertificate 'My' | Where-Object { $_.HasPrivateKey -and (Get-CommonName $_) -eq $name } | Sort-Object NotBefore -Descending)
  $leaf = (Get-SecretCertificate).Leaf
  $choice = @($named | Where-Object { $null -ne $leaf -and $_.Thumbprint -eq $leaf.Thumbprint })
  if ($choice.Count -eq 0) { $choice = @($named | Where-Object { @(Get-StoredFault $_).Count -eq 0 }) }
  if ($choice.Count -eq 0) { $choice = $named }
  if ($choice.Count -gt 0) { $choice[0] }
}

function Get-ListenerThumbprint {
  $certificate = Get-ListenerCertificate
  if ($null -eq $certificate) { '' } else { $certificate.Thumbprint }
}

# Keys of the old and of the new kind lie in different folders. Nothing for a key that is no file.
function Get-KeyFile($Certificate) {
  $key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
  if ($null -eq $key) { $key = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($Certificate) }
  if ($null -eq $key) { return }
  $container = Get-Property $key 'CspKeyContainerInfo' $null
  $name = if ($null -ne $container) { $container.UniqueKeyContainerName } else { $key.Key.UniqueName }
  foreach ($place in 'RSA\MachineKeys', 'Keys') {
    $path = "$env:ProgramData\Microsoft\Crypto\$place\$name"
    if ([IO.File]::Exists($path)) { $path }
  }
}

# SIDs beside SYSTEM, Administrators, Network Service (WinRM's account) and single services that reach the key.
function Get-KeyReader($Certificate) {
  foreach ($path in @(Get-KeyFile $Certificate)) {
    foreach ($rule in (Get-Acl -LiteralPath $path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
      $sid = $rule.IdentityReference.Value
      if ($rule.AccessControlType -eq 'Allow' -and ($Owners + 'S-1-5-20') -notcontains $sid -and $sid -notlike 'S-1-5-80-*') { $sid }
    }
  }
}

function Get-MissingRoot {
  $known = @(Get-StoreCertificate 'Root' | ForEach-Object { $_.Thumbprint })
  Get-DeclaredRoot | Where-Object { $known -notcontains $_.Thumbprint }
}

# ---- WinRM and http.sys

# The WSMan provider talks to the service, and without it asks a question that nobody answers.
function Assert-WinRm { if ((Get-Service -Name 'WinRM').Status -ne 'Running') { throw 'the WinRM service is not running' } }

function Get-XmlText($Element, [string]$Name) {
  $node = $Element.SelectSingleNode("*[local-name()='$Name']")
  if ($null -eq $node) { '' } else { $node.InnerText.Trim() }
}

function Get-Listener {
  Assert-WinRm
  foreach ($item in @(Get-WSManInstance -ResourceURI 'winrm/config/Listener' -Enumerate)) {
    $source = $item.SelectSingleNode("@*[local-name()='Source']")
    [pscustomobject]@{
      Address = Get-XmlText $item 'Address'
      Transport = (Get-XmlText $item 'Transport').ToUpperInvariant()
      Port = [int](Get-XmlText $item 'Port')
      Hostname = Get-XmlText $item 'Hostname'
      Thumbprint = (Get-XmlText $item 'CertificateThumbprint').Replace(' ', '').ToUpperInvariant()
      Enabled = (Get-XmlText $item 'Enabled') -ne 'false'
      # GPO or Compatibility where somebody else has made it: such a one cannot be removed as an object.
      Source = if ($null -eq $source) { '' } else { $source.Value }
      # Empty where no address of the machine fits: then nobody is heard.
      IsHeard = $item.SelectNodes("*[local-name()='ListeningOn']").Count -gt 0
    }
  }
}

function Get-DeclaredListener($Resource) {
  if ($Resource.ensure -eq 'absent') { return }
  $thumbprint = if ($Resource.transport -eq 'HTTPS') { Get-ListenerThumbprint } else { '' }
  foreach ($address in @(Resolve-Ref $Resource.addresses)) {
    [pscustomobject]@{
      Address = if ($address -eq '*') { '*' } else { "IP:$address" }
      Transport = $Resource.transport; Port = [int]$Resource.port; Hostname = Resolve-Ref $Resource.hostname
      Thumbprint = $thumbprint; Enabled = $true; Source = ''; IsHeard = $true
    }
  }
}

function Get-ListenerText($Listener) {
  $text = "$($Listener.Transport) on $($Listener.Address):$($Listener.Port)"
  if ($Listener.Transport -eq 'HTTPS') { $text += " as $($Listener.Hostname) with $(if ($Listener.Thumbprint -eq '') { 'no certificate' } else { $Listener.Thumbprint })" }
  if ($Listener.Source -ne '') { $text += " from $($Listener.Source)" }
  if (-not $Listener.Enabled) { $text += ', disabled' }
  if ($Listener.Enabled -and -not $Listener.IsHeard) { $text += ', listening nowhere' }
  $text
}

function New-Listener($Listener) {
  $values = @{ Port = [string]$Listener.Port }
  if ($Listener.Transport -eq 'HTTPS') { $values.Hostname = $Listener.Hostname; $values.CertificateThumbprint = $Listener.Thumbprint }
  $null = New-WSManInstance -ResourceURI 'winrm/config/Listener' -SelectorSet @{ Address = $Listener.Address; Transport = $Listener.Transport } -ValueSet $values
}

function Remove-Listener($Listener) {
  Remove-WSManInstance -ResourceURI 'winrm/config/Listener' -SelectorSet @{ Address = $Listener.Address; Transport = $Listener.Transport }
}

# Neither address nor certificate of a listener can be changed in place, so it goes and comes again; when it cannot come, the
# old one returns. A binding that is left over at its place would make Windows refuse the new one (0x803380E6, 0x803380E8).
function Update-Listener($Listener, $Before) {
  if ($Listener.Transport -eq 'HTTPS' -and $Listener.Thumbprint -eq '') { throw 'no certificate for the listener in LocalMachine\My' }
  if ($null -ne $Before) {
    Assert-Idle
    Remove-Listener $Before
  }
  if ($Listener.Transport -eq 'HTTPS') {
    $place = Get-BindingAddress $Listener.Address
    @(Get-SslBinding $Listener.Port) | Where-Object { $_.Address -eq $place } | ForEach-Object { Remove-SslBinding $_ }
  }
  try { New-Listener $Listener } catch {
    $why = $_
    if ($null -ne $Before) { New-Listener $Before }
    throw $why
  }
}

function Get-BindingAddress([string]$Address) { if ($Address -eq '*') { '0.0.0.0' } else { Get-PlainAddress ($Address -replace '^IP:', '') } }

# netsh speaks the language of the machine: only address:port, the hash of 40 digits and the id in braces are read.
function Get-SslBinding([int]$Port) {
  $current = $null
  $bindings = @()
  foreach ($line in @(netsh.exe http show sslcert)) {
    if ($line.Trim() -eq '') { $current = $null }
    if ($line -match '(\S+):(\d{1,5})\s*$') {
      $place = $Matches[1].Trim('[]')
      $address = $null
      # A binding by name (SNI) answers on every address, so it counts too.
      $isName = -not [Net.IPAddress]::TryParse($place, [ref]$address)
      $current = [pscustomobject]@{ Address = if ($isName) { $place } else { Get-PlainAddress $place }; IsName = $isName; Place = "$($Matches[1]):$($Matches[2])"; Port = [int]$Matches[2]; Thumbprint = ''; AppId = '' }
      if ($current.Port -eq $Port) { $bindings += $current }
    } elseif ($null -ne $current -and $current.Thumbprint -eq '' -and $line -match '(?<![0-9A-Fa-f])([0-9A-Fa-f]{40})\s*$') {
      $current.Thumbprint = $Matches[1].ToUpperInvariant()
    } elseif ($null -ne $current -and $line -match '(\{[0-9A-Fa-f-]{36}\})') { $current.AppId = $Matches[1].ToLowerInvariant() }
  }
  $bindings
}

function Remove-SslBinding($Binding) {
  $kind = if ($Binding.IsName) { 'hostnameport' } else { 'ipport' }
  $null = netsh.exe http delete sslcert "$kind=$($Binding.Place)"
  if ($LASTEXITCODE -ne 0) { throw "the http.sys binding of $($Binding.Place) cannot be removed (netsh says $LASTEXITCODE)" }
}

function Get-BindingText($Binding) {
  $owner = if ($Binding.AppId -eq $WinRmAppId) { '' } else { " of $($Binding.AppId)" }
  "$($Binding.Address):$($Binding.Port) with $(if ($Binding.Thumbprint -eq '') { 'no certificate' } else { $Binding.Thumbprint })$owner"
}

# Each with the certificate that the listener at this place has; where there is none, with the one that it is to have.
function Get-DeclaredBinding($Resource, $Found) {
  $listeners = @(Get-Listener | Where-Object { $_.Transport -eq 'HTTPS' -and $_.Port -eq $Resource.port })
  foreach ($value in @(Resolve-Ref $Resource.addresses)) {
    $address = Get-BindingAddress $value
    $holder = @($listeners | Where-Object { (Get-BindingAddress $_.Address) -eq $address })
    $thumbprint = if ($holder.Count -gt 0) { $holder[0].Thumbprint } else { Get-ListenerThumbprint }
    $place = if ($address.Contains(':')) { "[$address]:$($Resource.port)" } else { "${address}:$($Resource.port)" }
    [pscustomobject]@{ Address = $address; Port = [int]$Resource.port; Thumbprint = $thumbprint; AppId = $WinRmAppId; Place = $place; HasListener = $holder.Count -gt 0 }
    # Whether a wildcard listener gets a binding of its own for IPv6 is not documented; where it is there, it must be the same.
    if ($value -eq '*' -and @($Found | Where-Object { $_ -like '::*' }).Count -gt 0) {
      [pscustomobject]@{ Address = '::'; Port = [int]$Resource.port; Thumbprint = $thumbprint; AppId = $WinRmAppId; Place = "[::]:$($Resource.port)"; HasListener = $holder.Count -gt 0 }
    }
  }
}

# People who work over WinRM hold a connection open. In a gate run the door is shut, so nobody is there to be cut off.
function Test-Session {
  try { @(Get-NetTCPConnection -State Established | Where-Object { $_.LocalPort -eq $HttpsPort }).Count -gt 0 } catch {
    if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw }
    $false
  }
}

# Waits a minute, once in a run, for those who work to finish.
function Assert-Idle {
  if ($Run.DoorShut) { return }
  for ($i = 0; $null -eq $Run.Idle; $i++) {
    if (-not (Test-Session)) { return }
    if ($i -ge 12) { $Run.Idle = $false } else { Start-Sleep -Seconds 5 }
  }
  if (Test-Session) { throw 'waits: sessions live on the listener' }
}

# What a client on this machine hears: nothing, tls, wsman, or wsman of somebody else.
function Get-Answer([string]$Scheme, [int]$Port, [string]$Address) {
  $ip = [Net.IPAddress]::Parse($Address)
  $client = New-Object Net.Sockets.TcpClient $ip.AddressFamily
  $heard = 'nothing'
  try {
    $pending = $client.BeginConnect($ip, $Port, $null, $null)
    if (-not $pending.AsyncWaitHandle.WaitOne(3000)) { return $heard }
    $client.EndConnect($pending)
    $client.ReceiveTimeout = 3000
    $client.SendTimeout = 3000
    $stream = $client.GetStream()
    $shown = ''
    if ($Scheme -eq 'https') {
      # Any certificate is taken here: what counts is whether it is the listener's, and that one is judged by itself.
      $stream = New-Object Net.Security.SslStream $stream, $false, ([Net.Security.RemoteCertificateValidationCallback] { $true })
      $stream.AuthenticateAsClient((Get-HostParameter).name, $null, [Security.Authentication.SslProtocols]'Tls, Tls11, Tls12', $false)
      $heard = 'tls'
      $shown = $stream.RemoteCertificate.GetCertHashString()
    }
    $body = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>'
    $head = "POST /wsman HTTP/1.1`r`nHost: $((Get-HostParameter).name):$Port`r`nContent-Type: application/soap+xml;charset=UTF-8`r`nWSMANIDENTIFY: unauthenticated`r`nContent-Length: $($body.Length)`r`nConnection: close`r`n`r`n"
    $request = [Text.Encoding]::ASCII.GetBytes($head + $body)
    $stream.Write($request, 0, $request.Length)
    $status = [string](New-Object IO.StreamReader $stream).ReadLine()
    if ($status -match '^HTTP/1\.\d (200|401|405)\b') {
      $isOurs = $Scheme -eq 'http' -or @(Get-Listener | Where-Object { $_.Port -eq $Port } | ForEach-Object { $_.Thumbprint }) -contains $shown
      $heard = if ($isOurs) { 'wsman' } else { 'wsman of somebody else' }
    }
  } catch {
    # Refused, reset, no TLS, no answer in time. Anything else is a fault of this script and no silence.
    $cause = $_.Exception.GetBaseException()
    $isSilence = $cause -is [ComponentModel.Win32Exception] -or $cause -is [IO.IOException] -or $cause -is [Security.Authentication.AuthenticationException]
    if (-not $isSilence) { throw }
  } finally { $client.Close() }
  $heard
}

# ---- Windows firewall

# Nothing when there is no such rule; every other trouble is one.
function Get-Rule([string]$Name, [string]$Store) {
  try { Get-NetFirewallRule -Name $Name -PolicyStore $Store } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

function Test-RuleOn([string]$Name) { @(Get-Rule $Name 'ActiveStore' | Where-Object { [string]$_.Enabled -eq 'True' }).Count -gt 0 }

function Get-RuleElement($Rule) {
  $port = Get-NetFirewallPortFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore
  $address = Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore
  $application = Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore
  $profiles = [string]$Rule.Profile
  if ([string]$Rule.Enabled -eq 'True') { 'on' } else { 'off' }
  [string]$Rule.Direction
  [string]$Rule.Action
  if ($profiles -eq 'Domain, Private, Public') { 'profile Any' } else { "profile $profiles" }
  [string]$port.Protocol
  foreach ($one in @($port.LocalPort)) { "port $one" }
  Get-AddressElement 'on' @($address.LocalAddress)
  Get-AddressElement 'from' @($address.RemoteAddress)
  "program $($application.Program)"
}

# Without addresses a rule would mean Any, and so would a range that covers everything: neither may come out of a list.
function Get-RuleAddress($Value) {
  if ($Value -is [string]) { return $Value }
  $addresses = @(Resolve-Address $Value)
  if ($addresses.Count -eq 0) { throw 'a rule without addresses would mean Any' }
  foreach ($address in $addresses) {
    $range = ConvertTo-Range $address
    if ($range.Last - $range.First -ge [Numerics.BigInteger]::Pow(2, 8 * $range.Size) - 1 -and $Value.ref -eq 'nodes.allow') { throw "$address would let everybody in" }
    $address
  }
}

# http.sys listens in the kernel, which rules call System. A block is for every program, whatever took the port.
function Get-RuleProgram([string]$Action) { if ($Action -eq 'Allow') { 'System' } else { 'Any' } }

# Everything is written each time, so that nothing of an older or a foreign rule of this name stays.
function Write-Rule([string]$Name, [string]$Action, [string[]]$Ports, [string[]]$Local, [string[]]$Remote) {
  $rule = @{
    Name = $Name; PolicyStore = 'PersistentStore'; Enabled = 'True'; Profile = 'Any'; Direction = 'Inbound'; Action = $Action; Protocol = 'TCP'
    LocalPort = $Ports; LocalAddress = $Local; RemoteAddress = $Remote; Program = Get-RuleProgram $Action; EdgeTraversalPolicy = 'Block'
  }
  if (@(Get-Rule $Name 'PersistentStore').Count -gt 0) { Set-NetFirewallRule @rule } else { $null = New-NetFirewallRule -DisplayName $Name @rule }
}

# ---- the kinds of resource
# Get and Want give lists of texts; a resource is in its state when both are the same set, whatever the case and the order.

$Handlers = @{
  folder = @{
    Want = { param($r) Get-DescriptorElement $r.sddl }
    Get = {
      param($r)
      if ([IO.Directory]::Exists($r.path)) { Get-DescriptorElement (Get-Acl -LiteralPath $r.path).GetSecurityDescriptorSddlForm('Owner, Group, Access') }
    }
    Set = {
      param($r)
      if ([IO.Directory]::Exists($r.path)) {
        # A link would lead our files elsewhere, and in somebody else's folder lie somebody else's files.
        $isLink = ([IO.File]::GetAttributes($r.path) -band [IO.FileAttributes]::ReparsePoint) -ne 0
        if ($isLink) { throw "$($r.path) is a link" }
        if (-not (Test-Owned $r.path)) { Remove-Item -LiteralPath $r.path -Recurse -Force }
      }
      $null = New-Item -ItemType Directory -Path $r.path -Force
      $descriptor = New-Object Security.AccessControl.DirectorySecurity
      $descriptor.SetSecurityDescriptorSddlForm($r.sddl)
      Set-Acl -LiteralPath $r.path -AclObject $descriptor
    }
  }
  wsman = @{
    Want = { param($r) $r.value }
    Get = {
      param($r)
      Assert-WinRm
      $item = Get-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\'))
      [string]$item.Value
    }
    Set = { param($r) Set-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\')) -Value $r.value -Force }
  }
  registry = @{
    Want = { param($r, $found) Get-DeclaredValue $r $found }
    Get = { param($r) Get-RegistryValue $r.path $r.name }
    Set = {
      param($r)
      # WinRM reads its policies when it starts. Written but not in force would look as if it were, so both happen in one run.
      $isPolicy = $r.path -like 'SOFTWARE\Policies\Microsoft\Windows\WinRM*'
      if ($isPolicy) { Assert-Idle }
      Set-RegistryValue $r
      if ($isPolicy) { $Run.Restart = $true }
    }
  }
  certificate = @{
    Expect = { param($r) "CN=$(Resolve-Ref $r.name) of a trusted authority, server authentication, $($r.minimumKeyBits) bits, $($r.minimumDaysLeft) days left" }
    Want = { }
    # What is wrong. A secret that cannot be read does not make a good certificate bad: it only cannot be renewed.
    Get = {
      param($r)
      $secret = Get-SecretCertificate
      $here = Get-ListenerCertificate
      if ($null -ne $secret.Leaf -and ($null -eq $here -or $here.Thumbprint -ne $secret.Leaf.Thumbprint)) {
        $faults = @(Get-CertificateFault $secret.Leaf $secret.Others @(Get-DeclaredRoot))
        if ($faults.Count -gt 0) { "in the secret: $($faults -join ', ')" } else { "the secret's certificate $($secret.Leaf.Thumbprint) is not in LocalMachine\My" }
      } elseif ($null -eq $here) { "none in LocalMachine\My, $($secret.Problem)" } else {
        Get-StoredFault $here
        Get-KeyReader $here | ForEach-Object { "key readable by $_" }
        foreach ($root in @(Get-MissingRoot)) { "declared root $($root.Thumbprint) is not trusted" }
      }
    }
    # A bad certificate is not imported: it would take the place of a good one that may be in use.
    Set = {
      param($r)
      foreach ($root in @(Get-MissingRoot)) { Add-StoreCertificate 'Root' $root }
      $Run.Faults = @{}
      $secret = Get-SecretCertificate
      if ($null -eq $secret.Leaf) { throw $secret.Problem }
      $faults = @(Get-CertificateFault $secret.Leaf $secret.Others @(Get-DeclaredRoot))
      if ($faults.Count -gt 0) { throw "the secret's certificate is refused: $($faults -join ', ')" }
      $here = @(Get-StoreCertificate 'My' | Where-Object { $_.HasPrivateKey -and $_.Thumbprint -eq $secret.Leaf.Thumbprint })
      if ($here.Count -eq 0) {
        $certificates = @(Open-Pfx (Resolve-Ref $r.secret) -Keep)
        try { $certificates | Where-Object { $_.Thumbprint -eq $secret.Leaf.Thumbprint } | ForEach-Object { Add-StoreCertificate 'My' $_ } } finally { foreach ($one in $certificates) { $one.Dispose() } }
      }
      # A root that travels in the PFX is not trusted for that.
      $secret.Others | Where-Object { $_.Subject -ne $_.Issuer } | ForEach-Object { Add-StoreCertificate 'CA' $_ }
      foreach ($path in @(Get-KeyFile (Get-ListenerCertificate))) {
        if (@(Get-KeyReader (Get-ListenerCertificate)).Count -eq 0) { continue }
        $descriptor = Get-Acl -LiteralPath $path
        $descriptor.SetSecurityDescriptorSddlForm('D:PAI(A;;FA;;;SY)(A;;FA;;;BA)', 'Access')
        Set-Acl -LiteralPath $path -AclObject $descriptor
      }
      $Run.Faults = @{}
    }
  }
  listener = @{
    Want = { param($r) Get-DeclaredListener $r | ForEach-Object { Get-ListenerText $_ } }
    Get = { param($r) Get-Listener | Where-Object { $_.Transport -eq $r.transport } | ForEach-Object { Get-ListenerText $_ } }
    # Gate run: out with the wrong ones, then the right one. Maintenance: the right one first, so that somebody is always there.
    Set = {
      param($r)
      $declared = @(Get-DeclaredListener $r)
      $found = @(Get-Listener | Where-Object { $_.Transport -eq $r.transport })
      $places = @($declared | ForEach-Object { $_.Address })
      $strays = @($found | Where-Object { $_.Source -eq '' -and $places -notcontains $_.Address })
      if ($Run.DoorShut) { foreach ($stray in $strays) { Remove-Listener $stray } }
      foreach ($one in $declared) {
        $before = @($found | Where-Object { $_.Source -eq '' -and $_.Address -eq $one.Address })
        if ($before.Count -eq 0) { Update-Listener $one $null } elseif ((Get-ListenerText $before[0]) -ne (Get-ListenerText $one)) { Update-Listener $one $before[0] }
      }
      if (-not $Run.DoorShut) { foreach ($stray in $strays) { Remove-Listener $stray } }
      if (@(Get-Listener | Where-Object { $_.Transport -eq $r.transport -and $_.Source -ne '' }).Count -gt 0) { throw 'a listener comes from a policy or a compatibility switch and cannot be removed here' }
    }
  }
  sslBinding = @{
    Want = { param($r, $found) Get-DeclaredBinding $r $found | ForEach-Object { Get-BindingText $_ } }
    Get = { param($r) Get-SslBinding $r.port | ForEach-Object { Get-BindingText $_ } }
    Set = {
      param($r)
      $found = @(Get-SslBinding $r.port)
      $declared = @(Get-DeclaredBinding $r @($found | ForEach-Object { Get-BindingText $_ }))
      $texts = @($declared | ForEach-Object { Get-BindingText $_ })
      foreach ($one in $found) { if ($texts -notcontains (Get-BindingText $one)) { Remove-SslBinding $one } }
      $kept = @($found | ForEach-Object { Get-BindingText $_ })
      # Windows makes the binding when it makes the listener; it is put back only where the listener has lost it.
      foreach ($one in @($declared | Where-Object { $_.HasListener -and $_.Thumbprint -ne '' -and $kept -notcontains (Get-BindingText $_) })) {
        $null = netsh.exe http add sslcert "ipport=$($one.Place)" "certhash=$($one.Thumbprint)" "appid=$WinRmAppId" certstorename=MY
        if ($LASTEXITCODE -ne 0) { throw "the http.sys binding of $($one.Place) cannot be made (netsh says $LASTEXITCODE)" }
      }
    }
  }
  firewallRule = @{
    Want = {
      param($r)
      'on'; 'Inbound'; $r.action; 'profile Any'; 'TCP'
      foreach ($port in @($r.ports)) { "port $port" }
      Get-AddressElement 'on' @(Get-RuleAddress $r.local)
      Get-AddressElement 'from' @(Get-RuleAddress $r.remote)
      "program $(Get-RuleProgram $r.action)"
    }
    Get = {
      param($r)
      if ($r.action -eq 'Allow' -and (Test-RuleOn $GateRule)) { 'held back: the gate run has not passed' }
      foreach ($rule in @(Get-Rule $r.name 'ActiveStore')) { Get-RuleElement $rule }
    }
    Set = { param($r) Write-Rule $r.name $r.action @($r.ports) @(Get-RuleAddress $r.local) @(Get-RuleAddress $r.remote) }
  }
  builtinRule = @{
    Expect = { 'absent or disabled' }
    Want = { }
    Get = { param($r) Get-Rule $r.name 'ActiveStore' | Where-Object { [string]$_.Enabled -eq 'True' } | ForEach-Object { "$($_.Action) from $($_.PolicyStoreSource)" } }
    Set = { param($r) Set-NetFirewallRule -Name $r.name -PolicyStore PersistentStore -Enabled False }
  }
  firewallProfile = @{
    Want = { param($r) "on: $($r.enabled)"; "inbound $($r.inbound)" }
    Get = {
      param($r)
      $found = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore
      "on: $($found.Enabled)"
      "inbound $($found.DefaultInboundAction)"
    }
    Set = { param($r) Set-NetFirewallProfile -Name $r.profile -PolicyStore PersistentStore -Enabled ([string]$r.enabled) -DefaultInboundAction $r.inbound }
  }
  service = @{
    Want = { param($r) $r.startup; $r.state }
    Get = {
      param($r)
      $service = Get-Service -Name $r.name
      [string]$service.StartType
      [string]$service.Status
    }
    Set = {
      param($r)
      if ([string](Get-Service -Name $r.name).StartType -ne $r.startup) { Set-Service -Name $r.name -StartupType $r.startup }
      Start-Service -Name $r.name
    }
  }
  nodeList = @{
    Expect = { param($r) if ($null -ne $Run.NodesProblem) { $Run.NodesProblem.Expected } else { Resolve-Ref $r.hash } }
    Want = { param($r) Resolve-Ref $r.hash }
    Get = {
      param($r)
      if ($null -ne $Run.NodesProblem) { throw $Run.NodesProblem.Found }
      $taken = Get-TakenUpNodes
      if ($null -eq $taken) { 'none taken up' } else { $taken.Hash }
    }
    Set = { param($r) Write-File 'nodes.json' (Get-NodeList).Text }
  }
  answer = @{
    Want = { param($r) foreach ($address in @(Resolve-Address $r.addresses)) { "$(if ($r.expect -eq 'wsman') { 'wsman' } else { 'nothing' }) on $address" } }
    Get = {
      param($r)
      foreach ($address in @(Resolve-Address $r.addresses)) {
        $heard = Get-Answer $r.scheme $r.port $address
        # A listener that was made a moment ago needs a moment.
        for ($i = 0; $i -lt 5 -and $r.expect -eq 'wsman' -and $heard -ne 'wsman'; $i++) {
          Start-Sleep -Seconds 1
          $heard = Get-Answer $r.scheme $r.port $address
        }
        "$heard on $address"
      }
    }
  }
}

# A security descriptor in parts: Windows writes the same one in several ways.
function Get-DescriptorElement([string]$Sddl) {
  $descriptor = New-Object Security.AccessControl.RawSecurityDescriptor $Sddl
  "owner $($descriptor.Owner)"
  "group $($descriptor.Group)"
  if (($descriptor.ControlFlags -band [Security.AccessControl.ControlFlags]::DiscretionaryAclProtected) -ne 0) { 'protected' } else { 'inherits' }
  foreach ($entry in @($descriptor.DiscretionaryAcl)) { "$($entry.AceType) $($entry.AceFlags) 0x$('{0:x}' -f $entry.AccessMask) $($entry.SecurityIdentifier)" }
}

# The 64-bit view, whatever started this script. 'DWord 5', or nothing.
function Get-RegistryValue([string]$Path, [string]$Name) {
  $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
  $key = $hive.OpenSubKey($Path)
  try {
    if ($null -eq $key -or $null -eq $key.GetValue($Name)) { return }
    $value = $key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')
    $kind = [string]$key.GetValueKind($Name)
    # .NET gives a DWORD as a signed number.
    if ($kind -eq 'DWord') { $value = [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$value), 0) }
    "$kind $value"
  } finally {
    if ($null -ne $key) { $key.Close() }
    $hive.Close()
  }
}

function Set-RegistryValue($Resource) {
  $hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
  $key = $hive.CreateSubKey($Resource.path)
  try {
    if ($Resource.op -eq 'absent') { $key.DeleteValue($Resource.name, $false); return }
    $value = @($Resource.value)[0]
    if ($Resource.type -eq 'DWord') { $value = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]$value), 0) }
    $key.SetValue($Resource.name, $value, $Resource.type)
  } finally {
    $key.Close()
    $hive.Close()
  }
}

# What is found when it complies, else what would comply.
function Get-DeclaredValue($Resource, $Found) {
  if ($Resource.op -eq 'absent') { return }
  $values = @($Resource.value)
  $number = if (@($Found).Count -eq 1 -and $Found[0] -match '^DWord (\d+)$') { [long]$Matches[1] } else { $null }
  $complies = switch ($Resource.op) {
    'ge' { $null -ne $number -and $number -ge $values[0] }
    'le' { $null -ne $number -and $number -le $values[0] }
    'oneOf' { $null -ne $number -and $values -contains $number }
    default { $false }
  }
  if ($complies) { return $Found[0] }
  $words = @{ eq = ''; ge = 'at least '; le = 'at most '; oneOf = 'one of ' }
  "$($Resource.type) $($words[$Resource.op])$($values -join ', ')"
}

# ---- get, test, set, get again

function Get-Key($Resource) {
  switch ($Resource.kind) {
    'folder' { "folder $($Resource.path)" }
    'wsman' { "wsman $($Resource.path)" }
    'registry' { "registry $($Resource.path)\$($Resource.name)" }
    'listener' { "listener $($Resource.transport)" }
    'sslBinding' { "sslBinding $($Resource.port)" }
    'firewallProfile' { "firewallProfile $($Resource.profile)" }
    'answer' { "answer $($Resource.scheme):$($Resource.port) $(if ($Resource.addresses -is [array]) { 'loopback' } else { $Resource.addresses.ref })" }
    default { "$($Resource.kind) $(Get-Property $Resource 'name' '')".Trim() }
  }
}

# The place of a resource in the orders below.
function Get-Step($Resource) {
  switch ($Resource.kind) {
    'firewallRule' { "firewallRule.$($Resource.action)" }
    'listener' { "listener.$($Resource.ensure)" }
    default { $Resource.kind }
  }
}

function New-Entry($Declared) {
  $resource = $Declared.resource
  # The certificate's name is a reference, not a part of its key.
  $key = if ($resource.kind -eq 'certificate') { 'certificate' } else { Get-Key $resource }
  [pscustomobject]@{ Controls = @($Declared.controls); Resource = $resource; Key = $key; Step = Get-Step $resource }
}

# What cannot be read is unknown, and unknown is no pass.
function Test-Resource($Entry) {
  $expected = 'an answer'
  try {
    $handler = $Handlers[$Entry.Resource.kind]
    if ($null -eq $handler) { throw "nobody knows the kind $($Entry.Resource.kind)" }
    if ($handler.ContainsKey('Expect')) { $expected = [string](& $handler.Expect $Entry.Resource) }
    $found = @(& $handler.Get $Entry.Resource)
    $want = @(& $handler.Want $Entry.Resource $found)
    $missing = @($want | Where-Object { $found -notcontains $_ })
    $extra = @($found | Where-Object { $want -notcontains $_ })
    if (-not $handler.ContainsKey('Expect')) {
      # Of long lists only what differs is worth the room.
      if (($want -join ', ').Length -gt 200 -or ($found -join ', ').Length -gt 200) { $want = $missing; $found = if ($found.Count -gt 0 -and $extra.Count -eq 0) { @('all but this') } else { $extra } }
      $expected = Get-ListText $want
    }
    $verdict = if ($missing.Count + $extra.Count -eq 0) { 'pass' } else { 'fail' }
    if ($Run.Deferred.ContainsKey($Entry.Key) -and $verdict -eq 'fail') { $verdict = 'unknown'; $found = @($found) + $Run.Deferred[$Entry.Key] }
    if ($Entry.Resource.kind -eq 'folder') { $Run.FolderReady = $verdict -eq 'pass' }
    [pscustomobject]@{ Verdict = $verdict; Expected = ConvertTo-Line $expected 200; Found = ConvertTo-Line (Get-ListText $found) 200 }
  } catch {
    [pscustomobject]@{ Verdict = 'unknown'; Expected = ConvertTo-Line $expected 200; Found = Get-Reason $_ }
  }
}

function Get-ListText($Texts) { if (@($Texts).Count -eq 0) { 'absent' } else { @($Texts) -join ', ' } }

function Set-Resource($Entry) {
  $before = Test-Resource $Entry
  $handler = $Handlers[$Entry.Resource.kind]
  if ($before.Verdict -eq 'pass' -or $null -eq $handler -or -not $handler.ContainsKey('Set')) { return }
  try {
    $null = & $handler.Set $Entry.Resource
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): changed from $($before.Found) to $((Test-Resource $Entry).Found)"
  } catch {
    $reason = Get-Reason $_
    if ($reason -like 'waits: *') { $Run.Deferred[$Entry.Key] = $reason }
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): not changed, $reason"
  }
}

function Set-Step([string[]]$Steps) {
  foreach ($step in $Steps) {
    foreach ($entry in @($Run.Entries | Where-Object { $_.Step -eq $step })) { Set-Resource $entry }
  }
}

$Weight = @{ pass = 0; unknown = 1; fail = 2 }

# With -HoldAllow the allow rules are left out while everything else is right; else they are not there, and that is said.
function Get-Audit([switch]$HoldAllow) {
  $worst = 'pass'
  $results = @()
  foreach ($entry in $Run.Entries) {
    $isHeld = $HoldAllow -and $entry.Step -eq 'firewallRule.Allow'
    $result = if ($isHeld) { [pscustomobject]@{ Verdict = 'fail'; Expected = 'on'; Found = 'held back: the audit failed' } } else { Test-Resource $entry }
    if (-not $isHeld -and $Weight[$result.Verdict] -gt $Weight[$worst]) { $worst = $result.Verdict }
    $results += @{ Entry = $entry; Result = $result; IsHeld = $isHeld }
  }
  if ($worst -eq 'pass') { $results = @($results | Where-Object { -not $_.IsHeld }) } elseif (@($results | Where-Object { $_.IsHeld }).Count -gt 0) { $worst = 'fail' }
  $controls = [ordered]@{}
  $findings = @()
  foreach ($one in $results) {
    foreach ($control in $one.Entry.Controls) {
      if (-not $controls.Contains($control)) { $controls[$control] = 'pass' }
      if ($Weight[$one.Result.Verdict] -gt $Weight[$controls[$control]]) { $controls[$control] = $one.Result.Verdict }
      if ($one.Result.Verdict -eq 'pass') { continue }
      $findings += [ordered]@{ control = $control; key = $one.Entry.Key; verdict = $one.Result.Verdict; expected = $one.Result.Expected; found = $one.Result.Found }
    }
  }
  @{ Verdict = $worst; Controls = $controls; Findings = $findings }
}

# ---- the two orders

# Nobody gets in from here on, whatever rules there are: a block beats every allow. Both halves are tried, then the trouble is told.
function Close-Door {
  $trouble = @()
  foreach ($entry in @($Run.Entries | Where-Object { $_.Step -eq 'firewallRule.Allow' })) {
    try {
      if (@(Get-Rule $entry.Resource.name 'PersistentStore').Count -gt 0) { Set-NetFirewallRule -Name $entry.Resource.name -PolicyStore PersistentStore -Enabled False }
    } catch { $trouble += Get-Reason $_ }
  }
  try {
    if (-not (Test-RuleOn $GateRule)) {
      Write-Rule $GateRule 'Block' @($HttpsPort) @('Any') @('Any')
      Write-Log "firewallRule ${GateRule}: added"
    }
    if (-not (Test-RuleOn $GateRule)) { $trouble += 'Windows firewall does not take the rule that shuts the door' }
  } catch { $trouble += Get-Reason $_ }
  if ($trouble.Count -gt 0) { throw ($trouble -join '; ') }
}

# Only a changed setting that needs it restarts the service; what a policy kept from being written is then written.
function Restart-WhereNeeded {
  if (-not $Run.Restart) { return }
  Assert-Idle
  Restart-Service -Name 'WinRM' -Force
  $Run.Restart = $false
  Write-Log 'WinRM: restarted'
  Set-Step @('wsman', 'listener.present', 'sslBinding', 'listener.absent')
}

function Save-Proof([string]$Gate, [string]$DocumentGate, [string]$Text) {
  Write-File 'document.json' $Text
  Write-File 'proven.json' (ConvertTo-Json ([ordered]@{ gate = $Gate; documentGate = $DocumentGate; document = $Text }) -Compress)
}

function Invoke-GateRun([string]$Text, $Document) {
  $passed = $false
  try {
    Close-Door
    Set-Step @('firewallProfile', 'firewallRule.Block', 'folder')
    if ($Run.FolderReady) {
      Write-File 'host.json' (ConvertTo-Json (Get-HostParameter) -Compress)
      Write-File 'document.json' $Text
    }
    Set-Step @('nodeList', 'certificate', 'registry', 'service', 'wsman', 'listener.absent', 'builtinRule', 'listener.present', 'sslBinding')
    Restart-WhereNeeded
    $audit = Get-Audit -HoldAllow
    if ($audit.Verdict -ne 'pass') { return $audit }
    foreach ($entry in @($Run.Entries | Where-Object { $_.Step -eq 'firewallRule.Allow' })) { & $Handlers.firewallRule.Set $entry.Resource }
    Remove-NetFirewallRule -Name $GateRule -PolicyStore PersistentStore
    Write-Log "allow rule on, firewallRule ${GateRule}: removed"
    $audit = Get-Audit
    if ($audit.Verdict -eq 'pass') {
      Save-Proof $SecureWinrm.Gate $Document.gate $Text
      $passed = $true
    }
    $audit
  } finally { if (-not $passed) { Close-Door } }
}

# Add before remove. The allow rule comes last: one that is on may be corrected, one that is off comes back only when all is right,
# and while a failed gate run holds the door shut it is not touched.
function Invoke-MaintenanceRun([string]$Text, $Document, $Proven) {
  Set-Step @('firewallProfile', 'firewallRule.Block', 'folder', 'nodeList', 'certificate', 'registry', 'service', 'wsman', 'listener.present', 'sslBinding', 'listener.absent', 'builtinRule')
  Restart-WhereNeeded
  if (-not (Test-RuleOn $GateRule)) {
    foreach ($entry in @($Run.Entries | Where-Object { $_.Step -eq 'firewallRule.Allow' })) {
      if ((Test-RuleOn $entry.Resource.name) -or (Get-Audit -HoldAllow).Verdict -eq 'pass') { Set-Resource $entry }
    }
  }
  $audit = Get-Audit
  if ($audit.Verdict -eq 'pass') { Save-Proof $Proven.gate $Document.gate $Text }
  $audit
}

function ConvertTo-HostParameter([string]$Json) {
  if ($Json -eq '') { return }
  $parameters = ConvertFrom-Json $Json
  if ($null -eq $parameters) { return }
  foreach ($name in 'host', 'name', 'secret') { if ([string](Get-Property $parameters $name '') -eq '') { throw "the parameters of this host lack $name" } }
  if (@(Get-Property $parameters 'listen' @()).Count -eq 0) { throw 'the parameters of this host lack listen' }
  # A list of one travels as a list all the same.
  [pscustomobject]@{ host = $parameters.host; name = $parameters.name; addresses = @($parameters.addresses); listen = @($parameters.listen); secret = $parameters.secret }
}

function Invoke-Run {
  # The document is one line. Line ends around it belong to how the script was delivered and must not change its hash.
  $text = $SecureWinrmDocument.Trim("`r", "`n")
  $Verdict.generation = Get-TextHash $text
  try { $Verdict.instance = [string](Get-InstanceId) } catch { Write-Log "the machine's own id is not known: $(Get-Reason $_)" }
  $document = ConvertFrom-Json $text
  $isGate = $SecureWinrm.Run -eq 'Gate'
  $saved = Read-File 'proven.json'
  $proven = if ($saved -ne '') { ConvertFrom-Json $saved } else { $null }
  if (-not $isGate) {
    $Verdict.gate = if ($null -ne $proven) { $proven.gate } else { '' }
    $Verdict.awaitingGate = $null -eq $proven -or $document.gate -ne $proven.documentGate
    if ($null -eq $proven) { Write-Log 'this host has not passed its gate yet: nothing is changed'; return }
    if ($Verdict.awaitingGate) {
      Write-Log 'the document needs a gate run first: this host keeps to the one it has proven'
      $text = $proven.document
      $Verdict.generation = Get-TextHash $text
      $document = ConvertFrom-Json $text
    }
  }
  if ($document.schema -ne 1) { throw "the document has schema $($document.schema), this script reads 1" }
  $Run.Entries = @($document.resources | ForEach-Object { New-Entry $_ })
  foreach ($entry in $Run.Entries) { if ($entry.Resource.kind -eq 'certificate') { $Run.Certificate = $entry.Resource } }
  $given = if ($isGate) { Get-HostArgument } else { '' }
  $Run.Host = ConvertTo-HostParameter $(if ($given -ne '') { $given } else { Read-File 'host.json' })
  $applies = $SecureWinrm.Mode -eq 'Apply'
  $Run.DoorShut = $isGate -and $applies
  Select-Nodes
  $audit = if (-not $applies) { Get-Audit } elseif ($isGate) { Invoke-GateRun $text $document } else { Invoke-MaintenanceRun $text $document $proven }
  $Verdict.controls = $audit.Controls
  $Verdict.verdict = $audit.Verdict
  $Run.Findings = @($audit.Findings)
}

# Base64, so that no character of it can end the quotes that it travels in.
function Get-HostArgument {
  $encoded = [string]$SecureWinrm['Host']
  if ($encoded -eq '') { $encoded = [string]$SecureWinrm['HostParameters'] }
  [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($encoded))
}

# ---- the verdict

# ASCII whatever the code page: everything else as \u escapes.
function ConvertTo-AsciiJson($Value) {
  [regex]::Replace((ConvertTo-Json $Value -Compress -Depth 6), '[^\x20-\x7e]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
}

# At most 4096 bytes: as many findings as fit, and first one of each control, so that none goes without its reason.
function Get-VerdictLine {
  $sorted = @($Run.Findings | Where-Object { $_.verdict -eq 'fail' }) + @($Run.Findings | Where-Object { $_.verdict -ne 'fail' })
  $seen = @()
  $first = @()
  $rest = @()
  foreach ($finding in $sorted) {
    if ($seen -contains $finding.control) { $rest += $finding } else { $first += $finding; $seen += $finding.control }
  }
  $ordered = $first + $rest
  for ($count = $ordered.Count; $count -ge 0; $count--) {
    $Verdict.findings = @($ordered | Select-Object -First $count)
    $Verdict.omitted = $ordered.Count - $count
    $line = ConvertTo-AsciiJson $Verdict
    if ($line.Length -le 4096) { break }
  }
  $line
}

$Verdict = [ordered]@{
  v = 1; instance = ''; gate = [string]$SecureWinrm.Gate; generation = '0' * 64; nodes = ''; nonce = [string]$SecureWinrm.Nonce
  mode = $SecureWinrm.Mode; run = $SecureWinrm.Run; awaitingGate = $false; verdict = 'unknown'; controls = [ordered]@{}; findings = @(); omitted = 0
}
$Run.Findings = @()

# Two runs never interleave: the agent's schedule and a gate may start at the same time.
$Mutex = $null
$HasMutex = $false
try {
  $Mutex = New-Object Threading.Mutex $false, 'Global\secure-winrm'
  # A run that was killed leaves the mutex behind; it is ours then.
  try { $HasMutex = $Mutex.WaitOne(600000) } catch { if ($_.Exception.GetBaseException() -is [Threading.AbandonedMutexException]) { $HasMutex = $true } else { throw } }
  if (-not $HasMutex) { throw 'another run has not ended within ten minutes' }
  $null = Invoke-Run
} catch {
  # In a gate run that could not be finished the door is shut, or that is the very thing that failed.
  $Verdict.verdict = if ($Run.DoorShut) { 'fail' } else { 'unknown' }
  $Run.Findings = @([ordered]@{ control = 'secure-winrm'; key = 'run'; verdict = $Verdict.verdict; expected = 'a run to its end'; found = Get-Reason $_ })
  Write-Log "the run has ended before its end: $(Get-Reason $_)"
} finally {
  try {
    $Taken = Get-TakenUpNodes
    if ($null -ne $Taken) { $Verdict.nodes = $Taken.Hash }
    # Without its own id a machine has proven nothing to anybody.
    if ($Verdict.instance -eq '' -and $Verdict.verdict -eq 'pass') { $Verdict.verdict = 'unknown' }
    if ($SecureWinrm.Mode -eq 'Apply' -and $Run.FolderReady) {
      $Verdict.findings = $Run.Findings
      Write-File 'report.json' (ConvertTo-AsciiJson ([ordered]@{ at = [DateTime]::UtcNow.ToString('o'); answer = $Verdict; log = $Run.Log }))
    }
  } catch {
    if ($Verdict.verdict -eq 'pass') { $Verdict.verdict = 'unknown' }
    Write-Log "the report is not written: $(Get-Reason $_)"
  }
  if ($HasMutex) { $Mutex.ReleaseMutex() }
}
# Nothing may come after this line.
Write-Output (Get-VerdictLine)
if ($Verdict.verdict -eq 'pass') { exit 0 } else { exit 1 }
