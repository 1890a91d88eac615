#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_hostile.sh SWARMBED
#
# Connections that say nothing, too little, too slowly or nonsense: each is ended in its
# time, the node stays small, and others are served meanwhile.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"

bed_start bed --nodes 2 --seed 2
ok 'it starts' $? "$(cat bed/err)"
ip=$(of_bed '.nodes[0].public_ip')
pid=$(of_bed '.nodes[0].pid')

rss_kb()
{
    awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"
}

served()
{
    local began
    began=$(now_ms)
    ask "https://$ip:22021/get_stats/v1"
    is "$1: another client is served" "$code" '200 application/json'
    [ $(($(now_ms) - began)) -lt 10000 ]
    ok "$1: soon" $? "$(($(now_ms) - began)) ms"
}

# More than a door holds, all silent.
ulimit -n "$(ulimit -Hn)"
many=10000
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt $((many + 100)) ] || many=$(($(ulimit -n) - 100))
fds=()
for ((i = 0; i < many; i++)); do
    exec {fd}<>"/dev/tcp/$ip/22021" || break
    fds+=("$fd")
done
is "$many silent connections" "${#fds[@]}" "$many"
served "$many silent connections"
for fd in "${fds[@]}"; do
    exec {fd}<&-
done

# Not TLS.
for ((i = 0; i < 50; i++)); do
    exec {fd}<>"/dev/tcp/$ip/22021"
    head -c 2000 /dev/urandom >&"$fd" 2>/dev/null
    exec {fd}<&-
done
printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' >plain
got=$(timeout 10 bash -c "exec 3<>/dev/tcp/$ip/22021; cat plain >&3; cat <&3" 2>/dev/null | wc -c)
is 'HTTP at the door of HTTPS: nothing' "$got" 0
# The beginning of a handshake, and no more.
exec {fd}<>"/dev/tcp/$ip/22021"
printf '\x16\x03\x01\x02\x00\x01' >&"$fd"
began=$(now_ms)
timeout 20 cat <&"$fd" >/dev/null
[ $(($(now_ms) - began)) -lt 15000 ]
ok 'half a handshake ends' $? "$(($(now_ms) - began)) ms"
exec {fd}<&-

# TLS, and then nonsense; half a request; a body that never comes.
tls()
{
    timeout "$1" openssl s_client -quiet -connect "$ip:22021" 2>/dev/null
}
{ head -c 4000 /dev/urandom; sleep 1; } | tls 15 >/dev/null
served 'random bytes in TLS'
began=$(now_ms)
tls 35 >/dev/null < <(printf 'POST /storage_rpc/v1 HTTP/1.1\r\nHos'; sleep 36) &
half=$!
{ printf 'POST /storage_rpc/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 500000000\r\n\r\n'; sleep 3; } | tls 15 >large
grep -q '^Request body too large' large
ok 'a body announced too large: the answer is there before the body' $?
has 'a body announced too large: refused at its headers' "$(head -n 1 large)" 413
{ printf 'A%.0s' {1..200000}; sleep 1; } | tls 15 >/dev/null
served 'a request line without an end'
# One address that asks too often, on one connection; where it can ask often enough.
for ((i = 0; i < 1500; i++)); do
    [ $i -eq 0 ] || echo next
    printf 'silent\ninsecure\nurl = "https://%s:22021/storage_rpc/v1"\noutput = "asked.%d"\n' "$ip" $i
    printf 'write-out = "%%{http_code} %%{filename_effective}\\n"\ndata = "{\\"method\\":\\"info\\",\\"params\\":{}}"\n'
done >often
began=$(now_ms)
curl -K often >codes 2>/dev/null
took=$(($(now_ms) - began))
if [ $took -gt 2000 ]; then
    skip 'who asks too often' "1,500 requests took $took ms"
else
    how_many=$(cut -d ' ' -f 1 codes | sort | uniq -c)
    [ "$(head -n 600 codes | grep -c '^200 ')" -eq 600 ]
    ok 'who asks often is answered 600 times' $? "$how_many"
    [ "$(grep -c '^429 ' codes)" -gt 0 ]
    ok 'and then too often' $? "$how_many"
    # Not the last one: its time may have come again.
    is 'in words' "$(cat "$(sed -n 's/^429 //p' codes | head -n 1)")" 'Too Many Requests'
fi
served 'who asks too often'
wait $half
[ $(($(now_ms) - began)) -lt 30000 ]
ok 'half a request ends' $? "$(($(now_ms) - began)) ms"
is 'the same process' "$(of_bed '.nodes[0].pid') $(kill -0 "$pid" && echo lives)" "$pid lives"
[ "$(rss_kb)" -lt 200000 ]
ok 'which stayed small' $? "$(rss_kb) kB"
is 'and complained of nothing' "$(grep -c CRITICAL "$(of_bed '.nodes[0].dir')/node.log")" 0
finish
