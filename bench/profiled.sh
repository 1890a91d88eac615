#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# profiled.sh FOLDER
#
# A release that the compiler has fitted to what is run and to this machine's processor: built
# to count, run on small forms of the benchmarks, and built again.  Two minutes;
# FOLDER/cli/swarmbed is the program.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/setup.sh
[ $# -eq 1 ] || { echo 'usage: bench/profiled.sh FOLDER' >&2; exit 2; }
folder=$1
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

# play NAME SCENARIO KEY=VALUE...
play()
{
    local name=$1 scenario=$2
    shift 2
    "$folder/cli/swarmbed" run "$scenario" "${@/#/--set=}" --out "$runs/$name" \
        --no-report --quiet >/dev/null || die "$scenario failed"
}

[ -f "$folder/build.ninja" ] ||
    CC=gcc meson setup "$folder" --buildtype=release -Db_ndebug=false
meson configure "$folder" -Db_pgo=generate -Dc_args=-march=native
find "$folder" -name '*.gcda' -delete
ninja -C "$folder" cli/swarmbed
play metropolis scenarios/bench/metropolis.ini client.clients=20000 network.nodes=400 \
    scenario.duration=20m scenario.drain=1m
play township scenarios/bench/township.ini client.clients=300 scenario.duration=5m scenario.drain=1m
play everyday scenarios/smoke/everyday.ini
"$folder/cli/swarmbed" bench echo --quick --runs 1 >/dev/null || die 'bench echo failed'
# What no run touched has no counts; and two warnings are wrong where all files are one.
meson configure "$folder" -Db_pgo=use \
    -Dc_args='-march=native -Wno-missing-profile' \
    -Dc_link_args='-Wno-free-nonheap-object -Wno-stringop-overread'
ninja -C "$folder" cli/swarmbed
