#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench.sh SWARMBED
#
# swarmbed bench as people meet it: its help, its mistakes, its three forms of output, and
# what happens when somebody loses patience.
. "$(dirname "$0")/lib.sh"

swarm bench --help
for word in hold echo operations floor township metropolis resting scale --json --runs \
    --peers --quick --markdown --csv; do
    has "bench --help names $word" "$out" "$word"
done
is 'bench --help: no line is wider than 100 columns' "$(awk 'length > 100' <<<"$out")" ''

swarm bench dance
fails 'an unknown benchmark' 2 "there is no benchmark 'dance'"
swarm bench hold echo
fails 'two names' 2 'expected one name'
swarm bench hold --runs 0
fails 'no runs' 2 '--runs'
swarm bench hold --json --markdown
fails 'two forms at once' 2 'expected one of them'
swarm bench all --csv
fails 'one CSV of all tables' 2 '--csv'

swarm bench hold --quick --json
is 'hold --json: ends with 0, quietly' "$status $err" '0 '
is 'hold --json: rows with pending, rates and their spread' "$(jq -c '
    .hold | length == 10 and all(.pending >= 1000 and (.bytes_per_event | type) == "number"
        and .events_per_s_min <= .events_per_s and .events_per_s <= .events_per_s_max
        and .events_per_s_min > 0)' <<<"$out")" true
swarm bench echo --quick --runs 1 --markdown
is 'echo --markdown: ends with 0' "$status" 0
has 'echo --markdown: a table' "$out" '| hosts | through | messages | messages/s |'
swarm bench operations --quick --runs 1 --csv
is 'operations --csv: a line for each operation, real and null' "$(wc -l <<<"$out")" 11

# Interrupted while a child measures: both are gone.
"$swarmbed" bench township >bench.out 2>bench.err </dev/null &
pid=$!
for _ in $(seq 500); do
    child=$(ps -o pid= --ppid $pid)
    [ -z "$child" ] || break
    sleep 0.01
done
sleep 0.2
kill -INT $pid
status=0
wait $pid || status=$?
is 'SIGINT: ends with 130' "$status" 130
is 'SIGINT: one line' "$(cat bench.err bench.out)" 'swarmbed: bench township: interrupted'
# shellcheck disable=SC2086 # one number
kill -0 $child 2>/dev/null
is 'SIGINT: nobody goes on measuring' "$?" 1
finish
