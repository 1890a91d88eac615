#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testbed_outside.sh SWARMBED
#
# The servers beyond the onion on real sockets: what the JSON line says of them, what they
# answer to whoever comes without an onion, files and posts through three nodes, what nodes
# say of servers that are not there, or answer otherwise; and that what they have is kept.
. "$(dirname "$0")/lib.sh"
. "$here/testbed_lib.sh"
. "$here/outside_lib.sh"

# --- mistakes -----------------------------------------------------------------------------

swarm server
fails 'server: of which kind' 2 'expected file or open-group'
swarm server file --dir s --ip 127.0.0.1
fails 'server: no port' 2 '--ip, --port: expected'
mkdir s
echo 7 >s/key
swarm server file --dir s --ip 127.0.0.1 --port 22999
fails 'server: a key that is none' 2 's/key: expected 64 hex digits'
: >no-folder
swarm server file --dir no-folder --ip 127.0.0.1 --port 22999
fails 'server: no folder' 2 'no-folder/key'
rm s/key
swarm server open-group --dir s --ip 127.0.0.1 --port 22999 --room 'a room'
fails 'server: no name of a room' 3 "--room 'a room': expected"
mkdir -p s/files
echo x >s/files/7.1
echo y >s/files/7.2
swarm server file --dir s --ip 127.0.0.1 --port 22999
fails 'server: a folder that makes no sense' 3 'this number is there twice'

# --- they start -----------------------------------------------------------------------------

bed_start plain --nodes 3 --seed 5
ok 'a testbed without them' $? "$(cat plain/err)"
is 'says nothing of them' "$(of_bed '.file_server, .open_group_server' | sort -u)" null
bed_ctl plain restart file-server
fails 'nor does it know their names' 2 "'file-server': expected a node"
bed_stop INT
bed_start bed --nodes 7 --seed 5 --outside
ok 'a testbed with both' $? "$(cat bed/err)"
is 'the JSON line: two servers that are up' \
    "$(of_bed '[.file_server, .open_group_server][] | select(.pid > 0 and .state == "up" and
        (.url | startswith("http://127."))) | .state' | paste -sd' ')" 'up up'
is 'their keys are those of the seed' "$(of_bed .file_server.pubkey_x25519)" \
    47bd8e35404a8fe4ce8efe60e0dcefda9b0404d9ab6fbd3679396ebd84c32a24
is 'a room, as clients are told of it' "$(of_bed '.open_group_server.room_urls[]')" \
    "$(of_bed '.open_group_server | "\(.url)/lobby?public_key=\(.pubkey_x25519)"')"
[ -e bed/file-server/server.log ] && [ -e bed/open-group-server/server.log ]
ok 'each has a log' $?
pids=("$(of_bed .file_server.pid)" "$(of_bed .open_group_server.pid)")

# --- without an onion -------------------------------------------------------------------------

files=$(of_bed .file_server.url)
ask "$files/oxen/v4/lsrpc" -d 'no onion'
is 'what does not open' "$code $body" '400 text/plain Invalid request'
ask "$files/oxen/v4/lsrpc"
is 'a GET' "$code $body" '404 text/plain get /oxen/v4/lsrpc Not Found'
ask -X POST "$files/file" -d x
is 'another path' "$code $body" '404 text/plain post /file Not Found'
head -c 10485761 /dev/zero >large
ask -H 'Expect:' --data-binary @large "$files/oxen/v4/lsrpc"
is 'a body over the limit' "$code $body" '413 text/plain Request body too large'

# --- through three nodes ------------------------------------------------------------------------

head -c 20000 /dev/urandom >blob
ask_server file_server POST /file blob
is 'a file is uploaded' "$code $(sed 's/.*"id":\([0-9]*\).*/\1/' reply)" '200 1'
ask_server file_server GET /file/1
tail -c 20001 reply | head -c 20000 | cmp -s - blob
ok 'and downloaded, byte for byte' $?
ask_server file_server GET /file/1/info
is 'its size' "$(grep -ao '"size":[0-9]*' reply)" '"size":20000'
ask_server file_server GET /file/2
is 'there is no other' "$(grep -ao '"code":[0-9]*' reply)" '"code":404'
ask_server open_group_server GET /room/lobby
is 'the open-group server has its room' "$(grep -ao '"message_sequence":[0-9]*' reply)" '"message_sequence":0'
ask_server open_group_server GET /room/cellar
is 'and no other' "$(grep -ao 'no such room' reply)" 'no such room'
onion_to "$(server_of file_server | jq -c ".x25519_pk_hex = \"$(of_bed .nodes[0].pubkey_x25519)\"")" "$(v4 GET /file/1)"
is 'sealed to another key: the server says so' "$code $(cat answer)" '400 Invalid request'

