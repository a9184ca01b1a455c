param(
  [string] $A
)
Write-Output "hello $A"
