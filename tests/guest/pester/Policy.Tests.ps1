# Local policy: the file that Windows reads, merged and never replaced; and what a domain has decided.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  $PolicyFolder = Join-Path ([IO.Path]::GetTempPath()) "secure-winrm-$([Guid]::NewGuid().ToString('N'))"
  $Basic = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"AllowBasic","type":"DWord","op":"eq","value":0}'
  $Level = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"CbtHardeningLevel","type":"String","op":"eq","value":"Strict"}'
  $Unset = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"AllowAutoConfig","type":"DWord","op":"absent"}'
  function New-Item56($Resource) { [pscustomobject]@{ Key = $Resource.path; Name = $Resource.name; Type = $PolicyType[$Resource.type]; Data = [byte[]](ConvertTo-PolicyData $Resource) } }
  function Get-RegistryValue([string]$Path, [string]$Name) { $script:Registry["$Path\$Name"] }
  function Set-RegistryValue($Resource) { $script:Registry["$($Resource.path)\$($Resource.name)"] = if ($Resource.op -ne 'absent') { "$($Resource.type) $($Resource.value)" } }
  function Test-Kind($Resource) { Test-Resource (New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Resource })) }
}

Describe 'the local policy file' {
  BeforeEach {
    $Run.Policy = $null
    $Run.DomainPolicy = @()
    $script:Registry = @{}
    Remove-Item -LiteralPath $PolicyFolder -Recurse -Force -ErrorAction SilentlyContinue
    Mock Write-Host { $null }
  }
  AfterAll { Remove-Item -LiteralPath $PolicyFolder -Recurse -Force -ErrorAction SilentlyContinue }

  It 'is written as Windows reads it' {
    Write-Policy @(New-Item56 $Basic)
    $bytes = [IO.File]::ReadAllBytes((Join-Path $PolicyFolder 'Machine\Registry.pol'))
    [Text.Encoding]::ASCII.GetString($bytes, 0, 4) | Should -Be 'PReg'
    [BitConverter]::ToUInt32($bytes, 4) | Should -Be 1
    [Text.Encoding]::Unicode.GetString($bytes, 8, 2) | Should -Be '['
    $bytes.Length | Should -Be (8 + 2 * ('[;;;;]'.Length + $Basic.path.Length + 1 + $Basic.name.Length + 1) + 4 + 4 + 4)
  }

  It 'keeps what others have written, in its order and to the byte' {
    $others = @(
      [pscustomobject]@{ Key = 'SOFTWARE\Policies\Other'; Name = 'Binary'; Type = 3; Data = [byte[]](1, 2, 3) }
      [pscustomobject]@{ Key = 'SOFTWARE\Policies\Other'; Name = '**del.Old'; Type = 1; Data = [byte[]](32, 0, 0, 0) }
      [pscustomobject]@{ Key = 'SOFTWARE\Policies\Other'; Name = 'Empty'; Type = 1; Data = [byte[]]@() }
    )
    Write-Policy $others
    $read = @(Read-Policy)
    $read.Count | Should -Be 3
    for ($i = 0; $i -lt 3; $i++) {
      foreach ($part in 'Key', 'Name', 'Type') { $read[$i].$part | Should -Be $others[$i].$part }
      [BitConverter]::ToString($read[$i].Data) | Should -Be ([BitConverter]::ToString($others[$i].Data))
    }
  }

  It 'is not touched when it is no such file' {
    $null = New-Item -ItemType Directory -Path (Join-Path $PolicyFolder 'Machine') -Force
    [IO.File]::WriteAllBytes((Join-Path $PolicyFolder 'Machine\Registry.pol'), [byte[]](1..20))
    { Read-Policy } | Should -Throw '*no file of policies*'
    (Test-Kind $Basic).Verdict | Should -Be 'unknown'
  }

  It 'gets a value in the place of an old one and of its deletion, and its version is raised by one' {
    Write-Policy @(
      [pscustomobject]@{ Key = $Basic.path; Name = '**del.AllowBasic'; Type = 1; Data = [byte[]](32, 0, 0, 0) }
      [pscustomobject]@{ Key = $Basic.path.ToUpperInvariant(); Name = 'allowbasic'; Type = 4; Data = [byte[]](1, 0, 0, 0) }
    )
    [IO.File]::WriteAllLines((Join-Path $PolicyFolder 'gpt.ini'), [string[]]('[General]', 'gPCUserExtensionNames=[{A}]', 'Version=65540'))
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    Set-Resource (New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Basic }))
    $read = @(Read-Policy)
    $read.Count | Should -Be 1
    [BitConverter]::ToUInt32($read[0].Data, 0) | Should -Be 0
    $ini = [IO.File]::ReadAllLines((Join-Path $PolicyFolder 'gpt.ini'))
    $ini | Should -Contain 'Version=65541'
    $ini | Should -Contain 'gPCUserExtensionNames=[{A}]'
    $ini | Should -Contain "gPCMachineExtensionNames=[$RegistryExtension$RegistryEditor]"
    (Test-Kind $Basic).Found | Should -Be 'DWord 0, held by local policy'
  }

  It 'is what a bare value in the registry lacks' {
    $script:Registry["$($Level.path)\$($Level.name)"] = 'String Strict'
    (Test-Kind $Level).Verdict | Should -Be 'fail'
    Set-Resource (New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Level }))
    (Test-Kind $Level).Found | Should -Be 'String Strict, held by local policy'
  }

  It 'loses what must not be set' {
    Write-Policy @([pscustomobject]@{ Key = $Unset.path; Name = 'AllowAutoConfig'; Type = 4; Data = [byte[]](1, 0, 0, 0) })
    $script:Registry["$($Unset.path)\$($Unset.name)"] = 'DWord 1'
    (Test-Kind $Unset).Verdict | Should -Be 'fail'
    Set-Resource (New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Unset }))
    @(Read-Policy).Count | Should -Be 0
    (Test-Kind $Unset).Verdict | Should -Be 'pass'
  }

  It 'is not asked where a domain holds the value, and a wrong one of the domain is told with its policy' {
    $gpo = [pscustomobject]@{ precedence = 1; registryKey = $Basic.path; valueName = 'AllowBasic'; GPOID = 'cn={11111111-2222-3333-4444-555555555555},cn=policies,cn=system,DC=corp' }
    $Run.DomainPolicy = @($gpo)
    $script:Registry["$($Basic.path)\AllowBasic"] = 'DWord 0'
    (Test-Kind $Basic).Found | Should -Be 'DWord 0, held by GPO {11111111-2222-3333-4444-555555555555}'
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
    $script:Registry["$($Basic.path)\AllowBasic"] = 'DWord 1'
    Set-Resource (New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Basic }))
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    @(Read-Policy).Count | Should -Be 0
    $Run.Log[-1] | Should -BeLike '*GPO {11111111-2222-3333-4444-555555555555} holds another value'
  }
}

Describe 'the lower half of the version' {
  It 'goes from <From> to <To>' -TestCases @(@{ From = 0; To = 1 }, @{ From = 65535; To = 1 }, @{ From = 196608; To = 196609 }, @{ From = 131071; To = 65537 }) {
    $PolicyFolder = Join-Path ([IO.Path]::GetTempPath()) "secure-winrm-$([Guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory -Path $PolicyFolder
    [IO.File]::WriteAllLines((Join-Path $PolicyFolder 'gpt.ini'), [string[]]('[General]', "Version=$From"))
    Update-PolicyVersion
    [IO.File]::ReadAllLines((Join-Path $PolicyFolder 'gpt.ini')) | Should -Contain "Version=$To"
    Remove-Item -LiteralPath $PolicyFolder -Recurse -Force
  }
}
