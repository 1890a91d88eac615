#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# traces.sh SWARMBED
#
# Uptime traces from outside: what `swarmbed trace` says of each format, conversion, bad lines,
# and runs that replay them.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini
data=$here/../data/traces

# said FILE JQ: of `trace --json`.
said()
{
    "$swarmbed" trace --json "$1" | jq -c "$2"
}

is 'csv' "$(said "$data/small.csv" '[.format, .nodes, .span_us, .sessions]')" \
    '["csv",3,10000000,4]'
is 'avt' "$(said "$data/small.avt" '[.format, .nodes, .span_us, .sessions, .session_median_us]')" \
    '["avt",3,10800000000,5,3600000000]'
is 'OverSim' "$(said "$data/small-oversim.trace" '[.format, .nodes, .sessions, .ignored_lines]')" \
    '["oversim",3,4,4]'
for path in fta fta/event_trace.tab; do
    is "Failure Trace Archive: $path" \
        "$(said "$data/$path" '[.format, .nodes, .span_us, .up_share, .countries]')" \
        '["fta",2,2000000000,0.75,2]'
done
is 'a folder of consensuses' \
    "$(said "$data/consensuses-2026-01" '[.format, .nodes, .span_us, .sessions, .consensuses]')" \
    '["tor",3,14400000000,4,4]'
is 'one consensus' "$(said "$data"/consensuses-2026-01/01/*-01-00-00-consensus \
    '[.format, .nodes, .consensuses]')" '["tor",2,1]'
is 'the pair of files' "$(said tor-relays-2026-nodes.csv.gz '[.nodes, .sessions, .up_at_start]')" \
    '[25368,81843,10039]'

# --- packed -------------------------------------------------------------------------------

archive=$data/consensuses-2026-01.tar.xz
is 'an archive of consensuses (.tar.xz)' "$(said "$archive" .)" \
    "$(said "$data/consensuses-2026-01" .)"
tar -C "$data" -cf reversed.tar consensuses-2026-01/01/2026-01-01-0{3,1,0,2}-00-00-consensus
is 'in another order, not packed' "$(said reversed.tar .)" "$(said "$archive" .)"
gzip -k reversed.tar
is '.tar.gz' "$(said reversed.tar.gz .)" "$(said "$archive" .)"
tar -C "$data" -czf fta.tgz fta
is 'an archive of the Failure Trace Archive' "$(said fta.tgz .)" "$(said "$data/fta" .)"
gzip -c "$data/small.avt" >small.avt.gz
is 'a packed file' "$(said small.avt.gz .)" "$(said "$data/small.avt" .)"

# --- conversion ---------------------------------------------------------------------------

for name in small.csv small.avt small-oversim.trace fta consensuses-2026-01; do
    "$swarmbed" trace --csv "$data/$name" >once.csv
    "$swarmbed" trace --csv once.csv >twice.csv
    cmp -s once.csv twice.csv && [ "$(wc -l <once.csv)" -gt 5 ]
    ok "$name: what is converted comes back" $?
    is "$name: and has the same figures" \
        "$(said once.csv 'del(.format, .consensuses, .ignored_lines)')" \
        "$(said "$data/$name" 'del(.format, .consensuses, .ignored_lines)')"
done

# --- what is refused ------------------------------------------------------------------------

refused()
{
    swarm trace "$1"
    fails "refused: $1" 2 "$2"
}

printf '1 1 0 5\n2 2 0 5 7\n' >bad.avt
refused bad.avt 'bad.avt:2: as many starts and ends'
printf '0 1 JOIN\n5 1 JOIN\n' >bad.trace
refused bad.trace 'bad.trace:2: '
printf 't_us,node,event\n0,1,sleep\n' >bad.csv
refused bad.csv 'bad.csv:2: up, down, join or leave'
mkdir bad-fta
cp "$data/fta/event_trace.tab" bad-fta
printf '# node_id\n\t5\n' >bad-fta/node.tab
refused bad-fta 'bad-fta/node.tab:2: a node_id'
mkdir bad-tor
sed 's/^valid-after.*/valid-after yesterday/' \
    "$data/consensuses-2026-01/01/2026-01-01-00-00-00-consensus" >bad-tor/x-consensus
refused bad-tor 'bad-tor/x-consensus:5: valid-after YYYY-MM-DD'
mkdir empty
refused empty 'empty: expected a folder with event_trace.tab'
echo 'some words' >words.txt
refused words.txt 'words.txt:1: expected an uptime trace'
refused nowhere.avt nowhere.avt
head -c 300 "$archive" >cut.tar.xz
refused cut.tar.xz 'cut.tar.xz: cannot be read'
tar -cf none.tar words.txt
refused none.tar 'none.tar: expected an archive with'
tar -cf bad.tar bad-tor bad-fta
refused bad.tar 'bad.tar/bad-tor/x-consensus:5: valid-after'
tar -cf bad.tar bad-fta
refused bad.tar 'bad.tar/bad-fta/node.tab:2: a node_id'
tar -cf bad.tar bad-fta -C "$data" fta
refused bad.tar 'expected one such table'
swarm trace --csv --json "$data/small.avt"
fails 'two ways of printing' 2 'not both'
swarm run "$small" --set churn.trace="$PWD/bad.avt" --out out
fails 'a run with a bad trace' 2 'bad.avt:2: '
[ ! -e out ]
ok 'and makes nothing' $?

# --- runs ---------------------------------------------------------------------------------

# 40 servers over an hour, each down for a minute or two.
awk 'BEGIN { for (i = 1; i <= 40; i++) {
    down = 30 + i * 7; print i, 2, 0, down, down + 60 + i, 3600 } }' >forty.avt
"$swarmbed" trace --csv forty.avt >forty.csv
mkdir forty
{
    printf '# node_id\tevent_type\tevent_start_time\tevent_stop_time\n'
    awk '{ printf "%s\t1\t%s\t%s\n%s\t1\t%s\t%s\n", $1, 1000 + $3, 1000 + $4, $1, 1000 + $5, 1000 + $6 }' \
        forty.avt
} >forty/event_trace.tab

hash_with()
{
    "$swarmbed" run "$small" --set "churn.trace=$PWD/$1" --out "runs-$1" --json --quiet --no-report |
        jq -r '.runs[0] | "\(.trace_hash) \(.metrics.outages)"'
}

avt=$(hash_with forty.avt)
[ "${avt#* }" -ge 20 ]
ok 'nodes go down as the trace says' $? "$avt"
is 'the same trace in our CSV: the same run' "$(hash_with forty.csv)" "$avt"
is 'and as tables of the archive' "$(hash_with forty)" "$avt"
sed 's/^1 2 0 37/1 2 0 39/' forty.avt >other.avt
[ "$(hash_with other.avt)" != "$avt" ]
ok 'another trace: another run' $?
finish
