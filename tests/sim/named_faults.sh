#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# named_faults.sh SWARMBED
#
# What [fault NAME] sections do, kind by kind, each beside a run in which it does not:
# nodes that leave, join, crash, meet shocks and outages; several at once.
. "$(dirname "$0")/lib.sh"
. "$here/fault_lib.sh"

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

run_fault shock_count fault.x.kind=shocks fault.x.every=1m fault.x.to=150s fault.x.count=4
is 'shocks at even distances that take exactly four' "$up $events" '30 26 22 22 22 22 22 22 22  8'
# Correlation 0.99: a site of fifteen goes whole, or not at all.
run_fault shock_sites fault.x.kind=shocks fault.x.every=1m fault.x.to=90s fault.x.chance=0.5 \
    fault.x.correlation=0.99 fault.x.site=15
[ "$events" = 0 ] || [ "$events" -ge 10 ]
ok 'shocks that are correlated take a site whole' $? "$up"
for wrong in 'every=1m not_both' 'count=3 a_chance' 'correlation=0.5 swarm.size'; do
    swarm check "$here/small.ini" --set fault.x.kind=shocks --set fault.x.per_day=9 \
        --set fault.x.chance=0.5 --set "fault.x.${wrong% *}"
    words=${wrong#* }
    fails "shocks: ${wrong% *}" 2 "${words/_/ }"
done

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

run_fault outage_traced fault.x.kind=outage fault.x.largest_hosters=30 fault.x.from=90s \
    churn.trace=tor-relays-2026-nodes.csv.gz
is 'outage of hosters of the trace: it has fewer than nodes' "$events" 30
swarm report outage_traced/results.db
page=$(find outage_traced -name '*.html')
has 'the report says when, and whose hosters' "$(cat "$page")" '<td>x (outage, hosters of the trace)</td><td>90 s</td>'

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
finish
