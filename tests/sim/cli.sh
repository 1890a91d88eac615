#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# cli.sh SWARMBED
#
# The command line as people meet it: help, mistakes, check, report, explain, JSON.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini

# --- help and mistakes -------------------------------------------------------------------

for arguments in --help -h help 'run --help' 'check --help' 'report --help' 'compare --help' 'explain --help' \
    'run -h' 'run --seed 3 --help'; do
    # shellcheck disable=SC2086 # several words
    swarm $arguments
    [ "$status" -eq 0 ] && [ -z "$err" ] && [[ $out == *Usage:*swarmbed* ]]
    ok "$arguments" $? "status $status: $out $err"
    is "$arguments: no line is wider than 100 columns" \
        "$(awk 'length > 100' "$scratch/.out")" ''
done
for command in run check report compare attack score explain account wire trace testbed 'testbed ctl' \
    'testbed run' 'testbed measure' client node server bench; do
    read -ra words <<<"$command"
    swarm "${words[@]}" --help
    has "$command --help has examples" "$out" 'Examples'
    has "$command --help: an example of it" "${out#*Examples}" "  swarmbed $command"
done
swarm run --help
for option in --seed --seeds --set --out --jobs --threads --json --quiet --check --again; do
    has "run --help names $option" "$out" "$option"
done
swarm --help
for command in run check report compare explain; do
    has "--help names $command" "$out" "  $command "
done
swarm --version
is '--version' "$status: ${out%% *}" '0: swarmbed'

swarm
is 'no command: usage, on standard error' "$status $out ${err%%:*}" '2  Usage'
swarm dance
fails 'an unknown command' 2 "there is no command 'dance'"
for command in run check report compare explain; do
    swarm $command --dance "$small"
    fails "$command: an unknown option" 2 dance
    swarm $command
    fails "$command: no file" 2 "expected"
    swarm $command a b c d
    fails "$command: too many files" 2 "expected"
done
swarm run --seed
fails 'an option without its value' 2 seed
swarm run nowhere.ini
fails 'run: no such file' 2 nowhere.ini
swarm check nowhere.ini
fails 'check: no such file' 2 nowhere.ini
swarm report nowhere.db
fails 'report: no such database' 2 nowhere.db
swarm explain nowhere.db
fails 'explain: no such database' 2 nowhere.db
echo 'no database' >text.db
swarm report text.db --json
fails 'report: no database' 2 text.db

# --- mistakes that must not start a run: nothing is made ------------------------------------

nothing_made()
{
    fails "$1" 2 "$2"
    [ ! -e out ] && [ ! -e results ]
    ok "$1: nothing was made" $?
    rm -rf out results
}

swarm run "$small" --out out --set network.nodes=few
nothing_made 'a bad --set' 'network.nodes'
swarm run "$small" --set network.noeds=3
nothing_made 'an unknown key in --set' 'the nearest is network.nodes'
for seeds in 3..1 1.. ..3 a..b 1...3 -1..3 1..3x; do
    swarm run "$small" --out out "--seeds=$seeds"
    nothing_made "--seeds $seeds" '--seeds: expected A..B'
done
swarm run "$small" --out out --queue fibonacci
nothing_made '--queue fibonacci' 'expected ladder or heap'
swarm run "$small" --out out --threads 0
nothing_made '--threads 0' '--threads: expected a number from 1'
swarm run "$small" --out out --jobs 100000
nothing_made '--jobs 100000' '--jobs: expected a number from 1'
swarm run "$small" --out out --seed=-7
nothing_made '--seed -7' '--seed: expected'
swarm run "$small" --out out --seed x
nothing_made '--seed x' 'x'
swarm run "$source_root/scenarios/study/churn.ini" --out out --set network.nodes=20000
nothing_made 'a trace with too few servers' 'fewer than network.nodes = 20000'
# Each kind of bad file once, through the program (all 50 are unit tests of the loader).
i=0
while IFS='|' read -r text words; do
    i=$((i + 1))
    printf '%b' "$text" >"bad$i.ini"
    swarm run "bad$i.ini" --out out
    nothing_made "bad file: $words" "$words"
    swarm check "bad$i.ini"
    fails "check of it: $words" 2 "$words"
