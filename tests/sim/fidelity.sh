#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fidelity.sh SWARMBED [SCENARIO...]
#
# How far the simulator is from real sockets, when it is given this machine's loopback
# latencies: delivery, and the latencies of store acknowledgements and polls.  On a machine that
# does nothing else; takes three minutes and a half a scenario.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

[ $# -gt 0 ] || set -- near late away far
bed_start bed --nodes 21 --seed 1
ok 'a testbed to measure' $? "$(cat bed/err)"
swarm testbed measure --dir bed
times=$out
bed_stop INT
latency=$(jq -r '.kept_p50_us / 2 | round' <<<"$times")us
# A connection that is made first takes so many round trips more.
setup=$(jq -r '(.new_p50_us - .kept_p50_us) / .kept_p50_us | round | [., 10] | min' <<<"$times")
given=(--set "network.latency=$latency")
echo "# loopback: $times; network.latency = $latency, setup_round_trips = $setup"

for name in "$@"; do
    file=$source_root/scenarios/fidelity/$name.ini
    of_file=("${given[@]}")
    grep -q setup_round_trips "$file" ||
        of_file+=(--set "network.setup_round_trips_https=$setup" --set "network.setup_round_trips_omq=$setup")
    "$swarmbed" run "$file" --out "sim-$name" "${of_file[@]}" --no-report \
        --json --quiet >"sim-$name.json" 2>"sim-$name.err"
    is "$name: simulated" "$? $(cat "sim-$name.err")" '0 '
    "$swarmbed" testbed run "$file" --out "live-$name" "${of_file[@]}" \
        --no-report --json --quiet >"live-$name.json" 2>"live-$name.err"
    is "$name: over sockets" "$? $(cat "live-$name.err")" '0 '
    for metric in acknowledgement.p50 acknowledgement.p95 poll.p50 poll.p95; do
        said=$(jq -rn --arg m "$metric" --slurpfile s "sim-$name.json" --slurpfile l "live-$name.json" \
            '[$s[0].runs[0].metrics[$m], $l[0].runs[0].metrics[$m]] | "\(.[0] * 1000) ms simulated, \(.[1] * 1000) ms over sockets: \((.[1] / .[0] - 1) * 100 | round) %"')
        echo "# $name $metric: $said"
        jq -en --arg m "$metric" --slurpfile s "sim-$name.json" --slurpfile l "live-$name.json" \
            '($l[0].runs[0].metrics[$m] / $s[0].runs[0].metrics[$m] - 1) | fabs <= 0.1' >/dev/null
        ok "$name: $metric within 10 %" $? "$said"
    done
    said=$(jq -rn --slurpfile s "sim-$name.json" --slurpfile l "live-$name.json" \
        '"\($s[0].runs[0].metrics.delivered) of \($s[0].runs[0].metrics.messages) simulated, \($l[0].runs[0].metrics.delivered) of \($l[0].runs[0].metrics.messages) over sockets"')
    echo "# $name delivered: $said"
    jq -en --slurpfile s "sim-$name.json" --slurpfile l "live-$name.json" \
        '($l[0].runs[0].metrics.delivered - $s[0].runs[0].metrics.delivered) | fabs <= 0.01' >/dev/null
    ok "$name: delivery within 1 percentage point" $? "$said"
done
finish
