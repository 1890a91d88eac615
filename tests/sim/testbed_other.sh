#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_other.sh SWARMBED
#
# A client that shares no code with us, and other people's cryptography: other_client.py.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

# Debian's own interpreter, whatever else is installed: python3-cryptography is for that one.
client()
{
    out=$(/usr/bin/python3 "$1" "$(of_bed .seed_url)" 2>&1)
    status=$?
}

bed_start "$scratch/bed" --nodes 10 --seed 5
ok 'ten nodes are ready' $? "$(cat "$scratch/bed/err")"
client "$here/other_client.py"
is 'node list, swarm, store and poll: directly, and through three hops' \
    "$status $(grep -c 'its content is the same' <<<"$out")" '0 2'
# The same, but each layer sealed to the destination: no hop can open its own.
sed 's/blob = seal(shared_key(private, hop\["pubkey_x25519"\])/blob = seal(shared_key(private, destination["pubkey_x25519"])/' \
    "$here/other_client.py" >"$scratch/wrong.py"
client "$scratch/wrong.py"
is 'layers sealed to another node are refused' "$status $(grep -c 'HTTP Error 400' <<<"$out")" '1 1'
bed_stop INT
is 'it ends at a word' "$status" 0
finish
