# ---- the cloud

# A machine outside of EC2 has no metadata service: the agent of Systems Manager gives it a name, and tells it those whom it starts.
function Get-AwsInstanceId {
  try { Get-AwsMetadata 'instance-id' } catch {
    $named = [string][Environment]::GetEnvironmentVariable('AWS_SSM_INSTANCE_ID')
    if ($named -notlike 'mi-*') { throw }
    $named
  }
}

function Get-InstanceId {
  switch ($SecureWinrm.Cloud) {
    'aws' { Get-AwsInstanceId }
    'azure' { (Invoke-Metadata 'GET' 'metadata/instance/compute/vmId?api-version=2021-02-01&format=text' 'Metadata' 'true').ToLowerInvariant() }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

function Get-SecretText([string]$Name) {
  switch ($SecureWinrm.Cloud) {
    'aws' { Get-AwsSecretText $Name }
    default { throw "hosts in $($SecureWinrm.Cloud) read no secrets" }
  }
}

function Get-NodeListText {
  switch ($SecureWinrm.Cloud) {
    'aws' { [Text.Encoding]::UTF8.GetString((Get-S3Bytes $SecureWinrm.NodesBucket $SecureWinrm.NodesKey)) }
    'azure' { Get-BlobText $SecureWinrm.NodesUrl }
    default { throw "unknown cloud $($SecureWinrm.Cloud)" }
  }
}

# As the identity that the machine was given for it. Its token lives in this function's variables and in the request only.
function Get-BlobText([string]$Url) {
  Add-Type -AssemblyName System.Web.Extensions
  $request = [Net.HttpWebRequest]::Create($Url)
  $request.Timeout = 30000
  $request.Proxy = Get-Proxy
  $request.Date = [DateTime]::UtcNow
  $request.Headers.Add('x-ms-version', '2021-08-06')
  $token = Invoke-Metadata 'GET' "metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F&client_id=$($SecureWinrm.Identity)" 'Metadata' 'true'
  # What is wrong with it is not told, because that would tell of it.
  try {
    $token = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject($token)['access_token']
    $request.Headers.Add('Authorization', "Bearer $token")
  } catch { throw 'the metadata service gives no token' }
  Read-Response $request
}

# An empty list is none: it must never become a rule without addresses, which Windows reads as Any.
function ConvertTo-NodeList([string]$Text) {
  $list = ConvertFrom-Json $Text
  if ($list.schema -ne 1 -or @($list.nodes).Count -eq 0 -or @($list.others).Count -eq 0) { throw 'the list of nodes is empty or of another schema' }
  @{ List = $list; Text = $Text; Hash = Get-TextHash $Text }
}

function Get-TakenUpNodes {
  $text = Read-Kept 'nodes.json'
  if ($text -ne '') { ConvertTo-NodeList $text }
}

# A gate run takes up the list whatever it is, every other only the one whose hash it was told, if it was told one.
function Select-Nodes {
  $wanted = if ($SecureWinrm.Run -ne 'Gate') { $SecureWinrm.NodesHash } else { '' }
  try {
    $offered = ConvertTo-NodeList (Get-NodeListText)
    if ($wanted -ne '' -and $offered.Hash -ne $wanted) { throw "the stored list has hash $($offered.Hash)" }
    $Run.Nodes = $offered
  } catch {
    $Run.NodesProblem = @{ Expected = $(if ($wanted -ne '') { $wanted } else { 'the stored list' }); Found = Get-Reason $_ }
    try { $Run.Nodes = Get-TakenUpNodes } catch { Write-Log "nodes.json is not read: $(Get-Reason $_)" }
  }
}

$Handlers.nodeList = @{
  Key = { '' }
  Expect = { if ($null -ne $Run.NodesProblem) { $Run.NodesProblem.Expected } else { Resolve-Ref $r.hash } }
  Want = { Resolve-Ref $r.hash }
  Get = {
    if ($null -ne $Run.NodesProblem) { throw $Run.NodesProblem.Found }
    $taken = Get-TakenUpNodes
    if ($null -eq $taken) { 'none taken up' } else { $taken.Hash }
  }
  Set = {
    if ($null -ne $Run.NodesProblem) { throw $Run.NodesProblem.Found }
    Save-Kept 'nodes.json' (Get-NodeList).Text
  }
}
