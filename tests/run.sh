#!/usr/bin/env bash
# Installs what the tests need, builds with warnings as errors, runs every runner and ends with one line:
#   N passed, M failed, K skipped
# Exit code 1 when anything failed. Output of every step is kept under tests/results/.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=tests/results
mkdir -p "$results"
rm -f "$results"/*.log
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export UseSharedCompilation=true # one compiler for all projects; it is shut down at the end

passed=0 failed=0 skipped=0
began=$SECONDS

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
finish() {
  dotnet build-server shutdown >/dev/null 2>&1
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
  exit
}

# count NAME: adds up what the runner's summary says; understands Microsoft.Testing.Platform, vitest, node:test and playwright.
count() {
  awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    /^ *succeeded: [0-9]+$/           { p = $2 }                     # Microsoft.Testing.Platform
    /^ *failed: [0-9]+$/              { f = $2 }
    /^ *skipped: [0-9]+$/             { s = $2 }
    /^ *error: [0-9]+$/               { e = $2 }
    /^# pass [0-9]+$/                 { p += $3 }                    # node:test, TAP
    /^# (fail|cancelled) [0-9]+$/     { f += $3 }
    /^# (skipped|todo) [0-9]+$/       { s += $3 }
    /^ℹ pass [0-9]+$/                 { p += $3 }                    # node:test, spec
    /^ℹ (fail|cancelled) [0-9]+$/     { f += $3 }
    /^ℹ (skipped|todo) [0-9]+$/       { s += $3 }
    /^ *Tests +.*\([0-9]+\)$/ {                                      # vitest
      for (i = 2; i <= NF; i++) { if ($i == "passed") p += $(i-1); if ($i == "failed") f += $(i-1); if ($i == "skipped" || $i == "todo") s += $(i-1) } }
    /^ +[0-9]+ passed( \([0-9.]+[ms]+\))?$/ { p += $1 }              # playwright
    /^ +[0-9]+ failed$/               { f += $1 }
    /^ +[0-9]+ skipped$/              { s += $1 }
    END { print p + 0, f + e + 0, s + 0 }' "$results/$1.log"
}

# suite NAME COMMAND...: runs a runner, adds its counts; a runner that fails without a failed test counts as one failure.
suite() {
  local name=$1 code=0 t=$SECONDS p f s
  shift
  say "$name ..."
  "$@" >"$results/$name.log" 2>&1 || code=$?
  read -r p f s < <(count "$name")
  if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  if [ $code -eq 0 ] && [ $((p + f + s)) -eq 0 ]; then
    echo "The runner ended well but told of no test." >>"$results/$name.log"
    f=1
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  say "$name: $p passed, $f failed, $s skipped ($((SECONDS - t)) s)"
  if [ "$f" -ne 0 ]; then
    grep -E -A 8 '^ *failed |\[FAIL\]|^not ok|✖|FAIL|error' "$results/$name.log" | cut -c 1-600 | head -120
    tail -n 25 "$results/$name.log"
    say "All of it: $results/$name.log"
  fi
}

skip() {
  skipped=$((skipped + 1))
  say "skipped: $*"
}

# --- what the tests need -------------------------------------------------------------------------------------------

# The peers that EdgeDcim is tested against; see tests/scenarios/README.md.
packages=(
  mosquitto mosquitto-clients rabbitmq-server faketime iproute2
  snmp snmpd snmpsim
  mbpoll libmodbus-dev python3-pymodbus python3-serial python3-serial-asyncio gcc libc6-dev pkg-config socat
  victoria-metrics influxdb nginx-light sqlite3
  openipmi ipmitool freeipmi-tools python3-pyghmi
  prometheus-alertmanager snmptrapd python3-aiosmtpd chromium curl
)
command -v node >/dev/null || packages+=(nodejs npm)

as_root=()
install_packages() {
  local missing=() package mine=
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "Neither root nor sudo without a password: cannot install ${missing[*]}; tests that need them skip themselves."
      return
    fi
    as_root=(sudo)
  fi

  # Services of the packages must not start and take ports: policy-rc.d is Debian's way to say so, for as long as this lasts.
  local policy=/usr/sbin/policy-rc.d service
  if [ ! -e $policy ]; then
    trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d; exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null && "${as_root[@]}" chmod +x $policy && mine=1
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -q >"$results/packages.log" 2>&1
  if ! "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$results/packages.log" 2>&1; then
    for package in "${missing[@]}"; do
      "${as_root[@]}" apt-get install -y -q --no-install-recommends "$package" >>"$results/packages.log" 2>&1 ||
        say "Package $package could not be installed; tests that need it skip themselves ($results/packages.log)."
    done
  fi
  if [ -n "$mine" ]; then
    "${as_root[@]}" rm -f $policy
    trap - INT TERM
  elif command -v systemctl >/dev/null; then
    # Somebody else's policy let them start: stop what was not here before, and leave the rest alone.
    for service in "${missing[@]}"; do
      ! systemctl is-active --quiet "$service" 2>/dev/null || "${as_root[@]}" systemctl disable --now "$service" >>"$results/packages.log" 2>&1
    done
  fi
}

if command -v apt-get >/dev/null; then
  install_packages
else
  say "No apt-get here: tests against Debian's packages run where the programs are found and skip themselves elsewhere."
fi

if ! command -v dotnet >/dev/null; then
  say "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
  failed=1
  finish
fi

# modules FOLDER: npm modules of a folder, from its lock file.
modules() {
  [ -f "$1/package.json" ] || return 0
  local name
  name=npm-$(echo "$1" | tr '/' '-')
  say "npm modules of $1"
  if [ -f "$1/package-lock.json" ]; then
    (cd "$1" && npm ci --no-audit --no-fund) >"$results/$name.log" 2>&1
  else
    (cd "$1" && npm install --no-audit --no-fund) >"$results/$name.log" 2>&1
  fi || { tail -n 15 "$results/$name.log"; return 1; }
}

page=
if command -v npm >/dev/null; then
  modules tests/scenarios/Sparkplug/tahu || skip "npm modules of Eclipse Tahu do not install; its scenarios skip themselves"
  if [ -f collector/dashboard/package.json ]; then
    if modules collector/dashboard && modules tests/dashboard; then page=1; else skip "npm modules of the page do not install"; fi
  fi
else
  skip "node and npm are missing: page, browser tests and Eclipse Tahu"
fi

# --- build ---------------------------------------------------------------------------------------------------------

if [ -n "$page" ]; then
  say "Building the page"
  if ! (cd collector/dashboard && npm run build) >"$results/page.log" 2>&1; then
    tail -n 40 "$results/page.log"
    failed=$((failed + 1))
    page=
  fi
fi

# Release, as the demo and the benchmarks run it: one build serves all.
say "Building EdgeDcim.sln, warnings are errors"
if ! dotnet build EdgeDcim.sln -c Release -v quiet -warnaserror >"$results/build.log" 2>&1; then
  grep -E ': (error|warning) ' "$results/build.log" | sort -u | head -40
  tail -n 5 "$results/build.log"
  failed=$((failed + 1))
  finish
fi

# --- run -----------------------------------------------------------------------------------------------------------

suite dotnet dotnet test --solution EdgeDcim.sln -c Release --no-build --max-parallel-test-modules 1

# npm_tests NAME FOLDER: the folder's own "test" script, when it has one.
npm_tests() {
  [ -f "$2/package.json" ] || return 0
  grep -q '"test"' "$2/package.json" || return 0
  suite "$1" npm --prefix "$2" test --silent
}
if [ -n "$page" ]; then
  npm_tests page collector/dashboard
  npm_tests browser tests/dashboard
fi

# The demo on its own terms: PUE within 1 % and WUE within 2 % of the simulator's truth, all 25 devices, both protocols.
demo() {
  local json
  install/demo.sh --once --timeout 180 >"$results/demo.out" || return 1
  json=$(tail -n 1 "$results/demo.out")
  echo "$json"
  echo "$json" | awk '
    function field(name,    v) { v = $0; if (!sub(".*\"" name "\":", "", v)) return -1; sub("[,}].*", "", v); return v + 0 }
    function off(a, b) { return a > b ? (a - b) / b : (b - a) / b }
    {
      bad = off(field("pue"), field("true_pue")) > 0.01 || off(field("wue"), field("true_wue")) > 0.02 || field("devices") != 25
      bad = bad || field("true_pue") < 1 || field("true_wue") <= 0 || $0 !~ /"modbus"/ || $0 !~ /"snmp"/
      print (bad ? "failed: 1" : "succeeded: 1")
      exit bad
    }'
}
suite demo demo

say "$((SECONDS - began)) s in all"
finish
