#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_rpc.sh SWARMBED
#
# The message store over HTTPS, in two swarms of real processes: what the test suites of
# other storage servers check (store, retrieve, delete, expire, namespaces, batch, sequence,
# ifelse, subaccounts), and what other people's live servers answered to bad requests.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

owner=$(printf '%064d' 7)
friend=$(printf '%064d' 8)

# signed METHOD PARAMS [NODE [MORE]]: ask NODE (a member of the swarm) as the owner; MORE
# goes to rpc-sign: ,"account_seed_hex":... to sign as a subaccount.
signed()
{
    local seed=$owner request
    [ -z "${4:-}" ] || seed=$friend
    request=$(printf '{"ed25519_seed_hex":"%s","method":"%s","params":%s%s}' "$seed" "$1" "$2" "${4:-}" |
        "$swarmbed" wire rpc-sign)
    ask "${3:-$member}/storage_rpc/v1" -d "$request"
}

as_friend()
{
    signed "$2" "$3" "" ",\"account_seed_hex\":\"$owner\",\"access\":$1"
}

# said NAME STATUS FILTER WANTED: status, and what jq finds in the body.
said()
{
    is "$1" "${code%% *} $(jq -c "$3" <<<"$body" 2>&1)" "$2 $4"
}

t()
{
    echo $(($(now_ms) + ${1:-0}))
}

data()
{
    printf '%s' "$1" | base64
}

store()
{
    signed store "{\"namespace\":$1,\"timestamp\":$(t),\"ttl\":${3:-86400000},\"data\":\"$(data "$2")\"}" "${4:-}"
}

# retrieve NAMESPACE [NODE]: the texts in $body as a list are in $texts.
retrieve()
{
    signed retrieve "{\"namespace\":$1,\"timestamp\":$(t)}" "${2:-}"
    texts=$(jq -c '[.messages[].data | @base64d]' <<<"$body" 2>&1)
}

bed_start bed --nodes 14 --seed 3
ok 'two swarms' $? "$(cat bed/err)"
is 'two swarms: as many' "$(of_bed '[.nodes[].swarm_id] | unique | length')" 2
account=$(printf '{"ed25519_seed_hex":"%s","method":"retrieve","params":{"timestamp":1}}' "$owner" |
    "$swarmbed" wire rpc-sign | jq -r .params.pubkey)
