#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# validate.sh SWARMBED
#
# The program against closed forms (scenarios/validate), in small networks, and controls: what
# must not agree does not, and says so.
. "$(dirname "$0")/lib.sh"

# validate NAME FILE METRIC WANTED EXACT [ARGUMENT...]: run it; WANTED is within or apart.
validate()
{
    local name=$1 file=$2 metric=$3 wanted=$4 exact=$5
    shift 5
    swarm run "$source_root/scenarios/validate/$file" --json --quiet --no-report --again \
        --out "$scratch/out" "$@"
    jq -e --arg metric "$metric" --argjson wanted "$wanted" --argjson exact "$exact" '
        .metrics[$metric] | .runs >= 10 and .within == $wanted
            and ((.exact - $exact) | fabs) <= 1e-9 * $exact' <<<"$out" >/dev/null
    ok "$name" $? "$err$(jq -c --arg m "$metric" '.metrics[$m]' <<<"$out" 2>&1)"
}

# apart NAME FILE METRIC REFERENCE ARGUMENT...: the run is far from what the reference says.
apart()
{
    local name=$1 file=$2 metric=$3 reference=$4
    shift 4
    swarm run "$source_root/scenarios/validate/$file" --json --quiet --no-report \
        --again --out "$scratch/out" "$@"
    jq -e --arg metric "$metric" --argjson reference "$reference" '.metrics[$metric]
        | ((.value - $reference) | fabs) > 4 * .standard_error' <<<"$out" >/dev/null
    ok "$name" $? "$err$(jq -c --arg m "$metric" '.metrics[$m]' <<<"$out" 2>&1)"
}

# The expected values are those of the science reference (tests/data/exact.csv).
small="--set network.nodes=140 --set client.clients=60"
validate 'survival of 7, life 30 d' no-repair.ini survival true 0.998997150726 $small
validate 'nobody leaves: nothing is lost' no-repair.ini survival true 1 $small \
    --set churn.life=never
is 'and none was' "$(jq '.metrics.loss.value == 0' <<<"$out")" true
apart 'a store that loses every third put is found out' no-repair.ini survival 0.998997150726 $small \
    --set fault.put_lost=0.3333333

queue="--set scenario.duration=1d"
validate 'M/M/1: time at a node, half loaded' queueing.ini sojourn true 2 $queue
validate 'M/D/1: wait at a node' queueing.ini wait true 2 $queue --set validate.rate=0.8 \
    --set network.cost_law=fixed
apart 'costs that are always the same are no M/M/1' queueing.ini sojourn 2 $queue \
    --set network.cost_law=fixed

validate 'from one replica to none' repair.ini last_replica true 60.0833333333 --seeds 1..10 \
    --set network.nodes=300 --set client.clients=150
validate 'shares of the keys: the least of 100' growth.ini share_min true 0.78125 --seeds 1..10
outage="--seeds 1..10 --set network.nodes=420 --set fault.shocks.chance=0.3"
outage+=" --set fault.shocks.correlation=0.2"
validate 'whole swarms down, correlated' outages.ini all_down true 0.013618176 $outage
apart 'correlated outages are not independent ones' outages.ini all_down 0.0002187 $outage
# 40 times C(195,55) / C(200,60)
validate 'whole swarms among exactly 60 of 200' outages.ini swarms_down true 0.0861556116001 --seeds 1..10 \
    --set network.nodes=200 --set swarm.size=5 --set fault.shocks.count=60 \
    --set fault.shocks.chance=1 --set fault.shocks.correlation=0
validate 'outages that outlive a proof' credit.ini decommissioned true 0.367879441171 --seeds 1..10 \
    --set network.nodes=300 --set 'fault.crash.down=exponential(2h)' --set scenario.duration=6h
is 'and the credit too' "$(jq '.metrics.deregistered.within' <<<"$out")" true

validate 'a poll comes after half an interval' polling.ini poll_delay true 30 --seeds 1..10 \
    --set scenario.duration=30m
found="--seeds 1..10 --set scenario.duration=30m --set protocol.store_replication=buffered"
found+=" --set protocol.relay_interval=1000000s --set client.store_to=3 --set client.poll_interval=30s"
validate 'polls until one of three members out of seven' polling.ini polls_to_find true 2.33333333333 $found
apart 'members that all have it are found at once' polling.ini polls_to_find 2.33333333333 $found \
    --set client.store_to=7

split="--set validate.estimate=splitting --seeds 1..10 --set network.nodes=60 --set client.clients=60"
split+=" --set validate.trajectories=100"
validate 'loss by splitting, where it is not rare' repair.ini loss true 0.161897825095 $split
is 'histories repeat themselves' "$(jq '[.runs[].metrics.splitting_differences] | add' <<<"$out")" 0
swarm check "$source_root/scenarios/validate/repair.ini" --set validate.estimate=splitting \
    --set 'churn.life=weibull(shape=0.59, mean=7d)'
fails 'splitting with lives that have a memory' 2 'splitting: expected'

if [ "${1-}" = full ]; then
    # One in 700,000, of 10 runs that count none.
    validate 'rare loss by splitting, repaired one at a time' repair.ini loss true 1.32328721903e-06 \
        $split --set swarm.size=7 --set 'churn.life=exponential(30d)' --set repair.mode=serial \
        --set 'repair.delay=exponential(24h)' --set network.nodes=490 --set client.clients=300
    is 'and none was counted' "$(jq '.metrics.loss_counted.value' <<<"$out")" 0
    small="--set network.nodes=420 --set client.clients=150"
    away="--set swarm.size=5 --set repair.delay=fixed(1s) --set repair.push=no --seeds 1..10"
    validate 'who comes before the replicas are gone' ttl-loss.ini retrieved true 0.742543907999 $away \
        --set 'churn.life=exponential(14d)'
    apart 'replicas that live on are another thing' ttl-loss.ini retrieved 0.5 $away
    validate 'survival of 3, life 7 d' no-repair.ini survival true 0.35353768522 $small \
        --set swarm.size=3 --set 'churn.life=exponential(7d)'
    validate 'four of ten' no-repair.ini survival true 0.962779741849 $small \
        --set swarm.size=10 --set validate.at_least=4
    validate 'Weibull lives, in service' no-repair.ini survival true 0.7156215462 $small \
        --set swarm.size=1 --set 'churn.life=weibull(shape=0.59, mean=30d)'
    # The reference says what lives in service would be; new lives are others.
    apart 'fresh lives are not taken for those in service' no-repair.ini survival 0.7156215462 $small \
        --set swarm.size=1 --set churn.life_residual=no \
        --set 'churn.life=weibull(shape=0.59, mean=30d)'
    validate 'half of the puts are lost' no-repair.ini survival true 0.758978559425 $small \
        --set fault.put_lost=0.5 --set 'churn.life=exponential(14d)'
    validate 'a fifth of the members is away' no-repair.ini survival true 0.994289151211 \
        $small --set fault.absent_share=0.2
fi
finish
