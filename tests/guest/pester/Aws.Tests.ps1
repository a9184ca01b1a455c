# How the guest script asks AWS. What signs needs the serializer of .NET Framework, so that part runs in Windows PowerShell only.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"

  # The signature once more, in another way: of the texts as AWS describes them.
  function Get-ExpectedSignature([string]$Canonical, [string]$Scope, [string]$Stamp, [string]$Key) {
    $hash = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes($Canonical))).Replace('-', '').ToLowerInvariant()
    $bytes = [Text.Encoding]::UTF8.GetBytes("AWS4$Key")
    foreach ($part in @($Scope -split '/') + "AWS4-HMAC-SHA256`n$Stamp`n$Scope`n$hash") { $bytes = (New-Object Security.Cryptography.HMACSHA256 (, $bytes)).ComputeHash([Text.Encoding]::UTF8.GetBytes($part)) }
    [BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
  }
}

Describe 'where AWS is asked' {
  BeforeEach { foreach ($name in 'S3Endpoint', 'SecretsEndpoint', 'Proxy') { $SecureWinrm.Remove($name) } }
  AfterEach { $SecureWinrm.Region = 'eu-central-1'; foreach ($name in 'S3Endpoint', 'SecretsEndpoint', 'Proxy') { $SecureWinrm.Remove($name) } }

  It 'in <Region> at <Address>' -TestCases @(
    @{ Region = 'eu-central-1'; Address = 'https://s3.eu-central-1.amazonaws.com' }
    @{ Region = 'us-gov-west-1'; Address = 'https://s3.us-gov-west-1.amazonaws.com' }
    @{ Region = 'cn-north-1'; Address = 'https://s3.cn-north-1.amazonaws.com.cn' }
  ) {
    $SecureWinrm.Region = $Region
    Get-AwsEndpoint 's3' 'S3Endpoint' | Should -Be $Address
  }

  It 'is what the stack names, where it names one' {
    $SecureWinrm.S3Endpoint = 'https://bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com/'
    Get-AwsEndpoint 's3' 'S3Endpoint' | Should -Be 'https://bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com'
    $SecureWinrm.S3Endpoint = ''
    Get-AwsEndpoint 's3' 'S3Endpoint' | Should -Be 'https://s3.eu-central-1.amazonaws.com'
  }

  It 'goes by the proxy that the stack names, or by none' {
    (Get-Proxy).Address | Should -BeNullOrEmpty
    $SecureWinrm.Proxy = 'http://proxy.corp.example:3128'
    (Get-Proxy).Address.AbsoluteUri | Should -Be 'http://proxy.corp.example:3128/'
  }
}

Describe 'which machine it is' {
  BeforeEach { $script:Said = 'i-0abc'; Mock Get-AwsMetadata { if ($script:Said -eq '') { throw 'timed out' } else { $script:Said } } }
  AfterEach { [Environment]::SetEnvironmentVariable('AWS_SSM_INSTANCE_ID', '') }

  It 'says EC2, whatever the agent says' {
    [Environment]::SetEnvironmentVariable('AWS_SSM_INSTANCE_ID', 'mi-0def')
    Get-InstanceId | Should -BeExactly 'i-0abc'
  }

  It 'says the agent, outside of EC2' {
    $script:Said = ''
    [Environment]::SetEnvironmentVariable('AWS_SSM_INSTANCE_ID', 'mi-0def')
    Get-InstanceId | Should -BeExactly 'mi-0def'
  }

  It 'says nobody, where EC2 should and does not' {
    $script:Said = ''
    foreach ($name in 'i-0abc', '') {
      [Environment]::SetEnvironmentVariable('AWS_SSM_INSTANCE_ID', $name)
      { Get-InstanceId } | Should -Throw 'timed out'
    }
  }
}

Describe 'what is told of an error' {
  It 'is the network''s word' { Get-WebTrouble (New-Object Net.Sockets.SocketException 10060) | Should -BeLike 'is not reached: ?*' }

  It 'is never what could not be read' { Get-WebTrouble (New-Object ArgumentException 'Invalid JSON: {"SecretAccessKey":"abc') | Should -Be 'gives an answer that cannot be read' }
}

Describe 'what is asked of AWS' -Skip:($PSVersionTable.PSEdition -eq 'Core') {
  BeforeEach {
    $script:Asked = $null
    $script:Metadata = '{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"wJalrXUtnFEMI","Token":"session=="}'
    Mock Get-AwsMetadata {
      if ($script:Metadata -eq '') { throw (New-Object Net.WebException 'timed out') }
      if ($Path -eq 'iam/security-credentials/') { 'role' } else { $script:Metadata }
    }
    Mock Read-ResponseBytes { $script:Asked = $Request; , [Text.Encoding]::UTF8.GetBytes('bytes') }
  }

  It 'is signed' {
    $bytes = Get-S3Bytes 'nodes.bucket' 'guest/nodes.json'
    [Text.Encoding]::UTF8.GetString($bytes) | Should -Be 'bytes'
    $script:Asked.RequestUri.AbsoluteUri | Should -Be 'https://s3.eu-central-1.amazonaws.com/nodes.bucket/guest/nodes.json'
    $stamp = $script:Asked.Headers['x-amz-date']
    $stamp | Should -Match '^\d{8}T\d{6}Z$'
    $scope = "$($stamp.Substring(0, 8))/eu-central-1/s3/aws4_request"
    $empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    $canonical = "GET`n/nodes.bucket/guest/nodes.json`n`nhost:s3.eu-central-1.amazonaws.com`nx-amz-content-sha256:$empty`nx-amz-date:$stamp`nx-amz-security-token:session==`n`nhost;x-amz-content-sha256;x-amz-date;x-amz-security-token`n$empty"
    $signature = Get-ExpectedSignature $canonical $scope $stamp 'wJalrXUtnFEMI'
    $script:Asked.Headers['Authorization'] | Should -Be "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/$scope, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=$signature"
  }

  It 'is asked with what the agent keeps, where there is no metadata service' {
    $script:Metadata = ''
    Mock Get-AgentFile { "$TestDrive\credentials" }
    [IO.File]::WriteAllLines("$TestDrive\credentials", @('[other]', 'aws_access_key_id = AKIDOTHER', 'aws_secret_access_key = other', '[default]', 'aws_access_key_id     = AKIDAGENT', 'aws_secret_access_key = agent/key+=', 'aws_session_token     = token=='))
    $null = Get-S3Bytes 'nodes' 'nodes.json'
    $script:Asked.Headers['Authorization'] | Should -BeLike 'AWS4-HMAC-SHA256 Credential=AKIDAGENT/*'
    $script:Asked.Headers['x-amz-security-token'] | Should -Be 'token=='
  }

  It 'is not asked without credentials, and why is told' {
    $script:Metadata = ''
    Mock Get-AgentFile { "$TestDrive\none" }
    { Get-S3Bytes 'nodes' 'nodes.json' } | Should -Throw 'no credentials: the metadata service is not reached: timed out, and the agent keeps none in *none'
    $script:Metadata = '{"Code":"Failed"}'
    { Get-S3Bytes 'nodes' 'nodes.json' } | Should -Throw 'no credentials: the metadata service gives no credentials,*'
  }

  It 'tells who was not reached, and nothing of the key' {
    Mock Read-ResponseBytes { throw (New-Object Net.WebException 'refused') }
    { Get-S3Bytes 'nodes' 'nodes.json' } | Should -Throw 's3 at s3.eu-central-1.amazonaws.com is not reached: refused'
  }
}
