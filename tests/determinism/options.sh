#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# options.sh PROGRAM
#
# Same seed, same trace hash, however the work is done (TAP on standard output): each scenario
# here with ten seeds, with real and null cryptography, with and without shortcuts, on 1, 2, 3
# and 8 threads.  Shorter than matrix.sh's runs: four simulated minutes.  Different seeds must
# differ.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=$(realpath "$1")
scenarios=(quiet churn defects faults crowded leaving)
seeds=(1 2 3 4 5 6 7 8 9 10)

# NAME and the options of each way.
ways=(
    'null, no shortcuts|--no-shortcuts'
    'real|--set scenario.crypto=real'
    'real, no shortcuts|--set scenario.crypto=real --no-shortcuts'
    'real, 2 threads|--set scenario.crypto=real --threads 2'
    'real, 3 threads|--set scenario.crypto=real --threads 3'
    'real, 8 threads|--set scenario.crypto=real --threads 8'
    'real, no shortcuts, 3 threads|--set scenario.crypto=real --no-shortcuts --threads 3'
)

hash_of() { # SCENARIO SEED OPTION...
    local scenario=$1 seed=$2 out
    shift 2
    out=$(mktemp -d -p "$scratch")
    "$program" run "$here/$scenario.ini" --seed "$seed" --out "$out" --no-report --json --quiet \
        --set scenario.duration=3m --set scenario.drain=1m "$@" |
        sed -n 's/.*"trace_hash": *"\([0-9a-f]*\)".*/\1/p' | head -n 1
    rm -rf "$out"
}

# All ways of one scenario and seed.
judge() { # SCENARIO SEED
    local at="$1, seed $2" wanted way got
    wanted=$(hash_of "$1" "$2") || wanted=failed
    echo "hash $1 $wanted"
    for way in "${ways[@]}"; do
        # shellcheck disable=SC2086 # several options
        got=$(hash_of "$1" "$2" ${way#*|}) || got=failed
        if [ ${#wanted} = 64 ] && [ "$got" = "$wanted" ]; then
            echo "ok $at: ${way%%|*}"
        else
            echo "not ok $at: ${way%%|*}"
            echo "# wanted $wanted, got $got"
        fi
    done
}

# As many seeds at a time as there are cores.
under_way=0
for seed in "${seeds[@]}"; do
    for scenario in "${scenarios[@]}"; do
        judge "$scenario" "$seed" >"$scratch/said-$scenario-$seed" &
        under_way=$((under_way + 1))
        if [ $under_way -ge "$(nproc)" ]; then
            wait -n
            under_way=$((under_way - 1))
        fi
    done
done
wait

for scenario in "${scenarios[@]}"; do
    different=$(cat "$scratch/said-$scenario"-* | grep '^hash' | sort -u | wc -l)
    if [ "$different" = ${#seeds[@]} ]; then
        echo "ok $scenario: each seed has a hash of its own"
    else
        echo "not ok $scenario: each seed has a hash of its own"
        echo "# $different hashes of ${#seeds[@]} seeds"
    fi
    for seed in "${seeds[@]}"; do
        grep -v '^hash' "$scratch/said-$scenario-$seed" ||
            echo "not ok $scenario, seed $seed: it could not be run"
    done
done | awk '
    /^ok / { print "ok", ++n, substr($0, 4); next }
    /^not ok / { print "not ok", ++n, substr($0, 8); failed = 1; next }
    { print }
    END { print "1.." n; exit failed }'
