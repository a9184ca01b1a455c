# ---- addresses that no DHCP server hands out

function Get-OwnAddress { Get-NetIPAddress -ErrorAction Stop | ForEach-Object { Get-PlainAddress $_.IPAddress } }

# Entered beside the first one, on its interface. Windows takes an interface with two kinds of addresses only when it is told to.
function Add-OwnAddress([string]$Address, $First) {
  if ([string]$First.PrefixOrigin -eq 'Dhcp' -and [string]$First.AddressFamily -eq 'IPv4') {
    $null = netsh.exe interface ipv4 set interface "interface=$($First.InterfaceIndex)" dhcpstaticipcoexistence=enabled
    if ($LASTEXITCODE -ne 0) { throw "netsh interface ipv4 set interface ended with $LASTEXITCODE" }
  }
  $null = New-NetIPAddress -InterfaceIndex $First.InterfaceIndex -IPAddress $Address -PrefixLength $First.PrefixLength -SkipAsSource $true -ErrorAction Stop
}

# The cloud's own service is on the way to everything else that a host needs from it.
function Test-Metadata {
  for ($i = 0; $i -lt 6; $i++) {
    try { if ((Get-InstanceId) -ne '') { return $true } } catch { Start-Sleep -Seconds 5 }
  }
  $false
}

$Handlers.addresses = @{
  Key = { '' }
  Want = { foreach ($address in @(Resolve-Ref $r.addresses)) { Get-PlainAddress $address } }
  Get = {
    $own = @(Get-OwnAddress)
    foreach ($address in @(Resolve-Ref $r.addresses)) { if ($own -contains (Get-PlainAddress $address)) { Get-PlainAddress $address } }
  }
  # A network that has broken is put back as it was: without the cloud's services nobody could mend it.
  Set = {
    $wanted = @(Resolve-Ref $r.addresses)
    $there = @(Get-NetIPAddress -ErrorAction Stop)
    $known = @($there | Where-Object { $own = Get-PlainAddress $_.IPAddress; @($wanted | Where-Object { (Get-PlainAddress $_) -eq $own }).Count -gt 0 })
    if ($known.Count -eq 0) { throw "none of $($wanted -join ', ') is on this machine, so nothing says which interface the others belong to" }
    foreach ($address in $wanted) {
      if (@(Get-OwnAddress) -contains (Get-PlainAddress $address)) { continue }
      Add-OwnAddress $address $known[0]
      if (Test-Metadata) { continue }
      Remove-NetIPAddress -IPAddress $address -Confirm:$false -ErrorAction Stop
      throw "with $address the cloud is not reached any more: it was taken away again"
    }
  }
}
