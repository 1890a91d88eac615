#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# faults.sh SWARMBED
#
# What is broken is seen, named and counted: dead networks, a node with wrong keys, nodes
# that come and go, with and without the known defects.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini

# causes_of FOLDER: the causes that were counted.
causes_of()
{
    awk -F, '$3 == "cause" { gsub(/"/, ""); print $4 }' "$1.csv" | LC_ALL=C sort -u
}

runs_json 'dead from the start' 0 dead "$small" --seeds 1..2 --set fault.all_dead_at=1s
holds 'dead from the start: none delivered, none accepted' dead '
    $m.messages > 20 and $m["messages.delivered"] == 0 and $m.accepted == 0
    and $m.nodes_up == 0 and $m.unstored_acknowledgements == 0'
books 'dead from the start' dead
is 'dead from the start: every cause is named' "$(causes_of dead)" \
    "pending: in the sender's outbox"

# The same when their clients give up: no path was ever built.
runs_json 'dead, short-lived' 0 short "$small" --set fault.all_dead_at=1s \
    --set client.message_ttl=60s
holds 'dead, short-lived: never accepted' short '
    $m["messages.never_accepted"] > 10 and $m["messages.delivered"] == 0
    and $m["messages.never_accepted"] + $m["messages.pending"] == $m.messages'
books 'dead, short-lived' short
is 'dead, short-lived: every cause is named' "$(causes_of short |
    grep -vxF -e 'never_accepted: no_path' -e 'never_accepted: no_pool')" ''

runs_json 'dead halfway' 0 half "$small" --seeds 1..2 --set fault.all_dead_at=150s
holds 'dead halfway: some delivered, some not' half '
    $m["messages.delivered"] > 10 and $m["messages.delivered"] < 0.8 * $m.messages
    and $m.nodes_up == 0'
books 'dead halfway' half
is 'dead halfway: no cause but these' "$(causes_of half |
    grep -vxF -e "pending: in the sender's outbox" -e 'lost: no replica left' \
        -e 'pending: no replica left')" ''

# The node keeps its place in the list, but what connects to it is refused, and what it
# sends is not believed; the others carry on.
runs_json 'wrong keys' 0 keys "$small" --seeds 1..2 --set fault.wrong_keys=1 \
    --set network.nodes=60 --set scenario.drain=15m
holds 'wrong keys: refused by its peers' keys '$m.key_mismatches > 50'
holds 'wrong keys: nothing faked, nothing lost' keys '
    $m["messages.delivered"] == $m.messages and $m.unreadable == 0
    and $m.unstored_acknowledgements == 0'
books 'wrong keys' keys
runs_json 'right keys' 0 right "$small"
holds 'right keys: nobody refused' right '$m.key_mismatches == 0'
# Its registered keys are another's: it serves nobody, so nothing is counted as its load but
# what it asks of others.
"$swarmbed" report keys/results.db --csv nodes | cut -d, -f 2- >nodes.csv
is 'wrong keys: it serves no request' "$(awk -F, '
    { gsub(/"/, "") }
    $2 == 0 && ($3 == "stores" || $3 == "retrieves" || $3 == "stored_messages") && $4 != 0' nodes.csv)" ''
is 'wrong keys: the others do' "$(awk -F, '
    { gsub(/"/, "") } $2 > 0 && $3 == "stores" { n += $4 } END { print (n > 50) }' nodes.csv)" 1

# Everything at once, as the determinism matrix runs it.
for scenario in churn defects; do
    runs_json "$scenario" 0 "$scenario" "$here/../determinism/$scenario.ini" --seeds 1..2
    holds "$scenario: there was trouble" "$scenario" '$m.outages > 20'
    books "$scenario" "$scenario"
done
holds 'churn: disks were lost, nodes left' churn '$m.disks_lost > 0 and $m.departures > 0'

# With every repair broken, replicas that a member lacks are counted, but suspended; with the
# repairs mended they would be breaches.
runs_json 'suspended' 0 suspended "$here/../determinism/churn.ini" --set scenario.duration=80m \
    --set churn.life=never --set workload.presence=always --set client.poll_interval=60s
holds 'suspended: breaches that a known defect explains are counted apart' suspended '
    $m["suspended.complete_replicas"] > 0 and $m["breaches.complete_replicas"] == 0'
finish
