#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_client.sh SWARMBED
#
# `swarmbed client file | voice | open-group | group` over real sockets: what one account sends
# another gets, byte for byte, and nobody else; what was changed on the way is refused; what
# servers refuse the sender is told; who was removed from a group reads nothing sent later.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

alice=00112233445566778899aabbccddeeff
bob=ffeeddccbbaa99887766554433221100
carol=11111111111111111111111111111111
dave=22222222222222222222222222222222
id_of()
{
    "$swarmbed" account show "$1" --json | jq -r .session_id
}
bob_id=$(id_of $bob)
carol_id=$(id_of $carol)
dave_id=$(id_of $dave)

# --- mistakes -----------------------------------------------------------------------------------

client()
{
    swarm client "$@" --seed-url "$seed_url"
}

seed_url=http://127.0.0.1:9
client file dance --account $alice
fails 'file: what of it' 2 'expected send FILE'
client file send x --to "$bob_id" --account $alice
fails 'file: no file server' 2 'expected --file-server URL and --file-server-key HEX'
client file receive --file-server http://127.0.0.1:1 --account $alice
fails 'file: a server without a key' 2 'expected http://HOST:PORT and 64 hex digits'
client file receive --file-server ftp://127.0.0.1:1 --file-server-key "$(printf '%064d' 1)" --account $alice
fails 'file: no URL of a server' 2 'expected http://HOST:PORT and 64 hex digits'
files="--file-server http://127.0.0.1:1/?public_key=$(printf '%064d' 9)"
: >empty
head -c 10000001 /dev/zero >huge
# shellcheck disable=SC2086 # several words
for file in empty huge; do
    client file send $file --to "$bob_id" $files --account $alice
    fails "file: one that nobody sends ($file)" 2 'a file of 1 to 10000000 bytes'
done
# shellcheck disable=SC2086
client file send nowhere --to "$bob_id" $files --account $alice
fails 'file: none there' 2 nowhere
client open-group read http://127.0.0.1:1/lobby --account $alice
fails 'open-group: no key' 2 'expected a room as http://HOST:PORT/ROOM?public_key=HEX'
client open-group read "http://127.0.0.1:1/?public_key=$(printf '%064d' 1)" --account $alice
fails 'open-group: no room' 2 'expected a room as'
client open-group post "http://127.0.0.1:1/lobby?public_key=$(printf '%064d' 1)" --account $alice
fails 'open-group: nothing to post' 2 'expected post URL TEXT'
client group create --account $alice
fails 'group: nobody in it' 2 'expected 1 to 100 members'
client group create 05 --account $alice
fails 'group: no account' 2 "expected 66 hex digits that begin with 05"
client group send hello --account $alice
fails 'group: which one' 2 'expected --group ID'
client group dance --account $alice
fails 'group: what of it' 2 'group: expected create'

bed_start bed --nodes 14 --outside
ok 'a testbed with servers' $? "$(cat bed/err)"
seed_url=$(of_bed .seed_url)
files="--file-server $(of_bed .file_server.url) --file-server-key $(of_bed .file_server.pubkey_x25519)"
room=$(of_bed '.open_group_server.room_urls[0]')
field()
{
    jq -r "$1" <<<"$out" | paste -sd,
}

# --- files ----------------------------------------------------------------------------------------

