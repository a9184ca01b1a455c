# Brings WinRM to the state that the document declares, audits it, and says so in the last line. Windows PowerShell 5.1, no downloads.
# Above stand $SecureWinrm (this run) and $SecureWinrmDocument (the state, one line of JSON).
#
# Windows logs the text of scripts (event 4104) and the arguments of commands (4103). So a secret is never script text, argument or
# pipeline input of a command: it goes from a variable into .NET methods only.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Folder = 'C:\ProgramData\secure-winrm'
$GateRule = 'secure-winrm-gate'
$HttpsPort = 5986
$WinRmAppId = '{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}'
$X509 = 'System.Security.Cryptography.X509Certificates'
# SYSTEM and Administrators; by SID, because names are translated.
$Owners = @('S-1-5-18', 'S-1-5-32-544')
$Weight = @{ pass = 0; unknown = 1; fail = 2 }
$Run = @{
  Entries = @(); Host = $null; Nodes = $null; NodesProblem = $null; Certificate = $null; Secret = $null; DoorShut = $false
  FolderReady = $false; Waited = $false; Faults = @{}; Deferred = @{}; Log = @(); Audit = $null; Findings = @()
  FromStore = $false; Prepares = $false
}

# ---- small things

function ConvertTo-Line([string]$Text, [int]$Limit) {
  # Nothing long enough to be a key.
  $line = (($Text -replace '[A-Za-z0-9+/=]{100,}', '(cut)') -replace '\s+', ' ').Trim()
  if ($line.Length -gt $Limit) { $line.Substring(0, $Limit - 3) + '...' } else { $line }
}

function Write-Log([string]$Text) {
  $Run.Log += ConvertTo-Line $Text 600
  Write-Host (ConvertTo-Line $Text 600)
}

# An error by its code, which is the same in every language, then in the words of this machine.
function Get-Reason($Record) {
  $cause = $Record.Exception.GetBaseException()
  $code = ''
  if ($cause.Message -match 'Code="(\d+)"') { $code = '0x{0:X8}: ' -f [uint32]$Matches[1] }
  elseif ($cause -is [Runtime.InteropServices.ExternalException]) { $code = '0x{0:X8}: ' -f $cause.HResult }
  ConvertTo-Line ($code + ($cause.Message -replace '<[^>]+>', ' ')) 200
}

