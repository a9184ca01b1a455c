# ---- addresses that no DHCP server hands out

# What Windows holds, but not what it found to be somebody else's.
function Get-OwnAddress { Get-NetIPAddress -ErrorAction Stop | Where-Object { @('Duplicate', 'Invalid') -notcontains [string]$_.AddressState } }

function Test-OwnAddress([string]$Address) { @(Get-OwnAddress | Where-Object { (Get-PlainAddress $_.IPAddress) -eq (Get-PlainAddress $Address) }).Count -gt 0 }

# The address that shares a network with this one, on whose interface it belongs: a cloud gives an interface addresses of one subnet.
function Get-Neighbour([string]$Address) {
  $family = [string]([Net.IPAddress]::Parse($Address)).AddressFamily
  foreach ($own in @(Get-OwnAddress)) {
    if ([string]([Net.IPAddress]::Parse($own.IPAddress)).AddressFamily -ne $family) { continue }
    $plain = Get-PlainAddress $own.IPAddress
    if ((ConvertTo-Range "$plain/$($own.PrefixLength)") -eq (ConvertTo-Range "$Address/$($own.PrefixLength)")) { $own }
  }
}

function Get-Lease([int]$Place) { Get-OwnAddress | Where-Object { $_.InterfaceIndex -eq $Place -and [string]$_.PrefixOrigin -eq 'Dhcp' -and -not $_.IPAddress.Contains(':') } }

function Set-Interface([string[]]$Arguments) {
  $null = netsh.exe interface ipv4 $Arguments
  if ($LASTEXITCODE -ne 0) { throw "netsh interface ipv4 $($Arguments -join ' ') ended with $LASTEXITCODE" }
}

# An interface would give its lease up for the first address that is entered by hand, unless it is told to keep both; netsh heeds that.
# What the machine sends goes on coming from the first address.
function Add-OwnAddress([string]$Address, $Neighbour) {
  $name = $Neighbour.InterfaceAlias
  $length = [int]$Neighbour.PrefixLength
  if ($Address.Contains(':') -or @(Get-Lease $Neighbour.InterfaceIndex).Count -eq 0) {
    $null = New-NetIPAddress -InterfaceIndex $Neighbour.InterfaceIndex -IPAddress $Address -PrefixLength $length -SkipAsSource $true -ErrorAction Stop
  } else {
    $build = try { (Get-Build).Major } catch { 15063 }
    if ($build -lt 15063) { throw 'Windows before 1703 keeps no lease beside an address that is entered: give this host one address, or enter all of them by hand' }
    $mask = @(0, 1, 2, 3 | ForEach-Object { 256 - [Math]::Pow(2, 8 - [Math]::Max(0, [Math]::Min(8, $length - 8 * $_))) }) -join '.'
    Set-Interface @('set', 'interface', $name, 'dhcpstaticipcoexistence=enabled')
    Set-Interface @('add', 'address', $name, $Address, $mask, 'store=persistent', 'skipassource=true')
  }
}

function Remove-OwnAddress([string]$Address, $Neighbour, [bool]$WasLeased) {
  Remove-NetIPAddress -IPAddress $Address -Confirm:$false -ErrorAction Stop
  if ($WasLeased -and @(Get-Lease $Neighbour.InterfaceIndex).Count -eq 0) { Set-Interface @('set', 'address', $Neighbour.InterfaceAlias, 'source=dhcp') }
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
  Get = { foreach ($address in @(Resolve-Ref $r.addresses)) { if (Test-OwnAddress $address) { Get-PlainAddress $address } } }
  # A network that has broken is put back as it was: without the cloud's services nobody could mend it.
  Set = {
    $missing = @(Resolve-Ref $r.addresses | Where-Object { -not (Test-OwnAddress $_) })
    if (-not (Test-Metadata)) { throw "the metadata service does not answer before $($missing -join ', ') is entered, so nothing would tell whether the network stands it" }
    foreach ($address in $missing) {
      $neighbours = @(Get-Neighbour $address)
      if ($neighbours.Count -eq 0) { throw "no interface of this machine has an address in the subnet of $address" }
      $isLeased = @(Get-Lease $neighbours[0].InterfaceIndex).Count -gt 0
      Add-OwnAddress $address $neighbours[0]
      if (Test-Metadata) { continue }
      Remove-OwnAddress $address $neighbours[0] $isLeased
      throw "with $address the cloud is not reached any more: it was taken away again"
    }
  }
}
