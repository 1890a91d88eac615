#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh BUILD [TARGET...]
#
# Runs the fuzz targets of a build with -Dfuzzing=true, one after the other: each begins
# with its corpus, and ends after FUZZ_RUNS executions (10 million unless set).  One TAP
# line a target.  What is left in BUILD/fuzzed/TARGET: `log`, libFuzzer's own words; `new`,
# inputs that reached new code; and, where something was found, the input as crash-...,
# leak-..., oom-... or timeout-...  (to see it again: BUILD/tests/fuzz/fuzz-TARGET FILE).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lint/tap.sh"

build=$1
shift
runs=${FUZZ_RUNS:-10000000}

# Cheaper allocations: what was freed is watched for the last 4 MB.
export ASAN_OPTIONS=quarantine_size_mb=4:malloc_context_size=2
export G_DEBUG=fatal-warnings
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

# The longest input: enough for all that a format has, twice.
length_max()
{
    case $1 in
    condition | key_value | law | proof | registry | scenario) echo 256 ;;
    push_server | rpc_* | saved | service) echo 1024 ;;
    *) echo 512 ;;
    esac
}

# run_target TARGET: its findings, nothing when there are none.
run_target()
{
    local dir=$build/fuzzed/$1 status=0
    mkdir -p "$dir/new"
    "$build/tests/fuzz/fuzz-$1" -runs="$runs" -max_len="$(length_max "$1")" -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$dir/" \
        "$dir/new" "$here/corpus/$1" >"$dir/log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || {
        echo "ended with $status; the input and the log are in $dir"
        grep -m 3 -E 'ERROR|SUMMARY|Assertion|runtime error' "$dir/log" || tail -n 3 "$dir/log"
    }
}

# What libFuzzer says at the end: executions, covered edges.
told()
{
    local end
    end=$(sed -nE 's/^#([0-9]+)[[:space:]]+DONE +cov: ([0-9]+).*/\1 executions, \2 edges/p' "$1")
    echo "${end:-stopped early}"
}

if [ $# -eq 0 ]; then
    mapfile -t targets < <(find "$build/tests/fuzz" -maxdepth 1 -name 'fuzz-*' -type f \
        -executable -printf '%f\n' | sed 's/^fuzz-//' | LC_ALL=C sort)
    set -- "${targets[@]}"
fi
[ $# -gt 0 ] || tap 'there are fuzz targets' "none in $build/tests/fuzz"
failed=0
for target in "$@"; do
    SECONDS=0
    findings=$(run_target "$target")
    [ -z "$findings" ] || failed=1
    tap "$target: $(told "$build/fuzzed/$target/log"), $SECONDS s" "$findings"
done
tap_end
exit "$failed"
