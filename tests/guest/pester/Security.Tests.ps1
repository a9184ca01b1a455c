# Account policy, user rights, audit policy: what secedit and auditpol write is read in any language, lists are merged.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  # Names of accounts are Windows' to translate.
  if ($PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows) { function Get-RightSid([string]$Item) { $Item.TrimStart('*') } }
  function Get-TokenSid([string]$Sid) { $Sid; 'S-1-1-0' }
  function Resolve-Trustee([string]$Trustee) { @{ 'account.connection' = 'S-1-5-21-1-2-3-1001'; 'account.become' = 'S-1-5-21-1-2-3-1002' }[$Trustee] }
}

Describe 'the security database' {
  BeforeEach {
    $script:Written = @()
    $Run.Security = @('[Unicode]', 'Unicode=yes', '[System Access]', 'MinimumPasswordLength = 8', 'MaximumPasswordAge = -1', 'LockoutBadCount = 0', '[Privilege Rights]', 'SeNetworkLogonRight = *S-1-5-32-544,*S-1-5-11', 'SeDenyNetworkLogonRight = Gast,*S-1-5-21-1-2-3-1001', '[Version]')
    Mock Write-SecurityValue { $script:Written += "$Section $Area $($Lines -join ' ; ')" }
    Mock Write-Host { return }
  }

  It 'has a value in its own section only' {
    Get-SecurityValue 'System Access' 'minimumpasswordlength' | Should -Be '8'
    Get-SecurityValue 'Privilege Rights' 'MinimumPasswordLength' | Should -BeNullOrEmpty
  }

  It 'gets every account policy that does not comply in one template' {
    $Run.Entries = @(
      New-TestEntry '{"kind":"accountPolicy","name":"MinimumPasswordLength","op":"ge","value":14,"write":14}'
      New-TestEntry '{"kind":"accountPolicy","name":"MaximumPasswordAge","op":"between","value":[1,365],"write":365}'
      New-TestEntry '{"kind":"accountPolicy","name":"LockoutBadCount","op":"between","value":[1,5],"write":5}'
      New-TestEntry '{"kind":"accountPolicy","name":"LockoutDuration","op":"ge","value":15,"write":15}'
    )
    Set-Resource $Run.Entries[0]
    $script:Written | Should -Be @('System Access SECURITYPOLICY MinimumPasswordLength = 14 ; MaximumPasswordAge = 365 ; LockoutBadCount = 5 ; LockoutDuration = 15')
  }

  It 'keeps an account locked for as long as failures are remembered' {
    $Run.Security = @('[System Access]', 'LockoutDuration = 10', 'ResetLockoutCount = 60')
    $Run.Entries = @(New-TestEntry '{"kind":"accountPolicy","name":"LockoutDuration","op":"ge","value":15,"write":15}')
    Set-Resource $Run.Entries[0]
    $script:Written | Should -Be @('System Access SECURITYPOLICY LockoutDuration = 60')
  }

  It 'lets a password be changed before it has to be' {
    $Run.Security = @('[System Access]', 'MinimumPasswordAge = 90', 'MaximumPasswordAge = -1')
    $Run.Entries = @(New-TestEntry '{"kind":"accountPolicy","name":"MaximumPasswordAge","op":"between","value":[1,60],"write":60}')
    Set-Resource $Run.Entries[0]
    $script:Written | Should -Be @('System Access SECURITYPOLICY MinimumPasswordAge = 1 ; MaximumPasswordAge = 60')
  }

  It 'gets the rest where Windows refuses one, and what a lockout is made of together' {
    Mock Write-SecurityValue {
      $script:Written += $Lines -join ' ; '
      if ("$Lines" -like '*MinimumPasswordLength*') { throw 'refused' }
    }
    { Write-AccountPolicy @('MinimumPasswordLength = 20', 'LockoutBadCount = 5', 'PasswordComplexity = 1', 'LockoutDuration = 15') } | Should -Throw 'refused'
    $script:Written | Select-Object -Skip 1 | Should -Be @('LockoutBadCount = 5 ; LockoutDuration = 15', 'MinimumPasswordLength = 20', 'PasswordComplexity = 1')
  }

  It 'takes <Found> for <Op> <Value>: <Good>' -TestCases @(
    @{ Name = 'x'; Found = '14'; Op = 'ge'; Value = 14; Good = $true }
    @{ Name = 'x'; Found = '13'; Op = 'ge'; Value = 14; Good = $false }
    @{ Name = 'x'; Found = '-1'; Op = 'between'; Value = @(1, 365); Good = $false }
    @{ Name = 'x'; Found = '0'; Op = 'between'; Value = @(1, 5); Good = $false }
    @{ Name = 'x'; Found = '5'; Op = 'between'; Value = @(1, 5); Good = $true }
    @{ Name = 'LockoutDuration'; Found = '-1'; Op = 'ge'; Value = 15; Good = $true }
    @{ Name = 'x'; Found = ''; Op = 'eq'; Value = 0; Good = $false }
  ) { Test-AccountPolicy ([pscustomobject]@{ name = $Name; op = $Op; value = $Value }) $Found | Should -Be $Good }

  It 'gives a right to whom it is missing, takes it from whom it must not have, and leaves the rest' {
    $entry = New-TestEntry '{"kind":"userRight","right":"SeDenyNetworkLogonRight","holds":["account.become"],"lacks":["account.connection"]}'
    $Run.Entries = @($entry)
    (Test-Resource $entry).Found | Should -Be 'without account.become, account.connection has it by S-1-5-21-1-2-3-1001'
    Set-Resource $entry
    $script:Written | Should -Be @('Privilege Rights USER_RIGHTS SeDenyNetworkLogonRight = Gast,*S-1-5-21-1-2-3-1002')
  }

  It 'writes nothing where only a group gives a right that must not be had, and says so' {
    $Run.Security = @('[Privilege Rights]', 'SeDenyNetworkLogonRight = *S-1-1-0')
    $Run.Log = @()
    $entry = New-TestEntry '{"kind":"userRight","right":"SeDenyNetworkLogonRight","holds":[],"lacks":["account.connection"]}'
    (Test-Resource $entry).Found | Should -Be 'account.connection has it by S-1-1-0'
    Set-Resource $entry
    $script:Written.Count | Should -Be 0
    $Run.Log[-1] | Should -BeLike '*a group gives SeDenyNetworkLogonRight*'
  }

  It 'gives a right that nobody has, and takes it from the last one who has it' {
    $Run.Security = @('[Privilege Rights]', 'SeDenyNetworkLogonRight = *S-1-5-21-1-2-3-1001')
    Set-Resource (New-TestEntry '{"kind":"userRight","right":"SeInteractiveLogonRight","holds":["account.become"],"lacks":[]}')
    Set-Resource (New-TestEntry '{"kind":"userRight","right":"SeDenyNetworkLogonRight","holds":[],"lacks":["account.connection"]}')
    $script:Written | Should -Be @('Privilege Rights USER_RIGHTS SeInteractiveLogonRight = *S-1-5-21-1-2-3-1002', 'Privilege Rights USER_RIGHTS SeDenyNetworkLogonRight = ')
  }

  It 'leaves a right alone that an account has by a group' {
    $Run.Security = @('[Privilege Rights]', 'SeNetworkLogonRight = *S-1-1-0')
    $entry = New-TestEntry '{"kind":"userRight","right":"SeNetworkLogonRight","holds":["account.connection"],"lacks":[]}'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    Set-Resource $entry
    $script:Written.Count | Should -Be 0
  }
}

