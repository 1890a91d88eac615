#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# levers.sh SWARMBED
#
# Each lever of design changes what is sent, and what an attack makes of it.
. "$(dirname "$0")/lib.sh"

# turned ARGUMENT...: a small network of clients that poll every 20 s.
turned()
{
    swarm run "$source_root/scenarios/study/levers.ini" --quiet --no-report --json --again \
        --check --out "$scratch/out" --seeds 1..1 --set client.clients=60 \
        --set client.poll_interval=20s --set scenario.duration=14m --observations "$@"
}
# beats: seconds between a person's requests at its guards, as "least most".
beats()
{
    awk -F, 'NR > 1 && $16 == "onion" { if ($7 in last) print $2 - last[$7]; last[$7] = $2 }' \
        out/observations-0-1.csv | sort -g | sed -n '1p;$p' | tr '\n' ' '
}
# lengths: different lengths of requests at guards.
lengths()
{
    awk -F, 'NR > 1 && $16 == "onion" { print $9 }' out/observations-0-1.csv | sort -u | wc -l
}
turned --set client.cover_interval=0s
plain=$(jq '.metrics.right.value' <<<"$out")
hash=$(jq -r '.runs[0].trace_hash' <<<"$out")
rows=$(wc -l <out/observations-0-1.csv)
is 'polls keep their beat' "$(beats | awk '{ print ($1 > 19 && $2 < 24) }')" 1
turned --set client.cover_interval=0s --set client.poll_jitter=10s
is 'jitter: they come up to 10 s sooner or later' \
    "$(beats | awk '{ print ($1 > 9.9 && $1 < 12 && $2 > 28 && $2 < 34) }')" 1
turned --set client.cover_interval=2s
is 'cover: requests that no account is in' \
    "$(awk -F, 'NR > 1 && $18 == "info"' out/observations-0-1.csv | wc -l |
        awk '{ print ($1 > 3000) }')" 1
is 'of the length of polls' "$(lengths | awk '{ print ($1 < 12) }')" 1
is 'and the attack finds fewer' \
    "$(jq --argjson plain "$plain" '.metrics.right.value < $plain' <<<"$out")" true
turned --set client.cover_interval=0s --set client.request_padding=8000B
is 'padding: one length' "$(lengths)" 1
turned --set client.cover_interval=0s --set protocol.hop_delay=2s
is 'delay: answers take three times as long as a relay holds, and more' \
    "$(awk -F, 'NR > 1 && $16 == "onion" && $3 != "" { n++; sum += $3 }
        END { print (sum / n > 5 && sum / n < 8) }' out/observations-0-1.csv)" 1
is 'and the attack finds fewer' \
    "$(jq --argjson plain "$plain" '.metrics.right.value < $plain' <<<"$out")" true
turned --set client.cover_interval=0s
is 'none turned: as before' "$(jq -r '.runs[0].trace_hash' <<<"$out"; wc -l <out/observations-0-1.csv)" \
    "$hash
$rows"

swarm run "$source_root/scenarios/study/hoster.ini" --quiet --no-report --json --again \
    --out "$scratch/out" --seeds 1..1 --set network.nodes=200 --set client.clients=60 \
    --set adversary.largest_hosters=1 --set client.path_subnet_bits=16 \
    --set client.path_guard_apart=yes
is 'hosters apart: none has both ends' "$(jq '.metrics.first_and_last.value' <<<"$out")" 0
swarm run "$source_root/scenarios/study/hoster.ini" --quiet --no-report --json --again \
    --out "$scratch/out" --seeds 1..1 --set network.nodes=200 --set client.clients=60 \
    --set adversary.largest_hosters=1 --set client.path_subnet_bits=16 \
    --set client.path_guard_apart=no
is 'a guard that stands apart from the rule undoes it' "$(jq '.metrics.first_and_last.value > 0.01' <<<"$out")" true
finish
