#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sybil.sh SWARMBED
#
# Sybils by stake that register again until they are near somebody: against the law of the
# chain's draws, and controls: one registration alone, swarms that nobody is drawn into, a
# stake that stays locked.
. "$(dirname "$0")/lib.sh"

camp=$source_root/scenarios/validate/sybil.ini

camped()
{
    swarm run "$camp" --quiet --no-report --json --again --check --out "$scratch/out" \
        --seeds 1..4 --set scenario.duration=40h --set adversary.targets=30 --set network.nodes=80 \
        --set client.clients=30 "$@"
}
value()
{
    jq ".metrics.$1.value" <<<"$out"
}

camped
is 'registrations: as the closed form has it' \
    "$(jq '.metrics.camp_registrations.within' <<<"$out")" true
is 'targets that it got near: as well' "$(jq '.metrics.camped.within' <<<"$out")" true
# If any of the 11 swarms could be drawn: 1 - (10/11)^12.
is 'draws are not among all swarms' \
    "$(jq '.metrics.camped.value < 0.6' <<<"$out")" true
again=$(value camped)

camped --set adversary.budget=1
is 'one registration: the law of one draw' "$(jq '.metrics.camped.within' <<<"$out")" true
is 'and far less' "$(jq --argjson again "$again" '.metrics.camped.value < 0.5 * $again' <<<"$out")" true

camped --set adversary.stakes=2 --set adversary.members=2 --set adversary.tries=1
is 'two members: the law of both' \
    "$(jq '.metrics | .camped.within and .camp_registrations.within and .camped.value > 0' <<<"$out")" true

camped --set swarm.grown=yes --set network.nodes=7 --set adversary.targets=1 --set adversary.budget=0 \
    --set adversary.patience=0s
is 'there is one swarm: the first draw' "$(jq -c '.metrics | [.camped, .camp_registrations, .camp_time,
    .camp_stake_days | .value] | map(. * 720 | round)' <<<"$out")" '[720,720,1,1]'

# Each miss costs a block to leave, the lock, and a block to join.
camped --set adversary.targets=1 --set adversary.budget=0 --set adversary.patience=30h \
    --set adversary.unlock=1h
is 'time is that of the misses' "$(jq '[.runs[].metrics | select(.camped == 1)
    | (.camp_time * 720 - 1 - (.camp_registrations - 1) * 32) | fabs < 1e-6] | length > 0 and all' <<<"$out")" true
is 'and the stake is bound all the while' "$(jq '[.runs[].metrics | select(.camped == 1)
    | (.camp_time - .camp_stake_days) | fabs < 1e-9] | all' <<<"$out")" true
camped --set adversary.targets=1 --set adversary.budget=0 --set adversary.patience=30h \
    --set adversary.unlock=30d
is 'a stake that stays locked is good for one draw' "$(jq '[.runs[].metrics.sybil_registrations <= 1] | all' <<<"$out")" true

# learned ARGUMENT...: how many accounts it gives to the right address, of 30.
learned()
{
    swarm run "$camp" --quiet --no-report --json --again --out "$scratch/out" --seeds 1..1 \
        --set validate.form=cadence --set client.poll_interval=5s --set scenario.duration=20m \
        --set client.clients=30 --set adversary.targets=1 "$@"
    jq '.metrics.right.value * 30 | round' <<<"$out"
}
is 'all nodes know much' "$(($(learned --set adversary.stakes=0) > 15))" 1
is 'who has only nodes of its own, and none yet, guesses' \
    "$(learned --set adversary.register_at=1d)" 1

swarm check "$camp" --set swarm.size=7
fails 'fixed swarms are joined by nobody' 2 'expected swarm.size = 0'
swarm check "$camp" --set adversary.members=2
fails 'no more members than stakes' 2 'adversary.members: more than stakes'
swarm check "$camp" --set adversary.near=60
fails 'a target is somebody' 2 'adversary.near: expected a person'
swarm check "$camp" --set adversary.stakes=0
fails 'the form needs stakes' 2 'expected an [adversary] with stakes'
swarm check "$camp" --set adversary.kind=server
fails 'stakes are for nodes' 2 'says nothing where kind = server'
swarm check "$camp" --set validate.form=path-compromise
fails 'forms of still networks are refused' 2 'it knows no nodes that come and go'
finish
