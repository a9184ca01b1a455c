# What the guest script makes of what Windows says. Windows commands are mocked; nothing of the machine is read or changed.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  $Run.Host = [pscustomobject]@{ host = 'web-1'; name = 'web-1.corp.example'; addresses = @('10.0.1.10'); listen = @('10.0.1.10'); secret = 'winrm/web-1' }
  $Run.Nodes = @{ List = [pscustomobject]@{ nodes = @('10.0.9.5/32'); others = @('0.0.0.0-10.0.9.4', '10.0.9.6-255.255.255.255') }; Text = ''; Hash = 'h' }
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
}

Describe 'addresses' {
  It '<From> is <To>' -TestCases @(
    @{ From = '10.0.0.1'; To = '10.0.0.1' }
    @{ From = '10.0.0.1/32'; To = '10.0.0.1' }
    @{ From = '10.0.0.0/24'; To = '10.0.0.0-10.0.0.255' }
    @{ From = '10.0.0.0/255.255.255.0'; To = '10.0.0.0-10.0.0.255' }
    @{ From = '10.0.0.64/255.255.255.192'; To = '10.0.0.64-10.0.0.127' }
    @{ From = '10.0.0.1-10.0.0.9'; To = '10.0.0.1-10.0.0.9' }
    @{ From = '2001:DB8:0:0::5/128'; To = '2001:db8::5' }
    @{ From = '2001:db8::/33'; To = '2001:db8::-2001:db8:7fff:ffff:ffff:ffff:ffff:ffff' }
  ) { ConvertTo-Range $From | Should -Be $To }

  It 'refuses the word <_>' -ForEach @('Any', 'LocalSubnet', 'Internet', '') { { ConvertTo-Range $_ } | Should -Throw }

  It 'knows every other address of the machine' {
    Mock Get-NetIPAddress { [pscustomobject]@{ IPAddress = '10.0.1.10' }; [pscustomobject]@{ IPAddress = 'fe80::1%5' }; [pscustomobject]@{ IPAddress = '127.0.0.1' } }
    @(Get-OtherAddress) | Should -Be @('127.0.0.1', '::1', 'fe80::1%5')
  }
}

Describe 'http.sys bindings' {
  It 'reads them in any language' {
    Mock netsh.exe {
      '', 'SSL-Zertifikatbindungen:', '-----------------------', '',
      '    IP:Port                      : 10.0.1.10:5986', '    Zertifikathash               : 00112233445566778899aabbccddeeff00112233',
      '    Anwendungs-ID                : {AFEBB9AD-9b97-4a91-9ab5-daf4d59122f6}', '',
      '    IP:Port                      : [::]:5986', '    Zertifikathash               : ffffffffffffffffffffffffffffffffffffffff', '    Anwendungs-ID                : {00000000-0000-0000-0000-000000000001}', '',
      '    Hostname:Port                : web:5986', '    Zertifikathash               : eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', '',
      '    Zentraler Zertifikatspeicher : 5986', '    Zertifikathash               : (null)', '',
      '    IP:Port                      : 0.0.0.0:443', '    Zertifikathash               : dddddddddddddddddddddddddddddddddddddddd', ''
    }
    $found = @(Get-SslBinding 5986)
    @($found | ForEach-Object { $_.Text }) | Should -Be @(
      '10.0.1.10:5986 with 00112233445566778899AABBCCDDEEFF00112233'
      '[::]:5986 with FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF of {00000000-0000-0000-0000-000000000001}'
      'web:5986 with EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE of '
      'a central certificate store on 5986'
    )
    @($found | ForEach-Object { $_.Place }) | Should -Be @('ipport=10.0.1.10:5986', 'ipport=[::]:5986', 'hostnameport=web:5986', 'ccs=5986')
  }

  It 'is content with none' {
    Mock netsh.exe { '' }
    @(Get-SslBinding 5986).Count | Should -Be 0
  }
}

