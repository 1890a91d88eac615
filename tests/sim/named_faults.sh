#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# named_faults.sh SWARMBED
#
# What [fault NAME] sections do, kind by kind, each beside a run in which it does not: nodes
# that leave, join, crash, meet shocks and outages; partitions, links, clocks, speed, upgrades.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini
# The whole is looked at every minute.
quiet=(--set workload.messages_per_day=500)

# run NAME KEY=VALUE...: of the fault x, in the small network; its nodes_up, minute by minute,
# go to $up, what it did to $events.
run_fault()
{
    local name=$1 set=("${quiet[@]}") pair
    shift
    for pair in "$@"; do
        set+=(--set "$pair")
    done
    runs_json "$name" 0 "$name" "$small" "${set[@]}"
    "$swarmbed" report "$name/results.db" --csv series | cut -d, -f 2- >"$name.series"
    "$swarmbed" report "$name/results.db" --csv counts | cut -d, -f 2- >"$name.counts"
    up=$(awk -F, '{ gsub(/"/, "") } /,nodes_up,/ { printf "%s ", $NF }' "$name.series")
    events=$(awk -F, '{ gsub(/"/, "") } $3 == "fault" && $4 == "x" { print $5 }' "$name.counts")
}

run_fault none
is 'no fault: everybody is up all the time' "$up" '30 30 30 30 30 30 30 30 30 '
is 'no fault: none is counted' "$events" ''

run_fault exit fault.x.kind=exit fault.x.count=6 fault.x.at=150s
is 'exit: six leave, and stay away' "$up $events" '30 30 30 24 24 24 24 24 24  6'
holds 'exit: they departed' exit '$m.departures == 6 and $m.disks_lost == 6'
run_fault exit_share fault.x.kind=exit fault.x.share=0.1 fault.x.at=150s fault.x.over=3m
is 'exit over three minutes: a tenth' "$events ${up##* 2}" '3 7 '
[ "$(awk '{ print ($4 >= $5) + ($5 >= $6) + ($1 > $9) }' <<<"$up")" = 3 ]
ok 'exit over three minutes: one after the other' $? "$up"
run_fault announced fault.x.kind=exit fault.x.count=2 fault.x.at=10s fault.x.announced=yes
is 'exit announced: they serve until the chain let them go' "$up" '30 30 30 30 30 28 28 28 28 '
holds 'exit announced: on the chain' announced '$m["chain.exited"] == 2'

run_fault join fault.x.kind=join fault.x.count=5 fault.x.at=90s fault.x.over=30s
is 'join: five come' "$up $events" '30 30 35 35 35 35 35 35 35  5'
holds 'join: they register' join '$m.arrivals == 5 and $m["chain.registered"] == 5'
run_fault join_rate fault.x.kind=join fault.x.per_day=1440
[ "$events" -ge 2 ] && [ "$events" -le 18 ]
ok 'join: one a minute, at random moments' $? "$events"

run_fault crash fault.x.kind=crash fault.x.at=150s
is 'crash: all die, for good' "$up $events" '30 30 30 0 0 0 0 0 0  30'
run_fault crash_back fault.x.kind=crash fault.x.at=150s fault.x.count=10 \
    'fault.x.down=fixed(2m)' fault.x.disk_loss=1
is 'crash for a time: ten are down, and return' "$up $events" '30 30 30 20 20 30 30 30 30  10'
holds 'crash for a time: without their disks' crash_back '$m.disks_lost == 10'
run_fault crash_keep fault.x.kind=crash fault.x.at=150s fault.x.count=10 \
    'fault.x.down=fixed(2m)'
holds 'crash for a time: or with them' crash_keep '$m.disks_lost == 0'

run_fault shocks fault.x.kind=shocks fault.x.per_day=1440 fault.x.chance=0.2
[ "${up##* 30}" != "$up" ] || [ "$(awk '{ print $9 }' <<<"$up")" -lt 20 ]
ok 'shocks: nodes die, and stay dead' $? "$up"
holds 'shocks: each departure is one of theirs' shocks "\$m.departures == $events"
run_fault no_shocks fault.x.kind=shocks fault.x.per_day=1440 fault.x.chance=0
is 'shocks that take nobody' "$up $events" '30 30 30 30 30 30 30 30 30  0'
run_fault shock_at_once fault.x.kind=shocks fault.x.per_day=100000 fault.x.to=1m
is 'shocks that take everybody: but none after their end' "$up" '30 0 0 0 0 0 0 0 0 '

run_fault outage fault.x.kind=outage fault.x.share=0.5 fault.x.from=90s fault.x.to=270s
is 'outage: half are down for three minutes' "$up $events" '30 30 15 15 15 30 30 30 30  15'
# The countries of thirty nodes are drawn by the seed; everybody is in some part of the world.
total=0
for region in africa asia europe north-america oceania south-america; do
    run_fault "outage_$region" fault.x.kind=outage fault.x.region=$region fault.x.from=90s
    total=$((total + ${events:-0}))
