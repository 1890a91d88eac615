#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# million.sh SWARMBED
#
# A million observations are analysed in under 10 seconds and 2 GB, by every attack.  They
# are made up here: 1,000 clients that poll once a minute for four hours, and write.
. "$(dirname "$0")/lib.sh"

awk 'BEGIN {
    print "row,at_s,answered_after_s,observer,role,observer_ip,neighbour_ip,next_ip,bytes,bytes_passed," \
        "bytes_answered,account,content,content_bytes,status,kind,layer,method,outgoing,batched"
    srand(1)
    for (t = 0; t < 250; t++)
        for (c = 0; c < 1000; c++) {
            at = 600 + 60 * t + 0.06 * ((c * 617 + int(rand() * 200)) % 1000)
            guard = (c * 7) % 200; middle = 200 + (c + t) % 100; last = 300 + (c * 3 + t) % 100
            home = 400 + c % 100
            ip = sprintf("240.0.%d.%d", c / 250, 1 + c % 250)
            account = sprintf("05%064x", c)
            method = t % 5 == 4 ? "store" : "retrieve"
            if (t % 5 == 4) account = sprintf("05%064x", (c * 31 + t % 3) % 1000)
            printf "%d,%.6f,0.200000,%d,node,32.0.0.%d,%s,32.0.1.%d,2000,1800,900,,,0,200,onion,relay,,0,0\n",
                row++, at, guard, guard, ip, middle - 200
            printf "%d,%.6f,0.180000,%d,node,32.0.1.%d,32.0.0.%d,32.0.2.%d,1800,1600,900,,,0,200,onion_hop,relay,,0,0\n",
                row++, at + 0.02, middle, middle - 200, guard, last - 300
            printf "%d,%.6f,0.160000,%d,node,32.0.2.%d,32.0.1.%d,32.0.3.%d,1600,1400,900,,,0,200,onion_hop,relay,,0,0\n",
                row++, at + 0.04, last, last - 300, middle - 200, home - 400
            printf "%d,%.6f,0.010000,%d,node,32.0.3.%d,32.0.2.%d,,1400,0,900,%s,,0,200,onion_hop,final,%s,0,1\n",
                row++, at + 0.06, home, home - 400, last - 300, account, method
        }
}' >seen.csv
is 'a million rows' "$(($(wc -l <seen.csv) - 1))" 1000000
# A sanitizer takes terabytes of addresses, and ten times as long.
limit='ulimit -v 2097152'
seconds=10
if nm -D "$swarmbed" 2>/dev/null | grep -q __asan_init; then
    limit=:
    seconds=200
fi
for form in cadence timing intersection disclosure predecessor; do
    begin=$(date +%s%N)
    (
        $limit
        "$swarmbed" attack $form seen.csv --out guesses.csv --json >found.json 2>errors.txt
    )
    ok "$form: within 2 GB" $? "$(cat errors.txt)"
    took=$((($(date +%s%N) - begin) / 1000000))
    [ "$took" -lt $((seconds * 1000)) ]
    ok "$form: $took ms" $? "more than $seconds s"
    is "$form: it read them all" "$(jq .observations found.json)" 1000000
done
finish
