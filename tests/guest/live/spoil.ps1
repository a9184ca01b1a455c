# One way to spoil a resource of each kind, as somebody on the machine would; $r is the resource. What is only looked at has none.
$Spoil = @{}
$Spoil.folder = { $acl = Get-Acl -LiteralPath $r.path; $acl.AddAccessRule((New-Object Security.AccessControl.FileSystemAccessRule (New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-545'), 'ReadAndExecute', 'Allow')); Set-Acl -LiteralPath $r.path -AclObject $acl }
$Spoil.wsman = { Set-Item -Path ('WSMan:\localhost\' + $r.path.Replace('/', '\')) -Value $(if ($r.value -eq 'false') { 'true' } else { 'false' }) -Force }
$Spoil.registry = { Set-ItemProperty -LiteralPath "HKLM:\$($r.path)" -Name $r.name -Value $(if ($r.type -eq 'DWord') { 77 } else { 'spoilt' }) -Type $r.type }
$Spoil.policy = { Set-ItemProperty -LiteralPath "HKLM:\$($r.path)" -Name $r.name -Value $(if ($r.type -eq 'DWord') { 77 } else { 'spoilt' }) -Type $r.type }
$Spoil.certificate = { Get-ChildItem -Path Cert:\LocalMachine\Root | Where-Object { $_.Subject -eq 'CN=secure-winrm test authority' } | Remove-Item }
$Spoil.listener = { if ($r.ensure -eq 'absent') { $null = New-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{ Address = '*'; Transport = 'HTTP' } -ValueSet @{ Port = '5985' } } else { Get-ChildItem -Path WSMan:\localhost\Listener | Where-Object { $_.Keys -contains 'Transport=HTTPS' } | Remove-Item -Recurse -Force } }
$Spoil.sslBinding = { netsh.exe http delete sslcert "ipport=$($Machine.address):$($r.port)" }
$Spoil.firewallRule = { Set-NetFirewallRule -Name $r.name -RemoteAddress '192.0.2.0/24' -PolicyStore PersistentStore }
$Spoil.builtinRule = { Set-NetFirewallRule -Name $r.name -Enabled True -PolicyStore PersistentStore }
$Spoil.firewallProfile = { Set-NetFirewallProfile -Name $r.profile -Enabled False -PolicyStore PersistentStore; Set-NetFirewallProfile -Name $r.profile -Enabled False -PolicyStore localhost }
$Spoil.service = { Set-Service -Name $r.name -StartupType Disabled }
$Spoil.nodeList = { [IO.File]::WriteAllText('C:\ProgramData\secure-winrm\nodes.json', '{"schema":1,"nodes":["192.0.2.1"],"others":["0.0.0.0-192.0.2.0"]}') }
$Spoil.accountPolicy = { Invoke-Template '[System Access]' "$($r.name) = $(if ($r.name -eq 'ClearTextPassword') { 1 } elseif ($r.name -eq 'MaximumPasswordAge') { -1 } else { 0 })" 'SECURITYPOLICY' }
$Spoil.userRight = { Invoke-Template '[Privilege Rights]' "$($r.right) = *S-1-5-32-546" 'USER_RIGHTS' }
$Spoil.auditPolicy = { auditpol.exe /set "/subcategory:$($r.subcategory)" /success:disable /failure:disable }
$Spoil.eventLog = { wevtutil.exe set-log $r.channel /maxsize:1052672 }
$Spoil.account = { Get-LocalUser -Name $r.name | Disable-LocalUser }
$Spoil.group = { if ($r.group -like 'S-1-*') { Add-LocalGroupMember -SID $r.group -Member (Get-LocalUser | Where-Object { $_.SID.Value -like '*-501' }) } }
$Spoil.sessionConfiguration = { Set-PSSessionConfiguration -Name $r.name -SecurityDescriptorSddl 'O:NSG:BAD:P(A;;GA;;;BA)(A;;GA;;;RM)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)' -Force -NoServiceRestart }
$Spoil.otherSessionConfigurations = { Set-Item -Path WSMan:\localhost\Plugin\microsoft.powershell32\Enabled -Value true -Force }
$Spoil.rootDescriptor = { Set-Item -Path WSMan:\localhost\Service\RootSDDL -Value 'O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)' -Force }
$Spoil.jeaEndpoint = { Unregister-PSSessionConfiguration -Name $r.name -Force -NoServiceRestart }
$Spoil.scheduledTask = { Disable-ScheduledTask -TaskName $r.name -TaskPath '\' }
$Spoil.firewallLog = { Set-NetFirewallProfile -Name $r.profile -LogBlocked False -LogMaxSizeKilobytes 4096 -PolicyStore PersistentStore; Set-NetFirewallProfile -Name $r.profile -LogBlocked False -LogMaxSizeKilobytes 4096 -PolicyStore localhost }
$Spoil.foreignRules = { Remove-NetFirewallRule -Name 'vendor-remote-management' -ErrorAction SilentlyContinue; New-NetFirewallRule -Name 'vendor-remote-management' -DisplayName 'Vendor remote management' -Direction Inbound -Action Allow -Protocol TCP -LocalPort '5980-5990' }

function Invoke-Template([string]$Section, [string]$Line, [string]$Area) {
  $file = [IO.Path]::GetTempFileName()
  [IO.File]::WriteAllLines($file, @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', $Section, $Line), [Text.Encoding]::Unicode)
  secedit.exe /configure /db "$file.sdb" /cfg $file /areas $Area /quiet
}