# SHA256.Create() would give a class that a FIPS policy refuses.
function Get-TextHash([string]$Text) {
  $hash = (New-Object Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash([Text.Encoding]::UTF8.GetBytes($Text))
  [BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

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
    'nodes.allow' { (Get-NodeList).List.nodes }
    'nodes.others' { (Get-NodeList).List.others }
    'nodes.hash' { (Get-NodeList).Hash }
    default { throw "nobody knows the value $($Value.ref)" }
  }
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

# ---- the cloud

function Read-Response($Request) {
  $response = $Request.GetResponse()
  try { (New-Object IO.StreamReader ($response.GetResponseStream())).ReadToEnd() } finally { $response.Close() }
}

# The metadata service is asked past every proxy.
function Invoke-Metadata([string]$Method, [string]$Path, [string]$Header, [string]$Value) {
  $request = [Net.HttpWebRequest]::Create("http://169.254.169.254/$Path")
  $request.Method = $Method
  $request.Proxy = New-Object Net.WebProxy
  $request.Timeout = 10000
  if ($Method -eq 'PUT') { $request.ContentLength = 0 }
  $request.Headers.Add($Header, $Value)
  (Read-Response $request).Trim()
}

function Get-InstanceId {
  switch ($SecureWinrm.Cloud) {
    'aws' { Invoke-Metadata 'GET' 'latest/meta-data/instance-id' 'X-aws-ec2-metadata-token' (Invoke-Metadata 'PUT' 'latest/api/token' 'X-aws-ec2-metadata-token-ttl-seconds' '60') }
    'azure' { (Invoke-Metadata 'GET' 'metadata/instance/compute/vmId?api-version=2021-02-01&format=text' 'Metadata' 'true').ToLowerInvariant() }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

function Get-SecretText([string]$Name) {
  switch ($SecureWinrm.Cloud) {
    'aws' { (Get-SECSecretValue -SecretId $Name -Region $SecureWinrm.Region).SecretString }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

function Get-NodeListText {
  switch ($SecureWinrm.Cloud) {
    'aws' {
      $file = [IO.Path]::Combine([IO.Path]::GetTempPath(), [Guid]::NewGuid().ToString('N'))
      try {
        $null = Read-S3Object -BucketName $SecureWinrm.NodesBucket -Key $SecureWinrm.NodesKey -File $file -Region $SecureWinrm.Region
        [Text.Encoding]::UTF8.GetString([IO.File]::ReadAllBytes($file))
      } finally { [IO.File]::Delete($file) }
    }
    'azure' { Get-BlobText $SecureWinrm.NodesUrl }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

# As the identity that the machine was given for it. Its token lives in this function's variables and in the request only.
function Get-BlobText([string]$Url) {
  Add-Type -AssemblyName System.Web.Extensions
  # Windows PowerShell on older systems still offers the versions before.
  [Net.ServicePointManager]::SecurityProtocol = 'Tls12'
  $request = [Net.HttpWebRequest]::Create($Url)
  $request.Timeout = 30000
  $request.Date = [DateTime]::UtcNow
  $request.Headers.Add('x-ms-version', '2021-08-06')
  $token = Invoke-Metadata 'GET' "metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F&client_id=$($SecureWinrm.Identity)" 'Metadata' 'true'
  # What is wrong with it is not told, because that would tell of it.
  try {
    $token = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject($token)['access_token']
    $request.Headers.Add('Authorization', "Bearer $token")
  } catch { throw 'the metadata service gives no token' }
  Read-Response $request
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

# A gate run takes up the list whatever it is, a maintenance run only the one whose hash it was told, if it was told one.
function Select-Nodes {
  $wanted = if ($SecureWinrm.Run -eq 'Maintenance') { $SecureWinrm.NodesHash } else { '' }
  try {
    $offered = ConvertTo-NodeList (Get-NodeListText)
    if ($wanted -ne '' -and $offered.Hash -ne $wanted) { throw "the stored list has hash $($offered.Hash)" }
    $Run.Nodes = $offered
  } catch {
    $Run.NodesProblem = @{ Expected = $(if ($wanted -ne '') { $wanted } else { 'the stored list' }); Found = Get-Reason $_ }
    $Run.Nodes = Get-TakenUpNodes
  }
}

# ---- certificates

# Opens the PFX of the secret, which lives in this function's variables only; no message tells what is in it.
# With -Keep the key goes into the machine's key store and cannot be exported; else it is only looked at and must not stay on the disk.
function Open-Pfx([string]$Name, [switch]$Keep) {
  Add-Type -AssemblyName System.Web.Extensions
  try {
    $secret = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject((Get-SecretText $Name))
    $bytes = [Convert]::FromBase64String($secret['pfx'])
  } catch { throw "secret $Name cannot be read" }
  # Before .NET 4.7.2 a key that is looked at lies on the disk until it is disposed of.
  $look = if ([Enum]::IsDefined([type]"$X509.X509KeyStorageFlags", 'EphemeralKeySet')) { 'EphemeralKeySet' } else { 'MachineKeySet' }
  $flags = if ($Keep) { 'MachineKeySet, PersistKeySet' } else { $look }
  $certificates = New-Object "$X509.X509Certificate2Collection"
  try { $certificates.Import($bytes, $secret['password'], $flags) } catch { throw "secret $Name holds no PFX that opens with its password" }
  $certificates
}

# Only the public part.
function Copy-Certificate([byte[]]$Der) { New-Object "$X509.X509Certificate2" (, $Der) }

# What the secret holds: the certificate with a key, and the others. Read once in a run.
function Get-SecretCertificate {
  if ($null -eq $Run.Secret) {
    $Run.Secret = @{ Leaf = $null; Others = @(); Problem = 'nobody has put one there' }
    if ($Run.FromStore) { return $Run.Secret }
    try {
      foreach ($certificate in @(Open-Pfx (Resolve-Ref $Run.Certificate.secret))) {
        if ($certificate.HasPrivateKey) { $Run.Secret.Leaf = Copy-Certificate $certificate.RawData } else { $Run.Secret.Others += Copy-Certificate $certificate.RawData }
        $certificate.Dispose()
      }
      if ($null -eq $Run.Secret.Leaf) { throw 'the secret holds no certificate with its key' }
    } catch { $Run.Secret.Problem = Get-Reason $_ }
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

# The text of a SAN is translated, so its DER is read: one sequence (0x30) of names, of which 0x82 is a DNS name.
function Get-DnsName($Certificate) {
  foreach ($extension in @($Certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' })) {
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

# A curve counts as the RSA key that is as strong.
function Get-KeyBits($Certificate) {
  $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($Certificate)
  if ($null -ne $rsa) { return $rsa.KeySize }
  $curve = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey($Certificate)
  if ($null -eq $curve) { 0 } else { [int]@{ 256 = 3072; 384 = 7680; 521 = 15360 }[$curve.KeySize] }
}

function Get-DeclaredRoot { foreach ($der in @($Run.Certificate.trustedRoots)) { Copy-Certificate ([Convert]::FromBase64String($der)) } }

function Get-MissingRoot {
  $known = @(Get-StoreCertificate 'Root' | ForEach-Object { $_.Thumbprint })
  Get-DeclaredRoot | Where-Object { $known -notcontains $_.Thumbprint }
}

# A revoked certificate is a fault. A revocation list that cannot be reached is none: a closed host often has no way to it, its
# clients do not ask for it either, and the outage of an authority must not shut an estate.
function Get-ChainFault($Certificate, $Extra, $NewRoots) {
  $chain = New-Object "$X509.X509Chain" $true
  $chain.ChainPolicy.RevocationMode = 'Online'
  $chain.ChainPolicy.RevocationFlag = 'ExcludeRoot'
  $chain.ChainPolicy.UrlRetrievalTimeout = [TimeSpan]::FromSeconds(5)
  $null = $chain.ChainPolicy.ApplicationPolicy.Add((New-Object Security.Cryptography.Oid $Run.Certificate.eku))
  foreach ($other in @($Extra) + @($NewRoots)) { $null = $chain.ChainPolicy.ExtraStore.Add($other) }
  $null = $chain.Build($Certificate)
  $top = $chain.ChainElements[$chain.ChainElements.Count - 1].Certificate.Thumbprint
  $willTrust = @($NewRoots | ForEach-Object { $_.Thumbprint }) -contains $top
  foreach ($name in @($chain.ChainStatus | ForEach-Object { [string]$_.Status })) {
    $isFine = 'NoError', 'RevocationStatusUnknown', 'OfflineRevocation' -contains $name -or ($willTrust -and $name -eq 'UntrustedRoot')
    if (-not $isFine) { "chain: $name" }
  }
}

# What is wrong with a certificate for this host.
function Get-CertificateFault($Certificate, $Extra, $NewRoots) {
  $declared = $Run.Certificate
  $name = Resolve-Ref $declared.name
  $now = [DateTime]::UtcNow
  $days = [Math]::Floor(($Certificate.NotAfter.ToUniversalTime() - $now).TotalDays)
  $usages = @($Certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.37' } | ForEach-Object { $_.EnhancedKeyUsages } | ForEach-Object { $_.Value })
  $bits = Get-KeyBits $Certificate
  if ($Certificate.NotBefore.ToUniversalTime() -gt $now) { 'not valid yet' }
  if ($days -lt $declared.minimumDaysLeft) { "$days days left" }
  if ((Get-CommonName $Certificate) -ne $name) { "CN=$(Get-CommonName $Certificate)" }
  if (@(Get-DnsName $Certificate) -notcontains $name) { "$name is not in its SAN" }
  if ($usages -notcontains $declared.eku) { 'not for server authentication' }
  if ($bits -lt $declared.minimumKeyBits) { "key of $bits bits" }
  if ($Certificate.Subject -eq $Certificate.Issuer) { 'self-signed' }
  Get-ChainFault $Certificate $Extra $NewRoots
}

# Of a certificate in the machine's store; asked often, so remembered until something is imported.
function Get-StoredFault($Certificate) {
  $key = $Certificate.Thumbprint
  if (-not $Run.Faults.ContainsKey($key)) { $Run.Faults[$key] = @(Get-CertificateFault $Certificate @() @()) }
  $Run.Faults[$key]
}

# Newest first.
function Get-NamedCertificate {
  $name = Resolve-Ref $Run.Certificate.name
  Get-StoreCertificate 'My' | Where-Object { $_.HasPrivateKey -and (Get-CommonName $_) -eq $name } | Sort-Object @('NotBefore', 'NotAfter') -Descending
}

# What the listener must show: the secret's certificate when it is here, else the newest good one, else the newest of that name.
# Where somebody else supplies the store, only a good one is taken up; one that has become bad in use stays until a good one comes.
function Get-ListenerCertificate {
  $named = @(Get-NamedCertificate)
  $leaf = (Get-SecretCertificate).Leaf
  $choice = @($named | Where-Object { $null -ne $leaf -and $_.Thumbprint -eq $leaf.Thumbprint })
  if ($choice.Count -eq 0) { $choice = @($named | Where-Object { @(Get-StoredFault $_).Count -eq 0 }) }
  if ($choice.Count -eq 0) { $choice = @($named | Where-Object { -not $Run.FromStore -or @(Get-Listener 'HTTPS' | ForEach-Object { $_.Thumbprint }) -contains $_.Thumbprint }) }
  $choice | Select-Object -First 1
}

function Get-ListenerThumbprint { [string](Get-ListenerCertificate | ForEach-Object { $_.Thumbprint }) }

# Keys of the old and the new kind lie in different folders. Nothing for a key that is no file.
function Get-KeyFile($Certificate) {
  $key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
  if ($null -eq $key) { $key = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($Certificate) }
  if ($null -eq $key) { return }
  $name = if ($key -is [Security.Cryptography.RSACryptoServiceProvider]) { $key.CspKeyContainerInfo.UniqueKeyContainerName } else { $key.Key.UniqueName }
  foreach ($path in "RSA\MachineKeys\$name", "Keys\$name") {
    if ([IO.File]::Exists("$env:ProgramData\Microsoft\Crypto\$path")) { "$env:ProgramData\Microsoft\Crypto\$path" }
  }
}

# Who reaches the key beside SYSTEM, Administrators, Network Service (WinRM's account) and single services.
function Get-KeyReader([string]$Path) {
  foreach ($rule in (Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
    $sid = $rule.IdentityReference.Value
    if ($rule.AccessControlType -eq 'Allow' -and ($Owners + 'S-1-5-20') -notcontains $sid -and $sid -notlike 'S-1-5-80-*') { $sid }
  }
}

# ---- WinRM and http.sys

# The WSMan provider talks to the service, and without it asks a question that nobody answers.
function Assert-WinRm { if ((Get-Service -Name 'WinRM').Status -ne 'Running') { throw 'the WinRM service is not running' } }

function Get-XmlText($Element, [string]$Path) { ([string]($Element.SelectNodes($Path) | Select-Object -First 1 | ForEach-Object { $_.InnerText })).Trim() }

function New-ListenerItem([string]$Address, [string]$Transport, [int]$Port, [string]$Hostname, [string]$Thumbprint, [string]$Source, [string]$Note) {
  $text = "$Transport on ${Address}:$Port"
  if ($Transport -eq 'HTTPS') { $text += " as $Hostname with $(if ($Thumbprint -eq '') { 'no certificate' } else { $Thumbprint })" }
  if ($Source -ne '') { $text += " from $Source" }
  [pscustomobject]@{ Address = $Address; Transport = $Transport; Port = $Port; Hostname = $Hostname; Thumbprint = $Thumbprint; Source = $Source; Text = $text + $Note }
}

# By address and transport; what Windows calls a listener is a hash. Source is GPO or Compatibility where somebody else has made it.
function Get-Listener([string]$Transport) {
  Assert-WinRm
  foreach ($item in @(Get-WSManInstance -ResourceURI 'winrm/config/Listener' -Enumerate)) {
    $value = @{}
    foreach ($name in 'Address', 'Transport', 'Port', 'Hostname', 'CertificateThumbprint', 'Enabled', 'ListeningOn') { $value[$name] = Get-XmlText $item "*[local-name()='$name']" }
    if ($value.Transport -ne $Transport) { continue }
    # Listening on nothing is what a listener does whose address the machine does not have.
    $note = if ($value.Enabled -eq 'false') { ', disabled' } elseif ($value.ListeningOn -eq '') { ', listening nowhere' } else { '' }
    New-ListenerItem $value.Address $Transport $value.Port $value.Hostname ($value.CertificateThumbprint -replace ' ', '') (Get-XmlText $item "@*[local-name()='Source']") $note
  }
}

function Get-DeclaredListener($Resource) {
  if ($Resource.ensure -eq 'absent') { return }
  foreach ($address in @(Resolve-Ref $Resource.addresses)) {
    $place = if ($address -eq '*') { '*' } else { "IP:$address" }
    New-ListenerItem $place $Resource.transport $Resource.port (Resolve-Ref $Resource.hostname) (Get-ListenerThumbprint) '' ''
  }
}

function Get-Selector($Listener) { @{ Address = $Listener.Address; Transport = $Listener.Transport } }

function New-Listener($Listener) {
  $values = @{ Port = [string]$Listener.Port; Hostname = $Listener.Hostname; CertificateThumbprint = $Listener.Thumbprint }
  $null = New-WSManInstance -ResourceURI 'winrm/config/Listener' -SelectorSet (Get-Selector $Listener) -ValueSet $values
}

function Remove-Listener($Listener) { $null = Remove-WSManInstance -ResourceURI 'winrm/config/Listener' -SelectorSet (Get-Selector $Listener) }

# Neither address nor certificate of a listener can be changed in place, so it goes and comes again; when it cannot come, the
# old one returns. A binding left over at its place would make Windows refuse the new one (0x803380E6, 0x803380E8).
function Update-Listener($Listener, $Before) {
  if ($Listener.Thumbprint -eq '') { throw 'no certificate for the listener in LocalMachine\My' }
  if ($null -ne $Before) {
    Assert-Idle
    Remove-Listener $Before
  }
  $place = Get-BindingAddress $Listener.Address
  foreach ($binding in @(Get-SslBinding $Listener.Port | Where-Object { $_.Address -eq $place })) { Remove-SslBinding $binding }
  try { New-Listener $Listener } catch {
    $why = $_
    if ($null -ne $Before) { New-Listener $Before }
    throw $why
  }
}

function Get-BindingAddress([string]$Address) { if ($Address -eq '*') { '0.0.0.0' } else { Get-PlainAddress ($Address -replace '^IP:', '') } }

# A binding by name (SNI) answers on every address, so it counts too.
function New-BindingItem([string]$Address, [int]$Port, [string]$Thumbprint, [string]$AppId, [bool]$IsName) {
  $place = "$(if ($Address.Contains(':')) { "[$Address]" } else { $Address }):$Port"
  $text = "$place with $(if ($Thumbprint -eq '') { 'no certificate' } else { $Thumbprint })"
  if ($AppId -ne $WinRmAppId) { $text += " of $AppId" }
  [pscustomobject]@{ Address = $Address; Place = "$(if ($IsName) { 'hostnameport' } else { 'ipport' })=$place"; Thumbprint = $Thumbprint; Text = $text }
}

# netsh speaks the machine's language: only address:port at the end of a line, 40 digits and an id in braces are read.
function Get-SslBinding([int]$Port) {
  $blocks = ((@(netsh.exe http show sslcert) | ForEach-Object { ([string]$_).Trim() }) -join "`n") -split "`n`n+"
  foreach ($block in $blocks) {
    if ($block -notmatch "(?m)(\S+):$Port\s*$") { continue }
    $place = $Matches[1]
    $thumbprint = if ($block -match '(?m)(?<![0-9A-Fa-f])([0-9A-Fa-f]{40})$') { $Matches[1].ToUpperInvariant() } else { '' }
    $id = if ($block -match '\{[0-9A-Fa-f-]{36}\}') { $Matches[0].ToLowerInvariant() } else { '' }
    $parsed = $null
    $isAddress = [Net.IPAddress]::TryParse($place.Trim('[]'), [ref]$parsed)
    New-BindingItem $(if ($isAddress) { Get-PlainAddress ($place.Trim('[]')) } else { $place }) $Port $thumbprint $id (-not $isAddress)
  }
}

# Each with the certificate that the listener at this place has, else with the one that it is to have.
function Get-DeclaredBinding($Resource) {
  $listeners = @(Get-Listener 'HTTPS' | Where-Object { $_.Port -eq $Resource.port })
  foreach ($value in @(Resolve-Ref $Resource.addresses)) {
    $address = Get-BindingAddress $value
    $holder = @($listeners | Where-Object { (Get-BindingAddress $_.Address) -eq $address })
    $thumbprint = if ($holder.Count -gt 0) { $holder[0].Thumbprint } else { Get-ListenerThumbprint }
    # Whether a wildcard listener gets a binding for IPv6 too is not documented; where there is one, it must be the same.
    $twin = if ($value -eq '*') { @(Get-SslBinding $Resource.port | Where-Object { $_.Address -eq '::' } | ForEach-Object { '::' }) } else { @() }
    foreach ($one in @($address) + $twin) { New-BindingItem $one $Resource.port $thumbprint $WinRmAppId $false }
  }
}

function Invoke-Netsh([string[]]$Arguments) {
  $null = netsh.exe http $Arguments
  if ($LASTEXITCODE -ne 0) { throw "netsh http $($Arguments -join ' ') ended with $LASTEXITCODE" }
}

function Remove-SslBinding($Binding) { Invoke-Netsh @('delete', 'sslcert', $Binding.Place) }

# People who work over WinRM hold a connection open. In a gate run the door is shut, so nobody is there to be cut off.
function Test-Session {
  try { @(Get-NetTCPConnection -State Established -ErrorAction Stop | Where-Object { $_.LocalPort -eq $HttpsPort }).Count -gt 0 } catch {
    if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw }
    $false
  }
}

# Waits a minute for those who work, once in a run.
function Assert-Idle {
  if ($Run.DoorShut) { return }
  for ($i = 0; $i -lt 12 -and -not $Run.Waited -and (Test-Session); $i++) { Start-Sleep -Seconds 5 }
  $Run.Waited = $true
  if (Test-Session) { throw 'waits: sessions live on the listener' }
}

# What a client on this machine hears: nothing, tls, wsman, or wsman of somebody else.
function Get-Answer([string]$Scheme, [int]$Port, [string]$Address) {
  $name = (Get-HostParameter).name
  $thumbprints = @(if ($Scheme -eq 'https') { Get-Listener 'HTTPS' | Where-Object { $_.Port -eq $Port } | ForEach-Object { $_.Thumbprint } })
  $body = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Body><i:Identify/></s:Body></s:Envelope>'
  $lines = 'POST /wsman HTTP/1.1', "Host: ${name}:$Port", 'Content-Type: application/soap+xml;charset=UTF-8', 'WSMANIDENTIFY: unauthenticated', "Content-Length: $($body.Length)", 'Connection: close', '', $body
  $request = [Text.Encoding]::ASCII.GetBytes($lines -join "`r`n")
  $heard = 'nothing'
  $client = $null
  try {
    $ip = [Net.IPAddress]::Parse($Address)
    $client = New-Object Net.Sockets.TcpClient $ip.AddressFamily
    $pending = $client.BeginConnect($ip, $Port, $null, $null)
    if (-not $pending.AsyncWaitHandle.WaitOne(3000)) { return $heard }
    $client.EndConnect($pending)
    $client.ReceiveTimeout = 3000
    $client.SendTimeout = 3000
    $stream = $client.GetStream()
    $isOurs = $true
    if ($Scheme -eq 'https') {
      # Any certificate is taken: what counts is whether it is the listener's, and that one is judged by itself.
      $stream = New-Object Net.Security.SslStream $stream, $false, ([Net.Security.RemoteCertificateValidationCallback] { $true })
      $stream.AuthenticateAsClient($name, $null, [Security.Authentication.SslProtocols]'Tls, Tls11, Tls12', $false)
      $heard = 'tls'
      $isOurs = $thumbprints -contains $stream.RemoteCertificate.GetCertHashString()
    }
    $stream.Write($request, 0, $request.Length)
    $status = [string](New-Object IO.StreamReader $stream).ReadLine()
    if ($status -match '^HTTP/1\.\d (200|401|405)\b') { $heard = if ($isOurs) { 'wsman' } else { 'wsman of somebody else' } }
  } catch {
    # Refused, reset, no TLS, no answer in time. Anything else is a fault of this script and no silence.
    $cause = $_.Exception.GetBaseException()
    if (-not ($cause -is [ComponentModel.Win32Exception] -or $cause -is [IO.IOException] -or $cause -is [Security.Authentication.AuthenticationException])) { throw }
  } finally { if ($null -ne $client) { $client.Close() } }
  $heard
}

# ---- Windows firewall: written to the local store, judged by the active one, which is what Windows lives by
# Its commands, and those of the network, are functions of a module and do not see this script's preference: each is told to stop.

# Nothing when there is no such rule; every other trouble is one.
function Get-Rule([string]$Name, [string]$Store) {
  try { Get-NetFirewallRule -Name $Name -PolicyStore $Store -ErrorAction Stop } catch { if ($_.CategoryInfo.Category -ne 'ObjectNotFound') { throw } }
}

function Get-RuleOn([string]$Name) { Get-Rule $Name 'ActiveStore' | Where-Object { [string]$_.Enabled -eq 'True' } }

function Test-RuleOn([string]$Name) { @(Get-RuleOn $Name).Count -gt 0 }

# Whether the store that Windows lives by has followed the one that was written.
function Test-GateRule([bool]$IsOn) {
  for ($i = 0; $i -lt 20 -and (Test-RuleOn $GateRule) -ne $IsOn; $i++) { Start-Sleep -Milliseconds 250 }
  (Test-RuleOn $GateRule) -eq $IsOn
}

function Get-RuleElement($Rule) {
  $port = Get-NetFirewallPortFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  $address = Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  $application = Get-NetFirewallApplicationFilter -AssociatedNetFirewallRule $Rule -PolicyStore ActiveStore -ErrorAction Stop
  if ([string]$Rule.Enabled -eq 'True') { 'on' } else { 'off' }
  [string]$Rule.Direction
  [string]$Rule.Action
  "profile $(([string]$Rule.Profile).Replace('Domain, Private, Public', 'Any'))"
  [string]$port.Protocol
  foreach ($one in @($port.LocalPort)) { "port $one" }
  Get-AddressElement 'on' $address.LocalAddress
  Get-AddressElement 'from' $address.RemoteAddress
  "program $($application.Program)"
}

# Without addresses a rule would mean Any; a keyword in a list makes ConvertTo-Range throw.
function Get-RuleAddress($Value) {
  $addresses = @(Resolve-Address $Value)
  if ($addresses.Count -eq 0) { throw 'a rule without addresses would mean Any' }
  if ($Value -isnot [string]) { foreach ($address in $addresses) { $null = ConvertTo-Range $address } }
  $addresses
}

# http.sys listens in the kernel, which rules call System. A block is for every program, whatever took the port.
function Get-RuleProgram([string]$Action) { if ($Action -eq 'Allow') { 'System' } else { 'Any' } }

# Everything is written each time, so that nothing of an older or a foreign rule of this name stays.
function Write-Rule([string]$Name, [string]$Action, [string[]]$Ports, [string[]]$Local, [string[]]$Remote) {
  $rule = @{
    Name = $Name; PolicyStore = 'PersistentStore'; Enabled = 'True'; Profile = 'Any'; Direction = 'Inbound'; Action = $Action; Protocol = 'TCP'
    LocalPort = $Ports; LocalAddress = $Local; RemoteAddress = $Remote; Program = Get-RuleProgram $Action; EdgeTraversalPolicy = 'Block'; ErrorAction = 'Stop'
  }
  if (@(Get-Rule $Name 'PersistentStore').Count -gt 0) { Set-NetFirewallRule @rule } else { $null = New-NetFirewallRule -DisplayName $Name @rule }
}

# ---- registry and security descriptors

# 'DWord 5', or nothing. The 64-bit view, whatever started this script; .NET gives a DWORD as a signed number.
function Get-RegistryValue([string]$Path, [string]$Name) {
  $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey($Path)
  if ($null -eq $key -or $null -eq $key.GetValue($Name)) { return }
  $value = $key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')
  $kind = [string]$key.GetValueKind($Name)
  if ($kind -eq 'DWord') { $value = [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$value), 0) }
  "$kind $value"
}

function Set-RegistryValue($Resource) {
  $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey($Resource.path)
  if ($Resource.op -eq 'absent') { $key.DeleteValue($Resource.name, $false) } else {
    $value = @($Resource.value)[0]
    if ($Resource.type -eq 'DWord') { $value = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]$value), 0) }
    $key.SetValue($Resource.name, $value, $Resource.type)
  }
  $key.Close()
}

# What is found when it complies, else what would.
function Get-DeclaredValue($Resource, $Found) {
  if ($Resource.op -eq 'absent') { return }
  $values = @($Resource.value)
  $isNumber = @($Found).Count -eq 1 -and $Found[0] -match '^DWord (\d+)$'
  $number = if ($isNumber) { [long]$Matches[1] } else { -1 }
  $complies = ($Resource.op -eq 'ge' -and $number -ge $values[0]) -or ($Resource.op -eq 'le' -and $number -le $values[0]) -or ($Resource.op -eq 'oneOf' -and $values -contains $number)
  $words = @{ eq = ''; ge = 'at least '; le = 'at most '; oneOf = 'one of ' }
  if ($isNumber -and $complies) { $Found[0] } else { "$($Resource.type) $($words[$Resource.op])$($values -join ', ')" }
}

# In parts, because Windows writes the same descriptor in several ways.
function Get-DescriptorElement([string]$Sddl) {
  $descriptor = New-Object Security.AccessControl.RawSecurityDescriptor $Sddl
  "owner $($descriptor.Owner)"
  "group $($descriptor.Group)"
  if (($descriptor.ControlFlags -band [Security.AccessControl.ControlFlags]::DiscretionaryAclProtected) -ne 0) { 'protected' } else { 'inherits' }
  foreach ($entry in @($descriptor.DiscretionaryAcl)) { "$($entry.AceType) ($($entry.AceFlags)) $('{0:x}' -f $entry.AccessMask) $($entry.SecurityIdentifier)" }
}

# ---- the kinds of resource. Get and Want give texts; the resource, $r of the caller, is in its state when both are the same set.

$Handlers = @{
  folder = @{
    Key = { $r.path }
    Want = { Get-DescriptorElement $r.sddl }
    Get = { if ([IO.Directory]::Exists($r.path)) { Get-DescriptorElement (Get-Acl -LiteralPath $r.path).GetSecurityDescriptorSddlForm('Owner, Group, Access') } }
    Set = {
      if ([IO.Directory]::Exists($r.path)) {
        # A link would lead our files elsewhere, and in somebody else's folder lie somebody else's files.
        if (([IO.File]::GetAttributes($r.path) -band [IO.FileAttributes]::ReparsePoint) -ne 0) { throw "$($r.path) is a link" }
        if (-not (Test-Owned $r.path)) { Remove-Item -LiteralPath $r.path -Recurse -Force }
      }
      $null = New-Item -ItemType Directory -Path $r.path -Force
      $descriptor = New-Object Security.AccessControl.DirectorySecurity
      $descriptor.SetSecurityDescriptorSddlForm($r.sddl, 'Owner, Group, Access')
      Set-Acl -LiteralPath $r.path -AclObject $descriptor
    }
  }
  wsman = @{
    Key = { $r.path }
    Want = { $r.value }
    Get = {
      Assert-WinRm
      [string](Get-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\'))).Value
    }
    Set = { Set-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\')) -Value $r.value -Force }
  }
  registry = @{
    Key = { "$($r.path)\$($r.name)" }
    Want = { Get-DeclaredValue $r $found } # $found of the caller, too
    Get = { Get-RegistryValue $r.path $r.name }
    Set = {
      # WinRM reads its policies when it starts. Written but not in force would look as if it were, so both happen here or neither.
      $isPolicy = $r.path -like 'SOFTWARE\Policies\Microsoft\Windows\WinRM*' -and (Get-Service -Name 'WinRM').Status -eq 'Running'
      if ($isPolicy) { Assert-Idle }
      Set-RegistryValue $r
      if ($isPolicy) { Restart-Service -Name 'WinRM' -Force }
    }
  }
  certificate = @{
    Key = { '' }
    Expect = { if ($Run.Prepares) { 'every declared root is trusted' } else { "CN=$(Resolve-Ref $r.name) of a trusted authority, server authentication, $($r.minimumKeyBits) bits, $($r.minimumDaysLeft) days left" } }
    Want = { @() }
    # What is wrong. A secret that cannot be read does not make a good certificate bad: it only cannot be renewed.
    Get = {
      foreach ($root in @(Get-MissingRoot)) { "declared root $($root.Thumbprint) is not trusted" }
      if ($Run.Prepares) { return }
      $secret = Get-SecretCertificate
      $here = Get-ListenerCertificate
      # Nothing says what ought to be in the store, so the newest of the name tells what is wrong where none is good.
      if ($null -eq $here) { $here = Get-NamedCertificate | Select-Object -First 1 }
      if ($null -ne $secret.Leaf -and ($null -eq $here -or $here.Thumbprint -ne $secret.Leaf.Thumbprint)) {
        "the secret's certificate $($secret.Leaf.Thumbprint) is not in LocalMachine\My"
        Get-CertificateFault $secret.Leaf $secret.Others @(Get-DeclaredRoot)
      } elseif ($null -eq $here) { "none in LocalMachine\My, $($secret.Problem)" } else {
        Get-StoredFault $here
        foreach ($path in @(Get-KeyFile $here)) { Get-KeyReader $path | ForEach-Object { "key readable by $_" } }
      }
    }
    # A bad certificate is not imported: it would take the place of a good one that may be in use.
    Set = {
      foreach ($root in @(Get-MissingRoot)) { Add-StoreCertificate 'Root' $root }
      $Run.Faults = @{}
      if ($Run.Prepares -or $Run.FromStore) { return }
      $secret = Get-SecretCertificate
      if ($null -eq $secret.Leaf) { throw $secret.Problem }
      $faults = @(Get-CertificateFault $secret.Leaf $secret.Others @())
      if ($faults.Count -gt 0) { throw "the secret's certificate is refused: $($faults -join ', ')" }
      # A root that travels in the PFX is not trusted for that.
      foreach ($other in @($secret.Others | Where-Object { $_.Subject -ne $_.Issuer })) { Add-StoreCertificate 'CA' $other }
      if (@(Get-StoreCertificate 'My' | Where-Object { $_.HasPrivateKey -and $_.Thumbprint -eq $secret.Leaf.Thumbprint }).Count -eq 0) {
        foreach ($one in @(Open-Pfx (Resolve-Ref $r.secret) -Keep)) { if ($one.Thumbprint -eq $secret.Leaf.Thumbprint) { Add-StoreCertificate 'My' $one } }
      }
      foreach ($path in @(Get-KeyFile (Get-ListenerCertificate))) {
        if (@(Get-KeyReader $path).Count -eq 0) { continue }
        $descriptor = Get-Acl -LiteralPath $path
        $descriptor.SetSecurityDescriptorSddlForm('D:PAI(A;;FA;;;SY)(A;;FA;;;BA)', 'Access')
        Set-Acl -LiteralPath $path -AclObject $descriptor
      }
    }
  }
  listener = @{
    Key = { $r.transport }
    Want = { Get-DeclaredListener $r | ForEach-Object { $_.Text } }
    Get = { Get-Listener $r.transport | ForEach-Object { $_.Text } }
    # Gate run: out with the wrong ones, then the right one. Maintenance: the right one first, so that somebody is always there.
    Set = {
      $declared = @(Get-DeclaredListener $r)
      $places = @($declared | ForEach-Object { $_.Address })
      $found = @(Get-Listener $r.transport | Where-Object { $_.Source -eq '' })
      $strays = @($found | Where-Object { $places -notcontains $_.Address })
      if ($Run.DoorShut) { foreach ($stray in $strays) { Remove-Listener $stray } }
      foreach ($one in $declared) {
        $before = $found | Where-Object { $_.Address -eq $one.Address } | Select-Object -First 1
        if ($null -eq $before -or $before.Text -ne $one.Text) { Update-Listener $one $before }
      }
      if (-not $Run.DoorShut) { foreach ($stray in $strays) { Remove-Listener $stray } }
      if (@(Get-Listener $r.transport | Where-Object { $_.Source -ne '' }).Count -gt 0) { throw 'a listener comes from a policy or a compatibility switch and cannot be removed here' }
    }
  }
  sslBinding = @{
    Key = { $r.port }
    Want = { Get-DeclaredBinding $r | ForEach-Object { $_.Text } }
    Get = { Get-SslBinding $r.port | ForEach-Object { $_.Text } }
    Set = {
      $declared = @(Get-DeclaredBinding $r)
      $found = @(Get-SslBinding $r.port)
      $wanted = @($declared | ForEach-Object { $_.Text })
      $there = @($found | ForEach-Object { $_.Text })
      $holders = @(Get-Listener 'HTTPS' | ForEach-Object { Get-BindingAddress $_.Address })
      foreach ($one in $found) { if ($wanted -notcontains $one.Text) { Remove-SslBinding $one } }
      # Windows makes the binding when it makes the listener; it is put back only where the listener has lost it.
      foreach ($one in $declared) {
        if ($one.Thumbprint -eq '' -or $there -contains $one.Text -or $holders -notcontains $one.Address) { continue }
        Invoke-Netsh @('add', 'sslcert', $one.Place, "certhash=$($one.Thumbprint)", "appid=$WinRmAppId", 'certstorename=MY')
      }
    }
  }
  firewallRule = @{
    Key = { $r.name }
    Want = {
      'on'; 'Inbound'; $r.action; 'profile Any'; 'TCP'
      foreach ($port in @($r.ports)) { "port $port" }
      Get-AddressElement 'on' @(Get-RuleAddress $r.local)
      Get-AddressElement 'from' @(Get-RuleAddress $r.remote)
      "program $(Get-RuleProgram $r.action)"
    }
    Get = {
      if ($r.action -eq 'Allow' -and (Test-RuleOn $GateRule)) { 'held back: the gate run has not passed' }
      foreach ($rule in @(Get-Rule $r.name 'ActiveStore')) { Get-RuleElement $rule }
    }
    Set = { Write-Rule $r.name $r.action @($r.ports) @(Get-RuleAddress $r.local) @(Get-RuleAddress $r.remote) }
  }
  builtinRule = @{
    Key = { $r.name }
    Expect = { 'absent or disabled' }
    Want = { @() }
    Get = { Get-RuleOn $r.name | ForEach-Object { "$($_.Action) from $($_.PolicyStoreSource)" } }
    Set = { Set-NetFirewallRule -Name $r.name -PolicyStore PersistentStore -Enabled False -ErrorAction Stop }
  }
  firewallProfile = @{
    Key = { $r.profile }
    Want = { "on: $($r.enabled)"; "inbound $($r.inbound)" }
    Get = {
      $now = Get-NetFirewallProfile -Name $r.profile -PolicyStore ActiveStore -ErrorAction Stop
      "on: $($now.Enabled)"; "inbound $($now.DefaultInboundAction)"
    }
    Set = { Set-NetFirewallProfile -Name $r.profile -PolicyStore PersistentStore -Enabled ([string]$r.enabled) -DefaultInboundAction $r.inbound -ErrorAction Stop }
  }
  service = @{
    Key = { $r.name }
    Want = { $r.startup; $r.state }
    Get = {
      $service = Get-Service -Name $r.name
      [string]$service.StartType; [string]$service.Status
    }
    Set = {
      Set-Service -Name $r.name -StartupType $r.startup
      Start-Service -Name $r.name
    }
  }
  nodeList = @{
    Key = { '' }
    Expect = { if ($null -ne $Run.NodesProblem) { $Run.NodesProblem.Expected } else { Resolve-Ref $r.hash } }
    Want = { Resolve-Ref $r.hash }
    Get = {
      if ($null -ne $Run.NodesProblem) { throw $Run.NodesProblem.Found }
      $taken = Get-TakenUpNodes
      if ($null -eq $taken) { 'none taken up' } else { $taken.Hash }
    }
    Set = { Write-File 'nodes.json' (Get-NodeList).Text }
  }
  answer = @{
    Key = { "$($r.scheme):$($r.port) $(if ($r.addresses -is [array]) { 'loopback' } else { $r.addresses.ref })" }
    Want = { foreach ($address in @(Resolve-Address $r.addresses)) { "$($r.expect.Replace('none', 'nothing')) on $address" } }
    Get = {
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

# ---- get, test, set, get again

function New-Entry($Declared) {
  $r = $Declared.resource
  $kind = $r.kind
  if (-not $Handlers.ContainsKey($kind)) { throw "nobody knows the kind $kind" }
  $step = if ($kind -eq 'firewallRule') { "$kind.$($r.action)" } elseif ($kind -eq 'listener') { "$kind.$($r.ensure)" } else { $kind }
  [pscustomobject]@{ Controls = @($Declared.controls); Resource = $r; Step = $step; Key = "$kind $(& $Handlers[$kind].Key)".Trim() }
}

function Get-ListText($Texts) { if (@($Texts).Count -eq 0) { 'absent' } else { @($Texts) -join ', ' } }

# What cannot be read is unknown, and unknown is no pass.
function Test-Resource($Entry) {
  $expected = 'an answer'
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
      if ("$want".Length + "$found".Length -gt 300 -and $found.Count -gt 0) { $want = $missing; $found = $extra }
      $expected = Get-ListText $want
    }
    if ($Run.Deferred.ContainsKey($Entry.Key) -and $verdict -eq 'fail') { $verdict = 'unknown'; $found = @($Run.Deferred[$Entry.Key]) + $found }
    $found = Get-ListText $found
  } catch {
    $verdict = 'unknown'
    $found = Get-Reason $_
  }
  if ($Entry.Step -eq 'folder') { $Run.FolderReady = $verdict -eq 'pass' }
  [pscustomobject]@{ Verdict = $verdict; Expected = ConvertTo-Line $expected 200; Found = ConvertTo-Line $found 200 }
}

function Set-Resource($Entry) {
  $before = Test-Resource $Entry
  $r = $Entry.Resource
  $handler = $Handlers[$r.kind]
  if ($before.Verdict -eq 'pass' -or -not $handler.ContainsKey('Set')) { return }
  try {
    $null = & $handler.Set
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): changed from $($before.Found) to $((Test-Resource $Entry).Found)"
  } catch {
    $reason = Get-Reason $_
    if ($reason -like 'waits: *') { $Run.Deferred[$Entry.Key] = $reason }
    Write-Log "$($Entry.Controls -join ',') $($Entry.Key): not changed, $reason"
  }
}

function Get-Entry([string]$Step) { $Run.Entries | Where-Object { $_.Step -eq $Step } }

function Set-Step([string[]]$Steps) { foreach ($step in $Steps) { foreach ($entry in @(Get-Entry $step)) { Set-Resource $entry } } }

# With -HoldAllow the allow rules are left out while everything else is right; else they are not there, and that is said.
function Get-Audit([switch]$HoldAllow) {
  $results = @(foreach ($entry in $Run.Entries) {
    $isHeld = $HoldAllow -and $entry.Step -eq 'firewallRule.Allow'
    $result = if ($isHeld) { [pscustomobject]@{ Verdict = 'fail'; Expected = 'on'; Found = 'held back: the audit failed' } } else { Test-Resource $entry }
    @{ Entry = $entry; Result = $result; IsHeld = $isHeld }
  })
  $others = @($results | Where-Object { -not $_.IsHeld })
  if (@($others | Where-Object { $_.Result.Verdict -ne 'pass' }).Count -eq 0) { $results = $others }
  $audit = @{ Verdict = 'pass'; Controls = [ordered]@{}; Findings = @() }
  foreach ($one in $results) {
    $verdict = $one.Result.Verdict
    if ($Weight[$verdict] -gt $Weight[$audit.Verdict]) { $audit.Verdict = $verdict }
    foreach ($control in $one.Entry.Controls) {
      if (-not $audit.Controls.Contains($control) -or $Weight[$verdict] -gt $Weight[$audit.Controls[$control]]) { $audit.Controls[$control] = $verdict }
      if ($verdict -ne 'pass') { $audit.Findings += [ordered]@{ control = $control; key = $one.Entry.Key; verdict = $verdict; expected = $one.Result.Expected; found = $one.Result.Found } }
    }
  }
  $audit
}

# ---- the orders

# Nobody gets in from here on, whatever rules there are: a block beats every allow. Both halves are tried, then the trouble is told.
function Close-Door {
  $trouble = @()
  foreach ($entry in @(Get-Entry 'firewallRule.Allow')) {
    try { if (@(Get-Rule $entry.Resource.name 'PersistentStore').Count -gt 0) { Set-NetFirewallRule -Name $entry.Resource.name -PolicyStore PersistentStore -Enabled False -ErrorAction Stop } } catch { $trouble += Get-Reason $_ }
  }
  try {
    Write-Rule $GateRule 'Block' @($HttpsPort) @('Any') @('Any')
    if (-not (Test-GateRule $true)) { $trouble += "Windows firewall does not take the rule $GateRule" }
  } catch { $trouble += Get-Reason $_ }
  if ($trouble.Count -gt 0) { throw "the door cannot be shut: $($trouble -join '; ')" }
  Write-Log "door shut: firewallRule $GateRule on, allow rule off"
}

function Save-Proof([string]$Gate, [string]$DocumentGate, [string]$Text) {
  Write-File 'document.json' $Text
  Write-File 'proven.json' (ConvertTo-Json ([ordered]@{ gate = $Gate; documentGate = $DocumentGate; document = $Text }) -Compress)
}

# The password that the machine was made with has been through other hands: a deployment's, and its logs'. Nobody knows the new one.
function Reset-Administrator {
  if ((Read-File 'administrator.txt') -ne '') { return }
  $bytes = New-Object byte[] 48
  (New-Object Security.Cryptography.RNGCryptoServiceProvider).GetBytes($bytes)
  foreach ($user in @(Get-LocalUser | Where-Object { $_.SID.Value -like '*-500' })) {
    ([ADSI]"WinNT://$env:COMPUTERNAME/$($user.Name),user").SetPassword([Convert]::ToBase64String($bytes) + 'aA1!')
    Write-Log "the password of $($user.SID.Value) is a new one that nobody knows"
  }
  Write-File 'administrator.txt' 'reset'
}

# Shuts, and lets the machine trust what its certificate will need, perhaps before there is one and before the first gate. Opens
# nothing, and needs no parameters and no node list: a block of single addresses is left to the other orders.
function Invoke-PrepareRun([bool]$IsProven) {
  if (-not $IsProven) { Close-Door }
  $steps = @('firewallProfile', 'firewallRule.Block', 'folder', 'certificate', 'service', 'listener.absent', 'builtinRule')
  $Run.Entries = @($Run.Entries | Where-Object { $steps -contains $_.Step -and ($_.Step -ne 'firewallRule.Block' -or $_.Resource.remote -is [string]) })
  Set-Step $steps
  if (-not $IsProven -and $Run.FolderReady) { Reset-Administrator }
  $Run.Audit = Get-Audit
  $Run.Audit.Controls = [ordered]@{}
}

function Invoke-GateRun([string]$Text, $Document) {
  $passed = $false
  try {
    Close-Door
    Read-Parameter $Document.gate
    Set-Step @('firewallProfile', 'firewallRule.Block', 'folder')
    if ($Run.FolderReady) { Write-File 'host.json' (ConvertTo-Json (Get-HostParameter) -Compress) }
    Set-Step @('nodeList', 'certificate', 'registry', 'service', 'wsman', 'listener.absent', 'builtinRule', 'listener.present', 'sslBinding')
    $Run.Audit = Get-Audit -HoldAllow
    if ($Run.Audit.Verdict -ne 'pass') { return }
    foreach ($entry in @(Get-Entry 'firewallRule.Allow')) {
      $r = $entry.Resource
      & $Handlers.firewallRule.Set
    }
    Remove-NetFirewallRule -Name $GateRule -PolicyStore PersistentStore -ErrorAction Stop
    $null = Test-GateRule $false
    Write-Log "door open: allow rule on, firewallRule $GateRule removed"
    $Run.Audit = Get-Audit
    if ($Run.Audit.Verdict -ne 'pass') { return }
    Save-Proof $SecureWinrm.Gate $Document.gate $Text
    $passed = $true
  } finally { if (-not $passed) { Close-Door } }
}

# Add before remove. The allow rule comes last: one that is on may be corrected, one that is off comes back only when all else is right,
# and while a failed gate run holds the door shut it is not touched.
function Invoke-MaintenanceRun([string]$Text, $Document, [string]$Gate) {
  Set-Step @('firewallProfile', 'firewallRule.Block', 'folder', 'nodeList', 'certificate', 'registry', 'service', 'wsman', 'listener.present', 'sslBinding', 'listener.absent', 'builtinRule')
  if (-not (Test-RuleOn $GateRule)) {
    foreach ($entry in @(Get-Entry 'firewallRule.Allow')) {
      if ((Test-RuleOn $entry.Resource.name) -or (Get-Audit -HoldAllow).Verdict -eq 'pass') { Set-Resource $entry }
    }
  }
  $Run.Audit = Get-Audit
  if ($Run.Audit.Verdict -eq 'pass') { Save-Proof $Gate $Document.gate $Text }
}

# A list of one travels as a list all the same. Strict mode throws on what is missing.
function ConvertTo-HostParameter([string]$Json) {
  if ($Json -eq '') { return }
  $given = ConvertFrom-Json $Json
  $parameters = [pscustomobject]@{ host = $given.host; name = $given.name; addresses = @($given.addresses); listen = @($given.listen); secret = $given.secret }
  if ($parameters.listen.Count -eq 0) { throw 'the parameters of this host name no address to listen on' }
  $parameters
}

# A gate run brings the host's parameters, as base64, so that no character can end the quotes around them; later they are on the disk.
# What is proven is what was given here, whoever computed the hash that was asked for.
function Read-Parameter([string]$DocumentGate) {
  $isGate = $SecureWinrm.Run -eq 'Gate'
  $text = if ($isGate) { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($SecureWinrm.Host)) } else { Read-File 'host.json' }
  $hash = Get-TextHash "$DocumentGate`n$text"
  if ($isGate -and $hash -cne $SecureWinrm.Gate) { throw "document and host parameters have gate hash $hash" }
  $Run.Host = ConvertTo-HostParameter $text
  Select-Nodes
}

function Invoke-Run {
  # One line. Line ends around it belong to how the script was delivered and must not change its hash.
  $text = $SecureWinrmDocument.Trim("`r", "`n")
  $Answer.generation = Get-TextHash $text
  try { $Answer.instance = Get-InstanceId } catch { Write-Log "the machine's own id is not known: $(Get-Reason $_)" }
  $document = ConvertFrom-Json $text
  $isGate = $SecureWinrm.Run -eq 'Gate'
  $applies = $SecureWinrm.Mode -eq 'Apply'
  # A gate run stops for nothing before it has shut the door.
  $saved = if ($isGate) { '' } else { Read-File 'proven.json' }
  $Run.Prepares = $SecureWinrm.Run -eq 'Prepare'
  if ($Run.Prepares -and -not $applies) { throw 'Prepare wants the mode Apply' }
  if (-not $isGate) { $Answer.gate = '' }
  if ($SecureWinrm.Run -eq 'Maintenance') {
    $Answer.awaitingGate = $true
    if ($saved -eq '') { Write-Log 'this host has not passed its gate yet: nothing is changed'; return }
    $proven = ConvertFrom-Json $saved
    $Answer.gate = $proven.gate
    $Answer.awaitingGate = $document.gate -ne $proven.documentGate
    if ($Answer.awaitingGate) {
      Write-Log 'the document needs a gate run first: this host keeps to the one that it has proven'
      $text = $proven.document
      $Answer.generation = Get-TextHash $text
      $document = ConvertFrom-Json $text
    }
  }
  if ($document.schema -ne 1) { throw "the document has schema $($document.schema), this script reads 1" }
  $Run.Entries = @($document.resources | ForEach-Object { New-Entry $_ })
  $Run.Certificate = Get-Entry 'certificate' | ForEach-Object { $_.Resource } | Select-Object -First 1
  # What a host was proven with before documents said where it comes from came from a secret.
  $Run.FromStore = @($Run.Certificate | ForEach-Object { $_.PSObject.Properties } | Where-Object { $_.Name -eq 'from' -and $_.Value -eq 'store' }).Count -gt 0
  $Run.DoorShut = $applies -and ($isGate -or ($Run.Prepares -and $saved -eq ''))
  if ($Run.Prepares) { Invoke-PrepareRun ($saved -ne '') } elseif ($Run.DoorShut) { Invoke-GateRun $text $document } else {
    Read-Parameter $document.gate
    if ($applies) { Invoke-MaintenanceRun $text $document $proven.gate } else { $Run.Audit = Get-Audit }
  }
  $Answer.controls = $Run.Audit.Controls
  $Answer.verdict = $Run.Audit.Verdict
  $Run.Findings = $Run.Audit.Findings
}

# ---- the verdict

# ASCII whatever the code page: everything else as \u escapes.
function ConvertTo-AsciiJson($Value) {
  [regex]::Replace((ConvertTo-Json $Value -Compress -Depth 6), '[^\x20-\x7e]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
}

# At most 4000 bytes, because Azure keeps the last 4096 of all output: as many findings as fit, what failed first, and one of each
# control before the second of any.
function Get-VerdictLine {
  $first = @()
  $rest = @()
  foreach ($finding in @($Run.Findings | Where-Object { $_.verdict -eq 'fail' }) + @($Run.Findings | Where-Object { $_.verdict -ne 'fail' })) {
    if (@($first | ForEach-Object { $_.control }) -contains $finding.control) { $rest += $finding } else { $first += $finding }
  }
  $sorted = $first + $rest
  for ($count = $sorted.Count; $count -ge 0; $count--) {
    $Answer.findings = @($sorted | Select-Object -First $count)
    $Answer.omitted = $sorted.Count - $count
    $line = ConvertTo-AsciiJson $Answer
    if ($line.Length -le 4000) { return $line }
  }
  $line
}

$Answer = [ordered]@{
  v = 1; instance = ''; gate = $SecureWinrm.Gate; generation = '0' * 64; nodes = ''; nonce = $SecureWinrm.Nonce; mode = $SecureWinrm.Mode
  run = $SecureWinrm.Run; awaitingGate = $false; verdict = 'unknown'; controls = [ordered]@{}; findings = @(); omitted = 0
}
# Two runs never interleave: the agent's schedule and a gate may start at the same time.
$HasMutex = $false
try {
  $Mutex = New-Object Threading.Mutex $false, 'Global\secure-winrm'
  # A run that was killed leaves the mutex behind; it is ours then.
  try { $HasMutex = $Mutex.WaitOne(600000) } catch { if ($_.Exception.GetBaseException() -is [Threading.AbandonedMutexException]) { $HasMutex = $true } else { throw } }
  if (-not $HasMutex) { throw 'another run has not ended within ten minutes' }
  $null = Invoke-Run
} catch {
  # Where a gate run ends before its end, the door is shut, or that it cannot be shut is what is told here.
  $Answer.verdict = if ($Run.DoorShut) { 'fail' } else { 'unknown' }
  $Run.Findings = @([ordered]@{ control = 'secure-winrm'; key = 'run'; verdict = $Answer.verdict; expected = 'a run to its end'; found = Get-Reason $_ })
}
try {
  $Taken = Get-TakenUpNodes
  if ($null -ne $Taken) { $Answer.nodes = $Taken.Hash }
  # Without its own id a machine has proven nothing to anybody.
  if ($Answer.instance -eq '' -and $Answer.verdict -eq 'pass') { $Answer.verdict = 'unknown' }
  $Answer.findings = $Run.Findings
  if ($SecureWinrm.Mode -eq 'Apply' -and $Run.FolderReady) { Write-File 'report.json' (ConvertTo-AsciiJson ([ordered]@{ at = [DateTime]::UtcNow.ToString('o'); answer = $Answer; log = $Run.Log })) }
} catch {
  if ($Answer.verdict -eq 'pass') { $Answer.verdict = 'unknown' }
  Write-Log "the report is not written: $(Get-Reason $_)"
}
if ($HasMutex) { $Mutex.ReleaseMutex() }
# Nothing may come after this line.
Write-Output (Get-VerdictLine)
if ($Answer.verdict -eq 'pass') { exit 0 } else { exit 1 }