done
is 'outage of regions: each node is in one' "$total" 30
run_fault outage_hoster fault.x.kind=outage fault.x.largest_hosters=1 fault.x.from=90s
largest=$events
[ "$largest" -ge 2 ] && [ "$largest" -le 20 ]
ok 'outage of the largest hoster' $? "$largest"
run_fault outage_hosters fault.x.kind=outage fault.x.largest_hosters=1000 fault.x.from=90s
is 'outage of all hosters' "$events" 30
swarm report outage_hoster/results.db --text
has 'the summary says when, and whose hosters' "$out" 'x (outage, synthetic hosters (Zipf))'
run_fault outage_one fault.x.kind=outage fault.x.largest_hosters=1 fault.x.from=90s \
    network.hosters=1
is 'one hoster: everybody is with it' "$events" 30

# A node that is down for two reasons comes up when the last one ends.
run_fault both fault.x.kind=outage fault.x.count=20 fault.x.from=90s fault.x.to=210s \
    fault.y.kind=outage fault.y.count=30 fault.y.from=150s fault.y.to=330s
is 'two outages at once: up when both are over' "$up" '30 30 10 0 0 0 30 30 30 '
run_fault within fault.x.kind=outage fault.x.count=20 fault.x.from=90s fault.x.to=390s \
    fault.y.kind=crash fault.y.at=150s 'fault.y.down=fixed(2m)' fault.y.disk_loss=1
is 'an outage around a crash' "$up" '30 30 10 0 0 10 10 30 30 '
holds 'an outage around a crash: the disk that the crash took is gone' within '$m.disks_lost == 30'
run_fault gone fault.x.kind=outage fault.x.share=1 fault.x.from=90s fault.x.to=210s \
    fault.y.kind=exit fault.y.count=10 fault.y.at=150s
is 'who left during an outage does not return' "$up" '30 30 0 0 20 20 20 20 20 '

# --- the network, clocks, speed ----------------------------------------------------------

hash_of()
{
    jq -r '.runs[0].trace_hash' "$1.json"
}

# as NAME OTHER: the two runs are the same one, event for event.
as()
{
    is "$1: as $2" "$(hash_of "$1")" "$(hash_of "$2")"
}

fine='$m.delivered == 1 and $m.polls_answered == 1 and $m.replicas_failed == 0'
holds 'no fault: nothing fails' none "$fine"
run_fault split fault.x.kind=partition fault.x.share=0.5 fault.x.from=1m fault.x.to=200s
holds 'partition: polls fail, and all is delivered when it has healed' split '
    $m.polls_answered < 0.95 and $m.delivered == 1 and $m.wire_bytes_lost > 10000'
is 'partition: half of the nodes, half of the people' "$events" 21
run_fault split_nobody fault.x.kind=partition fault.x.country=ZW fault.x.from=1m
is 'partition of nobody' "$events" 0
as split_nobody none
run_fault split_for_ever fault.x.kind=partition fault.x.share=0.5 fault.x.from=1m
holds 'partition that does not heal: who is on the other side gets nothing' split_for_ever '
    $m.delivered < 0.9'
# Nodes alone, none of the people: the nodes of the smaller side are as good as down.
run_fault split_nodes fault.x.kind=partition fault.x.count=15 fault.x.clients=no fault.x.from=1m
is 'partition of nodes alone' "$events" 15
# Two of them make four sides; when both have healed there is one again.
run_fault split_both fault.x.kind=partition fault.x.share=0.5 fault.x.from=1m fault.x.to=200s \
    fault.y.kind=partition fault.y.share=0.5 fault.y.from=90s fault.y.to=210s
polls()
{
    jq '.runs[0].metrics.polls_answered * 1000 | floor' "$1.json"
}
[ "$(polls split_both)" -lt "$(polls split)" ]
ok 'two partitions at once divide further' $? "$(polls split_both) $(polls split)"
holds 'two partitions at once: all is delivered when both have healed' split_both '$m.delivered == 1'
# What the chain has to say: cut off, a side learns of no block and its proofs do not arrive.
long=(swarm.block_interval=10s swarm.proof_validity=2m protocol.proof_interval=10s)
run_fault chain_cut "${long[@]}" fault.x.kind=partition fault.x.count=8 fault.x.from=30s
run_fault chain_both "${long[@]}" fault.x.kind=partition fault.x.count=8 fault.x.from=30s \
    fault.x.chain=both
sent()
{
    awk -F, '{ gsub(/"/, "") } $3 == "request:block" && $4 == "sent" { print $5 }' "$1.counts"
}
[ "$(hash_of chain_cut)" != "$(hash_of chain_both)" ]
ok 'partition: with the chain, or without' $?
[ "$(jq '.runs[0].metrics.wire_bytes_lost' chain_cut.json)" -gt \
    "$(jq '.runs[0].metrics.wire_bytes_lost' chain_both.json)" ]
