#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed.sh SWARMBED
#
# A network of processes on this machine: that it starts, what its JSON line says, every
# endpoint with its texts and status codes, faults on demand, and that nothing stays.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

alice=05$(printf '%064d' 1)

store()
{
    rpc "$1" store "{\"pubkey\":\"$alice\",\"timestamp\":$(now_ms),\"ttl\":3600000,\"data\":\"$(base64 <<<"$2")\"}"
}

# How many members failed in the answer to a store.
failed()
{
    jq '[.swarm[] | select(.failed)] | length' <<<"$body"
}

alive()
{
    local pid n=0
    for pid in "$@"; do
        [ ! -d "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || n=$((n + 1))
    done
    echo "$n"
}

# --- mistakes -----------------------------------------------------------------------------

swarm testbed
fails 'testbed: no folder' 2 'expected --dir'
swarm testbed --dir bed --nodes 2001
fails 'testbed: too many nodes' 2 '--nodes: expected 1 to 2000'
swarm testbed --dir bed --seed x
fails 'testbed: a seed that is no number' 2 '--seed: expected a number'
swarm testbed --dir bed nowhere.ini
fails 'testbed: no such scenario' 2 nowhere.ini
[ ! -e bed ]
ok 'none of these made the folder' $?
bed_ctl bed kill 0
fails 'testbed ctl: nobody runs there' 2 'no testbed runs there'
swarm node --dir bed
fails 'node: no address' 2 'expected --dir, --ip, --registry'
swarm node --dir bed --ip 127.1 --registry 127.0.0.1:1
fails 'node: no IPv4 address' 2 'expected an IPv4 address'

# --- it starts ----------------------------------------------------------------------------

bed_start bed --nodes 7 --seed 5
ok 'a testbed of 7 nodes starts' $? "$(cat bed/err)"
is 'the JSON line: seven nodes, each with what its record has' "$(of_bed '[.nodes[]
    | select((.pubkey_ed25519 | length) == 64 and (.pubkey_x25519 | length) == 64 and
             (.service_node_pubkey | length) == 64 and .storage_port == 22021 and
             .storage_lmq_port == 22020 and .swarm_id == 0 and .pid > 0 and .state == "up")] | length')" 7
is 'each in a /24 of its own' \
    "$(of_bed '[.nodes[].public_ip | split(".")[0:3] | join(".")] | unique | length')" 7
is 'keys are those of the seed' "$(of_bed '.nodes[3].pubkey_ed25519')" \
    397e5e8ed42988927d39ae63755574c2a37b5592fa866c84d853e50bda803307
seed_url=$(of_bed .seed_url)
mapfile -t pids < <(of_bed '.nodes[].pid')
swarm testbed --dir bed
fails 'a second one in the same folder' 2 'a testbed runs there already'

# --- the registry -------------------------------------------------------------------------

ask "$seed_url/json_rpc" -d '{"jsonrpc":"2.0","method":"get_n_service_nodes","params":{"active_only":true}}'
is 'get_n_service_nodes' "$code $(jq '.result.service_node_states | length' <<<"$body")" '200 application/json 7'
is 'its nodes are those of the JSON line' \
    "$(jq -r '[.result.service_node_states[].pubkey_ed25519] | sort | join(" ")' <<<"$body")" \
    "$(of_bed '[.nodes[].pubkey_ed25519] | sort | join(" ")')"
ask "$seed_url/json_rpc" -d '{"method":"get_service_nodes"}'
is 'get_service_nodes' "$code $(jq -r .result.status <<<"$body")" '200 application/json OK'
ask "$seed_url/json_rpc" -d '{"method":"dance"}'
is 'another method' "$code $(jq .error.code <<<"$body")" '200 application/json -32601'
ask "$seed_url/elsewhere"
is 'another path' "$code $body" '404 text/plain get /elsewhere Not Found'

# --- the nodes' endpoints ---------------------------------------------------------------------

node=$(url_of 0)
rpc 0 info '{}'
is 'info' "$code $(jq -c '[.version, .hf]' <<<"$body")" '200 application/json [[2,8,0],[19,3]]'
ask "$node/storage_rpc/v1" -d 'no json'
is 'no JSON' "$code $body" '400 text/plain invalid json'
ask "$node/storage_rpc/v1" -d '{"params":{}}'
is 'no method' "$code $body" '400 text/plain invalid json: no `method` field'
rpc 0 dance '{}'
is 'an unknown method' "$code $body" '400 text/plain no method dance'
ask "$node/get_stats/v1"
is 'get_stats' "$code $body" '200 application/json {"version":"2.8.0"}'
ask "$node/onion_req/v2" -d abc
is 'no onion' "$code $body" \
    '400 text/plain Error parsing onion request: Unexpected payload size; expected ciphertext size'
ask -X POST -D headers "$node/ping_test/v1"
is 'ping_test' "$code $(sed -n 's/\r$//; s/^X-Oxen-Snode-Pubkey: //p' headers)" \
    "200 text/plain $(of_bed '.nodes[0].service_node_pubkey')"