rpc 0 get_swarm "{\"pubkey\":\"$account\"}"
mapfile -t members < <(jq -r '.snodes[] | "https://\(.ip):\(.port_https)"' <<<"$body")
member=${members[0]}
last=${members[-1]}
stranger=$(of_bed "[.nodes[] | \"https://\(.public_ip):\(.storage_port)\"] - $(jq -c '[.snodes[] | "https://\(.ip):\(.port_https)"]' <<<"$body") | .[0]")
n=${#members[@]}
[ "$n" -ge 5 ]
ok 'a swarm of five or more' $? "$n"

# --- store and retrieve -------------------------------------------------------------------

store 0 first
said 'store' 200 '[.swarm | length, ([.[] | select(.failed)] | length), ([.[].hash] | unique | length)]' "[$n,0,1]"
hash=$(jq -r .hash <<<"$body")
is 'its hash is that of its content' "$hash" \
    "$(printf '{"pubkey":"%s","namespace":0,"data_hex":"%s"}' "$account" "$(printf first | od -An -tx1 | tr -d ' \n')" |
        "$swarmbed" wire message-hash | jq -r .hash)"
store 0 first '' "$last"
said 'store again: every member has it already' 200 '[.swarm[] | select(.already)] | length' "$n"
for url in "${members[@]}"; do
    retrieve 0 "$url"
    is "retrieve at ${url#https://}" "$texts" '["first"]'
done
store 0 second
retrieve 0 "$last"
is 'in the order of their coming' "$texts" '["first","second"]'
signed retrieve "{\"namespace\":0,\"timestamp\":$(t),\"last_hash\":\"$hash\"}" "$last"
said 'retrieve after the last hash' 200 '[.messages[].data | @base64d]' '["second"]'
signed retrieve "{\"namespace\":0,\"timestamp\":$(t),\"max_count\":1}" "$last"
said 'max_count: there is more' 200 '[(.messages | length), .more]' '[1,true]'
ask "$member/storage_rpc/v1" -d "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"$account\"}}"
is 'retrieve unsigned' "$code $body" '401 text/plain retrieve: request signature required'
signed retrieve "{\"namespace\":0,\"timestamp\":$(t -120000)}"
is 'retrieve signed two minutes ago' "$code $body" '406 text/plain retrieve timestamp too far from current time'
store 0 elsewhere '' "$stranger"
said 'the wrong swarm says which is the right one' 421 '.snodes | length' "$n"
signed store "{\"timestamp\":$(t),\"ttl\":1209600001,\"data\":\"\"}"
is 'a TTL over 14 days' "$code $body" '403 text/plain Provided expiry/TTL is not valid.'
signed store "{\"timestamp\":$(t 70000),\"ttl\":86400000,\"data\":\"\"}"
is 'a timestamp ahead' "$code $body" '406 text/plain Timestamp error: check your clock'

# --- namespaces -----------------------------------------------------------------------------

ask "$member/storage_rpc/v1" -d "{\"method\":\"store\",\"params\":{\"pubkey\":\"$account\",\"namespace\":2,\"timestamp\":$(t),\"ttl\":86400000,\"data\":\"\"}}"
is 'namespace 2 unsigned' "$code $body" '401 text/plain store: signature required to store to namespace 2'
store 2 profile 2000000000
said 'namespace 2, for 23 days' 200 '[.swarm[] | select(.failed)] | length' 0
retrieve 2 "$last"
is 'is read where it was written' "$texts" '["profile"]'
retrieve 0 "$last"
is 'and nowhere else' "$texts" '["first","second"]'
ask "$member/storage_rpc/v1" -d "{\"method\":\"store\",\"params\":{\"pubkey\":\"$account\",\"namespace\":-10,\"timestamp\":$(t),\"ttl\":86400000,\"data\":\"$(data group)\"}}"
said 'anybody writes to -10' 200 '.swarm | length' "$n"
ask "$last/storage_rpc/v1" -d "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"$account\",\"namespace\":-10}}"
said 'and anybody reads it' 200 '[.messages[].data | @base64d]' '["group"]'

# --- expire -----------------------------------------------------------------------------------

soon=$(t 3600000)
signed expire "{\"messages\":[\"$hash\"],\"expiry\":$soon}"
said 'expire' 200 '[.swarm[].updated] | unique' "[[\"$hash\"]]"
signed expire "{\"messages\":[\"$hash\"],\"expiry\":$((soon + 1000)),\"shorten\":true}"
said 'shorten does not lengthen' 200 '[.swarm[].updated] | unique' '[[]]'
signed expire "{\"messages\":[\"$hash\"],\"expiry\":$((soon - 1000)),\"extend\":true}"
said 'extend does not shorten' 200 '[.swarm[].updated] | unique' '[[]]'
signed get_expiries "{\"messages\":[\"$hash\"],\"timestamp\":$(t)}" "$last"
said 'get_expiries' 200 ".expiries[\"$hash\"]" "$soon"
signed expire_all "{\"namespace\":\"all\",\"expiry\":$((soon - 60000))}"
said 'expire_all' 200 '[.swarm[] | select(.failed)] | length' 0
signed get_expiries "{\"messages\":[\"$hash\"],\"timestamp\":$(t)}" "$last"
said 'it shortened that one too' 200 ".expiries[\"$hash\"]" "$((soon - 60000))"

# --- delete -----------------------------------------------------------------------------------

signed delete "{\"messages\":[\"$hash\"]}"
said 'delete' 200 '[.swarm[].deleted] | unique' "[[\"$hash\"]]"
retrieve 0 "$last"
is 'it is gone at every member' "$texts" '["second"]'
signed delete "{\"messages\":[\"$hash\"],\"required\":true}"
is 'delete what is not there, but required' "${code%% *}" 404
middle=$(t)
sleep 0.01
store 0 third
signed delete_before "{\"namespace\":0,\"before\":$middle}"
is 'delete_before' "${code%% *}" 200
retrieve 0 "$last"
is 'took the earlier one' "$texts" '["third"]'
signed delete_all "{\"namespace\":0,\"timestamp\":$(t)}"
said 'delete_all' 200 '[.swarm[].deleted | length] | unique' '[1]'
retrieve 0 "$last"
is 'nothing is left in that namespace' "$texts" '[]'
retrieve 2 "$last"
is 'the other one is as it was' "$texts" '["profile"]'

# --- batch, sequence, ifelse ----------------------------------------------------------------------

info='{"method":"info","params":{}}'
unsigned_retrieve="{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"$account\"}}"
ask "$member/storage_rpc/v1" -d "{\"method\":\"batch\",\"params\":{\"requests\":[$unsigned_retrieve,$info]}}"
said 'batch: each has its code' 200 '[.results[].code]' '[401,200]'
ask "$member/storage_rpc/v1" -d "{\"method\":\"sequence\",\"params\":{\"requests\":[$info,$unsigned_retrieve,$info]}}"
said 'sequence: stops behind the first that fails' 200 '[.results[].code]' '[200,401]'
ask "$member/storage_rpc/v1" -d "{\"method\":\"ifelse\",\"params\":{\"if\":{\"hf_at_least\":[19,0]},\"then\":$info,\"else\":$unsigned_retrieve}}"
said 'ifelse: then' 200 '[.condition, .result.code]' '[true,200]'
ask "$member/storage_rpc/v1" -d "{\"method\":\"ifelse\",\"params\":{\"if\":{\"v_before\":[2,8,0]},\"then\":$info,\"else\":$unsigned_retrieve}}"
said 'ifelse: else' 200 '[.condition, .result.code]' '[false,401]'
store_then="{\"method\":\"sequence\",\"params\":{\"requests\":[{\"method\":\"store\",\"params\":{\"pubkey\":\"$account\",\"timestamp\":$(t),\"ttl\":60000,\"data\":\"$(data fourth)\"}},$info]}}"
ask "$member/storage_rpc/v1" -d "$store_then"
said 'a store in a sequence reaches the swarm' 200 '[(.results[0].body.swarm | length), .results[1].code]' "[$n,200]"

# --- subaccounts ----------------------------------------------------------------------------------

as_friend 1 retrieve "{\"namespace\":0,\"timestamp\":$(t)}"
said 'a subaccount that may read' 200 '[.messages[].data | @base64d]' '["fourth"]'
as_friend 1 store "{\"namespace\":3,\"timestamp\":$(t),\"ttl\":86400000,\"data\":\"\"}"
is 'may not write' "${code%% *}" 401
as_friend 3 store "{\"namespace\":3,\"timestamp\":$(t),\"ttl\":86400000,\"data\":\"$(data shared)\"}"
said 'one that may write' 200 '[.swarm[] | select(.failed)] | length' 0
as_friend 3 delete_all "{\"namespace\":3,\"timestamp\":$(t)}"
is 'may not delete' "${code%% *}" 401
token=$(printf '{"ed25519_seed_hex":"%s","account_seed_hex":"%s","access":1,"method":"retrieve","params":{"timestamp":1}}' "$friend" "$owner" |
    "$swarmbed" wire rpc-sign | jq -r .params.subaccount)
signed revoke_subaccount "{\"revoke\":\"$token\",\"timestamp\":$(t)}"
said 'revoke' 200 '[.swarm[] | select(.failed)] | length' 0
as_friend 1 retrieve "{\"namespace\":0,\"timestamp\":$(t)}"
is 'a revoked one may nothing' "${code%% *}" 401
signed unrevoke_subaccount "{\"unrevoke\":\"$token\",\"timestamp\":$(t)}"
as_friend 1 retrieve "{\"namespace\":0,\"timestamp\":$(t)}"
is 'until it is not any more' "${code%% *}" 200

# --- what other people's live servers said -----------------------------------------------------------

# Of oxen-storage 2.6.2, recorded; those that hang on neither time nor swarm.
replayed=0
while IFS=$'\t' read -r name method path wanted type words request; do
    # Hex as printf wants it.
    printf "$(sed 's/../\\x&/g' <<<"${request:-}")" >request
    case $method in
    GET) ask "$member$path" ;;
    *) ask --data-binary @request "$member$path" ;;
    esac
    is "as recorded: $name" "$code $body" "$wanted $type $(base64 -d <<<"$words")"
    replayed=$((replayed + 1))
done < <(gzip -dc "$source_root/tests/vectors/ss_live_storage_rpc.json.gz" | jq -r '
    [.transcripts[] | select(.status == 400 or .status == 404)] + .onion_endpoint_bad_bodies | .[]
    | [.name, .http_method, .path, .status, .response_headers["Content-Type"],
       (.response_text | @base64), .request_body_hex] | @tsv')
is 'as recorded: so many' "$replayed" 18
finish