Describe 'what secedit is asked' {
  BeforeEach {
    $Run.Security = $null
    $Run.FolderReady = $false
    $script:Asked = @()
    $script:Template = [byte[]]@()
    $script:Code = 0
    $script:Export = '[System Access]', 'MinimumPasswordLength = 8', '[Privilege Rights]', 'SeX = *S-1-5-18'
    Mock Write-Host { return }
    Mock secedit.exe {
      $words = @($Arguments | ForEach-Object { $_ })
      $file = $words[[array]::IndexOf($words, '/cfg') + 1]
      $script:Asked += ($words -join ' ').Replace($file, 'FILE')
      if ($words[0] -eq '/export') { [IO.File]::WriteAllLines($file, [string[]]$script:Export, [Text.Encoding]::Unicode) } else { $script:Template = [IO.File]::ReadAllBytes($file) }
      $script:File = $file
      $global:LASTEXITCODE = $script:Code
    }
  }

  It 'is asked once, until something is written' {
    Get-SecurityValue 'System Access' 'MinimumPasswordLength' | Should -Be '8'
    $null = Get-SecurityValue 'System Access' 'PasswordComplexity'
    $script:Asked | Should -Be @('/export /cfg FILE /areas SECURITYPOLICY USER_RIGHTS /quiet')
    [IO.File]::Exists($script:File) | Should -BeFalse
    Write-SecurityValue 'System Access' @('MinimumPasswordLength = 14') 'SECURITYPOLICY'
    $null = Get-SecurityValue 'System Access' 'MinimumPasswordLength'
    $script:Asked[1] | Should -Be '/configure /db FILE.sdb /cfg FILE /areas SECURITYPOLICY /quiet'
    $script:Asked.Count | Should -Be 3
  }

  It 'is not believed when it leaves out a part: rights that nobody had would be given to ours alone' {
    Get-SecurityValue 'Privilege Rights' 'SeX' | Should -Be '*S-1-5-18'
    $Run.Security = $null
    $script:Export = '[System Access]', 'MinimumPasswordLength = 8'
    Get-SecurityValue 'System Access' 'MinimumPasswordLength' | Should -Be '8'
    { Get-SecurityValue 'Privilege Rights' 'SeX' } | Should -Throw 'secedit does not export `[Privilege Rights`]'
    [IO.File]::Exists($script:File) | Should -BeFalse
  }

  It 'is given a template in UTF-16 with its mark' {
    Write-SecurityValue 'Privilege Rights' @('SeX = *S-1-5-18') 'USER_RIGHTS'
    $script:Template[0..1] | Should -Be @(255, 254)
    $lines = @([Text.Encoding]::Unicode.GetString($script:Template).Substring(1) -split '\r?\n' | Where-Object { $_ -ne '' })
    $lines | Should -Be @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]', 'SeX = *S-1-5-18')
    [IO.File]::Exists($script:File) | Should -BeFalse
  }

  It 'may have warned, and may not have failed' {
    $script:Code = 3
    Write-SecurityValue 'System Access' @('PasswordComplexity = 1') 'SECURITYPOLICY'
    $script:Code = 1
    { Write-SecurityValue 'System Access' @('PasswordComplexity = 1') 'SECURITYPOLICY' } | Should -Throw '*refuses PasswordComplexity = 1 and ended with 1'
    [IO.File]::Exists($script:File) | Should -BeFalse
  }
}

