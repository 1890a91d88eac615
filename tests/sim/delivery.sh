#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# delivery.sh SWARMBED [full]
#
# Without faults, every message that is written before the drain to a recipient that polls
# is delivered, once, with every invariant held; whatever the cryptography, the store and
# the seed.
. "$(dirname "$0")/lib.sh"

# all_delivered NAME ARGUMENT...
all_delivered()
{
    local name=$1
    shift
    n=$((${n:-0} + 1))
    runs_json "$name" 0 "run$n" "$@"
    holds "$name: all delivered" "run$n" '
        $m.messages > 20 and $m["messages.delivered"] == $m.messages and $m.delivered == 1'
    holds "$name: none late, unreadable, acknowledged in vain" "run$n" '
        $m.late == 0 and $m.unreadable == 0 and $m.unstored_acknowledgements == 0'
    books "$name" "run$n"
}

small=$here/small.ini
if [ "${1:-}" != full ]; then
    all_delivered 'null, memory' "$small" --seeds 1..3
    all_delivered 'null, SQLite' "$small" --set scenario.store=sqlite
    all_delivered 'real, memory' "$small" --set scenario.crypto=real --set scenario.duration=3m
    # Spring 2020: onion requests of version 1, proof of work, answers before replication.
    year2020=$source_root/scenarios/smoke/year2020.ini
    all_delivered '2020, null, memory' "$year2020" --seeds 1..2
    all_delivered '2020, real, SQLite' "$year2020" --set scenario.crypto=real \
        --set scenario.store=sqlite --set client.clients=6 --set scenario.duration=4m \
        --set scenario.drain=2m --set workload.messages_per_day=15000
    # A client that proves too little is told how much is wanted, and proves again.
    all_delivered '2020, too little work at first' "$year2020" --set client.pow_difficulty=1 \
        --set protocol.pow_difficulty=3 --set scenario.duration=5m
    holds '2020: it took more than one attempt' "run$n" '$m.attempts_per_message > 1'
    all_delivered '2025, memory' "$small" --set protocol.preset=2025 --seeds 1..2
    # What clients write by themselves comes too, each as it was sealed, and counts apart.
    all_delivered 'receipts and notices' "$small" --set client.read_receipts=yes \
        --set client.typing_notices=yes
    holds 'receipts and notices: all of them' "run$n" '
        $m["delivered.text"] == 1 and $m["delivered.receipt"] == 1
        and $m["written.typing"] == 2 * $m["written.text"] and $m["delivered.typing"] > 0.9
        and $m.content_differs == 0 and $m.opened_by_strangers == 0'
    # Files through the file server; one trace whatever the cryptography and the shortcuts.
    files="--set workload.attachments=0.3 --set workload.voice=0.1 --set client.read_receipts=yes"
    all_delivered 'files' "$small" $files
    files_run=run$n
    holds 'files: each kind' "run$n" '
        $m["delivered.image"] == 1 and $m["delivered.file"] == 1 and $m["delivered.voice"] == 1
        and $m.content_differs == 0 and $m.opened_by_strangers == 0
        and $m["bytes_per_user_day.image"] > 20 * $m["bytes_per_user_day.text"]'
    all_delivered 'files, real, every byte' "$small" $files --set scenario.crypto=real \
        --no-shortcuts
    is 'files: one trace' "$(jq -c '.trace_hashes' "run$n.json")" \
        "$(jq -c '.trace_hashes' "$files_run.json")"
    # Over the server's limit: its error, told to whoever sends.
    n=$((n + 1))
    runs_json 'too large' 0 "run$n" "$small" $files --set outside.file_maximum=100kB
    holds 'too large: never accepted' "run$n" '
        $m["messages.never_accepted"] > 0
        and $m["messages.delivered"] + $m["messages.never_accepted"] == $m.messages'
    # Those who come and go: what is not delivered waits for somebody to come.
    n=$((n + 1))
    runs_json 'sessions' 0 "run$n" "$small" --seeds 4..5 --set workload.presence=sessions \
        --set workload.sessions_per_day=200 --set workload.session_mean=2m
    holds 'sessions: none lost, none given up' "run$n" '
        $m.messages > 20 and $m["messages.delivered"] > 10 and $m["messages.pending"] > 0
        and $m["messages.delivered"] + $m["messages.pending"] == $m.messages'
    books 'sessions' "run$n"
    is 'sessions: who does not get a message is away, or its writer is' \
        "$(awk -F, '$3 == "cause" { print $4 }' "run$n.csv" |
            grep -vxF -e 'pending: recipient away' -e "pending: in the sender's outbox")" ''
    finish
fi
for crypto in null real; do
    for store in memory sqlite; do
        all_delivered "quick, $crypto, $store" "$source_root/scenarios/smoke/quick.ini" \
            --set scenario.crypto=$crypto --set scenario.store=$store --seeds 1..3 --jobs 2
    done
done
all_delivered 'real.ini' "$source_root/scenarios/smoke/real.ini" --seeds 1..2 --jobs 2
all_delivered 'year2025.ini' "$source_root/scenarios/smoke/year2025.ini" --seeds 1..3 --jobs 2
all_delivered 'a day' "$small" --set scenario.duration=1d --set workload.messages_per_day=50 \
    --set client.poll_interval=60s --set client.clients=20
finish
