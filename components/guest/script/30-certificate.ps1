# ---- certificates

# Opens the PFX of the secret, which lives in this function's variables only; no message tells what is in it.
# With -Keep the key goes into the machine's key store and cannot be exported; else it is only looked at and must not stay on the disk.
function Open-Pfx([string]$Name, [switch]$Keep) {
  Add-Type -AssemblyName System.Web.Extensions
  # Why it cannot be fetched may be told, why it cannot be read would tell of it.
  $text = Get-SecretText $Name
  try {
    $secret = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject($text)
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
  if (-not $Run.Faults.ContainsKey($key)) { $Run.Faults[$key] = @(Get-CertificateFault $Certificate @() @()) + @(if (-not (Test-Key $Certificate)) { 'its key is gone' }) }
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

# A certificate says that it has its key when the key's file has long gone.
function Test-Key($Certificate) { try { $null = @(Get-KeyFile $Certificate); $true } catch { $false } }

# Who reaches the key beside SYSTEM, Administrators, Network Service (WinRM's account) and single services.
function Get-KeyReader([string]$Path) {
  foreach ($rule in (Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
    $sid = $rule.IdentityReference.Value
    if ($rule.AccessControlType -eq 'Allow' -and ($Owners + 'S-1-5-20') -notcontains $sid -and $sid -notlike 'S-1-5-80-*') { $sid }
  }
}

$Handlers.certificate = @{
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
      foreach ($path in @(if (Test-Key $here) { Get-KeyFile $here })) { Get-KeyReader $path | ForEach-Object { "key readable by $_" } }
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
    if (@(Get-StoreCertificate 'My' | Where-Object { $_.HasPrivateKey -and $_.Thumbprint -eq $secret.Leaf.Thumbprint -and (Test-Key $_) }).Count -eq 0) {
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