Describe 'listeners' {
  BeforeEach {
    Mock Get-Service { [pscustomobject]@{ Status = 'Running'; StartType = 'Automatic' } }
    Mock Get-WSManInstance {
      ([xml]'<l:Listener xmlns:l="x"><l:Address>*</l:Address><l:Transport>HTTP</l:Transport><l:Port>5985</l:Port><l:Hostname/><l:Enabled>true</l:Enabled><l:CertificateThumbprint/><l:ListeningOn>10.0.1.10</l:ListeningOn><l:ListeningOn>127.0.0.1</l:ListeningOn></l:Listener>').DocumentElement
      ([xml]'<l:Listener xmlns:l="x" Source="GPO"><l:Address>IP:10.0.1.99</l:Address><l:Transport>HTTPS</l:Transport><l:Port>5986</l:Port><l:Hostname>web-1</l:Hostname><l:Enabled>true</l:Enabled><l:CertificateThumbprint>AA BB</l:CertificateThumbprint></l:Listener>').DocumentElement
    }
  }

  It 'comes back where what stands between it and its successor fails' {
    $script:Made = @()
    $Run.DoorShut = $true
    Mock Write-Host { return }
    Mock Remove-WSManInstance { return }
    Mock New-WSManInstance { $script:Made += $ValueSet.CertificateThumbprint }
    Mock Get-SslBinding { [pscustomobject]@{ Address = '10.0.1.10'; Place = 'ipport=10.0.1.10:5986' } }
    Mock Remove-SslBinding { throw 'netsh ended with 1' }
    try { { Update-Listener (New-ListenerItem 'IP:10.0.1.10' 'HTTPS' 5986 'web-1' 'NEW' '' '') (New-ListenerItem 'IP:10.0.1.10' 'HTTPS' 5986 'web-1' 'OLD' '' '') } | Should -Throw 'netsh ended with 1' } finally { $Run.DoorShut = $false }
    $script:Made | Should -Be @('OLD')
  }

  It 'goes first in maintenance where none of ours is there, because it may be what keeps ours from coming' {
    $script:Events = @()
    Mock Write-Host { return }
    Mock Assert-Idle { return }
    Mock Get-ListenerThumbprint { 'AABB' }
    Mock Get-WSManInstance { ([xml]'<l:Listener xmlns:l="x"><l:Address>*</l:Address><l:Transport>HTTPS</l:Transport><l:Port>5986</l:Port><l:Hostname>web-1</l:Hostname><l:Enabled>true</l:Enabled><l:CertificateThumbprint>AABB</l:CertificateThumbprint></l:Listener>').DocumentElement }
    Mock Remove-Listener { $script:Events += "remove $($Listener.Address)" }
    Mock Update-Listener { $script:Events += "make $($Listener.Address)" }
    $r = ConvertFrom-Json '{"kind":"listener","transport":"HTTPS","ensure":"present","port":5986,"addresses":{"ref":"host.listen"},"hostname":{"ref":"host.name"}}'
    & $Handlers.listener.Set
    $script:Events | Should -Be @('remove *', 'make IP:10.0.1.10')
  }

  It 'fails while one of HTTP is there' {
    $judged = Test-Resource (New-TestEntry '{"kind":"listener","transport":"HTTP","ensure":"absent"}')
    $judged.Verdict | Should -Be 'fail'
    $judged.Expected | Should -Be 'absent'
    $judged.Found | Should -Be 'HTTP on *:5985'
  }

  It 'tells where one comes from and that nobody hears it' {
    (Get-Listener 'HTTPS').Text | Should -Be 'HTTPS on IP:10.0.1.99:5986 as web-1 with AABB from GPO, listening nowhere'
  }

  It 'knows nothing while the service stands' {
    Mock Get-Service { [pscustomobject]@{ Status = 'Stopped' } }
    (Test-Resource (New-TestEntry '{"kind":"listener","transport":"HTTP","ensure":"absent"}')).Verdict | Should -Be 'unknown'
  }
}

Describe 'firewall rules' {
  BeforeEach {
    Mock Get-NetFirewallRule { if ($Name -eq 'secure-winrm-allow-https') { [pscustomobject]@{ Enabled = 'True'; Direction = 'Inbound'; Action = 'Allow'; Profile = 'Any' } } }
    Mock Get-NetFirewallPortFilter { [pscustomobject]@{ Protocol = 'TCP'; LocalPort = '5986' } }
    Mock Get-NetFirewallAddressFilter { [pscustomobject]@{ LocalAddress = '10.0.1.10'; RemoteAddress = @('10.0.9.5/255.255.255.255') } }
    Mock Get-NetFirewallApplicationFilter { [pscustomobject]@{ Program = 'System' } }
    Mock Get-NetFirewallInterfaceTypeFilter { [pscustomobject]@{ InterfaceType = 'Any' } }
    Mock Get-NetFirewallInterfaceFilter { [pscustomobject]@{ InterfaceAlias = 'Any' } }
    Mock Get-NetFirewallServiceFilter { [pscustomobject]@{ Service = 'Any' } }
    Mock Get-NetFirewallSecurityFilter { [pscustomobject]@{ Authentication = 'NotRequired'; Encryption = 'NotRequired'; OverrideBlockRules = $false; LocalUser = 'Any'; RemoteUser = 'Any'; RemoteMachine = 'Any' } }
    $allow = New-TestEntry '{"kind":"firewallRule","name":"secure-winrm-allow-https","action":"Allow","ports":[5986],"local":{"ref":"host.listen"},"remote":{"ref":"nodes.allow"}}'
  }

  It 'are compared by what they mean' { (Test-Resource $allow).Verdict | Should -Be 'pass' }

  It 'fail when they let in more' {
    Mock Get-NetFirewallAddressFilter { [pscustomobject]@{ LocalAddress = '10.0.1.10'; RemoteAddress = @('10.0.9.5', '10.0.9.7') } }
    (Test-Resource $allow).Verdict | Should -Be 'fail'
  }

  It 'fail when anybody may come' {
    Mock Get-NetFirewallAddressFilter { [pscustomobject]@{ LocalAddress = 'Any'; RemoteAddress = 'Any' } }
    (Test-Resource $allow).Found | Should -Match 'from Any'
  }

  It 'never become rules for everybody' {
    $Run.Nodes.List.nodes = @()
    { Get-RuleAddress $allow.Resource.remote } | Should -Throw '*would mean Any*'
    $Run.Nodes.List.nodes = @('Any')
    { Get-RuleAddress $allow.Resource.remote } | Should -Throw
    $Run.Nodes.List.nodes = @('10.0.9.5/32')
  }

  It 'are unknown when the firewall does not answer' {
    Mock Get-NetFirewallRule { throw 'no more endpoints' }
    (Test-Resource $allow).Verdict | Should -Be 'unknown'
    (Test-Resource (New-TestEntry '{"kind":"builtinRule","name":"WINRM-HTTP-In-TCP"}')).Verdict | Should -Be 'unknown'
  }
}

