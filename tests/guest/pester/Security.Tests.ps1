# Account policy, user rights, audit policy: what secedit and auditpol write is read in any language, lists are merged.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function New-TestEntry([string]$Json) { New-Entry (ConvertFrom-Json "{`"controls`":[`"c`"],`"resource`":$Json}") }
  function Get-TokenSid([string]$Sid) { $Sid; 'S-1-1-0' }
  function Resolve-Trustee([string]$Trustee) { @{ 'account.connection' = 'S-1-5-21-1-2-3-1001'; 'account.become' = 'S-1-5-21-1-2-3-1002' }[$Trustee] }
}

Describe 'the security database' {
  BeforeEach {
    $script:Written = @()
    $Run.Security = @('[Unicode]', 'Unicode=yes', '[System Access]', 'MinimumPasswordLength = 8', 'MaximumPasswordAge = -1', 'LockoutBadCount = 0', '[Privilege Rights]', 'SeNetworkLogonRight = *S-1-5-32-544,*S-1-5-11', 'SeDenyNetworkLogonRight = Gast,*S-1-5-21-1-2-3-1001', '[Version]')
    Mock Write-SecurityValue { $script:Written += "$Section $Area $($Lines -join ' ; ')" }
    Mock Write-Host { $null }
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

  It 'leaves a right alone that an account has by a group' {
    $Run.Security = @('[Privilege Rights]', 'SeNetworkLogonRight = *S-1-1-0')
    $entry = New-TestEntry '{"kind":"userRight","right":"SeNetworkLogonRight","holds":["account.connection"],"lacks":[]}'
    (Test-Resource $entry).Verdict | Should -Be 'pass'
    Set-Resource $entry
    $script:Written.Count | Should -Be 0
  }
}

Describe 'the audit policy' {
  BeforeEach {
    $Run.AuditPolicy = @{ '{0CCE9215-69AE-11D9-BED3-505054503030}' = 1; '{0CCE9217-69AE-11D9-BED3-505054503030}' = 3 }
    $script:Asked = @()
    Mock auditpol.exe { $script:Asked += @($Arguments | ForEach-Object { $_ }) -join ' '; $global:LASTEXITCODE = 0 }
    Mock Write-Host { $null }
  }

  It 'is judged by its numbers, and more is no fault' {
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0cce9215-69ae-11d9-bed3-505054503030}","success":true,"failure":true}')).Found | Should -Be 'success'
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9217-69AE-11D9-BED3-505054503030}","success":false,"failure":true}')).Verdict | Should -Be 'pass'
  }

  It 'is unknown for what Windows does not have' {
    (Test-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9299-69AE-11D9-BED3-505054503030}","success":true,"failure":false}')).Verdict | Should -Be 'unknown'
  }

  It 'is switched on and never off' {
    Set-Resource (New-TestEntry '{"kind":"auditPolicy","subcategory":"{0CCE9215-69AE-11D9-BED3-505054503030}","success":false,"failure":true}')
    $script:Asked[0] | Should -Be '/set /subcategory:{0CCE9215-69AE-11D9-BED3-505054503030} /failure:enable'
  }
}
