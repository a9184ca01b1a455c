# Local policy: the file that Windows reads, merged and never replaced; and what a domain has decided.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  $PolicyFolder = [IO.Path]::Combine([IO.Path]::GetTempPath(), "secure-winrm-$([Guid]::NewGuid().ToString('N'))")
  $Basic = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"AllowBasic","type":"DWord","op":"eq","value":0}'
  $Level = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"CbtHardeningLevel","type":"String","op":"eq","value":"Strict"}'
  $Unset = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service","name":"AllowAutoConfig","type":"DWord","op":"absent"}'
  $Size = ConvertFrom-Json '{"kind":"policy","path":"SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog\\Security","name":"MaxSize","type":"DWord","op":"ge","value":196608}'
  $Guid = '{11111111-2222-3333-4444-555555555555}'
  function New-TestItem([string]$Key, [string]$Name, [int]$Type, [byte[]]$Data) { [pscustomobject]@{ Key = $Key; Name = $Name; Type = $Type; Data = $Data } }
  function New-TestSetting($Resource, [bool]$Deleted, [int]$Type, [byte[]]$Data) {
    [pscustomobject]@{ precedence = 1; registryKey = $Resource.path; valueName = $Resource.name; GPOID = "cn=$Guid,cn=policies,cn=system,DC=corp"; deleted = $Deleted; valueType = $Type; value = $Data }
  }
  function Get-RegistryValue([string]$Path, [string]$Name) { if ($script:Registry.ContainsKey("$Path\$Name")) { $script:Registry["$Path\$Name"] } }
  function Set-RegistryValue($Resource) {
    if ($Resource.op -eq 'absent') { $script:Registry.Remove("$($Resource.path)\$($Resource.name)") } else { $script:Registry["$($Resource.path)\$($Resource.name)"] = "$($Resource.type) $(@($Resource.value)[0])" }
  }
  function Set-TestValue($Resource, [string]$Text) { $script:Registry["$($Resource.path)\$($Resource.name)"] = $Text }
  function New-TestEntry($Resource) { New-Entry ([pscustomobject]@{ controls = @('c'); resource = $Resource }) }
  function Test-Kind($Resource) { Test-Resource (New-TestEntry $Resource) }
  function Set-Kind($Resource) { Set-Resource (New-TestEntry $Resource) }
  function Get-TestIndex { if ([IO.File]::Exists("$PolicyFolder\gpt.ini")) { [IO.File]::ReadAllLines("$PolicyFolder\gpt.ini") } }
  function Set-TestIndex([string[]]$Lines) {
    $null = [IO.Directory]::CreateDirectory($PolicyFolder)
    [IO.File]::WriteAllLines("$PolicyFolder\gpt.ini", $Lines)
  }
  # Where no backslash parts folders, the files lie beside the folder.
  function Clear-TestFolder {
    foreach ($path in [IO.Directory]::GetFileSystemEntries([IO.Path]::GetTempPath(), "$([IO.Path]::GetFileName($PolicyFolder))*")) {
      if ([IO.Directory]::Exists($path)) { [IO.Directory]::Delete($path, $true) } else { [IO.File]::Delete($path) }
    }
  }
}