ok 'partition: blocks and proofs are lost' $?

run_fault links_dead fault.x.kind=link fault.x.share=0.3 fault.x.loss=1
holds 'link: a third of all dead' links_dead '$m.delivered < 1 and $m.replicas_failed > 0.05'
run_fault links_slow fault.x.kind=link fault.x.share=1 fault.x.delay=200ms
holds 'link: all slow' links_slow '$m.delivered == 1'
[ "$(jq -n --slurpfile a links_slow.json --slurpfile b none.json \
    '$a[0].metrics["latency.p50"].value > $b[0].metrics["latency.p50"].value')" = true ]
ok 'link: slow ones take longer' $?
run_fault link_one fault.x.kind=link fault.x.links=0-1,3-2 fault.x.loss=1 fault.x.from=0s
[ "$(hash_of link_one)" != "$(hash_of none)" ]
ok 'link: single ones' $?
holds 'link: two dead ones change little' link_one '$m.delivered == 1 and $m.replicas_failed < 0.05'
run_fault link_none fault.x.kind=link fault.x.links=98-99 fault.x.loss=1
as link_none none

run_fault slow fault.x.kind=slow fault.x.share=1 fault.x.speed=0.001
[ "$(jq -n --slurpfile a slow.json --slurpfile b none.json \
    '$a[0].metrics["latency.p50"].value > $b[0].metrics["latency.p50"].value')" = true ]
ok 'slow: messages take longer' $?
run_fault slow_twice fault.x.kind=slow fault.x.share=1 fault.x.speed=0.5 \
    fault.y.kind=slow fault.y.share=1 fault.y.speed=2
as slow_twice none
run_fault slow_over fault.x.kind=slow fault.x.share=1 fault.x.speed=0.001 fault.x.to=1ms
as slow_over none
run_fault overload fault.x.kind=slow fault.x.share=1 fault.x.speed=0.00002
holds 'slow: overload' overload '$m.polls_answered < 0.9'

run_fault skew fault.x.kind=skew fault.x.share=0.5 fault.x.offset=-100s
holds 'skew: who is far behind refuses, and is refused' skew '
    $m.replicas_failed > 0.1 and $m.polls_answered < 0.9'
run_fault skew_little fault.x.kind=skew fault.x.sigma=100ms
holds 'skew: a little is harmless' skew_little "$fine"
is 'skew: of all nodes' "$events" 30
run_fault skew_both fault.x.kind=skew fault.x.who=both fault.x.share=0.5 fault.x.sigma=1ms
is 'skew: of half of the nodes and half of the people' "$events" 21
run_fault skew_undone fault.x.kind=skew fault.x.share=1 fault.x.offset=5s \
    fault.y.kind=skew fault.y.share=1 fault.y.offset=-5s
as skew_undone none
run_fault skew_drift fault.x.kind=skew fault.x.drift_ppm=100000 fault.x.from=8m fault.x.to=481s
as skew_drift none

run_fault upgrade fault.x.kind=upgrade fault.x.at=1m fault.x.over=5m 'fault.x.down=fixed(25s)'
is 'upgrade: each restarts once, one after the other' "$up $events" \
    '30 30 27 27 27 27 28 30 30  30'
holds 'upgrade: an outage each, no disk lost' upgrade '$m.outages == 30 and $m.disks_lost == 0'
run_fault upgrade_swarm fault.x.kind=upgrade fault.x.at=1m fault.x.over=5m fault.x.order=swarm \
    'fault.x.down=fixed(25s)'
run_fault upgrade_hoster fault.x.kind=upgrade fault.x.at=1m fault.x.over=5m fault.x.order=hoster \
    'fault.x.down=fixed(25s)'
is 'upgrade, swarm by swarm and hoster by hoster' "$(sed 's/.*  //' <<<"$up $events") $events" '30 30'
[ "$(printf '%s\n' "$(hash_of upgrade)" "$(hash_of upgrade_swarm)" "$(hash_of upgrade_hoster)" |
    sort -u | wc -l)" = 3 ]
ok 'upgrade: three orders' $?

# The order of sections moves nobody's luck, and neither does another fault.
run_fault first fault.x.kind=exit fault.x.count=6 fault.x.at=150s fault.y.kind=join \
    fault.y.count=3 fault.y.at=200s
run_fault second fault.y.kind=join fault.y.count=3 fault.y.at=200s fault.x.kind=exit \
    fault.x.count=6 fault.x.at=150s
is 'sections in another order: the same run' "$(hash_of first)" "$(hash_of second)"
[ "$(hash_of exit)" != "$(hash_of none)" ]
ok 'a fault is in the trace hash' $?
run_fault idle fault.x.kind=exit fault.x.count=6 fault.x.at=10h
is 'a fault after the end is not' "$(hash_of idle)" "$(hash_of none)"
books outage outage
books shocks shocks
books crash_back crash_back
books split split
books links_dead links_dead
books overload overload
finish
