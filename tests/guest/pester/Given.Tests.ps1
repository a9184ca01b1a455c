# What the guest script is given: parameters with their hash, the cloud's metadata, certificates that somebody else puts into the store.
BeforeAll { . "$PSScriptRoot/Load.ps1" }

Describe 'the parameters of a gate run' {
  BeforeEach {
    Mock Select-Nodes { return }
    Mock Read-File { '{"host":"old","name":"old","addresses":["10.0.0.1"],"listen":["10.0.0.1"],"secret":""}' }
    $text = '{"addresses":["10.0.1.10"],"host":"web-1","interface":["10.0.1.10"],"listen":["10.0.1.10"],"name":"web-1.corp.example","secret":""}'
    $SecureWinrm.Run = 'Gate'
    $SecureWinrm.Host = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text))
    $SecureWinrm.Gate = Get-TextHash "g`n$text"
    $Run.Host = $null
  }

  It 'are taken when they are what is to be proven' {
    Read-Parameter 'g'
    $Run.Host.name | Should -Be 'web-1.corp.example'
    @($Run.Host.listen) | Should -Be @('10.0.1.10')
  }

  It 'hash as everywhere else' { Get-TextHash "a`nb" | Should -Be '7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78' }

  It 'are refused with another document, with another hash, and when there are none' {
    { Read-Parameter 'other' } | Should -Throw '*have gate hash*'
    $hash = $SecureWinrm.Gate
    foreach ($wrong in '', $hash.ToUpperInvariant(), ('0' * 64)) {
      $SecureWinrm.Gate = $wrong
      { Read-Parameter 'g' } | Should -Throw '*have gate hash*'
    }
    $SecureWinrm.Gate = $hash
    $SecureWinrm.Host = ''
    { Read-Parameter 'g' } | Should -Throw '*have gate hash*'
    $Run.Host | Should -BeNullOrEmpty
  }

  It 'come from the disk in every other run, those of an earlier version too' {
    $SecureWinrm.Run = 'Maintenance'
    Read-Parameter 'g'
    $Run.Host.host | Should -Be 'old'
  }

  It 'are not known where somebody has changed them on the disk' {
    $SecureWinrm.Run = 'Maintenance'
    $KeptHashes['host.json'] = Get-TextHash $text
    try {
      Read-Parameter 'g'
      $Run.Host | Should -BeNullOrEmpty
      @($Run.Altered.Keys) | Should -Be @('host.json')
    } finally {
      $KeptHashes.Clear()
      $Run.Altered.Clear()
    }
  }
}

Describe 'Azure' {
  BeforeEach {
    $SecureWinrm.Cloud = 'azure'
    $SecureWinrm.NodesUrl = 'https://example.blob.core.windows.net/nodes/nodes.json'
    $SecureWinrm.Identity = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'
  }

  It 'tells the id of the machine, which is compared in lower case' {
    Mock Invoke-Metadata { 'AB12C-9' } -ParameterFilter { $Method -eq 'GET' -and $Path -like 'metadata/instance/compute/vmId*' -and $Header -eq 'Metadata' -and $Value -eq 'true' }
    Get-InstanceId | Should -BeExactly 'ab12c-9'
  }

  It 'has no secrets for the script' { { Get-SecretText 'winrm/web-1' } | Should -Throw 'hosts in azure read no secrets' }

  It 'keeps the node list in a blob' {
    Mock Get-BlobText { "list of $Url" }
    Get-NodeListText | Should -Be 'list of https://example.blob.core.windows.net/nodes/nodes.json'
  }

  # The serializer is one of .NET Framework.
  It 'shows the token to the blob service only' -Skip:($PSVersionTable.PSEdition -eq 'Core') {
    $script:Token = '{"access_token":"abc"}'
    Mock Invoke-Metadata { $script:Token } -ParameterFilter { $Path -like "*client_id=$($SecureWinrm.Identity)" }
    Mock Read-Response { "$($Request.RequestUri) $($Request.Headers['Authorization']) $($Request.Headers['x-ms-version'])" }
    Get-BlobText $SecureWinrm.NodesUrl | Should -Be 'https://example.blob.core.windows.net/nodes/nodes.json Bearer abc 2021-08-06'
    $script:Token = '{"secret'
    { Get-BlobText $SecureWinrm.NodesUrl } | Should -Throw 'the metadata service gives no token'
  }
}

Describe 'the certificate of the listener' {
  BeforeEach {
    function New-TestCertificate([string]$Thumbprint, [int]$Day, [bool]$HasKey = $true) { [pscustomobject]@{ Thumbprint = $Thumbprint; HasPrivateKey = $HasKey; NotBefore = [DateTime]::new(2026, 1, $Day); NotAfter = [DateTime]::new(2028, 1, 1); Name = 'web-1.corp.example' } }
    $Run.Host = [pscustomobject]@{ host = 'web-1'; name = 'web-1.corp.example'; addresses = @('10.0.1.10'); listen = @('10.0.1.10'); secret = '' }
    $Run.Certificate = ConvertFrom-Json '{"kind":"certificate","from":"store","name":{"ref":"host.name"},"secret":{"ref":"host.secret"},"trustedRoots":[]}'
    $Run.FromStore = $true
    $Run.Secret = $null
    $script:Bad = @()
    $script:Bound = @()
    $script:Store = @((New-TestCertificate 'AA' 1), (New-TestCertificate 'CC' 3), (New-TestCertificate 'BB' 2), (New-TestCertificate 'DD' 4 $false))
    Mock Get-StoreCertificate { $script:Store }
    Mock Get-CommonName { $Certificate.Name }
    Mock Get-StoredFault { if ($script:Bad -contains $Certificate.Thumbprint) { 'bad' } }
    Mock Get-Listener { foreach ($thumbprint in $script:Bound) { [pscustomobject]@{ Thumbprint = $thumbprint } } }
    Mock Open-Pfx { throw 'nothing is fetched' }
  }

  It 'is the newest good one with its key' {
    Get-ListenerThumbprint | Should -Be 'CC'
    $script:Bad = @('CC')
    Get-ListenerThumbprint | Should -Be 'BB'
  }

  It 'is never one of another name' {
    $script:Store[1].Name = 'web-2.corp.example'
    Get-ListenerThumbprint | Should -Be 'BB'
  }

  It 'is a bad one only while the listener has it already' {
    $script:Bad = @('AA', 'BB', 'CC')
    Get-ListenerThumbprint | Should -Be ''
    $script:Bound = @('AA')
    Get-ListenerThumbprint | Should -Be 'AA'
  }

  It 'is none where nobody has put one' {
    $script:Store = @()
    Get-ListenerThumbprint | Should -Be ''
    (Get-SecretCertificate).Problem | Should -Be 'nobody has put one there'
  }
}
