# ---- endpoints with named commands, for others than Ansible

function ConvertTo-Quoted([string]$Text) { "'$($Text.Replace("'", "''"))'" }

# An empty list lets no parameter through; a list that is left out would let all.
function Get-ParameterText($Parameters) {
  $texts = @(foreach ($parameter in @($Parameters)) {
    $choices = @(Get-Field $parameter 'values')
    $pattern = @(Get-Field $parameter 'pattern')
    $text = "@{ Name = $(ConvertTo-Quoted $parameter.name)"
    if ($choices.Count -gt 0) { $text += "; ValidateSet = @($(@($choices | ForEach-Object { ConvertTo-Quoted $_ }) -join ', '))" }
    if ($pattern.Count -gt 0) { $text += "; ValidatePattern = $(ConvertTo-Quoted $pattern[0])" }
    "$text }"
  })
  "@($($texts -join ', '))"
}

function Get-RoleText($Resource) {
  $commands = @(foreach ($command in @($Resource.commands)) { "@{ Name = $(ConvertTo-Quoted $command.name); Parameters = $(Get-ParameterText @(Get-Field $command 'parameters')) }" })
  @('@{', "GUID = '$(Get-NameGuid "role $($Resource.name)")'", "VisibleCmdlets = @($($commands -join ', '))", '}') -join "`r`n"
}

# By name, because that is what Windows looks accounts up by here.
function Get-FullName([string]$Account) {
  $sid = New-Object Security.Principal.SecurityIdentifier (Resolve-Account $Account)
  $sid.Translate([Security.Principal.NTAccount]).Value
}

function Get-RoleName([string]$Name) { "secure-winrm-$Name" }

function Get-JeaText($Resource) {
  $role = Get-RoleName $Resource.name
  $accounts = @(foreach ($account in @($Resource.accounts)) { "$(ConvertTo-Quoted (Get-FullName $account)) = @{ RoleCapabilities = '$role' }" })
  @(
    '@{', "SchemaVersion = '2.0.0.0'", "GUID = '$(Get-NameGuid "session $($Resource.name)")'", "SessionType = 'RestrictedRemoteServer'", "TranscriptDirectory = $(ConvertTo-Quoted $Resource.transcripts)"
    'RunAsVirtualAccount = $true', "RoleDefinitions = @{ $($accounts -join '; ') }", '}'
  ) -join "`r`n"
}

# Below Program Files only SYSTEM and Administrators write. A role is looked for in the folders of modules only.
function Get-JeaModule([string]$Name) { "$env:ProgramFiles\WindowsPowerShell\Modules\$(Get-RoleName $Name)" }

function Get-JeaRoleFile([string]$Name) { "$(Get-JeaModule $Name)\RoleCapabilities\$(Get-RoleName $Name).psrc" }

function Get-JeaSddl($Resource) { Get-SessionSddl @(foreach ($account in @($Resource.accounts)) { "(A;;GA;;;$(Resolve-Account $account))" }) }

# A role of the same name in another module's folder could be found first, and would be the one that counts.
function Get-RoleElement([string]$Name) {
  $file = Get-JeaRoleFile $Name
  if ([IO.File]::Exists($file)) { "role $(Get-TextHash ([IO.File]::ReadAllText($file)))" }
  foreach ($place in @([Environment]::GetEnvironmentVariable('PSModulePath', 'Machine') -split ';' | Where-Object { $_ -ne '' -and [IO.Directory]::Exists($_) })) {
    foreach ($module in [IO.Directory]::GetDirectories($place)) {
      $other = "$module\RoleCapabilities\$(Get-RoleName $Name).psrc"
      if ($module -ne (Get-JeaModule $Name) -and [IO.File]::Exists($other)) { "another role in $other" }
    }
  }
}

# Endpoints with virtual accounts need more rights of WinRM than others do: with which it really runs is for the reader of the report.
function Write-ServiceAccount {
  try { Write-Log "WinRM runs as $((Get-CimInstance -ClassName Win32_Service -Filter "Name = 'WinRM'" -ErrorAction Stop).StartName)" } catch { Write-Log "which account WinRM runs as is not known: $(Get-Reason $_)" }
}

$Handlers.jeaEndpoint = @{
  Key = { $r.name }
  Want = {
    'on'
    Get-AccessElement (Get-JeaSddl $r)
    "as $(Get-TextHash (Get-JeaText $r))"
    "role $(Get-TextHash (Get-RoleText $r))"
  }
  Get = {
    Get-SessionElement $r.name
    Get-SessionFileElement $r.name
    Get-RoleElement $r.name
  }
  After = { if (Test-FileRefused $r.name (Get-JeaText $r)) { '' } else { 'service' } }
  # The role first: an endpoint without its role lets nobody work.
  Set = {
    $module = Get-JeaModule $r.name
    $role = Get-RoleName $r.name
    $null = [IO.Directory]::CreateDirectory("$module\RoleCapabilities")
    [IO.File]::WriteAllText("$module\$role.psm1", '')
    [IO.File]::WriteAllText("$module\$role.psd1", "@{ ModuleVersion = '1.0'; GUID = '$(Get-NameGuid $role)'; RootModule = '$role.psm1' }")
    [IO.File]::WriteAllText((Get-JeaRoleFile $r.name), (Get-RoleText $r))
    if ([string](Get-SessionFileElement $r.name) -ne "as $(Get-TextHash (Get-JeaText $r))") { Register-Session $r.name (Get-JeaText $r) (Get-JeaSddl $r) }
    Set-SessionSddl $r.name (Get-JeaSddl $r)
    Set-SessionOn $r.name $true
  }
}
