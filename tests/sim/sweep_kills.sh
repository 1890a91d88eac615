#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep_kills.sh SWARMBED
#
# A sweep that is killed without warning twenty times, at any moment, ends with the numbers of
# one that was left alone.
. "$(dirname "$0")/lib.sh"

cp "$here/small.ini" study.ini
cat >>study.ini <<'EOT'

[sweep]
network.nodes = 32, 40, 48
seeds = 1..8
metric = delivered
EOT
run=("$swarmbed" run study.ini --no-report --quiet)

# What was measured, without how long it took, in an order that does not hang on who was first.
numbers()
{
    "$swarmbed" report "$1/results.db" --json |
        jq -S '[.variants[] | {name: .label, settings, runs: [.runs[]
            | {seed, trace_hash, events, metrics: (.metrics | del(.events_per_s))}]}]'
    for table in series bins counts nodes; do
        "$swarmbed" report "$1/results.db" --csv $table | grep -v events_per_s
    done | sort | cksum
}

"${run[@]}" --out whole --jobs 2
is 'left alone' $? 0
wanted=$(numbers whole)
begin=$(date +%s%N)
"${run[@]}" --out timed --jobs 2
whole_ms=$((($(date +%s%N) - begin) / 1000000))

# Each time long enough for about one run of the 24, so that hardly any kill comes too late.
kills=0
RANDOM=4711
for i in $(seq 20); do
    setsid "${run[@]}" --out killed --jobs $((i % 2 + 1)) </dev/null 2>/dev/null &
    pid=$!
    sleep "$(awk -v r=$RANDOM -v whole=$whole_ms 'BEGIN { print r / 32768 * whole / 12000 }')"
    # Every other time only the first of them: its workers must not write on.
    if [ $((i % 3)) -eq 0 ]; then target=$pid; else target=-$pid; fi
    kill -KILL -- "$target" 2>/dev/null && kills=$((kills + 1))
    wait $pid 2>/dev/null
done
[ "$kills" -ge 15 ]
ok "most of the kills met a sweep at work" $? "$kills of 20"
"${run[@]}" --out killed --jobs 2
is 'the same command goes on' $? 0
is 'the same numbers as if left alone' "$(numbers killed)" "$wanted"
is 'no run is there twice' "$("$swarmbed" report killed/results.db --csv runs | tail -n +2 |
    cut -d, -f 1,2 | sort | uniq -d)" ''
finish