ask "$node/ping_test/v1"
is 'ping_test by GET' "$code $body" '404 text/plain get /ping_test/v1 Not Found'
ask -X POST "$node/swarms/ping_test/v1"
is 'a path of 2020' "$code $body" '404 text/plain post /swarms/ping_test/v1 Not Found'
ask -H 'x-loki-long-poll: 1' "$node/storage_rpc/v1" -d '{}'
is 'long polling' "${code%% *}" 410
head -c 10485761 /dev/zero >large
ask -H 'Expect:' --data-binary @large "$node/storage_rpc/v1"
is 'a body over the limit' "$code $body" '413 text/plain Request body too large'
ask -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary @large "$node/storage_rpc/v1"
is 'the same, its length not said before' "$code $body" '413 text/plain Request body too large'
rpc 0 info '{}'
is 'and the node goes on' "$code" '200 application/json'
ask "https://$(of_bed '.nodes[0].public_ip'):22020/sn/storage_cc" -d x
is 'the door of nodes is shut for who shows no key' "$code" '000 '
openssl req -x509 -newkey ed25519 -nodes -keyout stranger.key -out stranger.pem -days 1 \
    -subj /CN=stranger 2>/dev/null
ask --cert stranger.pem --key stranger.key \
    "https://$(of_bed '.nodes[0].public_ip'):22020/sn/data" -d x
is 'and a key that is no node'"'"'s may not push' "$code $body" '403 text/plain FORBIDDEN_SN'

# --- stores, and faults on demand -----------------------------------------------------------

store 0 first
is 'a store reaches all members' "${code%% *} $(jq '.swarm | length' <<<"$body") $(failed)" '200 7 0'
rpc 5 get_swarm "{\"pubkey\":\"$alice\"}"
is 'get_swarm' "${code%% *} $(jq -r '[.swarm, (.snodes | length)] | join(" ")' <<<"$body")" '200 0 7'
bed_ctl bed kill 3
is 'kill' "$status" 0
store 0 second
is 'a store without a member that was killed' "${code%% *} $(failed)" '200 1'
bed_ctl bed restart 3
is 'restart' "$status" 0
store 0 third
is 'and with it again' "${code%% *} $(failed)" '200 0'
bed_ctl bed partition 4 5
bed_ctl bed drop 1 6
store 0 fourth
is 'a partition and a member that loses all: three are not reached' "${code%% *} $(failed)" '200 3'
bed_ctl bed partition
bed_ctl bed drop 0 6
began=$(now_ms)
bed_ctl bed delay 300 2
store 0 fifth
is 'delay: all say something' "${code%% *} $(failed)" '200 0'
[ $(($(now_ms) - began)) -ge 300 ]
ok 'but later' $?
bed_ctl bed delay 0 all
bed_ctl bed skew 3600000 1
rpc 1 info '{}'
skew=$(($(jq .t <<<"$body") - $(now_ms)))
[ $skew -gt 3590000 ] && [ $skew -le 3600000 ]
ok 'skew: its clock is an hour ahead' $? "$skew"
bed_ctl bed restart 1
rpc 1 info '{}'
[ $(($(jq .t <<<"$body") - $(now_ms))) -gt 3590000 ]
ok 'and still is after a restart' $?
bed_ctl bed wipe 6
is 'wipe' "$status" 0
ask "$(url_of 6)/get_stats/v1"
is 'a wiped node is up' "${code%% *}" 200
bed_ctl bed status
is 'status: the JSON line as of now' "$(jq '[.nodes[] | select(.state == "up")] | length' <<<"$out")" 7
# (A process that is stopped hears of no end but kill -9.)
kill -STOP "$(jq '.nodes[3].pid' <<<"$out")"
"$swarmbed" testbed ctl --dir bed restart 3 >/dev/null 2>&1 &
told=$!
sleep 0.3
bed_ctl bed kill 3
bed_ctl bed status
is 'killed after it was told to restart: it stays down' "$(jq -r '.nodes[3].state' <<<"$out")" down
bed_ctl bed restart 3
wait $told
is 'and who waits for it is told when it is up' $? 0
for wrong in 'dance 1' 'kill' 'kill 7' 'kill x' 'delay 1' 'delay x 1' 'drop 2 1' 'skew 99999999999 1'; do
    # shellcheck disable=SC2086 # several words
    bed_ctl bed $wrong
    fails "ctl $wrong" 2 expected
done

# --- it ends ------------------------------------------------------------------------------

bed_stop INT
is 'Ctrl-C ends it' "$status" 0
is 'and nothing stays' "$(alive "${pids[@]}")" 0
swarm testbed --dir bed --nodes 9
fails 'another number of nodes for the same folder' 2 'this testbed has 7 nodes'
height=$(of_bed .height)
bed_start bed
ok 'it starts again from its folder' $? "$(cat bed/err)"
is 'with the same keys' "$(of_bed '.nodes[3].pubkey_ed25519')" \
    397e5e8ed42988927d39ae63755574c2a37b5592fa866c84d853e50bda803307
[ "$(of_bed .height)" -ge "$height" ]
ok 'the chain goes on' $? "$(of_bed .height) after $height"
is 'and the stores are kept' "$(sqlite3 "$(of_bed '.nodes[0].dir')/storage.db" 'SELECT count(*) FROM messages')" 5
mapfile -t pids < <(of_bed '.nodes[].pid')
bed_stop KILL
sleep 0.5
is 'kill -9 of the testbed: its nodes end with it' "$(alive "${pids[@]}")" 0
bed_start bed
ok 'and it starts again' $? "$(cat bed/err)"
finish
