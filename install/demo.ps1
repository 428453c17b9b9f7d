# Builds EdgeDcim and runs a simulated data hall, a collector and an agent on loopback. Ctrl-C stops them all.
#   install\demo.ps1            the page stays up until Ctrl-C
#   install\demo.ps1 --once     ends after the first complete PUE and WUE and prints one line of JSON
#   install\demo.ps1 --help     all options
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot

function Say([string] $text) { [Console]::Error.WriteLine($text) }

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Say 'The .NET 10 SDK is needed: https://dotnet.microsoft.com/download'
    exit 1
}

$dashboard = Join-Path $root 'collector/dashboard'
if (-not (Test-Path (Join-Path $dashboard 'package.json'))) {
    Say 'There is no page to build; the figures appear here all the same.'
}
elseif (-not (Get-Command npm -ErrorAction SilentlyContinue)) {
    Say 'Node.js is not installed, so the page is not built; the figures appear here all the same.'
}
else {
    Say 'Building the page.'
    Push-Location $dashboard
    try {
        if (-not (Test-Path node_modules)) { npm ci --no-audit --no-fund --silent | Out-Host }
        npm run build --silent | Out-Host
        if ($LASTEXITCODE -ne 0) { Say 'The page did not build; going on without it.' }
    }
    finally { Pop-Location }
}

Say 'Building EdgeDcim (Release).'
dotnet build (Join-Path $root 'install/demo.slnf') -c Release -v quiet -clp:NoSummary --nologo | Out-Host
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

$bin = Join-Path $root 'artifacts/bin'
$suffix = if ($IsLinux -or $IsMacOS) { '' } else { '.exe' }
& (Join-Path $bin "EdgeDcim.Simulator/release/edgedcim-simulator$suffix") demo `
    --collector (Join-Path $bin "EdgeDcim.Collector/release/edgedcim-collector$suffix") `
    --agent (Join-Path $bin "EdgeDcim.Agent/release/edgedcim-agent$suffix") @args
exit $LASTEXITCODE
