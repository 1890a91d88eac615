#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# threads.sh PROGRAM SANITIZED JOBS-TEST
#
# No data race, by the thread sanitizer: SANITIZED (the program) runs a network with real
# cryptography on three threads and gives PROGRAM's trace hash; JOBS-TEST are the unit tests
# of the workers, sanitized too.  TAP on standard output.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TSAN_OPTIONS=halt_on_error=0:exitcode=66
n=0
failed=0

tap() { # STATUS NAME LOG
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n $2"
    else
        echo "not ok $n $2"
        head -n 40 "$3" | sed 's/^/# /'
        failed=1
    fi
}

# run PROGRAM SCENARIO OPTION...: its hash in $hash, its status in $status, its words in err.
run() {
    local program=$1 scenario=$2
    shift 2
    status=0
    rm -rf "$scratch/out"
    "$program" run "$here/$scenario.ini" --seed 1 --out "$scratch/out" --no-report --json --quiet \
        --set scenario.crypto=real --set scenario.duration=3m --set scenario.drain=1m "$@" \
        >"$scratch/said" 2>"$scratch/err" || status=$?
    hash=$(sed -n 's/.*"trace_hash": *"\([0-9a-f]*\)".*/\1/p' "$scratch/said" | head -n 1)
}

for scenario in quiet churn; do
    for shortcuts in '' --no-shortcuts; do
        # shellcheck disable=SC2086 # one option, or none
        run "$1" $scenario $shortcuts
        wanted=$hash
        # shellcheck disable=SC2086
        run "$2" $scenario --threads 3 $shortcuts
        tap "$status" "$scenario ${shortcuts:-with shortcuts}: three threads race for nothing" \
            "$scratch/err"
        [ ${#wanted} = 64 ] && [ "$hash" = "$wanted" ] && status=0 || status=1
        tap "$status" "$scenario ${shortcuts:-with shortcuts}: the same trace hash" "$scratch/said"
    done
done
status=0
"$3" --tap >"$scratch/said" 2>&1 || status=$?
tap "$status" 'the unit tests of jobs race for nothing' "$scratch/said"
echo "1..$n"
exit $failed
