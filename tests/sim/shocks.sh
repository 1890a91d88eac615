#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shocks.sh SWARMBED
#
# Messages that no replica of survives Poisson shocks beside independent lives, read from the
# stores of a whole network without repair, against the closed form (rows SHK_n3_nu0.0333_q0.1
# and SHK_n3_nu0.0000_q0.0 of the reference values: 0.066830 and 0.051858).
. "$(dirname "$0")/lib.sh"

# lost NAME ARGUMENT...: 20 runs of 200 swarms of three, 14 days of lives of 30 days on average.
lost()
{
    local name=$1
    shift
    # Without --check, which looks at all stores after every event.
    swarm run "$source_root/scenarios/validate/no-repair.ini" --seeds 1..20 --out "$name" \
        --set swarm.size=3 --set network.nodes=600 --set client.clients=300 --jobs 2 \
        --no-report --json --quiet "$@"
    is "$name: runs" "$status $err" '0 '
    printf '%s\n' "$out" >"$name.json"
}
# near NAME EXPECTED: within four standard errors, which are small.
near()
{
    jq -e --argjson expected "$2" '.metrics.loss
        | .standard_error < 0.012 and (.value - $expected | fabs) < 4 * .standard_error' \
        "$1.json" >/dev/null
    ok "$1: about $2 of the messages are lost" $? "$(jq -c .metrics.loss "$1.json")"
}

lost shocks --set fault.rain.kind=shocks --set fault.rain.from=10m \
    --set fault.rain.per_day=0.033333333333 --set fault.rain.chance=0.1
near shocks 0.0668295219446
lost calm --set fault.rain.kind=shocks --set fault.rain.from=10m \
    --set fault.rain.per_day=0.033333333333 --set fault.rain.chance=0
near calm 0.051857942845
# Who dies without shocks dies with them too: the runs differ by the shocks alone.
holds_more()
{
    jq -n -e --slurpfile a shocks.json --slurpfile b calm.json '
        [range(20) | $a[0].runs[.].metrics.departures - $b[0].runs[.].metrics.departures]
        | all(. >= 0) and add > 300' >/dev/null
}
holds_more
ok 'shocks only add deaths' $?
finish