Describe 'registry values' {
  It '<Op> <Value>: <Found> is <Verdict>' -TestCases @(
    @{ Op = 'eq'; Value = '5'; Found = 'DWord 5'; Verdict = 'pass' }
    @{ Op = 'eq'; Value = '5'; Found = 'String 5'; Verdict = 'fail' }
    @{ Op = 'eq'; Value = '4294967295'; Found = 'DWord 4294967295'; Verdict = 'pass' }
    @{ Op = 'ge'; Value = '5'; Found = 'DWord 6'; Verdict = 'pass' }
    @{ Op = 'ge'; Value = '5'; Found = 'DWord 4'; Verdict = 'fail' }
    @{ Op = 'le'; Value = '5'; Found = 'DWord 6'; Verdict = 'fail' }
    @{ Op = 'between'; Value = '[1,5]'; Found = 'DWord 1'; Verdict = 'pass' }
    @{ Op = 'between'; Value = '[1,5]'; Found = 'DWord 5'; Verdict = 'pass' }
    @{ Op = 'between'; Value = '[1,5]'; Found = 'DWord 0'; Verdict = 'fail' }
    @{ Op = 'between'; Value = '[1,5]'; Found = 'DWord 6'; Verdict = 'fail' }
    @{ Op = 'between'; Value = '[1,5]'; Found = 'String 3'; Verdict = 'fail' }
    @{ Op = 'between'; Value = '[1,5]'; Found = ''; Verdict = 'fail' }
    @{ Op = 'oneOf'; Value = '[1,2]'; Found = 'DWord 2'; Verdict = 'pass' }
    @{ Op = 'oneOf'; Value = '[1,2]'; Found = 'DWord 3'; Verdict = 'fail' }
    @{ Op = 'eq'; Value = '5'; Found = ''; Verdict = 'fail' }
    @{ Op = 'absent'; Value = '0'; Found = ''; Verdict = 'pass' }
    @{ Op = 'absent'; Value = '0'; Found = 'DWord 0'; Verdict = 'fail' }
  ) {
    $answer = $Found
    Mock Get-RegistryValue { if ($answer -ne '') { $answer } }
    (Test-Resource (New-TestEntry "{`"kind`":`"registry`",`"path`":`"P`",`"name`":`"N`",`"type`":`"DWord`",`"op`":`"$Op`",`"value`":$Value}")).Verdict | Should -Be $Verdict
  }
}

Describe 'the folder that is written to' {
  BeforeAll {
    $Handlers.folder.Want = { 'safe' }
    $Handlers.folder.Get = { if ($script:Safe -eq $r.path) { 'safe' } else { 'somebody else''s' } }
  }
  BeforeEach { $entries = @('C:\ProgramData\secure-winrm', 'C:\transcripts' | ForEach-Object { New-TestEntry (ConvertTo-Json @{ kind = 'folder'; path = $_; sddl = 'D:' }) }) }

  It 'is our own: another one that is safe does not make it so' {
    $script:Safe = 'C:\transcripts'
    foreach ($entry in $entries) { $null = Test-Resource $entry }
    $Run.FolderReady | Should -BeFalse
  }

  It 'is our own: another one that is not safe takes nothing from it' {
    $script:Safe = 'C:\ProgramData\secure-winrm'
    foreach ($entry in $entries) { $null = Test-Resource $entry }
    $Run.FolderReady | Should -BeTrue
  }
}

Describe 'names in a certificate' {
  It 'come from the DER, whatever the language' {
    $der = [byte[]](0x30, 0x0f, 0x82, 0x05) + [Text.Encoding]::ASCII.GetBytes('a.b.c') + [byte[]](0x87, 0x04, 10, 0, 0, 1)
    $extension = New-Object Security.Cryptography.X509Certificates.X509Extension '2.5.29.17', $der, $false
    @(Get-DnsName ([pscustomobject]@{ Extensions = @($extension) })) | Should -Be @('a.b.c')
  }

  It 'may be many' {
    $names = [byte[]]@()
    foreach ($i in 1..30) { $names += [byte[]](0x82, 0x08) + [Text.Encoding]::ASCII.GetBytes(('host-{0:d3}' -f $i)) }
    $extension = New-Object Security.Cryptography.X509Certificates.X509Extension '2.5.29.17', ([byte[]](0x30, 0x82, 0x01, 0x2c) + $names), $false
    @(Get-DnsName ([pscustomobject]@{ Extensions = @($extension) })).Count | Should -Be 30
  }
}