# --- what the last node says --------------------------------------------------------------------

some_key=$(of_bed .nodes[0].pubkey_x25519)
somewhere()
{
    onion_to "$(jq -nc --arg key "$some_key" "$1 + {x25519_pk_hex: \$key}")" "$(v4 GET /)"
}

somewhere '{host: "nosuch.invalid"}'
is 'a name that nobody has' "$code $(cat answer)" '502 Could not resolve host: nosuch.invalid'
somewhere '{host: "127.0.0.1\r\nX-Other: 1"}'
is 'no name at all' "$code $(head -n 1 answer | tr -d '\r')" '502 Could not resolve host: 127.0.0.1'
somewhere '{host: "127.0.0.1", port: 9}'
is 'a port where nobody listens' "$code $(sed 's/after .* ms/after T ms/' answer)" \
    "502 Failed to connect to 127.0.0.1 port 9 after T ms: Couldn't connect to server"
somewhere '{host: "127.0.0.1", port: 9, protocol: "https"}'
is 'nor by HTTPS' "$code" 502

# --- servers that are not ours --------------------------------------------------------------------

openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 1 -subj /CN=other 2>/dev/null
cat >other.py <<'END'
import http.server, ssl, sys, threading

released = threading.Event()

class Other(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.split("/")[2]
        if kind == "keep":
            with open("kept", "wb") as kept:
                kept.write(body)
        if kind == "moved":
            self.send_response(307)
            self.send_header("Location", "/oxen/plain/lsrpc")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response({"gone": 404, "teapot": 418}.get(kind, 200))
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\none\r\n5\r\n, two\r\n0\r\n\r\n")
            return
        text = b"x" * (12 << 20) if kind == "large" else b"%d bytes" % len(body)
        if kind == "stalling":
            self.send_header("Content-Length", str(11 << 20))
            self.end_headers()
            released.wait()
            self.close_connection = True
            return
        if kind == "release":
            released.set()
        if kind == "endless":
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass

class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *arguments):
        pass  # who is not to read to the end goes away

plain = Server((sys.argv[1], 0), Other)
sealed = Server((sys.argv[1], 0), Other)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("other.pem", "other.key")
sealed.socket = context.wrap_socket(sealed.socket, server_side=True)
print(plain.server_port, sealed.server_port, flush=True)
threading.Thread(target=plain.serve_forever, daemon=True).start()
sealed.serve_forever()
END
other_ip=$(of_bed .seed_url | sed 's,http://\(.*\):.*,\1,')
python3 other.py "$other_ip" >ports &
other=$!
bed_pids+=("$other")
plain=
for ((i = 0; i < 100; i++)); do
    [ ! -s ports ] || read -r plain sealed <ports
    [ -z "$plain" ] || break
    sleep 0.1
done

# other KIND [PORT PROTOCOL]
other()
{
    somewhere "{host: \"$other_ip\", port: ${2-$plain}, protocol: \"${3-http}\", target: \"/oxen/$1/lsrpc\"}"
}

other plain
is 'what it says goes back as it is' "$code $(sed 's/[0-9]* //' answer)" '200 bytes'
[ "$(cut -d' ' -f1 answer)" -gt 100 ]
ok 'and it was given the whole layer' $? "$(cat answer)"
other gone
is 'its status too' "$code $(sed 's/[0-9]* //' answer)" '404 bytes'
other teapot
is 'one that nodes do not know becomes 500' "$code" 500
somewhere "{host: \"$other_ip\", port: $plain, target: \"/elsewhere/plain/lsrpc\"}"
grep -q bytes answer
is 'a target that nodes do not post to is not asked' "$code $?" '200 1'
other chunked
is 'an answer without a length' "$code $(cat answer)" '200 one, two'
other plain "$sealed" https
is 'over HTTPS, whoever signed its certificate' "$code $(sed 's/[0-9]* //' answer)" '200 bytes'
other moved
is 'a redirection is not followed' "$code $(cat answer)" '500 '
other large
is 'an answer that is too long' "$code $(cat answer)" '502 Recv failure: Connection reset by peer'
other endless
is 'or never ends' "$code $(cat answer)" '502 Recv failure: Connection reset by peer'
# A node reads 256 MB at a time from servers: 23 such answers, and the next ones not.
somewhere "{host: \"$other_ip\", port: $plain, target: \"/oxen/stalling/lsrpc\"}" & # (request.bin)
stalled=("$!")
for ((i = 0; i < 100 && $(stat -c %s request.bin 2>/dev/null || echo 0) < 500; i++)); do
    sleep 0.1
