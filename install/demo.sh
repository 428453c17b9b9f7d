#!/usr/bin/env bash
# Builds EdgeDcim and runs a simulated data hall, a collector and an agent on loopback. Ctrl-C stops them all.
#   install/demo.sh            the page stays up until Ctrl-C
#   install/demo.sh --once     ends after the first complete PUE and WUE and prints one line of JSON
#   install/demo.sh --help     all options
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() { printf '%s\n' "$*" >&2; }

command -v dotnet >/dev/null || { say "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }

dashboard="$root/collector/dashboard"
if [ ! -f "$dashboard/package.json" ]; then
  say "There is no page to build; the figures appear here all the same."
elif ! command -v npm >/dev/null; then
  say "Node.js is not installed, so the page is not built; the figures appear here all the same."
else
  say "Building the page."
  (cd "$dashboard" && { [ -d node_modules ] || npm ci --no-audit --no-fund --silent; } && npm run build --silent) >&2 ||
    say "The page did not build; going on without it."
fi

say "Building EdgeDcim (Release)."
dotnet build "$root/install/demo.slnf" -c Release -v quiet -clp:NoSummary --nologo >&2

bin="$root/artifacts/bin"
exec "$bin/EdgeDcim.Simulator/release/edgedcim-simulator" demo \
  --collector "$bin/EdgeDcim.Collector/release/edgedcim-collector" \
  --agent "$bin/EdgeDcim.Agent/release/edgedcim-agent" "$@"
