<powershell>
$ErrorActionPreference = 'Stop'
if (-not (Get-NetFirewallRule -Name 'secure-winrm-gate' -ErrorAction SilentlyContinue)) {
  New-NetFirewallRule -Name 'secure-winrm-gate' -DisplayName 'secure-winrm-gate' -Direction Inbound -Action Block -Protocol TCP -LocalPort '5986' -Profile Any | Out-Null
}
if (-not (Get-NetFirewallRule -Name 'secure-winrm-block-http' -ErrorAction SilentlyContinue)) {
  New-NetFirewallRule -Name 'secure-winrm-block-http' -DisplayName 'secure-winrm-block-http' -Direction Inbound -Action Block -Protocol TCP -LocalPort '5985','47001' -Profile Any | Out-Null
}
foreach ($name in 'WINRM-HTTP-In-TCP','WINRM-HTTP-In-TCP-PUBLIC','WINRM-HTTP-In-TCP-NoScope','WINRM-HTTP-Compat-In-TCP','WINRM-HTTP-Compat-In-TCP-NoScope') {
  Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Disable-NetFirewallRule
}
</powershell>
