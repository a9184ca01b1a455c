# Makes what a cloud would bring to a hosted runner: an authority, a certificate for this machine, and the passwords of two accounts.
# Everything is made here, for this run; the runner is thrown away afterwards.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'
$null = New-Item -ItemType Directory -Path $Folder -Force
$name = "$env:COMPUTERNAME.secure-winrm.example".ToLowerInvariant()
$store = 'Cert:\LocalMachine\My'
$authority = New-SelfSignedCertificate -Subject 'CN=secure-winrm test authority' -KeyUsage CertSign, CRLSign -KeyLength 3072 -CertStoreLocation $store -NotAfter (Get-Date).AddDays(60) -TextExtension '2.5.29.19={critical}{text}ca=1'
$leaf = New-SelfSignedCertificate -Subject "CN=$name" -DnsName $name -Signer $authority -KeyLength 3072 -KeyExportPolicy Exportable -CertStoreLocation $store -NotAfter (Get-Date).AddDays(40)
$password = [Guid]::NewGuid().ToString('N')
$type = [Security.Cryptography.X509Certificates.X509ContentType]
[IO.File]::WriteAllText("$Folder\winrm.json", (ConvertTo-Json @{ pfx = [Convert]::ToBase64String($leaf.Export($type::Pfx, $password)); password = $password } -Compress))
foreach ($account in 'connection', 'become') {
  [IO.File]::WriteAllText("$Folder\$account.json", (ConvertTo-Json @{ password = [Guid]::NewGuid().ToString('N') + 'aA1!' } -Compress))
}
$pem = "-----BEGIN CERTIFICATE-----`n$([Convert]::ToBase64String($authority.Export($type::Cert), 'InsertLineBreaks'))`n-----END CERTIFICATE-----`n"
[IO.File]::WriteAllText("$Folder\ca.pem", $pem.Replace("`r`n", "`n"))
# The host has to take them from its secret and from the document, not from here.
foreach ($certificate in $authority, $leaf) { Remove-Item -LiteralPath "$store\$($certificate.Thumbprint)" }
$addresses = @(Get-NetIPAddress -AddressFamily IPv4 -AddressState Preferred | Where-Object { $_.IPAddress -ne '127.0.0.1' -and $_.IPAddress -notlike '169.254.*' } | Sort-Object InterfaceIndex | ForEach-Object { $_.IPAddress })
[IO.File]::WriteAllText("$Folder\machine.json", (ConvertTo-Json @{ name = $name; addresses = @($addresses[0]) } -Compress))
# Windows refuses NTLM from itself to a name that it does not know as its own, lest somebody reflects it.
$null = New-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0' -Name BackConnectionHostNames -PropertyType MultiString -Value $name -Force
