#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# everyday.sh SWARMBED [full]
#
# Every kind of message in one network: without faults all of it arrives, at those whom it is
# for and nobody else; what people did can be written down and replayed to the same trace hash;
# what is wrong in such a table is named.
. "$(dirname "$0")/lib.sh"

small=$here/../determinism/everyday.ini

# metric NAME: of the last run's JSON.
metric()
{
    jq -r --arg name "$1" '.runs[0].metrics[$name] |
        if . == null then "none" elif . == floor then floor else . end' <<<"$out"
}

# at_least NAME LEAST: a metric of the last run.
at_least()
{
    local value
    value=$(metric "$1")
    [ "$value" != none ] && jq -en "$value >= $2" >/dev/null
    ok "$1 is at least $2" $? "it is $value"
}

if [ "${1:-}" = full ]; then
    # The whole of the study's question, small: all kinds, without faults and with churn.
    swarm run "$source_root/scenarios/smoke/everyday.ini" --seeds 1..2 --check --json \
        --no-report --out smoke
    ok 'smoke/everyday.ini delivers every kind, and the invariants hold' "$status" "$err"
    swarm run "$source_root/scenarios/smoke/everyday.ini" --seed 1 --json --no-report \
        --out real --set scenario.crypto=real --set scenario.duration=20m \
        --set client.second_device_within=5m
    ok 'and with real cryptography' "$status" "$err"
    finish
fi

# --- without faults -----------------------------------------------------------------------

swarm run "$small" --set churn.short_outage=never --set workload.group_changes=0 --json \
    --no-report --messages --out quiet
is 'a run with every kind of message' "$status" 0
is 'everything that people wrote arrives' "$(metric delivered)" 1
is 'nobody opens what is not for him' "$(metric opened_by_strangers)" 0
is 'what comes out is what went in' "$(metric content_differs)" 0
for kind in text image voice group_text group_image room_text control sync receipt; do
    at_least "written.$kind" 1
    is "delivered.$kind" "$(metric "delivered.$kind")" 1
done
at_least opened_by_devices 1

# One is removed and one is added every seven minutes: who writes meanwhile means those whom his client knows
# of, and who was removed and does not know it is heard no more.
swarm run "$small" --set churn.short_outage=never --set workload.group_changes=200 --json \
    --no-report --out changing
is 'groups that change all the time lose nothing either' \
    "$(metric messages.lost) $(metric delivered) $(metric opened_by_strangers)" '0 1 0'
jq -e '.runs[0].metrics.unreadable > 0' <<<"$out" >/dev/null
ok 'though some of it was sealed to keys that not all have' $? "$(metric unreadable)"

# --- written down and replayed --------------------------------------------------------------

hash_of() { jq -r '.runs[0].trace_hash' <<<"$out"; }

swarm run "$small" --json --no-report --messages --out first
wanted=$(hash_of)
table=first/messages-0-1.csv
is 'a table with its columns' "$(head -n 1 "$table")" 't,from,to,kind,bytes'
for kind in online create member add remove join text; do
    grep -q ",$kind," "$table"
    ok "the table has a line of kind $kind" $?
done
swarm run "$small" --json --no-report --out again --set "workload.trace=$scratch/$table"
is 'its replay has the same trace hash' "$(hash_of)" "$wanted"
sed -i '$d' "$table"
swarm run "$small" --json --no-report --out less --set "workload.trace=$scratch/$table"
[ "$(hash_of)" != "$wanted" ]
ok 'with a line less it has another' $?

# --- a table by hand --------------------------------------------------------------------------

cat >hand.csv <<'TABLE'
t,from,to,kind,bytes
0,0,,online,
0,1,,online,
1,2,,online,
60,0,group:0,create,
60,1,group:0,member,
60,2,group:0,member,
200,1,group:0,text,50
210,0,2,text,50
220,2,0,file,30000
400,1,group:0,remove,
500,2,group:0,text,60
TABLE
swarm run "$small" --json --no-report --out hand --set "workload.trace=$scratch/hand.csv" \
    --set churn.short_outage=never --set client.clients=3 --set client.second_devices=0
is 'a table by hand runs' "$status" 0
is 'its group messages: one to two readers, one to one' "$(metric written.group_text)" 3
is 'they arrive' "$(metric delivered.group_text)" 1
is 'so does its file' "$(metric delivered.file)" 1

swarm run "$small" --no-report --out few --set "workload.trace=$scratch/hand.csv" \
    --set client.clients=2
fails 'too few people for it' 2 'expected at least 3'
sed 's/^210,0,2,text,50/210,0,2,song,50/' hand.csv >bad.csv
swarm run "$small" --no-report --out bad --set "workload.trace=$scratch/bad.csv"
fails 'a bad line' 2 'bad.csv:9: kind: expected text, image'
swarm run "$small" --no-report --out none --set workload.trace=nowhere.csv
fails 'no such table' 2 'nowhere.csv'

# --- 2020: pairwise -----------------------------------------------------------------------------

swarm run "$here/../determinism/year2020.ini" --json --no-report --out pairwise \
    --set workload.groups=1 --set workload.group_share=0.5
is 'pairwise groups of 2020 run' "$status" 0
at_least written.group_text 1
swarm check "$here/../determinism/year2020.ini" --set workload.groups=1 \
    --set workload.group_maximum=11
fails 'no pairwise group of more than ten' 2 'workload.group_maximum: expected at most 10'
finish
