#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# interrupt.sh SWARMBED
#
# Interrupted in the middle of the second seed of three, the first one is kept, and the same
# command ends with the same results as one that was left alone; killed without warning too.
. "$(dirname "$0")/lib.sh"

# Long enough to be caught in the middle.
run=("$swarmbed" run "$here/small.ini" --seeds 1..3 --no-report
    --set network.nodes=60 --set client.clients=60 --set scenario.duration=15m)

# What was measured, without how long it took.
results_of()
{
    for table in metrics series bins counts nodes messages message_events; do
        "$swarmbed" report "$1/results.db" --csv $table | grep -v events_per_s
    done | cksum
    "$swarmbed" report "$1/results.db" --csv runs | cut -d, -f 2-4,6,7
}

seeds_of()
{
    "$swarmbed" report "$1/results.db" --csv runs | tail -n +2 | cut -d, -f 2 | tr '\n' ' '
}

# interrupt FOLDER SIGNAL OPTION...: run into FOLDER in a session of its own, send the signal
# to all of it when the first seed is done and the second one runs; status in $status.
interrupt()
{
    local folder=$1 signal=$2 pid
    shift 2
    setsid "${run[@]}" --out "$folder" "$@" >"$folder.out" 2>"$folder.err" </dev/null &
    pid=$!
    for _ in $(seq 6000); do
        grep -q 'seed [123]: done' "$folder.err" && break
        sleep 0.01
    done
    # So that the next seed is on its way.
    sleep 0.05
    kill "-$signal" -- "-$pid"
    status=0
    wait "$pid" 2>/dev/null || status=$?
}

"${run[@]}" --out whole --quiet
is 'left alone: three runs' "$? $(seeds_of whole)" '0 1 2 3 '
wanted=$(results_of whole)

interrupt int INT
is 'SIGINT: ends with 130' "$status" 130
is 'SIGINT: the finished run is kept' "$(seeds_of int)" '1 '
is 'SIGINT: says so in one line' "$(grep '^swarmbed:' int.err)" \
    'swarmbed: interrupted; what was finished is in int/results.db, and the same command goes on from there'
is 'SIGINT: no results are shown' "$(cat int.out)" ''
"${run[@]}" --out int >int.out 2>int.err
is 'SIGINT: the same command resumes' "$? $(seeds_of int)" '0 1 2 3 '
is 'SIGINT: seed 1 was not run again' "$(grep -c '^1 run is in int/results.db already' int.err)" 1
is 'SIGINT: the same results as if left alone' "$(results_of int)" "$wanted"

interrupt term TERM
is 'SIGTERM: ends with 130' "$status $(seeds_of term)" '130 1 '

interrupt kill KILL
is 'SIGKILL: the finished run is kept' "$status $(seeds_of kill)" '137 1 '
"${run[@]}" --out kill --quiet
is 'SIGKILL: the same results as if left alone' "$? $(results_of kill)" "0 $wanted"

# Two at a time, each a process.  Whichever were finished are kept.
interrupt jobs INT --jobs 2
is 'two jobs: ends with 130' "$status" 130
kept=$(seeds_of jobs | wc -w)
[ "$kept" -ge 1 ] && [ "$kept" -le 2 ]
ok 'two jobs: finished runs are kept, no others' $? "kept: $(seeds_of jobs)"
"${run[@]}" --out jobs --quiet --jobs 2
status=$?
is 'two jobs: resumed' "$status $(seeds_of jobs | tr ' ' '\n' | sort | xargs)" '0 1 2 3'
is 'two jobs: the same results as one after the other' \
    "$("$swarmbed" report jobs/results.db --csv runs | cut -d, -f 2,4,7 | sort)" \
    "$("$swarmbed" report whole/results.db --csv runs | cut -d, -f 2,4,7 | sort)"

# Only the first of them is killed: its workers do not write on behind its back.
setsid "${run[@]}" --out orphans --quiet --jobs 2 </dev/null 2>/dev/null &
pid=$!
for _ in $(seq 500); do
    [ "$(ps -o pid= --ppid $pid 2>/dev/null | wc -l)" -ge 2 ] && break
    sleep 0.01
done
workers=$(ps -o pid= --ppid $pid)
kill -KILL $pid
wait $pid 2>/dev/null
for _ in $(seq 500); do
    # shellcheck disable=SC2086 # a list
    kill -0 $workers 2>/dev/null || break
    sleep 0.01
done
alive=$(for worker in $workers; do ps -o stat= -p "$worker" | grep -v Z; done)
is 'two jobs: no worker outlives the one who asked' "$(wc -w <<<"$workers") $alive" '2 '
finish
