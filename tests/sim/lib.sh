# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of the built program: SCRIPT SWARMBED [ARGUMENT...], TAP on standard
# output, everything that is made in a scratch folder that goes at the end.
set -uo pipefail

swarmbed=$(realpath "$1")
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

tap_count=0
tap_failed=0

# ok NAME STATUS [DETAIL]: one check.
ok()
{
    tap_count=$((tap_count + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $tap_count - $1"
    else
        echo "not ok $tap_count - $1"
        [ $# -lt 3 ] || printf '%s\n' "$3" | head -n 20 | sed 's/^/# /'
        tap_failed=1
    fi
}

# is NAME GOT WANTED
is()
{
    [ "$2" = "$3" ]
    ok "$1" $? "got:    $2
wanted: $3"
}

# has NAME TEXT WORDS: the text contains the words.
has()
{
    case $2 in *"$3"*) ok "$1" 0 ;; *) ok "$1" 1 "no '$3' in: $2" ;; esac
}

skip()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

finish()
{
    echo "1..$tap_count"
    exit $tap_failed
}

# swarm COMMAND [ARGUMENT...]: run it; its exit status, output and errors go to $status, $out
# and $err.
swarm()
{
    status=0
    "$swarmbed" "$@" >"$scratch/.out" 2>"$scratch/.err" </dev/null || status=$?
    out=$(cat "$scratch/.out")
    err=$(cat "$scratch/.err")
}

# fails NAME STATUS WORDS: the last command ended so, with one line on standard error that
# contains the words, and nothing on standard output.
fails()
{
    local lines
    lines=$(wc -l <"$scratch/.err")
    if [ "$status" -eq "$2" ] && [ "$lines" -eq 1 ] && [ -z "$out" ] &&
        [[ $err == "swarmbed: "* && $err == *"$3"* ]]; then
        ok "$1" 0
    else
        ok "$1" 1 "wanted status $2 and one line with '$3'; status $status, output:
$out
$err"
    fi
}

# runs_json NAME WANTED-STATUS FOLDER ARGUMENT...: `run --json` into FOLDER, with every
# invariant held; its JSON goes to FOLDER.json.
runs_json()
{
    local name=$1 wanted=$2 folder=$3
    shift 3
    status=0
    "$swarmbed" run "$@" --out "$folder" --check --no-report --json --quiet \
        >"$folder.json" 2>"$folder.err" </dev/null || status=$?
    [ "$status" -eq "$wanted" ]
    ok "$name: ends with $wanted" $? "status $status: $(cat "$folder.err")"
}

# holds NAME FOLDER JQ-EXPRESSION: true of the metrics ($m) of every run.
holds()
{
    local said
    said=$(jq -c "[.runs[] | .metrics as \$m | {seed, holds: ($3)}]
        | if length > 0 and all(.holds) then empty else . end" "$2.json" 2>&1)
    [ -z "$said" ]
    ok "$1" $? "$3: $said
$(jq -c '.metrics | with_entries(.value |= .value)' "$2.json" 2>&1)"
}

# books NAME FOLDER: what was sent is what became of it, for messages, their causes, requests
# and bytes, run by run.
books()
{
    local wrong
    holds "$1: messages = sum of fates" "$2" '
        [$m | to_entries[] | select(.key | startswith("messages.")).value]
        | length == 6 and add == $m.messages'
    holds "$1: bytes sent = received + lost + in flight" "$2" '
        $m.wire_bytes > 0 and $m.wire_bytes
        == $m.wire_bytes_received + $m.wire_bytes_lost + $m.wire_bytes_in_flight'
    holds "$1: no breach of any invariant" "$2" '
        [$m | to_entries[] | select(.key | startswith("breaches.")).value]
        | length == 7 and add == 0'
    "$swarmbed" report "$2/results.db" --csv counts 2>&1 | cut -d, -f 2- >"$2.csv"
    # Rows are seed,position,group,key,count.  One-way messages want no outcome.
    wrong=$(awk -F, '
        { gsub(/"/, "") }
        $3 ~ /^request:/ && $3 !~ /:(block|uptime_proof|vote|tell)$/ {
            at = $1 " " $3
            if ($4 == "sent") sent[at] = $5; else ended[at] += $5
        }
        $3 == "fate" && $4 != "delivered" { fate[$1 " " $4] = $5 }
        $3 == "cause" { split($4, part, ": "); caused[$1 " " part[1]] += $5 }
        END {
            for (at in sent) { n++; if (sent[at] != ended[at]) print at, sent[at], ended[at] }
            for (at in fate) if (fate[at] != caused[at] + 0) print "cause", at, fate[at], caused[at]
            if (n < 2) print "no requests at all"
        }' "$2.csv")
    [ -z "$wrong" ]
    ok "$1: every request has one outcome, every undelivered message one cause" $? "$wrong"
}
