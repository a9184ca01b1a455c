# Files that a later run believes, and what the host says in its event log.
BeforeAll {
  . "$PSScriptRoot/Load.ps1"
  function Read-File([string]$Name) { [string]$script:Files[$Name] }
  function Write-File([string]$Name, [string]$Text) { if ($script:Full) { throw 'the disk is full' }; $script:Files[$Name] = $Text }
}

Describe 'a kept file' {
  BeforeEach {
    $script:Files = @{}
    $script:Full = $false
    $KeptHashes.Clear()
    $Run.Altered.Clear()
    Mock Write-Host { return }
  }

  It 'is read as it was saved' {
    Save-Kept 'nodes.json' 'one'
    Save-Kept 'nodes.json' 'two'
    Read-Kept 'nodes.json' | Should -Be 'two'
    $KeptHashes['nodes.json'] | Should -Be (Get-TextHash 'two')
    $Run.Altered.Count | Should -Be 0
  }

  It 'is believed where it is from before there were hashes' {
    $script:Files['nodes.json'] = 'old'
    Read-Kept 'nodes.json' | Should -Be 'old'
    Read-Kept 'host.json' | Should -Be ''
    $Run.Altered.Count | Should -Be 0
  }

  It 'counts as gone where somebody has changed it, or taken it away' {
    Save-Kept 'nodes.json' 'one'
    foreach ($text in 'more', 'One', '') {
      $Run.Altered.Clear()
      $script:Files['nodes.json'] = $text
      Read-Kept 'nodes.json' | Should -Be ''
      @($Run.Altered.Keys) | Should -Be @('nodes.json')
    }
    $finding = @(Get-AlteredFinding)
    $finding.Count | Should -Be 1
    $finding[0].control | Should -Be 'regular-audit'
    $finding[0].verdict | Should -Be 'fail'
  }

  It 'is still itself when a run has ended while it was written' {
    Save-Kept 'nodes.json' 'one'
    $script:Full = $true
    { Save-Kept 'nodes.json' 'two' } | Should -Throw '*disk is full'
    Read-Kept 'nodes.json' | Should -Be 'one'
    $script:Files['nodes.json'] = 'two'
    Read-Kept 'nodes.json' | Should -Be 'two'
    $script:Full = $false
    Save-Kept 'nodes.json' 'two'
    $KeptHashes['nodes.json'] | Should -Be (Get-TextHash 'two')
  }

  It 'has one hash for each text, however often it could not be written' {
    Save-Kept 'nodes.json' 'one'
    $script:Full = $true
    1..3 | ForEach-Object { { Save-Kept 'nodes.json' 'two' } | Should -Throw '*disk is full' }
    $KeptHashes['nodes.json'] | Should -Be "$(Get-TextHash 'one') $(Get-TextHash 'two')"
  }

  It 'has its hash in the registry' {
    Mock Get-RegistryValue { 'String abc' } -ParameterFilter { $Path -eq 'SOFTWARE\secure-winrm-kept' -and $Name -eq 'nodes.json' }
    & $RealHash.Get 'nodes.json' | Should -Be 'abc'
  }

  Context 'with the proof' {
    BeforeEach {
      Save-Kept 'host.json' '{"host":"web-1"}'
      $document = [pscustomobject]@{ gate = 'g' }
      $proof = Get-ProofText (Get-TextHash "g`n{`"host`":`"web-1`"}") 'g' 'the document'
      Save-Kept 'proven.json' $proof
    }

    It 'is made again where it was of this script''s own document' {
      Read-Proof 'the document' $document | Should -Be $proof
      $script:Files['proven.json'] = $proof.Replace('the document', 'a weaker one')
      Read-Proof 'the document' $document | Should -Be $proof
      @($Run.Altered.Keys) | Should -Be @('proven.json')
    }

    It 'is gone where it was of another document, or for another host' {
      $script:Files['proven.json'] = 'x'
      Read-Proof 'another document' $document | Should -Be ''
      $script:Files['host.json'] = '{"host":"web-2"}'
      Read-Proof 'the document' $document | Should -Be ''
    }
  }
}

Describe 'an event' {
  BeforeEach {
    $script:Said = @()
    $Run.Log = @()
    $Run.Changed = @()
    $Run.Altered.Clear()
    Mock Write-Host { return }
    Mock Write-EventEntry { $script:Said += [pscustomobject]@{ Id = $Id; Level = $Level; Text = $Text } }
  }

  It 'is one line of ASCII' {
    Write-Event 'paused' ([ordered]@{ by = "J$([char]0xfc)rgen"; reason = "two`nlines" })
    $script:Said[0].Id | Should -Be 112
    $script:Said[0].Level | Should -Be 'Warning'
    $script:Said[0].Text | Should -Match '^[\x20-\x7e]+$'
    (ConvertFrom-Json $script:Said[0].Text).reason | Should -Be "two`nlines"
  }

  It 'is never longer than Windows takes' {
    Write-Event 'passed' ('x' * 40000)
    $script:Said[0].Text.Length | Should -Be 8000
  }

  It 'that cannot be written fails no run' {
    Mock Write-EventEntry { throw 'the log is full' }
    Write-Event 'quarantined' ([ordered]@{ a = 1 })
    $Run.Log[-1] | Should -Be 'event quarantined is not written: the log is full'
  }

  It 'tells how a run ended: <Verdict> is <Id>' -TestCases @(@{ Verdict = 'pass'; Id = 100 }, @{ Verdict = 'fail'; Id = 101 }, @{ Verdict = 'unknown'; Id = 102 }) {
    $Answer.verdict = $Verdict
    Write-RunEvents '{"verdict":"x"}'
    @($script:Said | ForEach-Object { $_.Id }) | Should -Be @($Id)
    $script:Said[0].Text | Should -Be '{"verdict":"x"}'
  }

  It 'tells what was changed and what was found altered' {
    $Answer.verdict = 'pass'
    $Run.Changed = @(1..40 | ForEach-Object { "control: registry $_" })
    $Run.Altered['nodes.json'] = 'gone'
    Write-RunEvents 'line'
    @($script:Said | ForEach-Object { $_.Id }) | Should -Be @(140, 120, 100)
    $told = ConvertFrom-Json $script:Said[1].Text
    $told.count | Should -Be 40
    @($told.changed).Count | Should -Be 30
  }

  It 'tells of a certificate once a day, when few days are left' {
    $Run.Keeper = @{ told = '' }
    $script:End = [DateTime]::UtcNow.AddDays(40)
    Mock Get-ListenerCertificate { [pscustomobject]@{ Thumbprint = 'AA'; NotAfter = $script:End } }
    Write-CertificateEvent 30
    $script:Said.Count | Should -Be 0
    $script:End = [DateTime]::UtcNow.AddDays(-3)
    Write-CertificateEvent 30
    Write-CertificateEvent 30
    @($script:Said | ForEach-Object { $_.Id }) | Should -Be @(130)
    (ConvertFrom-Json $script:Said[0].Text).daysLeft | Should -BeLessThan 0
    $Run.Keeper.told = '20000101'
    Write-CertificateEvent 30
    $script:Said.Count | Should -Be 2
    Mock Get-ListenerCertificate { throw 'the WinRM service is not running' }
    $Run.Keeper.told = ''
    Write-CertificateEvent 30
    $script:Said.Count | Should -Be 2
  }
}
