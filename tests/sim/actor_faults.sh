#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# actor_faults.sh SWARMBED
#
# What [fault NAME] sections do, kind by kind, each beside a run in which it does not:
# nodes that misbehave, attacks, people who are away.
. "$(dirname "$0")/lib.sh"
. "$here/fault_lib.sh"

# done_by NAME: what misbehaving nodes did.
done_by()
{
    awk -F, '{ gsub(/"/, "") } $3 == "misbehaviour" { print $4 "=" $5 }' "$1.counts"
}
does()
{
    run_fault "$1" fault.x.kind=misbehave "fault.x.does=${1%%_*}" "${@:2}"
}
does drop fault.x.share=0.5
holds 'drop: acknowledged, and some nowhere' drop '
    $m.accepted == 1 and $m.delivered < 1 and $m.unstored_acknowledgements > 0
    and $m["suspended.acknowledged_on_disk"] > 0 and $m["breaches.acknowledged_on_disk"] == 0'
has 'drop: counted' "$(done_by drop)" 'drop='
is 'drop: half of the nodes' "$events" 15
does drop_all fault.x.share=1
holds 'drop: by all, nothing is left' drop_all '
    $m.accepted == 1 and $m.delivered == 0 and $m["messages.acknowledged_never_stored"] == $m.messages'
does drop_none fault.x.country=ZW
as drop_none none
does withhold fault.x.share=1
holds 'withhold: stored, and never seen' withhold '
    $m.accepted == 1 and $m.delivered == 0 and $m.unstored_acknowledgements == 0'
does withhold_while fault.x.share=1 fault.x.to=6m
holds 'withhold: seen when it ends' withhold_while '$m.delivered == 1'
does stale fault.x.share=1 fault.x.from=150s
holds 'stale: what is older is seen, what is newer is not' stale '
    $m.delivered > 0.2 and $m.delivered < 0.9'
does stale_age fault.x.share=1 fault.x.from=150s fault.x.age=10m
holds 'stale: with an age, nothing from then on' stale_age '$m.delivered > 0.2'
[ "$(jq '.runs[0].metrics.delivered <= '"$(jq '.runs[0].metrics.delivered' stale.json)" stale_age.json)" = true ]
ok 'stale: older answers hold less' $?
does lie fault.x.share=1
holds 'lie: the node that the client wrote to has the only copy' lie '
    $m.accepted == 1 and $m.replicas_failed == 0 and $m.replicas_at_birth < 1.5
    and $m.unstored_acknowledgements == 0'
holds 'no fault: the swarm has copies' none '$m.replicas_at_birth > 5'
does corrupt fault.x.share=1
holds 'corrupt: what comes does not open' corrupt '$m.delivered == 0 and $m.unreadable > 10'
does corrupt_real fault.x.share=1 scenario.crypto=real
as corrupt_real corrupt
does replay fault.x.share=1 workload.messages_per_day=4000
has 'replay: counted' "$(done_by replay)" 'replay='
holds 'replay: clients know what they have seen' replay '$m.delivered == 1 and $m.duplicates == 0'
does withhold_swarm fault.x.swarm_of=0 fault.x.members=3
is 'three members of a swarm' "$events" 3
does withhold_whole_swarm fault.x.swarm_of=0
[ "$events" -ge 5 ] && [ "$events" -le 10 ]
ok 'all members of a swarm' $? "$events"
holds 'who withholds from one swarm harms the others not' withhold_whole_swarm '
    $m.delivered > 0 and $m.delivered < 1'
does withhold_two fault.x.count=30 fault.x.to=2m fault.y.kind=misbehave fault.y.count=30 \
    fault.y.does=withhold fault.y.from=1m fault.y.to=6m
holds 'two that overlap: it ends with the last' withhold_two '$m.delivered == 1'

run_fault attack fault.x.kind=attack fault.x.swarm_of=0 fault.x.from=90s fault.x.to=270s
members=$events
is 'attack: the members of the swarm are down, then return' "$up" \
    "30 30 $((30 - members)) $((30 - members)) $((30 - members)) 30 30 30 30 "
run_fault attack_some fault.x.kind=attack fault.x.swarm_of=0 fault.x.members=2 fault.x.from=90s
is 'attack: or two of them, to the end' "$up $events" '30 30 28 28 28 28 28 28 28  2'
run_fault attack_turns fault.x.kind=attack fault.x.swarm_of=0 fault.x.from=90s fault.x.to=270s \
    fault.x.turn=30s
is 'attack in turns: one after the other' "$up $events" '30 30 29 29 29 30 30 30 30  6'

run_fault offline fault.x.kind=offline fault.x.share=1 fault.x.from=60s fault.x.to=6m
holds 'offline: all is written, and delivered when they are back' offline '
    $m.delivered == 1 and $m["latency.p99"] > 60'
is 'offline: everybody' "$events" 12
run_fault offline_for_ever fault.x.kind=offline fault.x.count=12 fault.x.from=60s
holds 'offline: to the end' offline_for_ever '$m.accepted < 0.5 and $m.delivered < 0.5'
holds 'offline: as many polls as in the first minute' offline_for_ever '
    $m.polls < 200'
run_fault offline_twice fault.x.kind=offline fault.x.share=1 fault.x.from=60s fault.x.to=2m \
    fault.y.kind=offline fault.y.share=1 fault.y.from=90s fault.y.to=6m
run_fault offline_once fault.x.kind=offline fault.x.share=1 fault.x.from=60s fault.x.to=6m
as offline_twice offline_once
swarm report offline_for_ever/results.db --text
is 'the summary: what does not end is on to the end' \
    "$(grep -cE '^  x \(offline\) +60 s +8 min +12 +1$' <<<"$out")" 1

books corrupt corrupt
books attack_turns attack_turns
books offline_for_ever offline_for_ever
finish
