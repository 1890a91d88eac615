#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# offline.sh SWARMBED
#
# Attacks on a file of observations while that of the truth is not there, and their scores
# when it is.
. "$(dirname "$0")/lib.sh"

swarm run "$source_root/scenarios/study/poll-cadence.ini" --quiet --no-report --json --again \
    --out "$scratch/out" --seeds 1..1 --set client.clients=60 --set scenario.duration=12m \
    --set adversary.from=11m --set client.poll_interval=5s --observations
told=$out
mkdir away
mv out/truth-0-1.csv away/truth.csv
mv out/observations-0-1.csv seen.csv
rm -r out

# attacked FORM ARGUMENT...: guesses, and their score in $out.
attacked()
{
    local form=$1
    shift
    swarm attack "$form" seen.csv --out guesses.csv --json "$@"
    ok "$form: attacked without the truth" "$status" "$err"
    found=$out
    mv away/truth.csv truth.csv
    swarm score guesses.csv truth.csv --json --base 100000
    ok "$form: scored with it" "$status" "$err"
    mv truth.csv away/truth.csv
}

# close METRIC: as the run itself has it, but for the last digits of times, and ties.
close()
{
    local here there
    here=$(jq ".$1" <<<"$out")
    there=$(jq ".metrics.$1.value" <<<"$told")
    jq -e -n "($here - $there) | . < 0.03 and . > -0.03" >/dev/null
    ok "cadence: $1 as in the run" $? "here $here, there $there"
}
attacked cadence --top 0
is 'all records were read' "$(jq .observations <<<"$found")" "$(($(wc -l <seen.csv) - 1))"
for metric in right auc recall precision_at_base advantage; do
    close $metric
done
attacked intersection --interval 60
is 'who is always there hides among those who are' "$(jq '.right < 0.2' <<<"$out")" true
attacked timing --interval 1
is 'counts a second tell whose polls they are' "$(jq '.auc > 0.9' <<<"$out")" true
attacked predecessor --window 0.3
is 'both ends of what went through one middle' "$(jq '.right > 0.5' <<<"$out")" true
attacked cadence --share 0
is 'nobody corrupted: no guess' "$(jq '[.guesses, .right]' -c <<<"$out")" '[0,null]'
attacked cadence --share 0.5 --seed 3
half=$(jq .observations <<<"$found")
attacked cadence --share 0.5 --seed 3
is 'the same seed, the same set' "$(jq .observations <<<"$found")" "$half"
attacked cadence --share 0.5 --seed 4
is 'another, another' "$(jq ".observations != $half" <<<"$found")" true

# Rows of the truth in another order: what was found is worth nothing.
awk -F, 'BEGIN { OFS = "," } NR == 1 { print; next }
    { if ($2 != "") $2 = ($2 + 7) % 60; print }' away/truth.csv >shuffled.csv
swarm attack cadence seen.csv --out guesses.csv
swarm score guesses.csv shuffled.csv --json
is 'nothing is right in another truth' "$(jq '.right < 0.1' <<<"$out")" true

swarm attack cadence nowhere.csv
fails 'no such file' 2 'cannot read nowhere.csv'
swarm attack guessing seen.csv
fails 'no such form' 2 'expected cadence, timing, intersection, disclosure or predecessor'
swarm attack cadence seen.csv --share 0.5 --corrupt 3
fails 'a share or a number' 2 'not both'
swarm attack cadence away/truth.csv
fails 'the truth is no file of observations' 2 'line 1: expected the columns row,at_s,'
swarm attack cadence seen.csv --out guesses.csv --memory 0.000001
fails 'a bound in bytes is held' 2 'more than --memory'
swarm attack cadence seen.csv --out guesses.csv
head -n 40 away/truth.csv >short.csv
swarm score guesses.csv short.csv
fails 'a truth of another run' 2 'expected those of one run'
swarm score guesses.csv seen.csv
fails 'observations are no truth' 2 'expected the columns row,person,'
finish
