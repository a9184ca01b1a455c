# ---- WinRM and http.sys

# The WSMan provider talks to the service, and without it asks a question that nobody answers.
function Assert-WinRm { if ((Get-Service -Name 'WinRM').Status -ne 'Running') { throw 'the WinRM service is not running' } }

function Get-XmlText($Element, [string]$Path) { ([string]($Element.SelectNodes($Path) | Select-Object -First 1 | ForEach-Object { $_.InnerText })).Trim() }

function New-ListenerItem([string]$Address, [string]$Transport, [int]$Port, [string]$Hostname, [string]$Thumbprint, [string]$Source, [string]$Note, [bool]$IsOn = $true) {
  $text = "$Transport on ${Address}:$Port"
  if ($Transport -eq 'HTTPS') { $text += " as $Hostname with $(if ($Thumbprint -eq '') { 'no certificate' } else { $Thumbprint })" }
  if ($Source -ne '') { $text += " from $Source" }
  [pscustomobject]@{ Address = $Address; Transport = $Transport; Port = $Port; Hostname = $Hostname; Thumbprint = $Thumbprint; Source = $Source; IsOn = $IsOn; Text = $text + $Note }
}

# By address and transport; what Windows calls a listener is a hash. Source is GPO or Compatibility where somebody else has made it.
function Get-Listener([string]$Transport) {
  Assert-WinRm
  foreach ($item in @(Get-WSManInstance -ResourceURI 'winrm/config/Listener' -Enumerate)) {
    $value = @{}
    foreach ($name in 'Address', 'Transport', 'Port', 'Hostname', 'CertificateThumbprint', 'Enabled', 'ListeningOn') { $value[$name] = Get-XmlText $item "*[local-name()='$name']" }
    if ($value.Transport -ne $Transport) { continue }
    $isOn = $value.Enabled -ne 'false'
    # Listening on nothing is what a listener does whose address the machine does not have. One that quarantine holds is judged without.
    $note = if ($Run.IsHeld -and -not $isOn -and $Transport -eq 'HTTPS') { '' } elseif (-not $isOn) { ', disabled' } elseif ($value.ListeningOn -eq '') { ', listening nowhere' } else { '' }
    New-ListenerItem $value.Address $Transport $value.Port $value.Hostname ($value.CertificateThumbprint -replace ' ', '') (Get-XmlText $item "@*[local-name()='Source']") $note $isOn
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
  if ($Run.IsHeld -and $Listener.Transport -eq 'HTTPS') { $values.Enabled = 'false' }
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
  try {
    $place = Get-BindingAddress $Listener.Address
    foreach ($binding in @(Get-SslBinding $Listener.Port | Where-Object { $_.Address -eq $place })) { Remove-SslBinding $binding }
    New-Listener $Listener
  } catch {
    $why = $_
    if ($null -ne $Before) { try { New-Listener $Before } catch { Write-Log "the listener that was there does not come back: $(Get-Reason $_)" } }
    throw $why
  }
}

function Get-BindingAddress([string]$Address) { if ($Address -eq '*') { '0.0.0.0' } elseif ($Address -like 'MAC:*') { $Address } else { Get-PlainAddress ($Address -replace '^IP:', '') } }

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
    # That of a central certificate store has a port and no address, and answers on every one.
    if ($block -match "\A[^\n]*\s:\s+$Port(\n|\z)") { [pscustomobject]@{ Address = 'ccs'; Place = "ccs=$Port"; Thumbprint = ''; Text = "a central certificate store on $Port" }; continue }
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

$Handlers.wsman = @{
  Key = { $r.path }
  Want = { $r.value }
  Get = {
    Assert-WinRm
    [string](Get-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\'))).Value
  }
  Set = { Set-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\')) -Value $r.value -Force }
}

# Nobody works over HTTP, which goes at once.
function Remove-Stray($Strays) {
  if (@($Strays | Where-Object { $_.Transport -eq 'HTTPS' }).Count -gt 0) { Assert-Idle }
  foreach ($stray in @($Strays)) { Remove-Listener $stray }
}

$Handlers.listener = @{
  Key = { $r.transport }
  Want = { Get-DeclaredListener $r | ForEach-Object { $_.Text } }
  Get = { Get-Listener $r.transport | ForEach-Object { $_.Text } }
  # Gate run: out with the wrong ones, then the right one. Maintenance: the right one first, so that somebody is always there; but where
  # none of ours is there, a wrong one may be what keeps it from coming.
  Set = {
    $declared = @(Get-DeclaredListener $r)
    $places = @($declared | ForEach-Object { $_.Address })
    $found = @(Get-Listener $r.transport | Where-Object { $_.Source -eq '' })
    $strays = @($found | Where-Object { $places -notcontains $_.Address })
    $isFirst = $Run.DoorShut -or @($found | Where-Object { $places -contains $_.Address }).Count -eq 0
    if (-not $Run.DoorShut -and @($declared | Where-Object { $_.Thumbprint -eq '' }).Count -gt 0) { throw 'no certificate for the listener in LocalMachine\My' }
    if ($isFirst) { Remove-Stray $strays }
    foreach ($one in $declared) {
      $before = $found | Where-Object { $_.Address -eq $one.Address } | Select-Object -First 1
      if ($null -eq $before -or $before.Text -ne $one.Text) { Update-Listener $one $before }
    }
    if (-not $isFirst) { Remove-Stray $strays }
    if (@(Get-Listener $r.transport | Where-Object { $_.Source -ne '' }).Count -gt 0) { throw 'a listener comes from a policy or a compatibility switch and cannot be removed here' }
  }
}

$Handlers.sslBinding = @{
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

$Handlers.answer = @{
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
