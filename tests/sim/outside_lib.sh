# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after testbed_lib.sh: servers beyond the onion, asked through three nodes by hand
# (swarmbed wire), as protocol 4.1 and 4.3 have it.

# hex: standard input in hex.  unhex: the reverse.
hex()
{
    od -An -v -tx1 | tr -d ' \n'
}

unhex()
{
    tr -d '\n' | tr a-f A-F | basenc --base16 -d
}

# onion_to SERVER-JSON PAYLOAD-HEX: POST it to node 0, along nodes 0, 1, 2; the answer's body
# is in the file answer, its code in $code, the request's key in $onion_key.
onion_to()
{
    jq -n --argjson bed "$bed" --argjson server "$1" --rawfile payload <(printf %s "$2") '{
        version: 2, enc_type: "aes-gcm", payload_hex: $payload,
        hops: [$bed.nodes[0, 1, 2] | {ed25519_pk_hex: .pubkey_ed25519, x25519_pk_hex: .pubkey_x25519}],
        destination: ({type: "server", target: "/oxen/v4/lsrpc", protocol: "http"} + $server)
    }' >onion.json
    "$swarmbed" wire onion-wrap <onion.json >wrapped.json || return 1
    onion_key=$(jq -r .ephemeral_sk_hex wrapped.json)
    jq -r .request_hex wrapped.json | unhex >request.bin
    code=$(curl -sk -m 60 -o answer -w '%{http_code}' --data-binary @request.bin \
        -H 'Expect:' "$(url_of 0)/onion_req/v2")
}

# opened KEY: what is in the answer, sealed with this key of a server, to standard output.
opened()
{
    jq -n --arg sk "$onion_key" --arg pk "$1" --rawfile reply <(hex <answer) \
        '{version: 2, enc_type: "aes-gcm", ephemeral_sk_hex: $sk, x25519_pk_hex: $pk, reply_hex: $reply}' |
        "$swarmbed" wire reply-open | jq -r .plaintext_hex | unhex
}

# server_of NAME: host, port and key of file_server or open_group_server, for onion_to.
server_of()
{
    of_bed ".$1 | (.url | ltrimstr(\"http://\") | split(\":\")) as \$at |
        {host: \$at[0], port: (\$at[1] | tonumber), x25519_pk_hex: .pubkey_x25519}" | jq -c .
}

# v4 METHOD ENDPOINT [BODY-FILE]: a v4 payload, in hex.
v4()
{
    local head="{\"method\":\"$1\",\"endpoint\":\"$2\",\"headers\":{}}"
    {
        printf 'l%d:%s' "${#head}" "$head"
        if [ $# -gt 2 ]; then
            printf '%d:' "$(stat -c %s "$3")"
            cat "$3"
        fi
        printf e
    } | hex
}

# ask_server NAME METHOD ENDPOINT [BODY-FILE]: all of it; the v4 answer in the file reply.
ask_server()
{
    local server
    server=$(server_of "$1")
    shift
    onion_to "$server" "$(v4 "$@")"
    opened "$(jq -r .x25519_pk_hex <<<"$server")" >reply
}
