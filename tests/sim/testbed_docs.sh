#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_docs.sh SWARMBED
#
# docs/testbed.md: its commands, one after the other, as somebody would type them; the
# testbed itself in the background, with 14 nodes.  And `swarmbed client` beside that.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

mkdir bin
ln -s "$swarmbed" bin/swarmbed
ln -s "$source_root/scenarios" scenarios
PATH=$scratch/bin:$PATH

# --- mistakes of the client -----------------------------------------------------------------

swarm client
fails 'client: nothing said' 2 'expected send or receive'
swarm client receive
fails 'client: no seed' 2 'expected --seed-url'
swarm client receive --seed-url https://127.0.0.1 --account 00112233445566778899aabbccddeeff
fails 'client: a seed that is not http' 2 'expected http://HOST:PORT'
swarm client receive --seed-url http://127.0.0.1:9 --account x
fails 'client: no account' 2 '--account: expected'
swarm client send --seed-url http://127.0.0.1:9 hello
fails 'client: nobody to send to' 2 '--to SESSION-ID'
swarm client send --seed-url http://127.0.0.1:9 --to 05 --account 00112233445566778899aabbccddeeff hello
fails 'client: no Session ID' 2 '--to: expected'
swarm client receive --seed-url http://127.0.0.1:9 --account 00112233445566778899aabbccddeeff --timeout 2
fails 'client: no network' 3 'no answer in time'

# --- the page -------------------------------------------------------------------------------

sed -n 's/^    //p' "$source_root/docs/testbed.md" >commands
[ "$(wc -l <commands)" -ge 25 ]
ok 'there are commands in the page' $?
grep -qx 'swarmbed testbed --nodes 32 --dir bed --outside' commands
ok 'the first one starts it' $?
bed_start bed --nodes 14 --outside
ok 'it starts' $? "$(cat bed/err)"
{
    echo 'set -e -o pipefail'
    # Each on its own line of the log, with what it says.
    grep -vx 'swarmbed testbed --nodes 32 --dir bed --outside' commands |
        sed -e 's/^swarmbed testbed run .*/& --set scenario.duration=2s --set scenario.drain=1s --no-report/' \
            -e "s/.*/echo '+'\n&/"
} >script
bash script >said 2>&1
ok 'all of them do' $? "$(tail -n 5 said)"
said=$(cat said)
has 'the registry said' "$said" '"storage_lmq_port": 22020'
has 'the version' "$said" '{"version":"2.8.0"}'
has 'the ping' "$said" X-Oxen-Snode-Pubkey
has 'no onion' "$said" 'Error parsing onion request'
has 'the store' "$said" '"swarm":{'
has 'the retrieve' "$said" $'\nhello\n'
has 'the client' "$said" '"text":"Hello there"'
has 'the file' "$said" '"saved":"received/photo.jpg"'
has 'the room' "$said" '"text":"Good morning"'
has 'the group' "$said" '"text":"Who is there?"'

# --- another account --------------------------------------------------------------------------

seed_url=$(of_bed .seed_url)
account=$("$swarmbed" account new --json)
to=$(jq -r .session_id <<<"$account")
bed_ctl bed restart 9
swarm client send --seed-url "$seed_url" --account 00112233445566778899aabbccddeeff --to "$to" 'one'
is 'client send to another account' "$status" 0
swarm client send --seed-url "$seed_url" --account 00112233445566778899aabbccddeeff --to "$to" 'two €'
is 'and another text' "$status" 0
got=$(jq -r .mnemonic <<<"$account" | "$swarmbed" client receive --seed-url "$seed_url" | jq -r .text | sort | paste -sd,)
is 'client receive: both, the account from standard input' "$got" 'one,two €'
finish
