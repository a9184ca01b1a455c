# ---- AWS without AWS Tools: what the machine's role may read. Stands alone too, before the script that it fetches.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Windows PowerShell on older systems still offers the versions before.
[Net.ServicePointManager]::SecurityProtocol = 'Tls12'

function Read-ResponseBytes($Response) {
  $memory = New-Object IO.MemoryStream
  try { $Response.GetResponseStream().CopyTo($memory) } finally { $Response.Close() }
  , $memory.ToArray()
}

function Read-Response($Request) { [Text.Encoding]::UTF8.GetString((Read-ResponseBytes $Request.GetResponse())) }

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

function Get-AwsDomain { if ($SecureWinrm.Region -like 'cn-*') { 'amazonaws.com.cn' } else { 'amazonaws.com' } }

# By the role of the machine, as EC2 tells it; one that is no machine of EC2's has what the Systems Manager agent keeps for SYSTEM.
# The key lives in this function's variables and in the request only; no message tells of it.
function Invoke-Aws([string]$Service, [string]$Method, [Uri]$Address, [Collections.IDictionary]$Headers, [string]$Body) {
  $now = [DateTime]::UtcNow
  $stamp = $now.ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture)
  $scope = "$($stamp.Substring(0, 8))/$($SecureWinrm.Region)/$Service/aws4_request"
  $content = [Text.Encoding]::UTF8.GetBytes($Body)
  $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
  Add-Type -AssemblyName System.Web.Extensions
  try {
    try {
      $document = Get-AwsMetadata "iam/security-credentials/$(Get-AwsMetadata 'iam/security-credentials/')"
      $role = (New-Object System.Web.Script.Serialization.JavaScriptSerializer).DeserializeObject($document)
      $id, $key, $session = $role['AccessKeyId'], $role['SecretAccessKey'], $role['Token']
    } catch {
      $kept = [IO.File]::ReadAllText("$env:windir\System32\config\systemprofile\.aws\credentials")
      $id, $key, $session = @(foreach ($name in 'aws_access_key_id', 'aws_secret_access_key', 'aws_session_token') { if ($kept -match "(?m)^\s*$name\s*=\s*(\S+)\s*`$") { $Matches[1] } else { '' } })
    }
  } catch { throw 'neither the metadata service nor the agent gives credentials' }
  $signed = @{ 'host' = $Address.Authority; 'x-amz-date' = $stamp; 'x-amz-content-sha256' = [BitConverter]::ToString($sha.ComputeHash($content)).Replace('-', '').ToLowerInvariant() }
  if ($session -ne '') { $signed['x-amz-security-token'] = $session }
  foreach ($name in @($Headers.Keys)) { $signed[$name] = $Headers[$name] }
  $names = [string[]]@($signed.Keys)
  [Array]::Sort($names, [StringComparer]::Ordinal)
  $lines = @($Method, $Address.AbsolutePath, '')
  foreach ($name in $names) { $lines += "${name}:$($signed[$name])" }
  $lines += '', ($names -join ';'), $signed['x-amz-content-sha256']
  $digest = [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($lines -join "`n"))).Replace('-', '').ToLowerInvariant()
  $toSign = @('AWS4-HMAC-SHA256', $stamp, $scope, $digest) -join "`n"
  $chain = [Text.Encoding]::UTF8.GetBytes("AWS4$key")
  foreach ($part in @($scope -split '/') + $toSign) {
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
    $answer = Read-ResponseBytes $request.GetResponse()
  } catch { throw "$Service $(Get-AwsTrouble $_.Exception.GetBaseException())" }
  , $answer
}

# Status and code, which AWS writes in JSON or XML. Never the whole answer.
function Get-AwsTrouble($Cause) {
  if (-not ($Cause -is [Net.WebException]) -or $null -eq $Cause.Response) { return "is not reached at $($SecureWinrm.Region): $($Cause.Message)" }
  $status = [int]$Cause.Response.StatusCode
  $text = [Text.Encoding]::UTF8.GetString((Read-ResponseBytes $Cause.Response))
  $code = if ($text -match '"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"' -or $text -match '<Code>(\w+)</Code>') { $Matches[1] } else { 'without a code' }
  "answers $status $code"
}

# One path of an object for signing and asking: each part escaped as AWS wants it.
function Get-S3Path([string]$Key) { @($Key -split '/' | ForEach-Object { [Uri]::EscapeDataString($_) }) -join '/' }

function Get-S3Bytes([string]$Bucket, [string]$Key) {
  $endpoint = Get-Setting 'S3Endpoint'
  if ($endpoint -eq '') { $endpoint = "https://s3.$($SecureWinrm.Region).$(Get-AwsDomain)" }
  , (Invoke-Aws 's3' 'GET' "$endpoint/$Bucket/$(Get-S3Path $Key)" @{} '')
}

function Get-AwsSecretText([string]$Name) {
  $endpoint = Get-Setting 'SecretsEndpoint'
  if ($endpoint -eq '') { $endpoint = "https://secretsmanager.$($SecureWinrm.Region).$(Get-AwsDomain)" }
  Add-Type -AssemblyName System.Web.Extensions
  $json = New-Object System.Web.Script.Serialization.JavaScriptSerializer
  $answer = Invoke-Aws 'secretsmanager' 'POST' "$endpoint/" @{ 'content-type' = 'application/x-amz-json-1.1'; 'x-amz-target' = 'secretsmanager.GetSecretValue' } $json.Serialize(@{ SecretId = $Name })
  $json.DeserializeObject([Text.Encoding]::UTF8.GetString($answer))['SecretString']
}
