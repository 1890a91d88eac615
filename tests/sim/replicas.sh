#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# replicas.sh SWARMBED
#
# scenarios/study/replicas.ini, with and without the short outages: the number of replicas
# falls with age, losses and near-losses are there and have their causes.
. "$(dirname "$0")/lib.sh"

# study NAME FOLDER ARGUMENT...
study()
{
    local name=$1 folder=$2 means
    shift 2
    status=0
    "$swarmbed" run "$source_root/scenarios/study/replicas.ini" --out "$folder" --no-report \
        --json --quiet "$@" >"$folder.json" 2>"$folder.err" </dev/null || status=$?
    is "$name: runs" "$status" 0
    holds "$name: 350 nodes, and messages of every fate that matters" "$folder" '
        $m.nodes == 350 and $m.clients >= 500 and $m.messages > 20000
        and $m["messages.lost"] > 0 and $m.near_loss > 0 and $m["messages.delivered"] > 0'
    holds "$name: lost = acknowledged and gone" "$folder" '
        ($m.loss * $m.accepted * $m.messages - $m["messages.lost"]
            - $m["messages.acknowledged_never_stored"]) | fabs < 1'
    means=$("$swarmbed" report "$folder/results.db" --csv bins | cut -d, -f 2- |
        awk -F, '$3 == "replicas_mean" { print $6 }')
    [ "$(wc -l <<<"$means")" -ge 27 ] &&
        awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(last < first / 2) }' <<<"$means"
    ok "$name: replicas fall with age" $? "$means"
    has "$name: the lost ones have a cause" \
        "$("$swarmbed" report "$folder/results.db" --csv counts)" 'lost: '
}

study 'with short outages' with
study 'without short outages' without --set churn.short_outage=never
is 'fewer replicas at birth with them' \
    "$(jq -n --slurpfile a with.json --slurpfile b without.json \
        '$a[0].metrics.replicas_at_birth.value < $b[0].metrics.replicas_at_birth.value')" true
finish
