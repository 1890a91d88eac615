#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# attacks.sh SWARMBED [full]
#
# What attacks find in small networks, and controls: nobody corrupted, and a truth in which
# people changed places.
. "$(dirname "$0")/lib.sh"

# found NAME FILE METRIC JQ ARGUMENT...: the metric (. in JQ, a number) is as JQ says.
found()
{
    local name=$1 file=$2 metric=$3 judge=$4
    shift 4
    swarm run "$source_root/scenarios/validate/$file" --json --quiet --no-report \
        --again --out "$scratch/out" --seeds 1..4 "$@"
    jq -e --arg metric "$metric" ".metrics[\$metric].value | $judge" <<<"$out" >/dev/null
    ok "$name" $? "$err$(jq -c --arg m "$metric" '.metrics[$m]' <<<"$out" 2>&1)"
}
short="--set scenario.duration=100m"
found 'intersection: events until one is left' intersection.ini rounds '. > 7.5 and . < 8.5' $short
found 'and that one is the owner' intersection.ini right '. == 1' $short
found 'intersection: with nobody corrupted all are alike' intersection.ini entropy \
    '. > 6.6438 and . < 6.6439' $short --set adversary.corrupt=0
found 'intersection: nothing is found in a shuffled truth' intersection.ini right '. < 0.05' $short \
    --set validate.shuffled=yes
friends="--set client.clients=300 --set rounds.senders=50 --set rounds.friends=5 --set rounds.batch=10"
friends+=" --set rounds.targets=2 --set scenario.duration=310m"
# Danezis's bound: 37 rounds at two deviations.
found 'disclosure: a quarter of the bound is not enough' disclosure.ini found '. > 0.2 and . < 0.75' \
    $friends --set rounds.count=9 --set scenario.duration=30m
found 'disclosure: four times the bound is' disclosure.ini found '. >= 0.98' $friends \
    --set rounds.count=148
found 'disclosure: nothing with nobody corrupted' disclosure.ini found '. < 0.05' $friends \
    --set adversary.corrupt=0 --set scenario.duration=30m
pairs="--set rounds.pairs=20 --set rounds.senders=20 --set client.clients=60 --set scenario.duration=210m"
found 'timing: pairs are told apart' timing.ini auc '. > 0.7' $pairs
found 'timing: with nobody corrupted they are not' timing.ini auc '. == 0.5' $pairs \
    --set adversary.corrupt=0
found 'entropy: with nobody corrupted it is that of all' entropy.ini entropy \
    '. > 9.9657 and . < 9.9658' --set adversary.corrupt=0 --set scenario.duration=1h
found 'entropy: guesses are worth nothing in a shuffled truth' entropy.ini right '. < 0.01' \
    --set validate.shuffled=yes --set scenario.duration=1h

if [ "${1-}" = full ]; then
    found 'disclosure: nothing in a shuffled truth' disclosure.ini found '. < 0.1' $friends \
        --set rounds.count=148 --set validate.shuffled=yes
    found 'timing: nor in a shuffled truth' timing.ini auc '. > 0.4 and . < 0.6' $pairs \
        --set validate.shuffled=yes
fi
finish
