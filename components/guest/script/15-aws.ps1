# ---- AWS without AWS Tools: what the machine's role may read. Stands alone too, before the script that it fetches.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Windows PowerShell on older systems still offers the versions before, and waits for a word of proxies before it sends a body.
[Net.ServicePointManager]::SecurityProtocol = 'Tls12'
[Net.ServicePointManager]::Expect100Continue = $false

function Read-Body($Response) {
  $memory = New-Object IO.MemoryStream
  try { $Response.GetResponseStream().CopyTo($memory) } finally { $Response.Close() }
  , $memory.ToArray()
}

# Nobody is followed to another address, because what was sent to the first one would be sent there too.
function Read-ResponseBytes($Request) {
  $Request.AllowAutoRedirect = $false
  $response = $Request.GetResponse()
  $status = [int]$response.StatusCode
  $body = Read-Body $response
  if ($status -ge 300) { throw (New-Object Net.WebException "it names another address, $status") }
  , $body
}

function Read-Response($Request) { [Text.Encoding]::UTF8.GetString((Read-ResponseBytes $Request)) }

# Status and code, which AWS writes in JSON or XML. Never what else an answer holds.
function Get-WebTrouble($Cause) {
  if ($Cause -is [Net.WebException] -and $null -ne $Cause.Response) {
    $status = [int]$Cause.Response.StatusCode
    $text = [Text.Encoding]::UTF8.GetString((Read-Body $Cause.Response))
    $code = if ($text -match '"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"' -or $text -match '<Code>(\w+)</Code>') { $Matches[1] } else { 'without a code' }
    return "answers $status $code"
  }
  foreach ($type in [Net.WebException], [ComponentModel.Win32Exception], [IO.IOException], [Security.Authentication.AuthenticationException]) {
    if ($Cause -is $type) { return "is not reached: $($Cause.Message)" }
  }
  'gives an answer that cannot be read'
}

# The metadata service is asked past every proxy.
function Invoke-Metadata([string]$Method, [string]$Path, [string]$Header, [string]$Value) {
  $request = [Net.HttpWebRequest]::Create("http://169.254.169.254/$Path")
  $request.Method = $Method
  $request.Proxy = New-Object Net.WebProxy
  $request.Timeout = 10000
  if ($Method -eq 'PUT') { $request.ContentLength = 0 }
  $request.Headers.Add($Header, $Value)
  (Read-Response $request).Trim()
}

function Get-AwsMetadata([string]$Path) {
  Invoke-Metadata 'GET' "latest/meta-data/$Path" 'X-aws-ec2-metadata-token' (Invoke-Metadata 'PUT' 'latest/api/token' 'X-aws-ec2-metadata-token-ttl-seconds' '60')
}

# What is not there, or stands empty, is not given.
function Get-Setting([string]$Name) { if ($SecureWinrm.ContainsKey($Name)) { [string]$SecureWinrm[$Name] } else { '' } }

# Windows' own proxy is for people: what the script asks goes by the one that the stack names, or by none.
function Get-Proxy { if ((Get-Setting 'Proxy') -eq '') { New-Object Net.WebProxy } else { New-Object Net.WebProxy (Get-Setting 'Proxy') } }

# What the stack names in the place of AWS's own, whose partitions differ by domain; GovCloud has that of the commercial one.
function Get-AwsEndpoint([string]$Service, [string]$Setting) {
  if ((Get-Setting $Setting) -ne '') { return (Get-Setting $Setting).TrimEnd('/') }
  "https://$Service.$($SecureWinrm.Region).$(if ($SecureWinrm.Region -like 'cn-*') { 'amazonaws.com.cn' } else { 'amazonaws.com' })"
}

# The agent of Systems Manager keeps credentials for SYSTEM where there is no machine of EC2, and tells those whom it starts where.
function Get-AgentFile {
  $named = [string][Environment]::GetEnvironmentVariable('AWS_SHARED_CREDENTIALS_FILE')
  if ($named -ne '') { $named } else { "$env:windir\System32\config\systemprofile\.aws\credentials" }
}

