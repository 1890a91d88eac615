#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# network_faults.sh SWARMBED
#
# What [fault NAME] sections do, kind by kind, each beside a run in which it does not:
# partitions, links, slow nodes, clocks, upgrades.
. "$(dirname "$0")/lib.sh"
. "$here/fault_lib.sh"

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

books split split
books links_dead links_dead
books overload overload
finish