head -c 1234567 /dev/urandom >photo.jpg
# shellcheck disable=SC2086
{
    client file send photo.jpg 'look at this' --to "$bob_id" $files --account $alice
    is 'a file is sent' "$status$out" 0
    mkdir got
    client file receive $files --out got --account $bob
    is 'and received' "$status $(field '"\(.kind) \(.name) \(.bytes) \(.saved)"')" '0 file photo.jpg 1234567 got/photo.jpg'
    cmp -s photo.jpg got/photo.jpg
    ok 'byte for byte' $?
    cmp -s photo.jpg bed/file-server/files/1.*
    is 'on the server it is not to be read' $? 1
    client file receive $files --out got --account $bob
    is 'received again, it is not saved twice' "$(field .saved) $(ls got)" 'got/photo.jpg photo.jpg'
    client receive --account $bob
    is 'what was said of it is a text, and the file has a line' \
        "$(field '"\(.text // .name) \(.missing // "")"')" 'look at this ,photo.jpg no file server is given, or too many files wait'
    client file receive $files --out got --account $carol
    is "a stranger's account gets nothing" "$status$out$(ls got)" 0photo.jpg
    head -c 20000 /dev/urandom >voice.mp3
    client voice send voice.mp3 --to "$bob_id" $files --account $alice
    is 'a voice message is sent' "$status" 0
    mkdir heard
    client voice receive $files --out heard --account $bob
    is 'and is all that voice receive shows' "$status $(field '"\(.kind) \(.name)"')" '0 voice voice.mp3'
    cmp -s voice.mp3 heard/voice.mp3
    ok 'byte for byte, too' $?
    head -c 5000 /dev/urandom >.profile
    client file send .profile --to "$carol_id" $files --account $alice
    head -c 700 /dev/urandom >other && mkdir second && mv other second/.profile
    client file send second/.profile --to "$carol_id" $files --account $alice
    mkdir theirs
    client file receive $files --out theirs --account $carol
    is 'no name hides a file, or writes over another' "$status $(cd theirs && ls -A | paste -sd' ')" '0 _profile _profile-2'

    head -c 10000000 /dev/urandom >largest
    client file send largest --to "$carol_id" $files --account $alice
    is 'the largest file that there is' "$status$out$err" 0
    mkdir large
    client file receive $files --out large --account $carol
    cmp -s largest large/largest
    ok 'is received as it was' $? "$out$err"

    printf X | dd of="$(echo bed/file-server/files/1.*)" bs=1 seek=5000 conv=notrunc 2>/dev/null
    client file receive $files --out heard --account $bob
    is 'altered on the server, it is refused' "$status $(field 'select(.name == "photo.jpg") | .missing')" \
        '3 refused: its digest, MAC or size is wrong'
    is 'and not saved' "$(ls heard)" voice.mp3
    bed_ctl bed stop file-server
    rm bed/file-server/files/1.*
    bed_ctl bed restart file-server
    client file receive $files --out heard --account $bob
    is 'deleted there' "$status $(field 'select(.name == "photo.jpg") | .missing')" '3 it is not on its server, or no more'
    bed_ctl bed stop file-server
    client file send voice.mp3 --to "$bob_id" $files --account $alice
    fails 'the server is down: the sender is told' 3 'not sent: '
}

# --- a server that takes less ------------------------------------------------------------------------

mkdir small
small_ip=$(of_bed .seed_url | sed 's,http://\(.*\):.*,\1,')
"$swarmbed" server file --dir small --ip "$small_ip" --port 22099 --max-file-bytes 50000 >small/out 2>small/err &
bed_pids+=($!)
for ((i = 0; i < 100; i++)); do
    grep -qs '^ready' small/out && break
    sleep 0.1
done
is 'a server by itself makes its key' "$(stat -c %a small/key) $(wc -c <small/key)" '600 65'
small="--file-server http://$small_ip:22099 --file-server-key $(sed -n 's/^pubkey_x25519 //p' small/out)"
# shellcheck disable=SC2086
{
    client file send photo.jpg --to "$bob_id" $small --account $alice
    fails 'over the limit: the sender is told' 3 'takes no file of this size (413)'
    client file send voice.mp3 --to "$dave_id" $small --account $alice
    is 'below it: sent' "$status" 0
    client file receive $small --out got --account $dave
    is 'and received' "$status $(field .saved)" '0 got/voice.mp3'
    client file send voice.mp3 --to "$dave_id" ${small/%????/0000} --account $alice
    fails 'with a wrong key of the server' 3 'not sent: '
}

# --- open groups ------------------------------------------------------------------------------------

client open-group join "$room" --account $alice
is 'a room is there' "$status $out" '0 {"room":"lobby","recent_posts":0}'
client open-group join "${room/lobby/cellar}" --account $alice
fails 'another is not' 3 'no such room'
for text in one 'two €' three; do
    client open-group post "$room" "$text" --account $alice
done
is 'posts are taken' "$status" 0
client open-group read "$room" --account $bob
is 'and read by another account, in order' "$status $(field '"\(.room) \(.text)"')" '0 lobby one,lobby two €,lobby three'
is 'under an id that is nobody'"'"'s account' "$(jq -r '.from[0:2]' <<<"$out" | sort -u)" 15
is 'one and the same' "$(jq -r .from <<<"$out" | sort -u | wc -l)" 1
client open-group post "$room" four --file voice.mp3 --account $alice
mkdir shown
client open-group read "$room" --out shown --account $bob
is 'a post may have a file' "$status $(field 'select(.name) | "\(.name) \(.saved)"')" '0 voice.mp3 shown/voice.mp3'
cmp -s voice.mp3 shown/voice.mp3
ok 'which is read as it was' $?
bed_ctl bed restart open-group-server
client open-group read "$room" --account $alice
is 'and by who wrote them, after a restart of the server' "$(field 'select(.text) | .text')" 'one,two €,three,four'
client open-group post "${room/lobby/cellar}" text --account $alice
fails 'a post to no room' 3 'no such room'

# --- closed groups -------------------------------------------------------------------------------------

client group create "$bob_id" "$carol_id" --account $alice
is 'a group is made' "$status $(field .change)" '0 joined'
group=$(field .group)
client group send 'hello all' --group "$group" --account $alice
client group send 'hello from Bob' --group "$group" --account $bob
is 'and written to' "$status" 0
client group receive --account $carol
is 'its members read' "$status $(field .text)" '0 hello all,hello from Bob'
is 'and know where' "$(jq -r .group <<<"$out" | sort -u)" "$group"
client group receive --account $dave
is 'others do not' "$status$out" 0
client group send 'hello from outside' --group "$group" --account $dave
fails 'nor write' 3 'in no such group'
client group remove "$carol_id" --group "$group" --account $bob
fails 'only the admin removes' 3 'admin'
client group remove "$carol_id" --group "$group" --account $alice
is 'one is removed' "$status $(field .change)" '0 changed'
client group send 'without Carol' --group "$group" --account $alice
client group send 'so it is' --group "$group" --account $bob
client group receive --account $carol
is 'she reads nothing sent later' "$status $(field .text)" '0 hello all,hello from Bob'
client group send 'still there?' --group "$group" --account $carol
fails 'nor writes' 3 'in no such group'
client group receive --account $bob
is 'the others do' "$(field .text)" 'hello all,hello from Bob,without Carol,so it is'
client group add "$dave_id" --group "$group" --account $alice
is 'another is added' "$status $(field .change)" '0 changed'
client group send 'welcome' --group "$group" --account $bob
client group receive --account $dave
is 'and reads what is sent from then on' "$(field .text)" welcome
client group send 'thank you' --group "$group" --account $dave
client group receive --account $alice
is 'as do all' "$(field .text)" 'hello all,hello from Bob,without Carol,so it is,welcome,thank you'
bed_ctl bed restart file-server
# shellcheck disable=SC2086
{
    client group send 'look' --file photo.jpg --group "$group" $files --account $dave
    is 'a file goes to the group' "$status$err" 0
    client group receive $files --out shown --account $alice
    is 'and comes' "$status $(field 'select(.name) | .saved')" '0 shown/photo.jpg'
    cmp -s photo.jpg shown/photo.jpg
    ok 'as it was' $?
    client group receive $files --account $carol
    is 'but not to who is not in it' "$(field 'select(.name)')" ''
}
client receive --account $bob
is 'none of it is in the mailbox for one alone' "$(field .group)" null,null,null
finish
