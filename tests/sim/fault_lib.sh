# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of [fault NAME] sections, after lib.sh.

small=$here/small.ini
# The whole is looked at every minute.
quiet=(--set workload.messages_per_day=500)

# run NAME KEY=VALUE...: of the fault x, in the small network; its nodes_up, minute by minute,
# go to $up, what it did to $events.
run_fault()
{
    local name=$1 set=("${quiet[@]}") pair
    shift
    for pair in "$@"; do
        set+=(--set "$pair")
    done
    runs_json "$name" 0 "$name" "$small" "${set[@]}"
    "$swarmbed" report "$name/results.db" --csv series | cut -d, -f 2- >"$name.series"
    "$swarmbed" report "$name/results.db" --csv counts | cut -d, -f 2- >"$name.counts"
    up=$(awk -F, '{ gsub(/"/, "") } /,nodes_up,/ { printf "%s ", $NF }' "$name.series")
    events=$(awk -F, '{ gsub(/"/, "") } $3 == "fault" && $4 == "x" { print $5 }' "$name.counts")
}

hash_of()
{
    jq -r '.runs[0].trace_hash' "$1.json"
}

# as NAME OTHER: the two runs are the same one, event for event.
as()
{
    is "$1: as $2" "$(hash_of "$1")" "$(hash_of "$2")"
}

run_fault none