# Signs (version 4) and asks. As the role of the machine, as EC2 tells it, else with what the agent keeps. The key lives in this
# function's variables and in the request only: Windows logs what commands are given, and no message tells of it.
function Invoke-Aws([string]$Service, [string]$Method, [Uri]$Address, [Collections.IDictionary]$Headers, [string]$Body) {
  Add-Type -AssemblyName System.Web.Extensions
  $now = [DateTime]::UtcNow
  $stamp = $now.ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture)
  $scope = "$($stamp.Substring(0, 8))/$($SecureWinrm.Region)/$Service/aws4_request"
  $content = [Text.Encoding]::UTF8.GetBytes($Body)
  $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
  $id, $key, $session = '', '', ''
  $why = 'gives no credentials'
  try {
    $role = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject((Get-AwsMetadata "iam/security-credentials/$(Get-AwsMetadata 'iam/security-credentials/')"))
    $id, $key, $session = [string]$role['AccessKeyId'], [string]$role['SecretAccessKey'], [string]$role['Token']
  } catch { $why = Get-WebTrouble $_.Exception.GetBaseException() }
  if ($id -eq '' -and [IO.File]::Exists((Get-AgentFile))) {
    $wanted = [string][Environment]::GetEnvironmentVariable('AWS_PROFILE')
    if ($wanted -eq '') { $wanted = 'default' }
    $section = ''
    foreach ($line in [IO.File]::ReadAllLines((Get-AgentFile))) {
      if ($line -match '^\s*\[\s*(.*?)\s*\]\s*$') { $section = $Matches[1] }
      if ($section -cne $wanted -or $line -notmatch '^\s*(aws_\w+)\s*=\s*(\S+)\s*$') { continue }
      switch ($Matches[1]) {
        'aws_access_key_id' { $id = $Matches[2] }
        'aws_secret_access_key' { $key = $Matches[2] }
        'aws_session_token' { $session = $Matches[2] }
      }
    }
  }
  if ($id -eq '' -or $key -eq '') { throw "no credentials: the metadata service $why, and the agent keeps none in $(Get-AgentFile)" }
  $signed = @{ 'host' = $Address.Authority; 'x-amz-date' = $stamp; 'x-amz-content-sha256' = [BitConverter]::ToString($sha.ComputeHash($content)).Replace('-', '').ToLowerInvariant() }
  if ($session -ne '') { $signed['x-amz-security-token'] = $session }
  foreach ($name in @($Headers.Keys)) { $signed[$name] = [string]$Headers[$name] }
  $names = [string[]]@($signed.Keys)
  [Array]::Sort($names, [StringComparer]::Ordinal)
  $lines = @($Method, $Address.AbsolutePath, '')
  foreach ($name in $names) { $lines += "${name}:$($signed[$name])" }
  $lines += '', ($names -join ';'), $signed['x-amz-content-sha256']
  $digest = [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($lines -join "`n"))).Replace('-', '').ToLowerInvariant()
  $toSign = @('AWS4-HMAC-SHA256', $stamp, $scope, $digest) -join "`n"
  $chain = [Text.Encoding]::UTF8.GetBytes("AWS4$key")
  foreach ($part in @($scope -split '/') + $toSign) {
    # Takes the class that a FIPS policy allows where there is one.
    $hmac = New-Object Security.Cryptography.HMACSHA256
    $hmac.Key = $chain
    $chain = $hmac.ComputeHash([Text.Encoding]::UTF8.GetBytes($part))
  }
  $signature = [BitConverter]::ToString($chain).Replace('-', '').ToLowerInvariant()
  $request = [Net.HttpWebRequest]::Create($Address)
  $request.Method = $Method
  $request.Timeout = 30000
  $request.Proxy = Get-Proxy
  foreach ($name in $names) { if ($name -eq 'content-type') { $request.ContentType = $signed[$name] } elseif ($name -ne 'host') { $request.Headers.Add($name, $signed[$name]) } }
  $request.Headers.Add('Authorization', "AWS4-HMAC-SHA256 Credential=$id/$scope, SignedHeaders=$($names -join ';'), Signature=$signature")
  try {
    if ($Method -ne 'GET') {
      $stream = $request.GetRequestStream()
      $stream.Write($content, 0, $content.Length)
      $stream.Close()
    }
    $answer = Read-ResponseBytes $request
  } catch { throw "$Service at $($Address.Authority) $(Get-WebTrouble $_.Exception.GetBaseException())" }
  , $answer
}

# The bucket in the path, so that a name with dots meets no certificate. The key is escaped once, as S3 signs it.
function Get-S3Bytes([string]$Bucket, [string]$Key) {
  $path = @($Key -split '/' | ForEach-Object { [Uri]::EscapeDataString($_) }) -join '/'
  , (Invoke-Aws 's3' 'GET' "$(Get-AwsEndpoint 's3' 'S3Endpoint')/$Bucket/$path" @{} '')
}

function Get-AwsSecretText([string]$Name) {
  Add-Type -AssemblyName System.Web.Extensions
  $json = New-Object System.Web.Script.Serialization.JavaScriptSerializer
  $answer = Invoke-Aws 'secretsmanager' 'POST' "$(Get-AwsEndpoint 'secretsmanager' 'SecretsEndpoint')/" @{ 'content-type' = 'application/x-amz-json-1.1'; 'x-amz-target' = 'secretsmanager.GetSecretValue' } $json.Serialize(@{ SecretId = $Name })
  $json.DeserializeObject([Text.Encoding]::UTF8.GetString($answer))['SecretString']
}
