#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# topology.sh SWARMBED
#
# Where the network's latencies come from: matrices in several units and shapes, and graphs of
# places.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini

# hash_with ARGUMENT...: the trace hash of a run.
hash_with()
{
    "$swarmbed" run "$small" "$@" --out "out-$RANDOM$RANDOM" --json --quiet --no-report |
        jq -r '.runs[0].trace_hash'
}

# --- matrices -----------------------------------------------------------------------------

# 12 hosts on a line, milliseconds apart; the same in microseconds, and in seconds between
# commas with each direction 1 ms off.
line_of()
{
    awk -v unit="$1" -v separator="$2" -v off="$3" 'BEGIN {
        for (i = 0; i < 12; i++) for (j = 0; j < 12; j++) {
            d = i < j ? j - i : i - j
            ms = d == 0 ? 0 : 20 * d + (i < j ? off : -off)
            printf "%.10g%s", ms * unit, j < 11 ? separator : "\n"
        } }'
}
line_of 1 '\t' 0 >ms.txt
line_of 1000 ' ' 0 >us.txt
line_of 0.001 , 1 >s.txt
ms=$(hash_with --set network.rtt="$PWD/ms.txt")
is 'a matrix in microseconds' \
    "$(hash_with --set network.rtt="$PWD/us.txt" --set network.rtt_unit=us)" "$ms"
is 'a matrix in seconds, between commas, each direction apart' \
    "$(hash_with --set network.rtt="$PWD/s.txt" --set network.rtt_unit=s)" "$ms"
[ "$(hash_with --set network.rtt="$PWD/ms.txt" --set network.rtt_unit=us)" != "$ms" ]
ok 'the unit counts' $?
line_of 1000000 ' ' 0 >far.txt
swarm run "$small" --set network.rtt="$PWD/far.txt" --set network.rtt_unit=us --out out
fails 'a matrix in too large a unit' 2 'far.txt:1: most of the times are longer than 10 s'
printf '0 1\n1 x\n' >bad.txt
swarm run "$small" --set network.rtt="$PWD/bad.txt" --out out
fails 'a bad line' 2 'bad.txt:2: expected'
swarm run "$small" --set network.rtt_unit=ns --out out
fails 'an unknown unit' 2 'network.rtt_unit'
[ ! -e out ]
ok 'and nothing is made' $?

# --- graphs -------------------------------------------------------------------------------

ring=$here/../data/topologies/ring.gml
swarm check "$small" --set network.topology="$ring"
is 'check takes a graph' "$status" 0
plain=(--set network.jitter=0 --set network.loss=0 --set network.last_mile=0s
    --set network.node_bandwidth=0 --set network.client_bandwidth=0)

# One place, whose hosts are 20 ms apart, is a network of constant latency.
printf 'graph [ node [ id 1 ] edge [ source 1 target 1 latency "20 ms" ] ]\n' >one.gml
is 'one place is constant latency' "$(hash_with "${plain[@]}" --set network.topology="$PWD/one.gml")" \
    "$(hash_with "${plain[@]}" --set network.latency=20ms)"
ring_hash=$(hash_with "${plain[@]}" --set network.topology="$ring")
[ "$ring_hash" != "$(hash_with "${plain[@]}")" ]
ok 'a graph is another network than the matrix' $?
gzip -c "$ring" >ring.gml.gz
is 'a packed graph is the same' "$(hash_with "${plain[@]}" --set network.topology="$PWD/ring.gml.gz")" \
    "$ring_hash"
sed 's/jitter "2 ms"/jitter "9 ms"/' "$ring" >other.gml
! cmp -s "$ring" other.gml && [ "$(hash_with "${plain[@]}" --set network.topology="$PWD/other.gml")" != "$ring_hash" ]
ok 'jitter of the graph counts' $?
sed 's/packet_loss 0.01/packet_loss 0.3/' "$ring" >other.gml
[ "$(hash_with "${plain[@]}" --set network.topology="$PWD/other.gml")" != "$ring_hash" ]
ok 'losses of the graph count' $?
sed 's/_up "100 Mbit/_up "1 Mbit/' "$ring" >other.gml
[ "$(hash_with "${plain[@]}" --set network.topology="$PWD/other.gml")" != "$ring_hash" ]
ok 'uplinks of the graph count' $?

# What happens to nodes by country follows the graph's places.
status=0
"$swarmbed" run "$small" --set network.topology="$ring" --check --out with-ring --json --quiet \
    --no-report >ring.json 2>ring.err || status=$?
[ "$status" -eq 0 ] && jq -e '.runs[0].metrics["messages.delivered"] > 0' ring.json >/dev/null
ok 'messages arrive over the graph, all invariants hold' $? "$status $(cat ring.err)"

sed 's/latency "36 ms"/latency "36"/' "$ring" >bad.gml
swarm run "$small" --set network.topology="$PWD/bad.gml" --out out
fails 'a bad line of a graph' 2 'bad.gml:15: a text with a time and its unit'
swarm run "$small" --set network.topology="$ring" --set network.latency=5ms --out out
fails 'a graph and a constant latency' 2 'network.topology and network.latency'
swarm run "$small" --set network.topology=nowhere.gml --out out
fails 'no such graph' 2 "network.topology = 'nowhere.gml': there is no such file"
[ ! -e out ]
ok 'and nothing is made of them' $?
finish