done <<'END'
[network]\nnoeds=3\n|bad1.ini:2:
[network]\nnodes=3\nnodes=4\n|bad2.ini:3:
[nets]\nnodes=3\n|bad3.ini:1:
[scenario]\nduration=10\n|bad4.ini:2:
nodes=3\n|bad5.ini:1:
[churn]\ntrace=no-such-nodes.csv\n|there is no such file
[network]\nnodes=\xff\n|this is no text
[client]\nclients=1\n|nobody to write to
END
swarm run .
fails 'a folder is no scenario' 2 '.'
swarm run /dev/null --out out
[ "$status" -eq 0 ] || [ "$status" -eq 2 ]
ok 'an empty scenario does not crash' $? "status $status"
rm -rf out

# --- check ---------------------------------------------------------------------------------

swarm check --keys
is 'check --keys' "$status $err" '0 '
is 'check --keys: a line of help for every key' \
    "$(awk '/ = /{ key = $0; getline; if ($0 !~ /^    .+ \(.+\)$/) print key }' "$scratch/.out")" ''
for section in scenario network swarm protocol client workload churn fault record; do
    has "check --keys: [$section]" "$out" "[$section]"
done
swarm check "$small"
is 'check FILE' "$status $err" '0 '
has 'check FILE: a forecast' "$out" '# forecast'
printf '%s\n' "$out" >resolved.ini
swarm check resolved.ini
is 'check: the resolved scenario is a scenario, and resolves to itself' \
    "$out" "$(cat resolved.ini)"
