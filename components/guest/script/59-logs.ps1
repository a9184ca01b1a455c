# ---- event logs, updates

$Handlers.eventLog = @{
  Key = { $r.channel }
  Want = { 'on'; "at least $($r.minimumBytes) bytes" }
  Get = {
    $log = New-Object Diagnostics.Eventing.Reader.EventLogConfiguration $r.channel
    try {
      if ($log.IsEnabled) { 'on' } else { 'off' }
      if ($log.MaximumSizeInBytes -ge $r.minimumBytes) { "at least $($r.minimumBytes) bytes" } else { "$($log.MaximumSizeInBytes) bytes" }
    } finally { $log.Dispose() }
  }
  Set = {
    $log = New-Object Diagnostics.Eventing.Reader.EventLogConfiguration $r.channel
    try {
      # The old logs are always on, and refuse to be told so.
      if (-not $log.IsEnabled) { $log.IsEnabled = $true }
      if ($log.MaximumSizeInBytes -lt $r.minimumBytes) { $log.MaximumSizeInBytes = [long]$r.minimumBytes }
      $log.SaveChanges()
    } finally { $log.Dispose() }
  }
}

# Windows keeps a package for each cumulative update; 112 is installed. Days since the newest, or nothing where there was none.
function Get-UpdateAge {
  $packages = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages')
  if ($null -eq $packages) { throw 'Windows does not tell its packages' }
  $ages = @(foreach ($name in @($packages.GetSubKeyNames() | Where-Object { $_ -like 'Package_for_RollupFix~*' })) {
    $package = $packages.OpenSubKey($name)
    $high = $package.GetValue('InstallTimeHigh')
    $low = $package.GetValue('InstallTimeLow')
    if ($null -eq $high -or $null -eq $low -or $package.GetValue('CurrentState') -ne 112) { continue }
    $ticks = ([long]$high -shl 32) -bor ([long]$low -band 4294967295)
    [Math]::Floor(([DateTime]::UtcNow - [DateTime]::FromFileTimeUtc($ticks)).TotalDays)
  })
  $ages | Sort-Object | Select-Object -First 1
}

function Get-Build {
  $version = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion')
  [version]"$($version.GetValue('CurrentBuildNumber')).$($version.GetValue('UBR'))"
}

# Looked at only: who patches is asked for elsewhere.
$Handlers.updates = @{
  Key = { '' }
  Expect = { if ($r.minimumBuild -ne '') { "build $($r.minimumBuild) or newer" } else { "a cumulative update of the last $($r.maximumAgeDays) days" } }
  Want = { @() }
  Get = {
    if ($r.minimumBuild -ne '') {
      $build = Get-Build
      if ($build -lt [version]$r.minimumBuild) { "build $build" }
      return
    }
    $age = Get-UpdateAge
    if ($null -eq $age) { 'no cumulative update' } elseif ($age -gt $r.maximumAgeDays) { "the last one is $age days old" }
  }
}
