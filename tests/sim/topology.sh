#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# topology.sh SWARMBED
#
# Where the network's latencies come from: matrices in several units and shapes.
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
finish
