#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# compare.sh SWARMBED [full]
#
# swarmbed compare over databases of real runs.  With `full`: the same code under other seeds
# passes, and each of three known defects, switched on against off, fails.
. "$(dirname "$0")/lib.sh"

full=${1:-}
small=$here/small.ini
quick=$source_root/scenarios/smoke/quick.ini

# runs FOLDER SCENARIO A..B [ARGUMENT...]
runs()
{
    local folder=$1 scenario=$2 seeds=$3
    shift 3
    "$swarmbed" run "$scenario" --seeds "$seeds" --out "$folder" --no-report --quiet \
        --set record.messages=0 "$@" </dev/null || ok "run $folder" 1
}

# verdict NAME STATUS WORD ARGUMENT...: what compare says, in text, JSON and JUnit XML.
verdict()
{
    local name=$1 wanted=$2 word=$3
    shift 3
    swarm compare "$@" --junit report.xml
    is "$name: status" "$status $err" "$wanted "
    is "$name: the last line" "$(tail -n 1 "$scratch/.out" | sed 's/:.*//')" "$word"
    xmllint --noout report.xml 2>xml.err
    ok "$name: the JUnit file is well-formed" $? "$(cat xml.err)"
    swarm compare "$@" --json
    is "$name: JSON" "$status $(jq -r .verdict <<<"$out")" "$wanted $word"
}

# --- mistakes ----------------------------------------------------------------------------

runs base "$small" 1..6
runs same "$small" 1..6
runs other "$small" 7..12
swarm compare base/results.db
fails 'compare: one database' 2 'expected two databases'
swarm compare base/results.db nowhere.db
fails 'compare: no such database' 2 nowhere.db
echo text >text.db
swarm compare text.db base/results.db
fails 'compare: no database' 2 text.db
for margin in delivered delivered= delivered=5x =5% delivered=-5% delivered=5ms; do
    swarm compare base/results.db same/results.db --margin "$margin"
    fails "compare: --margin $margin" 2 "--margin $margin"
done
swarm compare base/results.db same/results.db --margin cats=5%
fails 'compare: no such metric' 2 'no metric of this name'
swarm compare base/results.db same/results.db --variant cats
fails 'compare: no such variant' 2 "no variant 'cats'"
swarm compare base/results.db same/results.db --junit nowhere/report.xml
fails 'compare: a JUnit file that cannot be written' 3 nowhere/report.xml
runs more "$small" 1..2 --set client.clients=14 --set protocol.hop_timeout=29s
swarm compare base/results.db more/results.db
fails 'compare: another world' 2 'client.clients: 12 | 14;'
is 'compare: what may be compared is not in the way' "${err#*hop_timeout}" "$err"
swarm compare base/results.db more/results.db --force
is 'compare --force: too few runs to decide' "$status $err" '1 '
has 'compare --force: says so' "$out" 'needs at least 5 pairs'
has 'compare --force: names the keys' "$out" 'protocol.hop_timeout: 30s | 29s'

# --- verdicts ----------------------------------------------------------------------------

verdict 'the same runs' 0 pass base/results.db same/results.db --strict
has 'the same runs: in pairs' "$out" '"paired": true'
is 'the same runs: no difference at all' \
    "$(jq 'all(.variants[].metrics[]; .difference.value == 0)' <<<"$out")" true
verdict 'other seeds' 0 pass base/results.db other/results.db
has 'other seeds: not in pairs' "$out" '"paired": false'
is 'every usual metric is there' "$(jq '.variants[0].metrics | length' <<<"$out")" 10
runs slow "$small" 1..6 --set protocol.sweep_interval=10s --set client.poll_interval=30s
verdict 'a slower client' 1 fail base/results.db slow/results.db
has 'a slower client: what is worse' "$(jq -r .conclusion <<<"$out")" 'latency.p50'
verdict 'a slower client, allowed to be' 0 pass base/results.db slow/results.db \
    --margin latency.p50=20s --margin latency.p99=40s --margin wire_bytes=5%
verdict 'a faster client costs bytes' 1 fail slow/results.db base/results.db
has 'a faster client: what is worse' "$(jq -r .conclusion <<<"$out")" 'wire_bytes'
verdict 'too near to its margin' 1 undecided base/results.db slow/results.db --strict \
    --unpaired --margin latency.p50=18s
swarm compare base/results.db slow/results.db --margin polls=10%
has 'a metric that has no better way must stay' "$out" '±10%'
# --- variants of a sweep ------------------------------------------------------------------

cp "$small" sweep.ini
printf '\n[sweep]\nclient.poll_interval = 5s, 30s\nseeds = 1..5\n' >>sweep.ini
"$swarmbed" run sweep.ini --out sweep --no-report --quiet --set record.messages=0 </dev/null ||
    ok 'the sweep runs' 1
verdict 'each variant beside itself' 0 pass sweep/results.db sweep/results.db
is 'there are two' "$(jq -c '[.variants[].label]' <<<"$out")" \
    '["client.poll_interval=5s","client.poll_interval=30s"]'
has 'and two suites' "$(cat report.xml)" 'name="sweep, client.poll_interval=30s"'
verdict 'one variant against the other' 1 fail sweep/results.db sweep/results.db \
    --variant client.poll_interval=5s --against client.poll_interval=30s
is 'one variant against the other: in pairs' "$(jq -c '[.variants[] | .paired, .pairs]' \
    <<<"$out")" '[true,5]'
swarm compare sweep/results.db base/results.db
fails 'a sweep and none' 2 'no variant in common'
[ "$full" = full ] || finish

# --- false alarms: 11 times 10 runs, each against each -------------------------------------

for ((i = 1; i <= 11; i++)); do
    runs "group$i" "$quick" "$((10 * i))..$((10 * i + 9))"
done
alarms='' tries=0
for ((i = 1; i <= 11; i++)); do
    for ((j = i + 1; j <= 11; j++)); do
        tries=$((tries + 1))
        swarm compare "group$i/results.db" "group$j/results.db" --unpaired
        [ "$status" -eq 0 ] || alarms+="$i $j: ${out##*$'\n'}; "
    done
done
is 'false alarms were looked for' "$tries" 55
[ "$(grep -o ';' <<<"$alarms" | wc -l)" -le 1 ]
ok 'the same code under other seeds passes' $? "$alarms"

# --- known defects -----------------------------------------------------------------------

# defect SCENARIO KEY METRIC: off against off passes, on against off fails by the metric, in
# pairs and unpaired.
defect()
{
    local scenario=$source_root/scenarios/regress/$1.ini
    runs "$1" "$scenario" 1..10
    runs "$1-others" "$scenario" 11..20
    runs "$1-defect" "$scenario" 1..10 --set "protocol.$2=yes"
    verdict "$1: without the defect" 0 pass "$1/results.db" "$1-others/results.db"
    verdict "$1: with the defect" 1 fail "$1/results.db" "$1-defect/results.db"
    has "$1: what is worse" "$(jq -r .conclusion <<<"$out")" "$3"
    has "$1: in pairs" "$out" '"paired": true'
    verdict "$1: with the defect, unpaired" 1 fail "$1-others/results.db" \
        "$1-defect/results.db" --unpaired
}

started=$SECONDS
defect namespace defect_push_loses_namespace replicas_oldest
defect retry defect_no_replica_retry replicas_oldest
defect outage defect_no_fill_after_outage replicas_oldest
[ $((SECONDS - started)) -lt 900 ]
ok 'the three take less than 15 minutes' $? "$((SECONDS - started)) s"
finish
