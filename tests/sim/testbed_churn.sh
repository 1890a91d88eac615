#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_churn.sh SWARMBED
#
# A thousand messages are stored while nodes are killed with kill -9 and restarted
# throughout.  Every message that was acknowledged is in the SQLite file of a node.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

messages=1000
at_a_time=100

bed_start bed --nodes 14 --seed 9
ok 'it starts' $? "$(cat bed/err)"

# One store each for accounts of both swarms, to a member of the right one.
mkdir answers
declare -A member
for ((i = 0; i < 14; i++)); do
    account=05$(printf '%02x%062d' $((i * 18)) 0)
    rpc 0 get_swarm "{\"pubkey\":\"$account\"}"
    member[$i]=$(jq -r '[.snodes[] | "https://\(.ip):\(.port_https)"] | join(" ")' <<<"$body")
done
# acknowledged_of: the numbers of the messages that a node acknowledged.  (200 alone does not
# say so: who is killed between the answer's head and its body has told no hash.)
acknowledged_of()
{
    awk '$2 == 200 { print $1 }' codes | sort -u | while read -r m; do
        if grep -qs '"hash":"[^"]*"' "answers/$m"; then echo "$m"; fi
    done
}

# store MESSAGE...: a store each, as curl's configuration.
store()
{
    local m i urls account now between=
    now=$(now_ms)
    for m in "$@"; do
        i=$((m % 14))
        read -ra urls <<<"${member[$i]}"
        printf -v account '05%02x%062d' $((i * 18)) 0
        printf '%ssilent\ninsecure\nmax-time = 20\nurl = "%s/storage_rpc/v1"\noutput = "answers/%d"\nwrite-out = "%d %%{http_code}\\n"\n' \
            "$between" "${urls[$((RANDOM % ${#urls[@]}))]}" "$m" "$m"
        printf 'data = "{\\"method\\":\\"store\\",\\"params\\":{\\"pubkey\\":\\"%s\\",\\"timestamp\\":%s,\\"ttl\\":3600000,\\"data\\":\\"%s\\"}}"\n' \
            "$account" "$now" "$(base64 <<<"message $m")"
        between=$'next\n'
    done
}

# What was not acknowledged is stored again, as clients do, until all are.
store_all()
{
    local rest round
    for ((round = 0; round < 20; round++)); do
        mapfile -t rest < <(seq 0 $((messages - 1)) | sort | comm -13 <(acknowledged_of | sort) -)
        [ ${#rest[@]} -gt 0 ] || break
        store "${rest[@]}" >config
        curl --parallel --parallel-max $at_a_time -K config >>codes 2>/dev/null
    done
}

: >codes
store_all &
stores=$!
kills=0
while kill -0 $stores 2>/dev/null && [ $kills -lt 400 ]; do
    bed_ctl bed kill $((RANDOM % 14)) $((RANDOM % 14))
    bed_ctl bed status
    mapfile -t down < <(jq -r '.nodes | to_entries[] | select(.value.state == "down") | .key' <<<"$out")
    [ ${#down[@]} -eq 0 ] || bed_ctl bed restart "${down[@]}"
    kills=$((kills + 2))
    sleep 0.3 # most of them are up most of the time
done
wait $stores
[ $kills -ge 20 ]
ok 'nodes were killed throughout' $? "$kills"
acknowledged_of | while read -r m; do
    jq -r '.hash // empty' "answers/$m"
done | sort -u >acknowledged
n=$(wc -l <acknowledged)
is 'every message was acknowledged in the end' "$n" $messages
echo "# $n acknowledged after $(wc -l <codes) stores, $kills kills"
bed_stop INT
for dir in bed/nodes/*; do
    sqlite3 "$dir/storage.db" 'SELECT hash FROM messages'
done | sort >kept
is 'none of them is lost' "$(comm -23 acknowledged <(sort -u kept) | wc -l)" 0
# (The check can fail: what was never stored is missing.)
is 'and a hash that nobody stored would be missed' \
    "$(comm -23 <(echo AAAA) <(sort -u kept) | wc -l)" 1
echo "# $(wc -l <kept) copies of $(sort -u kept | wc -l) messages"
finish