swarm check "$small" --set network.nodes=77
has 'check --set' "$out" 'nodes = 77'
for file in "$source_root"/scenarios/*/*.ini "$here"/../determinism/*.ini; do
    swarm check "$file"
    is "check $(basename "$(dirname "$file")")/$(basename "$file")" "$status $err" '0 '
    head -n 1 "$file" | grep -q '^# ..'
    ok "$(basename "$file") begins with what it asks" $?
done

# --- run, report, explain ------------------------------------------------------------------

swarm run "$small" --seeds 1..2 --out out --set fault.all_dead_at=200s --json --quiet
is 'run --json --quiet: nothing on standard error' "$status $err" '0 '
printf '%s\n' "$out" >run.json
jq -e '
    keys == ["database", "metrics", "runs", "scenario"]
    and (.scenario | type == "string") and (.database | endswith("out/results.db"))
    and (.runs | length == 2 and ([.[].seed] == [1, 2]))
    and all(.runs[]; keys == ["events", "metrics", "peak_rss_bytes", "seed", "trace_hash", "wall_s"]
        and (.trace_hash | test("^[0-9a-f]{64}$")) and .wall_s > 0 and .events > 1000
        and .peak_rss_bytes > 1000000 and all(.metrics[]; type == "number"))
    and .runs[0].trace_hash != .runs[1].trace_hash
    and (.metrics | length > 20) and all(.metrics[];
        keys == ["high", "low", "runs", "standard_error", "unit", "value"] and .runs == 2
        and (.unit | type == "string") and (.value | type == "number")
        and (.standard_error >= 0))
    and ((.metrics | keys) == (.runs[0].metrics | keys))
    and ((.metrics.messages.value * 2 - (.runs[0].metrics.messages + .runs[1].metrics.messages))
        | fabs < 1e-6)' run.json >/dev/null
ok 'run --json: the documented names, numbers, one value per metric' $? "$(head -c 2000 run.json)"
jq -e '[.metrics | to_entries[] | select(.value.low != null and
    (.value.low > .value.value or .value.value > .value.high)) | .key] == []' run.json >/dev/null
ok 'run --json: every value lies in its interval' $?
database=out/results.db
swarm report "$database" --json
is 'report --json says the same' "$status $(jq -S . <<<"$out" | cksum)" "0 $(jq -S . run.json | cksum)"
swarm run "$small" --seeds 1..2 --out out --set fault.all_dead_at=200s --json --quiet
is 'run again: nothing is run twice' "$(jq -S . <<<"$out" | cksum)" "$(jq -S . run.json | cksum)"
swarm run "$small" --seeds 1..2 --out out
fails 'run: the folder is of another experiment' 3 'all_dead_at'

report=$(find out -name '*.html')
is 'one HTML report' "$(printf '%s\n' "$report" | grep -c html)" 1
xmllint --html --noout "$report" 2>xml.err
ok 'the report is HTML' $? "$(cat xml.err)"
is 'the report needs no network' "$(grep -oE '(src|href)="?(https?:)?//[^" ]*' "$report")" ''
[ "$(find out -name '*.svg' | wc -l)" -ge 4 ] && [ "$(find out -name '*.png' | wc -l)" -ge 4 ]
ok 'plots as SVG and PNG' $? "$(ls out)"
find out -name '*.svg' -exec xmllint --noout {} + 2>xml.err
ok 'the SVG files are well-formed' $? "$(cat xml.err)"
rm "$report"
swarm report "$database"
is 'report makes it anew' "$status $(test -s "$report" && echo there)" '0 there'

swarm report "$database" --text
is 'report --text' "$status $err" '0 '
for words in delivered pending nodes clients messages "$(jq -r '.runs[0].trace_hash' run.json)"; do
    has "report --text says $words" "$out" "$words"
done
for table in metrics series bins counts nodes messages runs; do
    swarm report "$database" --csv $table
    is "report --csv $table" "$status $err" '0 '
    awk -F, 'NR == 1 { n = NF } NR > 1 && NF < n { exit 1 } END { if (NR < 2) exit 1 }' "$scratch/.out"
    ok "report --csv $table: a head and rows" $? "$(head -n 3 "$scratch/.out")"
done
swarm report "$database" --csv cats
fails 'report --csv: no such table' 2 'cats'

swarm explain "$database"
is 'explain: a list' "$status $err" '0 '
has 'explain: the list says how many there are' "$out" 'recorded lives'
delivered=$(awk '$2 == "delivered" { print $1; exit }' "$scratch/.out")
pending=$(awk '$2 == "pending" { print $1; exit }' "$scratch/.out")
lost=$(awk '$2 == "lost" || $2 == "pending" { print $1; exit }' "$scratch/.out")
swarm explain "$database" "$delivered"
is 'explain: a delivered message' "$status ${out%%$'\n'*}" "0 message $delivered: delivered"
for words in 'writes it to client' 'sealed for attempt 1' 'stores it in namespace 0' \
    'acknowledged on attempt 1' 'opens it' 'after it was written'; do
    has "explain: delivered: $words" "$out" "$words"
done
swarm explain "$database" "$pending"
has 'explain: a message that waits' "$out" "message $pending: pending, in the sender's outbox"
# A network whose disks all die at once, with nobody to fetch: lost, and why.
swarm run "$small" --out lost --quiet --no-report --set fault.all_dead_at=250s \
    --set workload.presence=sessions --set workload.sessions_per_day=200 --set workload.session_mean=1m
swarm explain lost/results.db
lost=$(awk '$2 == "lost" { print $1; exit }' "$scratch/.out")
swarm explain lost/results.db "${lost:-none}"
has 'explain: a lost message names its cause' "$out" "message $lost: lost, no replica left"
has 'explain: and what took the copies' "$out" '0 copies remain'
swarm explain "$database" 99999:1
fails 'explain: no such message' 2 'not recorded'
swarm explain "$database" first
fails 'explain: no number' 2 'CLIENT:NUMBER'
swarm explain "$database" --seed 77
fails 'explain: no such run' 2 'no such run'

# Nobody can tell whether a terminal was there.
swarm run "$small" --out plain
is 'run: no escape sequences where there is no terminal' \
    "$(grep -c $'\033' "$scratch/.out" "$scratch/.err" | grep -v ':0$')" ''
has 'run: says where the report is' "$out" 'report: plain/'
finish
