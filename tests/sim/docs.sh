#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# docs.sh SWARMBED
#
# Every command of this program in README.md, HACKING.md, docs/adversary.md, docs/compare.md, docs/faults.md,
# docs/studies.md, docs/sweeps.md, docs/traces.md and in the examples of each --help is run as it stands there, on smaller
# networks for a shorter time.
. "$(dirname "$0")/lib.sh"

# What the commands find around them.
mkdir bin
ln -s "$source_root/scenarios" scenarios
ln -s "$source_root/tests" tests
cat >bin/swarmbed <<END
#!/bin/sh
case \$1 in testbed | client | node | server)
    # They need a network, or go on until somebody ends them; testbed_docs.sh runs their page.
    exec '$swarmbed' "\$1" --help ;;
esac
if [ "\$1" = bench ]; then
    # Minutes and hours, and other engines: here the shortest of them, with the same options.
    shift 2
    exec '$swarmbed' bench operations --quick --runs 1 "\$@"
fi
[ "\$1" = run ] || exec '$swarmbed' "\$@"
shift
exec '$swarmbed' run --set scenario.duration=1m --set scenario.drain=1m \\
    --set network.nodes=40 --set client.clients=10 --set workload.messages_per_day=2000 --quiet --no-report "\$@"
END
chmod +x bin/swarmbed
PATH=$scratch/bin:$PATH
"$swarmbed" run scenarios/smoke/quick.ini --seeds 1..2 --out results/runs/NAME --quiet \
    --set workload.messages_per_day=1500 --set workload.messages_dispersion=0 \
    --no-report
"$swarmbed" run "$here/small.ini" --seeds 1..5 --out small --quiet --no-report
cp small/results.db BASE.db
cp small/results.db NEW.db
"$swarmbed" run "$here/small.ini" --observations --set adversary.kind=nodes --out . --quiet \
    --no-report
"$swarmbed" attack cadence observations-0-1.csv --out guesses.csv 2>/dev/null
"$swarmbed" account new | sed -n 's/^Recovery phrase *//p' >account.txt
printf '{"pubkey":"05%064d","namespace":0,"data_hex":"00"}\n' 1 2 >messages.jsonl

commands_of_file()
{
    # Indented; without comments.
    sed -nE 's/^    ((\.\/|build\/|swarmbed ).*)/\1/p' "$1" | sed -E 's/ +# .*//'
}

commands_of_help()
{
    local command
    for command in '' $("$swarmbed" --help | awk '/^Commands/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
        # shellcheck disable=SC2086 # nothing, or a word
        "$swarmbed" $command --help | sed -n '/^Examples:/,$s/^  \([^ ].*\)/\1/p'
    done
}

{
    commands_of_file "$source_root/README.md"
    commands_of_file "$source_root/HACKING.md"
    commands_of_file "$source_root/docs/compare.md"
    commands_of_file "$source_root/docs/adversary.md"
    commands_of_file "$source_root/docs/faults.md"
    commands_of_file "$source_root/docs/studies.md"
    commands_of_file "$source_root/docs/sweeps.md"
    commands_of_file "$source_root/docs/traces.md"
    commands_of_help
} | grep -v COMMAND | awk '!seen[$0]++' >commands
[ "$(wc -l <commands)" -ge 10 ]
ok 'there are commands in the documents' $?

while IFS= read -r line; do
    case $line in
    ./run | ./test*)
        # They install and build; here, that they exist and say what they do.
        script=${line%% *}
        said=$("$source_root/$script" --help </dev/null 2>&1)
        ok "$line: --help" $?
        [ "$script" = "$line" ] || has "$line: --help knows it" "$said" "${line#"$script "}"
        ;;
    *)
        out=$(bash -c "set -e -o pipefail; ${line/#build\/*\/swarmbed/swarmbed}" </dev/null 2>&1)
        ok "$line" $? "$out"
        ;;
    esac
done <commands
finish