Describe 'the local policy' {
  BeforeEach {
    $Run.Policy = $null
    $Run.DomainPolicy = @()
    $Run.Log = @()
    $script:Registry = @{}
    $script:Pending = @()
    Clear-TestFolder
    Mock Write-Host { return }
    Mock Get-Pending { return }
    Mock Save-Pending { $script:Pending += "$After for $Key" }
  }
  AfterAll { Clear-TestFolder }

  # Computed by another program from the format's description.
  It 'is written to the byte as Windows reads it' {
    Write-Policy @((New-TestItem 'K' 'N' 4 (255, 255, 255, 255)), (New-TestItem 'K' 'S' 1 (97, 0, 98, 0, 0, 0)))
    $bytes = [IO.File]::ReadAllBytes("$PolicyFolder\Machine\Registry.pol")
    [BitConverter]::ToString($bytes).Replace('-', '') | Should -Be '50526567010000005B004B0000003B004E0000003B00040000003B00040000003B00FFFFFFFF5D005B004B0000003B00530000003B00010000003B00060000003B006100620000005D00'
    @(Get-Policy | ForEach-Object { Get-PolicyText $_.Type $_.Data }) | Should -Be @('DWord 4294967295', 'String ab')
  }

  It 'keeps what others have written, in its order and to the byte' {
    $others = @(
      New-TestItem 'SOFTWARE\Policies\Other' 'Binary' 3 (1, 2, 3)
      New-TestItem 'SOFTWARE\Policies\Other' '**del.Old' 1 (32, 0, 0, 0)
      New-TestItem 'SOFTWARE\Policies\Other' 'Empty' 1 @()
    )
    Write-Policy $others
    Set-Kind $Basic
    $Run.Policy = $null
    $read = @(Get-Policy)
    $read.Count | Should -Be 4
    for ($i = 0; $i -lt 3; $i++) {
      foreach ($part in 'Key', 'Name', 'Type') { $read[$i].$part | Should -Be $others[$i].$part }
      [BitConverter]::ToString($read[$i].Data) | Should -Be ([BitConverter]::ToString($others[$i].Data))
    }
  }

  It 'is read anew before it is written, because others write it too' {
    $null = Test-Kind $Basic
    Write-Policy @(New-TestItem 'SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules' 'secure-winrm-gate' 1 (65, 0, 0, 0))
    $Run.Policy = @()
    Set-Kind $Basic
    @(Get-Policy | ForEach-Object { $_.Name }) | Should -Be @('secure-winrm-gate', 'AllowBasic')
  }

  It 'is not touched when it is no such file, or is cut off' {
    $null = [IO.Directory]::CreateDirectory("$PolicyFolder\Machine")
    foreach ($bytes in @((, [byte[]](1..20)), (, [byte[]](0x50, 0x52, 0x65, 0x67, 1, 0, 0, 0, 0x5B, 0, 0x4B, 0)))) {
      [IO.File]::WriteAllBytes("$PolicyFolder\Machine\Registry.pol", $bytes[0])
      $Run.Policy = $null
      (Test-Kind $Basic).Verdict | Should -Be 'unknown'
      Set-Kind $Basic
      [IO.File]::ReadAllBytes("$PolicyFolder\Machine\Registry.pol").Length | Should -Be $bytes[0].Length
      $script:Registry.Count | Should -Be 0
      $script:Pending.Count | Should -Be 0
    }
  }

  It 'gets a value in the place of an old one and of its deletion, and its version is raised by one' {
    Write-Policy @((New-TestItem $Basic.path '**del.AllowBasic' 1 (32, 0, 0, 0)), (New-TestItem $Basic.path.ToUpperInvariant() 'allowbasic' 4 (1, 0, 0, 0)))
    Set-TestIndex @('[General]', 'gPCUserExtensionNames=[{A}]', 'Version=65540')
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    Set-Kind $Basic
    @(Get-Policy | ForEach-Object { "$($_.Name) $(Get-PolicyText $_.Type $_.Data)" }) | Should -Be @('AllowBasic DWord 0')
    Get-TestIndex | Should -Be @('[General]', "gPCMachineExtensionNames=[$RegistryExtension$RegistryEditor]", 'Version=65541', 'gPCUserExtensionNames=[{A}]')
    (Test-Kind $Basic).Found | Should -Be 'DWord 0, held by local policy'
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
    $script:Pending | Should -Be @("service for policy $($Basic.path)\AllowBasic")
    Set-Kind $Basic
    Get-TestIndex | Should -Contain 'Version=65541'
  }

  It 'is what a bare value in the registry lacks' {
    Set-TestValue $Level 'String Strict'
    (Test-Kind $Level).Verdict | Should -Be 'fail'
    (Test-Kind $Level).Expected | Should -Be 'String Strict, held by policy'
    Set-Kind $Level
    (Test-Kind $Level).Found | Should -Be 'String Strict, held by local policy'
  }

  It 'keeps what is more than the least, wherever that stands' {
    foreach ($place in 'registry', 'policy') {
      Clear-TestFolder
      $Run.Policy = $null
      $script:Registry = @{}
      Set-TestValue $Size 'DWord 5120000'
      if ($place -eq 'policy') {
        Set-Kind $Size
        Set-TestValue $Size 'DWord 100'
      }
      (Test-Kind $Size).Verdict | Should -Be 'fail'
      Set-Kind $Size
      (Test-Kind $Size).Found | Should -Be 'DWord 5120000, held by local policy'
    }
  }

  It 'fails a right value that it would undo: <About>' -TestCases @(
    @{ About = 'another one'; Name = 'AllowBasic'; Type = 4; Data = @(1, 0, 0, 0); Says = 'held otherwise by local policy: DWord 1' }
    @{ About = 'one of another type'; Name = 'AllowBasic'; Type = 1; Data = @(48, 0, 0, 0); Says = 'held otherwise by local policy: String 0' }
  ) {
    Set-Kind $Basic
    Write-Policy @(New-TestItem $Basic.path $Name $Type $Data)
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    (Test-Kind $Basic).Found | Should -Be "DWord 0, $Says"
    Set-Kind $Basic
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
  }

  It 'holds nothing that it deletes again further down: <Deletion>' -TestCases @(
    @{ Deletion = '**del.AllowBasic'; Of = ' ' }
    @{ Deletion = '**delvals.'; Of = ' ' }
    @{ Deletion = '**DeleteValues'; Of = 'Other;AllowBasic' }
  ) {
    Set-Kind $Basic
    Write-Policy (@(Get-Policy) + (New-TestItem $Basic.path $Deletion 1 ([Text.Encoding]::Unicode.GetBytes("$Of`0"))))
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    Set-Kind $Basic
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
  }

  It 'holds nothing while Windows does not read it' {
    Set-Kind $Basic
    foreach ($lines in @('Version=0', "gPCMachineExtensionNames=[$RegistryExtension$RegistryEditor]"), @('Version=7', 'gPCMachineExtensionNames=[{A}{B}]')) {
      Set-TestIndex (@('[General]') + $lines)
      (Test-Kind $Basic).Found | Should -Be 'DWord 0, held unread by local policy'
      Set-Kind $Basic
      (Test-Kind $Basic).Verdict | Should -Be 'pass'
    }
  }

  It 'stays as it is where somebody has switched it off' {
    Set-TestIndex @('[General]', 'Options=2', 'Version=3')
    Set-Kind $Basic
    $Run.Log[-1] | Should -BeLike '*the local policy is switched off*'
    $script:Pending.Count | Should -Be 0
    Get-TestIndex | Should -Be @('[General]', 'Options=2', 'Version=3')
  }

  It 'counts for nothing where a domain has switched it off' {
    Set-Kind $Basic
    $script:InDomain = $true
    Mock Get-CimInstance { [pscustomobject]@{ PartOfDomain = $script:InDomain } }
    $script:Registry["$PolicySwitches\DisableLGPOProcessing"] = 'DWord 1'
    (Test-Kind $Basic).Found | Should -Be 'DWord 0, held unread by local policy'
    Set-Kind $Basic
    $Run.Log[-1] | Should -BeLike '*switched off*DisableLGPOProcessing*'
    $script:InDomain = $false
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
  }

  It 'is not known of a domain that keeps no record of it' {
    $Run.DomainPolicy = $null
    Mock Get-CimInstance { if ($ClassName -eq 'Win32_ComputerSystem') { [pscustomobject]@{ PartOfDomain = $true } } }
    Set-TestValue $Basic 'DWord 0'
    $script:Registry["$PolicySwitches\RSoPLogging"] = 'DWord 0'
    (Test-Kind $Basic).Verdict | Should -Be 'unknown'
    (Test-Kind $Basic).Found | Should -BeLike '*RSoPLogging*'
  }

  It 'loses what must not be set, and keeps what deletes it' {
    Write-Policy @((New-TestItem $Unset.path '**del.AllowAutoConfig' 1 (32, 0, 0, 0)), (New-TestItem $Unset.path 'AllowAutoConfig' 4 (1, 0, 0, 0)))
    Set-TestValue $Unset 'DWord 1'
    (Test-Kind $Unset).Verdict | Should -Be 'fail'
    Set-Kind $Unset
    @(Get-Policy | ForEach-Object { $_.Name }) | Should -Be @('**del.AllowAutoConfig')
    (Test-Kind $Unset).Verdict | Should -Be 'pass'
    (Test-Kind $Unset).Found | Should -Be 'absent'
  }

  It 'is not written for a value that must go and stands in the registry only' {
    Set-TestValue $Unset 'DWord 1'
    Set-Kind $Unset
    (Test-Kind $Unset).Verdict | Should -Be 'pass'
    [IO.File]::Exists("$PolicyFolder\Machine\Registry.pol") | Should -BeFalse
    Get-TestIndex | Should -BeNullOrEmpty
  }

  It 'with a local policy of <Extensions> gives <To>' -TestCases @(
    @{ Extensions = '[{827D319E-6EAC-11D2-A4EA-00C04F79F83A}{803E14A0-B4FB-11D0-A0D0-00A0C90F574B}]'; To = '[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}][{827D319E-6EAC-11D2-A4EA-00C04F79F83A}{803E14A0-B4FB-11D0-A0D0-00A0C90F574B}]' }
    @{ Extensions = '[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{B05566AC-FE9C-4368-BE01-7A4CBB6CBA11}]'; To = '[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{B05566AC-FE9C-4368-BE01-7A4CBB6CBA11}]' }
  ) {
    Set-TestIndex @('[General]', "gPCMachineExtensionNames=$Extensions", 'Version=1')
    Update-PolicyVersion
    Get-TestIndex | Should -Contain "gPCMachineExtensionNames=$To"
  }

  It 'goes from version <From> to <To>' -TestCases @(@{ From = 0; To = 1 }, @{ From = 65535; To = 1 }, @{ From = 196608; To = 196609 }, @{ From = 131071; To = 65537 }, @{ From = 4294901760; To = 4294901761 }) {
    Set-TestIndex @('[General]', "Version=$From")
    Update-PolicyVersion
    Get-TestIndex | Should -Contain "Version=$To"
  }

  It 'is asked for nothing where a domain holds the value' {
    $Run.DomainPolicy = @(New-TestSetting $Basic $false 4 (0, 0, 0, 0))
    Set-TestValue $Basic 'DWord 0'
    (Test-Kind $Basic).Found | Should -Be "DWord 0, held by GPO $Guid"
    (Test-Kind $Basic).Verdict | Should -Be 'pass'
  }

  It 'cannot mend what a domain has wrong, and says whose policy it is' {
    $Run.DomainPolicy = @(New-TestSetting $Basic $false 4 (1, 0, 0, 0))
    foreach ($now in 'DWord 1', 'DWord 0') {
      Set-TestValue $Basic $now
      (Test-Kind $Basic).Verdict | Should -Be 'fail'
      Set-Kind $Basic
      $script:Registry["$($Basic.path)\AllowBasic"] | Should -Be $now
      $Run.Log[-1] | Should -BeLike "*GPO $Guid holds another value: DWord 1"
    }
    [IO.File]::Exists("$PolicyFolder\Machine\Registry.pol") | Should -BeFalse
    $script:Pending.Count | Should -Be 0
  }

  It 'is not needed for a value of a domain that only the registry has lost' {
    $Run.DomainPolicy = @(New-TestSetting $Size $false 4 ([BitConverter]::GetBytes([uint32]5120000)))
    (Test-Kind $Size).Found | Should -Be "held otherwise by GPO ${Guid}: DWord 5120000"
    Set-Kind $Size
    (Test-Kind $Size).Found | Should -Be "DWord 5120000, held by GPO $Guid"
    (Test-Kind $Size).Verdict | Should -Be 'pass'
    [IO.File]::Exists("$PolicyFolder\Machine\Registry.pol") | Should -BeFalse
  }

  It 'lets a domain delete what must be absent, and nothing else' {
    $Run.DomainPolicy = @((New-TestSetting $Unset $true 0 @()), (New-TestSetting $Basic $true 0 @()))
    (Test-Kind $Unset).Verdict | Should -Be 'pass'
    (Test-Kind $Basic).Verdict | Should -Be 'fail'
    Set-Kind $Basic
    $Run.Log[-1] | Should -BeLike "*GPO $Guid holds another value: absent"
  }
}
