#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# adversary.sh SWARMBED
#
# Who watches changes nothing; what nobody corrupted could have seen is nothing, what all
# could is all; bad sections are refused.
. "$(dirname "$0")/lib.sh"

small=$source_root/tests/sim/small.ini
paths=$source_root/scenarios/validate/path-compromise.ini
everybody="--set adversary.all.kind=nodes --set adversary.homes.kind=lines
    --set adversary.seed.kind=server"

# watched ARGUMENT...: run it; its trace hash goes to $hash.
watched()
{
    swarm run "$small" --quiet --no-report --json --again --out "$scratch/out" "$@"
    hash=$(jq -r '.runs[0].trace_hash' <<<"$out")
}

for crypto in null real; do
    watched --set scenario.crypto=$crypto
    plain=$hash
    watched --set scenario.crypto=$crypto $everybody
    is "observed or not, one trace hash ($crypto)" "$hash" "$plain"
    is "and something was seen ($crypto)" \
        "$(jq '.metrics.observations.value > 1000' <<<"$out")" true
done
watched --no-shortcuts --set scenario.crypto=real $everybody
is 'observed or not, without shortcuts' "$hash" "$plain"
watched $everybody --set adversary.all.observations_max=6400B \
    --set adversary.homes.observations_max=0B --set adversary.seed.observations_max=0B
is 'a bound in bytes is held' "$(jq '.metrics.observations.value' <<<"$out")" 100
is 'and what it left out is counted' \
    "$(jq '.metrics.observations_left_out.value > 1000' <<<"$out")" true

# verdict CLAIM: of the last run.
verdict()
{
    jq -r --arg claim "$1" '.claims[] | select(.claim | contains($claim))
        | .verdict + " " + (.example | length | tostring)' <<<"$out"
}
watched --set adversary.all.kind=nodes --set client.defect_guard_test_names_account=yes
is 'a guard test tells whose address it is' "$(verdict 'address and an account')" 'broken 1'
is 'the ends of a request are apart' "$(verdict 'first and last')" 'holds 0'
is 'a guard in the swarm of a small network' "$(verdict 'keeps its mailbox')" 'broken 2'
is 'what guards know' "$(jq -c '.knowledge.guard | [.addresses, .accounts]' <<<"$out")" '[12,0]'
watched --set adversary.all.kind=nodes --set client.defect_guard_test_names_account=no
is 'a test that names nobody tells nothing' "$(verdict 'address and an account')" 'holds 0'
swarm report out/results.db --text
has 'the text report has the claims' "$out" 'what the system claims'

watched --set adversary.all.kind=nodes --set adversary.homes.kind=lines --observations
rows=$(jq '.metrics.observations.value' <<<"$out")
is 'each record is a row of the export' "$(($(wc -l <out/observations-0-1.csv) - 1))" "$rows"
is 'and of the truth' "$(($(wc -l <out/truth-0-1.csv) - 1))" "$rows"
is 'a trace for ppcalc' "$(head -n 1 out/flows-0-1.csv)" \
    'm_id,source_id,source_timestamp,destination_id,destination_timestamp'
is 'of all messages that were stored' "$(($(wc -l <out/flows-0-1.csv) - 1))" \
    "$(jq '.metrics.messages.value * .metrics.accepted.value' <<<"$out")"
is 'none before it was sent' "$(awk -F, 'NR > 1 && $5 < $3' out/flows-0-1.csv | wc -l)" 0
is 'records name nobody' "$(head -n 1 out/observations-0-1.csv | grep -c -E 'person|author')" 0

watched --set adversary.disk.kind=files --set workload.attachments=0.5 --observations
is 'the file server sees nodes that post to it' \
    "$(jq -c '.knowledge.files | [.requests > 10, .addresses, .accounts]' <<<"$out")" '[true,0,0]'
is 'and how much' "$(awk -F, 'NR > 1 && $16 == "server" && $9 > 10000' \
    out/observations-0-1.csv | wc -l | awk '{ print ($1 > 5) }')" 1
swarm check "$small" --set adversary.kind=files
fails 'no files, no server' 2 'there is no file server'

watched --set outside.program=1MB
plain=$hash
web="--set outside.program=1MB --set adversary.site.kind=web"
watched $web --set adversary.seed.kind=server
is 'the web server watched or not, one trace hash' "$hash" "$plain"
is 'it sees who fetches the program, and no account' \
    "$(jq -c '.knowledge.web | [.requests, .addresses, .accounts]' <<<"$out")" '[12,12,0]'
is 'each address is in the log of seeds too, and no sooner' \
    "$(jq -c '.metrics | [.web_addresses.value, .web_joined.value, .web_to_list.value > 0]' \
        <<<"$out")" '[12,12,true]'
watched $web --observations
is 'who has one log alone joins nothing' "$(jq '.metrics.web_joined' <<<"$out")" null
is 'the program is as long as it is' "$(awk -F, 'NR > 1 && $11 == 1000000' \
    out/observations-0-1.csv | wc -l)" 12
