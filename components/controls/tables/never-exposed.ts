/**
 * Commands that make whoever may run them an administrator, whatever else the endpoint allows. Source: Microsoft's guidance
 * on JEA role capabilities (start processes, add members to groups, run what they are given, write anywhere); the names in
 * each group are completed by hand.
 */
const BY_DANGER = {
  startsProcesses: ["Start-Process", "Start-Job", "Start-ThreadJob", "New-Service", "Set-Service", "Invoke-Item", "Invoke-WmiMethod", "Invoke-CimMethod", "Set-WmiInstance", "New-CimInstance", "Set-CimInstance", "Register-WmiEvent", "Register-CimIndicationEvent", "Register-ScheduledTask", "Register-ScheduledJob", "New-ScheduledTask", "Set-ScheduledTask", "Debug-Process"],
  changesGroups: ["Add-LocalGroupMember", "Add-ADGroupMember", "Set-LocalUser", "New-LocalUser", "Enable-LocalUser", "Set-ADAccountPassword", "Add-ADPrincipalGroupMembership"],
  runsWhatItIsGiven: ["Invoke-Expression", "Invoke-Command", "Invoke-Script", "Invoke-History", "ForEach-Object", "Where-Object", "Add-Type", "Import-Module", "New-Module", "New-Object", "Set-Alias", "New-Alias", "Enter-PSSession", "New-PSSession", "Enter-PSHostProcess", "Register-EngineEvent", "Register-ObjectEvent", "Install-Module", "Install-Package", "Update-TypeData", "Measure-Command", "Trace-Command"],
  writesAnywhere: ["Set-Content", "Add-Content", "Out-File", "Copy-Item", "Move-Item", "Rename-Item", "New-Item", "Set-Item", "Remove-Item", "Set-ItemProperty", "New-ItemProperty", "Set-Acl", "Export-Csv", "Export-Clixml", "Expand-Archive", "Invoke-WebRequest", "Invoke-RestMethod", "Start-BitsTransfer", "Tee-Object", "Start-Transcript", "Mount-DiskImage", "New-PSDrive", "New-SmbShare"],
  opensRemoting: ["Enable-PSRemoting", "Set-WSManQuickConfig", "Set-WSManInstance", "New-WSManInstance", "Invoke-WSManAction", "Enable-WSManCredSSP", "Register-PSSessionConfiguration", "Set-PSSessionConfiguration", "Enable-PSSessionConfiguration", "Unregister-PSSessionConfiguration"],
} as const;

/** In small letters: PowerShell tells them from capitals no more than Windows does. */
export const NEVER_EXPOSED: ReadonlySet<string> = new Set(Object.values(BY_DANGER).flat().map((name) => name.toLowerCase()));
