#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# matrix.sh PROGRAM [OTHER_PROGRAM...]
#
# Same seed, same trace hash (TAP on standard output): each scenario here with three seeds,
# under PROGRAM twice in a row, with either store, either event queue, real and null
# cryptography, one and two threads, without shortcuts; and under the other programs (other
# compilers, optimisation levels, sanitizers).  Different seeds must differ.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=$1
shift

n=0
failed=0
tap() { # CONDITION NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n $2"
    else
        echo "not ok $n $2"
        failed=1
    fi
}

hash_of() { # PROGRAM SCENARIO SEED OPTION...
    local run=$1 scenario=$2 seed=$3
    shift 3
    rm -rf "$scratch/out"
    "$run" run "$here/$scenario.ini" --seed "$seed" --out "$scratch/out" --no-report --json --quiet "$@" |
        sed -n 's/.*"trace_hash": *"\([0-9a-f]*\)".*/\1/p' | head -n 1
}

expect() { # WANTED NAME PROGRAM SCENARIO SEED OPTION...
    local wanted=$1 name=$2 got
    shift 2
    got=$(hash_of "$@") || got=failed
    if [ -n "$got" ] && [ "$got" = "$wanted" ]; then
        tap 0 "$name"
    else
        tap 1 "$name"
        echo "# wanted $wanted, got $got"
    fi
}

for scenario in quiet churn defects everyday faults repair year2020 year2025; do
    previous=
    for seed in 1 2 3; do
        wanted=$(hash_of "$program" $scenario $seed) || wanted=failed
        at="$scenario, seed $seed"
        if [ ${#wanted} = 64 ] && [ "$wanted" != "$previous" ]; then
            tap 0 "$at: a hash of its own"
        else
            tap 1 "$at: a hash of its own"
        fi
        previous=$wanted
        expect "$wanted" "$at: again" "$program" $scenario $seed
        expect "$wanted" "$at: SQLite store" "$program" $scenario $seed --set scenario.store=sqlite
        expect "$wanted" "$at: heap queue" "$program" $scenario $seed --queue heap
        expect "$wanted" "$at: real cryptography" "$program" $scenario $seed --set scenario.crypto=real
        expect "$wanted" "$at: real, two threads" "$program" $scenario $seed \
            --set scenario.crypto=real --threads 2
        expect "$wanted" "$at: no shortcuts" "$program" $scenario $seed --no-shortcuts
        for other in "$@"; do
            expect "$wanted" "$at: $(basename "$(dirname "$(dirname "$other")")")" "$other" $scenario $seed
        done
    done
done
for other in "$@"; do
    wanted=$(hash_of "$program" churn 1)
    expect "$wanted" "churn, seed 1: real, $(basename "$(dirname "$(dirname "$other")")")" \
        "$other" churn 1 --set scenario.crypto=real
done
echo "1..$n"
exit $failed