push="--set outside.push=yes --set adversary.wake.kind=push"
watched --set outside.push=yes
plain=$hash
is 'a push server has all subscribe, and all nodes take it' \
    "$(jq -c '.metrics | [.push_subscriptions.value, .push_failures.value]' <<<"$out")" '[12,0]'
for crypto in null real; do
    watched $push --set scenario.crypto=$crypto
    is "watched or not, one trace hash ($crypto)" "$hash" "$plain"
done
is 'it knows whose messages they are, each, and no address' \
    "$(jq -c '[.metrics.push_notices.value == .knowledge.push["account-message pairs"],
        (.knowledge.push | .accounts, .addresses)]' <<<"$out")" '[true,12,0]'
is 'messages of people and copies to themselves' \
    "$(jq '.metrics.push_notices.value > .metrics.messages.value' <<<"$out")" true
is 'so a server is told accounts' "$(verdict 'beyond the network')" 'broken 1'
watched $push --set scenario.crypto=real --no-shortcuts
is 'and of bytes alone' "$hash" "$plain"
watched $push --observations
is 'with the sizes of what they get' "$(awk -F, 'NR > 1 && $13 != "" && $14 > 300' \
    out/observations-0-1.csv | wc -l | awk '{ print ($1 > 1000) }')" 1
watched --set adversary.seed.kind=server
is 'who gives out lists is told none' "$(verdict 'beyond the network')" 'holds 0'
swarm check "$small" --set adversary.kind=push
fails 'nobody is woken, nobody watches' 2 'expected outside.push = yes'
swarm check "$small" --set adversary.kind=web
fails 'nobody fetches it, nobody watches' 2 'expected outside.program above 0'

# metrics CORRUPT: of one small network, so many of 140 nodes corrupted.
metrics()
{
    swarm run "$paths" --quiet --no-report --json --again --out "$scratch/out" --seeds 1..1 \
        --set network.nodes=140 --set client.clients=40 --set adversary.draws=200 \
        --set "adversary.corrupt=$1"
    jq -c '[.metrics | .first_and_last, .all_hops, .any_hop, .guard_any, .guard_and_swarm,
        .end_to_end, .swarm_any, .swarm_majority, .any_swarm_all, .swarm_all | .value]' <<<"$out"
}
is 'nobody corrupted: nothing compromised' "$(metrics 0)" '[0,0,0,0,0,0,0,0,0,0]'
is 'all corrupted: everything' "$(metrics 140)" '[1,1,1,1,1,1,1,1,1,1]'

# rotation GUARD-SETTINGS...: clients that build 12 paths in a small network.
rotation()
{
    swarm run "$source_root/scenarios/validate/guard-rotation.ini" --quiet --no-report --json \
        --again --out "$scratch/out" --seeds 1..10 --set network.nodes=140 \
        --set client.clients=20 --set scenario.duration=150m --set validate.rotations=12 \
        --set adversary.corrupt=14 --set adversary.draws=500 "$@"
}
rotation
is 'one guard for ever: within the closed form' \
    "$(jq '.metrics.compromised | .within and .runs == 10' <<<"$out")" true
plateau=$(jq '.metrics.compromised.value' <<<"$out")
rotation --set client.guard_life=10m --set client.guard_life_law=fixed
is 'a guard for each path: within its own' \
    "$(jq '.metrics.compromised.within' <<<"$out")" true
is 'and worse' "$(jq --argjson p "$plateau" '.metrics.compromised.value > $p' <<<"$out")" true
swarm run "$source_root/scenarios/validate/exposure.ini" --quiet --no-report --json --again \
    --out "$scratch/out" --set scenario.duration=14d --set client.clients=12 \
    --set 'churn.life=exponential(14d)'
is 'exposure: within the closed form' \
    "$(jq '.metrics.exposed.within and .metrics.exposure_set.within' <<<"$out")" true

swarm check "$small" --set adversary.corrupt=3
fails 'a section must be there' 2 'there is no section [adversary]'
swarm check "$small" --set adversary.kind=spies
fails 'and of a kind that there is' 2 'expected one of: nodes, lines, server, files'
swarm check "$small" --set adversary.kind=nodes --set adversary.corrupt=1000
fails 'no more nodes than there are' 2 'adversary.corrupt: more than network.nodes'
swarm check "$small" --set adversary.kind=nodes --set adversary.corrupt=1 --set adversary.share=0.5
fails 'a number or a share' 2 'expected share or corrupt, not both'
swarm check "$small" --set adversary.kind=server --set adversary.corrupt=1
fails 'keys belong to their kind' 2 'says nothing where kind = server'
swarm check "$small" --set validate.form=path-compromise
fails 'a form about nodes needs some' 2 'expected an [adversary] of kind = nodes'
swarm run "$paths" --quiet --no-report --json --again --out "$scratch/out" --seeds 1..1 \
    --set network.nodes=140 --set client.clients=40 --set adversary.draws=200 \
    --set adversary.corrupt=-1 --set adversary.country=DE
is "whoever is elsewhere is not corrupted" \
    "$(jq ".metrics.any_hop.value | . > 0.3 and . < 0.9" <<<"$out")" true
finish
