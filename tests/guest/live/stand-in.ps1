# Stands in for the cloud on a hosted runner: its own files instead of a metadata service, a secret store and a bucket.
function Get-InstanceId { 'hosted-runner' }
function Get-SecretText([string]$Name) { [IO.File]::ReadAllText("$($SecureWinrm.Folder)\$Name.json") }
function Get-NodeListText { [IO.File]::ReadAllText("$($SecureWinrm.Folder)\nodes.json") }
