#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# denial.sh SWARMBED
#
# Selective denial and poisoned node lists against their closed forms, and controls: nobody,
# everybody, and too few.
. "$(dirname "$0")/lib.sh"

denied()
{
    swarm run "$source_root/scenarios/validate/denial.ini" --quiet --no-report --json --again \
        --check --out "$scratch/out" --seeds 1..2 --set network.nodes=70 \
        --set client.clients=60 --set scenario.duration=2h "$@"
}
denied --set fault.deny.share=0.2
is 'enough paths to judge by' "$(jq '.metrics.paths_fresh.value > 500' <<<"$out")" true
is 'usable ones: as the closed form has it' \
    "$(jq '.metrics.usable | .value - .exact | fabs < 0.03' <<<"$out")" true
is 'compromised ones: as the closed form has it' \
    "$(jq '.metrics.compromised | .value - .exact | fabs < 0.03' <<<"$out")" true
is 'more than without denying' \
    "$(jq '.metrics.compromised.value > 1.3 * .metrics.compromised_without.value' <<<"$out")" true
denied --set fault.deny.share=0.2 --set fault.deny.from=2h
is 'nobody denies: every path is usable' "$(jq -c '.metrics.usable.value' <<<"$out")" 1
denied --set fault.deny.share=1
is 'all are theirs: they deny nothing, and have all' \
    "$(jq -c '[.metrics.usable.value, .metrics.compromised.value]' <<<"$out")" '[1,1]'
swarm check "$source_root/scenarios/validate/denial.ini" --set protocol.hop_delay=1s
fails 'what relays hold cannot be followed' 2 'nobody can follow what relays hold'

eclipsed()
{
    swarm run "$source_root/scenarios/validate/eclipse.ini" --quiet --no-report --json --again \
        --check --out "$scratch/out" --seeds 1..2 --set client.clients=100 "$@"
}
eclipsed
is 'poisoned lists: within the closed form' \
    "$(jq '.metrics.eclipsed | .within and .value > 0.2 and .value < 0.6' <<<"$out")" true
eclipsed --set fault.liars.share=0.03
is 'nodes were asked all the same' "$(jq '.metrics.refreshes.value' <<<"$out")" 3
is 'fewer than a client wants to see: nobody is fooled' \
    "$(jq '.metrics.eclipsed.value' <<<"$out")" 0
eclipsed --set client.pool_refresh_nodes=1
is 'one node asked: fewer are' \
    "$(jq '.metrics.eclipsed | .within and .value < 0.3' <<<"$out")" true
finish
