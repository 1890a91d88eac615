#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_run.sh SWARMBED
#
# A scenario with real nodes and clients: the same books as the simulator's, faults that happen
# to processes, what cannot be done refused before the start, an early end.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

cat >people.ini <<'END'
# Do people get what is written to them, over sockets?
# Expected: yes.
# Cost: half a minute.
[scenario]
duration = 20s
drain = 10s
[network]
nodes = 10
[client]
clients = 12
poll_start_delay = 1s
poll_interval = 1s
[workload]
presence = always
ramp = 2s
diurnal = 0
messages_per_day = 20000
burst = 1
messages_dispersion = 0
[record]
messages = 50
END
cp people.ini faults.ini
cat >>faults.ini <<'END'
[fault crash]
kind = upgrade
count = 3
at = 6s
over = 6s
down = fixed(1s)
[fault disks]
kind = crash
count = 1
at = 9s
down = fixed(2s)
disk_loss = 1
[fault two]
kind = partition
count = 2
from = 12s
to = 14s
[fault clocks]
kind = skew
count = 1
offset = 30s
from = 5s
[fault late]
kind = link
share = 1
delay = 10ms
from = 2s
to = 18s
[fault away]
kind = offline
count = 2
from = 8s
to = 12s
END

# refuse NAME WORDS LINE...: the scenario with these lines is refused in one sentence.
refuse()
{
    local name=$1 words=$2
    shift 2
    { cat people.ini; printf '%s\n' "$@"; } >refused.ini
    swarm testbed run refused.ini --out refused
    fails "$name" 2 "$words"
}
refuse 'slow nodes are refused' 'refused.ini: [fault a] of kind slow cannot be had over sockets' \
    '[fault a]' 'kind = slow' 'share = 0.5' 'speed = 0.1' 'from = 5s'
refuse 'misbehaviour is refused' 'the nodes are honest ones' \
    '[fault a]' 'kind = misbehave' 'count = 1' 'does = drop' 'from = 5s'
refuse 'half the links are refused' 'expected share = 1' \
    '[fault a]' 'kind = link' 'share = 0.5' 'delay = 5ms' 'from = 5s'
refuse 'new nodes are refused' 'no node joins' '[churn]' 'arrivals_per_day = 5'
refuse 'adversaries are refused' 'nobody watches' '[adversary a]' 'kind = nodes' 'corrupt = 2'
swarm testbed run people.ini --set client.second_devices=0.5 --out refused
fails 'second devices are refused' 2 'each account has one client'
[ ! -e refused/results.db ]
ok 'and nothing is begun' $?

# live NAME FILE: run it; JSON in FILE.live.json.
live()
{
    "$swarmbed" testbed run "$2.ini" --out "$2.live" --seed 3 --json --no-report --quiet \
        >"$2.live.json" 2>"$2.live.err" </dev/null
    is "$1: ends well" "$? $(cat "$2.live.err")" '0 '
}

# Files and rooms: servers beyond the onion run beside the nodes.
sed -e 's/^poll_interval = 1s/&\nopen_group_poll = 1s/' -e 's/^\[record\]/attachments = 0.2\nvoice = 0.1\n\
file_median = 50000\ngroups = 1\ngroup_share = 0.2\nrooms = 2\nrooms_joined = 2\nroom_share = 0.3\n&/' \
    people.ini >everyone.ini
live 'with files, groups and rooms' everyone
holds 'everything of every kind is delivered' everyone.live \
    '$m.messages > 50 and $m.delivered == 1 and $m.loss == 0 and
     ([$m | to_entries[] | select(.key | startswith("delivered.")).value] | length >= 8 and all(. == 1))'
holds 'files, voices and posts among it' everyone.live \
    '$m["delivered.image"] == 1 and $m["delivered.voice"] == 1 and $m["delivered.room_text"] == 1 and
     $m["delivered.group_text"] == 1'
sed -e 's/^duration = .*/duration = 8s/' -e 's/^drain = .*/drain = 4s/' everyone.ini >small.ini
printf '[outside]\nfile_maximum = 1kB\n' >>small.ini
live 'a file server that takes little' small
holds 'what it refused was never accepted, the rest delivered' small.live \
    '$m["messages.never_accepted"] > 0 and $m["messages.lost"] == 0 and $m["delivered.text"] == 1'

live 'without faults' people
holds 'all that is written is delivered' people.live \
    '$m.messages > 20 and $m.delivered == 1 and $m.loss == 0'
holds 'the books of messages close' people.live \
    '([$m | to_entries[] | select(.key | startswith("messages.")).value] | add) == $m.messages'
holds 'nodes told what they did' people.live \
    '$m.unstored_acknowledgements == 0 and $m.retrieves_per_node_hour > 0 and
     $m.stores_per_node_hour > 0 and $m.polls_answered > 0.5 and $m["poll.p50"] > 0'
holds 'and have swarms as in the simulator' people.live '$m.swarms == 1 and $m.nodes_up == 10'
"$swarmbed" run people.ini --out people.sim --seed 3 --no-report --quiet
ok 'the same is simulated' $?
swarm compare people.sim/results.db people.live/results.db --json
is 'and compared, metric by metric' \
    "$(jq -r '[.variants[0].metrics[].name] | (index("delivered") != null) and (index("acknowledgement.p50") != null)' <<<"$out" 2>&1)" true
same=$(for run in people.sim people.live; do
    "$swarmbed" report "$run/results.db" --csv messages 2>/dev/null | cut -d, -f 1-3 | head -n 8 | wc -l
done | uniq | wc -l)
is 'single messages are kept alike' "$same" 1
swarm testbed run people.ini --out people.live --seed 3 --quiet --no-report
is 'a run that is there is not made again' "$status" 0

live 'with faults' faults
holds 'faults happened' faults.live '$m.outages >= 4 and $m.disks_lost == 1 and $m.messages > 20'
holds 'what was acknowledged was stored' faults.live '$m.unstored_acknowledgements == 0'
holds 'and nothing lost' faults.live '$m.delivered > 0.1 and $m.loss == 0'

# Ctrl-C: what was measured is kept.
"$swarmbed" testbed run people.ini --out early --seed 4 --dir "$scratch/bed" --no-report --quiet \
    >early.out 2>early.err </dev/null &
early=$!
sleep 10
kill -INT $early
wait $early
is 'an early end says so' $? 130
is 'and keeps what was measured' \
    "$(sqlite3 early/results.db "SELECT count(*) FROM runs" 2>&1)" 1
[ -s bed/nodes/0000/storage.db ]
ok 'the network of --dir is kept' $?
swarm testbed run people.ini --out again --dir bed --quiet
fails 'and is not taken for another run' 2 'expected an empty folder'
finish