Describe 'the audit policy' {
  BeforeEach {
    $Run.AuditPolicy = @{ '{0CCE9215-69AE-11D9-BED3-505054503030}' = 1; '{0CCE9217-69AE-11D9-BED3-505054503030}' = 3 }
    $script:Asked = @()
    $script:Code = 0
    $script:Copy = @()
    Mock auditpol.exe {
      $words = @($Arguments | ForEach-Object { $_ })
      $script:Asked += $words -join ' '
      if ($words[0] -eq '/backup') {
        $script:File = $words[1].Substring('/file:'.Length)
        [IO.File]::WriteAllLines($script:File, [string[]]$script:Copy)
      }
      $global:LASTEXITCODE = $script:Code
    }
    Mock Write-Host { return }
  }

  It 'is judged by its numbers, and more is no fault' {
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0cce9215-69ae-11d9-bed3-505054503030}","success":true,"failure":true}')).Found | Should -Be 'success'
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9217-69AE-11D9-BED3-505054503030}","success":false,"failure":true}')).Verdict | Should -Be 'pass'
  }

  It 'is read from the copy, in any language, and the machine comes before single users' {
    $Run.AuditPolicy = $null
    $script:Copy = @(
      'Computername,Richtlinienziel,Unterkategorie,Unterkategorie-GUID,Aufnahmeeinstellung,Ausschlusseinstellung,Einstellungswert'
      'WEB-1,System,Anmelden,{0CCE9215-69AE-11D9-BED3-505054503030},Erfolg,,1'
      'WEB-1,,Option:CrashOnAuditFail,,Deaktiviert,,0'
      'WEB-1,S-1-5-21-1-2-3-1001,Anmelden,{0CCE9215-69AE-11D9-BED3-505054503030},Fehler,,3'
    )
    Get-AuditNumber '{0cce9215-69ae-11d9-bed3-505054503030}' | Should -Be 1
    [IO.File]::Exists($script:File) | Should -BeFalse
  }

  It 'is unknown when auditpol fails or tells nothing' {
    $entry = New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9215-69AE-11D9-BED3-505054503030}","success":true,"failure":false}'
    foreach ($code in 5, 0) {
      $Run.AuditPolicy = $null
      $script:Code = $code
      (Test-Resource $entry).Verdict | Should -Be 'unknown'
    }
  }

  It 'is unknown for what Windows does not have' {
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9299-69AE-11D9-BED3-505054503030}","success":true,"failure":false}')).Verdict | Should -Be 'unknown'
  }

  It 'is switched on and never off' {
    Set-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9215-69AE-11D9-BED3-505054503030}","success":false,"failure":true}')
    $script:Asked[0] | Should -Be '/set /subcategory:{0CCE9215-69AE-11D9-BED3-505054503030} /failure:enable'
  }
}