done
sleep 0.5
for ((i = 0; i < 29; i++)); do
    curl -sk -m 60 -o "stalled.$i" -H 'Expect:' --data-binary @request.bin "$(url_of 0)/onion_req/v2" &
    stalled+=("$!")
done
for ((i = 0; i < 100 && $(cat stalled.* 2>/dev/null | grep -o reset | wc -l) < 7; i++)); do
    sleep 0.1
done
is 'answers that stall are read up to a limit' "$(cat stalled.* | grep -o reset | wc -l)" 7
other plain
is 'others are, still' "$code $(sed 's/[0-9]* //' answer)" '200 bytes'
other release
wait "${stalled[@]}"
is 'and when they end' "$(cat stalled.* | grep -o reset | wc -l)" 29
other chunked
is 'there is room again' "$code $(cat answer)" '200 one, two'
# What a node posts can be posted again by whoever saw it.  The server keeps 256 MB of answers
# that nobody takes: 26 of this file, and the next ones not.
head -c 10000000 /dev/zero >large
cp large "bed/file-server/files/5.$(now_ms)"
bed_ctl bed restart file-server
server=$(server_of file_server)
onion_to "$(jq -c ".host = \"$other_ip\" | .port = $plain | .target = \"/oxen/keep/lsrpc\"" <<<"$server")" "$(v4 GET /file/5)"
takers=()
for ((i = 0; i < 30; i++)); do
    curl -s -m 20 --limit-rate 1k -o "taken.$i" -w '%{http_code}\n' --data-binary @kept "$files/oxen/v4/lsrpc" >"taker.$i" &
    takers+=("$!")
done
refused()
{
    cat taken.* 2>/dev/null | grep -ao busy | wc -l
}
for ((i = 0; i < 100 && $(refused) < 4; i++)); do
    sleep 0.1
done
sleep 0.5
is 'answers that nobody takes: up to a limit' "$(refused)" 4
kill "${takers[@]}" 2>/dev/null
wait "${takers[@]}" 2>/dev/null
code=$(curl -s -m 60 -o taken -w '%{http_code}' --data-binary @kept "$files/oxen/v4/lsrpc")
is 'there is room again when they are gone' "$code $(($(stat -c %s taken) > 10000000))" '200 1'
rm bed/file-server/files/5.*
bed_ctl bed restart file-server
kill "$other"
wait "$other" 2>/dev/null

# --- they end, and start again --------------------------------------------------------------------

bed_ctl bed kill file-server
is 'kill' "$status" 0
ask_server file_server GET /file/1 2>/dev/null
is 'a server that is down' "$code" 502
bed_ctl bed restart file-server
is 'restart' "$status" 0
ask_server file_server GET /file/1
tail -c 20001 reply | head -c 20000 | cmp -s - blob
ok 'it has what it had' $?
ask_server file_server POST /file blob
is 'and goes on counting' "$(sed 's/.*"id":\([0-9]*\).*/\1/' reply)" 2
bed_ctl bed wipe file-server
fails 'wipe is for nodes' 2 "'file-server': expected a node"
bed_ctl bed status
mapfile -t -O 2 pids < <(jq '.file_server.pid, .open_group_server.pid' <<<"$out")
bed_stop INT
is 'Ctrl-C ends it' "$status" 0
for pid in "${pids[@]}"; do
    [ ! -d "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status"
    ok 'no server stays' $?
done
rm bed/file-server/files/2.*
bed_start bed --outside
ok 'it starts again' $? "$(cat bed/err)"
ask_server file_server GET /file/1
tail -c 20001 reply | head -c 20000 | cmp -s - blob
ok 'with its files' $?
ask_server file_server POST /file blob
is 'a number is given once' "$(sed 's/.*"id":\([0-9]*\).*/\1/' reply)" 3
bed_stop INT

# --- they cannot start ------------------------------------------------------------------------------

: >taken # emptied before it is waited for
python3 -c "
import socket, time
taken = socket.socket()
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
taken.bind(('$other_ip', 22025))
taken.listen()
print('taken', flush=True)
time.sleep(60)" >taken &
taken=$!
bed_pids+=("$taken")
for ((i = 0; i < 100 && $(wc -c <taken) == 0; i++)); do
    sleep 0.1
done
swarm testbed --dir bed --outside
fails 'an address that is taken' 3 "open-group-server ended with status 3 before it was ready: see $scratch/bed/open-group-server/server.log"
has 'and the log says so' "$(tail -n 1 bed/open-group-server/server.log)" "$other_ip:22025"
kill "$taken"
finish
