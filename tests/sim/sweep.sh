#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.sh SWARMBED
#
# A scenario with a sweep: its variants, what is expected of them, when they stop.
. "$(dirname "$0")/lib.sh"

cp "$here/small.ini" study.ini
cat >>study.ini <<'EOT'

[sweep]
network.nodes = 32, 40
client.poll_interval = 5s, 20s
seeds = 1..2
metric = messages

[sweep one]
network.nodes = 32
client.poll_interval = 5s
seeds = 1..100

[expect]
delivered >= 0.5
nodes <= 40

[plot messages]
x = network.nodes
y = messages
EOT

swarm run study.ini --out all --json
is 'all expectations are met: ends with 0' "$status" 0
is 'each variant ran each seed' "$(jq -c '[.variants[] | [.label, [.runs[].seed]]]' <<<"$out")" \
    '[["network.nodes=32, client.poll_interval=5s",[1,2]],["network.nodes=32, client.poll_interval=20s",[1,2]],["network.nodes=40, client.poll_interval=5s",[1,2]],["network.nodes=40, client.poll_interval=20s",[1,2]]]'
is 'settings reach the world' "$(jq -c '[.variants[].metrics.nodes.value]' <<<"$out")" '[32,32,40,40]'
is 'every expectation has a verdict' \
    "$(jq -c '[.expectations[].verdict] | [length, unique]' <<<"$out")" '[8,["met"]]'
has 'progress says which run it is' "$err" '1 of 8: network.nodes=32, client.poll_interval=5s, seed 1: done'
[ -s all/messages.svg ] && grep -q 'Variants' all/report.html && xmllint --noout all/report.html
ok 'the report has the figure and the variants' $?

# Variants share their luck: who writes what hangs on the seed, not on the network.
is 'common random numbers: the same people write the same messages' \
    "$(jq -c '.variants | map([.runs[].metrics.messages]) | unique | length' <<<"$out")" 1
swarm run study.ini --out alone --json --no-report --set network.nodes=40 \
    --set client.poll_interval=20s --seeds 2
is 'a variant is what --set makes of the scenario' \
    "$(jq -r '.runs[0].trace_hash' <<<"$out")" \
    "$(jq -r '.variants[3].runs[1].trace_hash' <<<"$("$swarmbed" report all/results.db --json)")"

swarm run study.ini --out all --no-report
has 'nothing is run twice' "$err" '8 runs are in all/results.db already'
has 'the summary has a line for each variant' "$out" 'network.nodes=40, client.poll_interval=20s'
swarm run study.ini --out all --no-report --set network.nodes=40
fails 'another sweep is another experiment' 3 'with other settings'

# Expectations may change without new runs.
sed -i 's/nodes <= 40/nodes <= 39/' study.ini
swarm run study.ini --out all --no-report
is 'an expectation that fails: ends with 1' "$status" 1
has 'and says which, where and what there is' "$err" \
    'expected nodes <= 39: failed with network.nodes=40, client.poll_interval=5s: 40 (40 to 40, 95 % over 2 runs)'
sed -i 's/nodes <= 39/noodles <= 39/' study.ini
swarm run study.ini --out all --no-report --quiet
is 'an expectation of nothing measured: ends with 1' "$status" 1
sed -i 's/noodles <= 39/nodes <= 40/' study.ini

# A metric without variance is known after the first ten runs.
sed -i 's/^metric = messages/metric = nodes\nstop = half-width 0.5/' study.ini
swarm run study.ini --grid one --out stop --json --no-report --quiet --jobs 2
is 'stop: ten runs of a hundred are enough' "$status $(jq -c '.runs | length' <<<"$out")" '0 10'
# A loss that no run saw is: when so many messages were none of them that its bound is as narrow.
sed -i 's/^metric = nodes/metric = loss/; s/half-width 0.5/half-width 0.0015/; s/^seeds = 1..100/seeds = 1..25/' study.ini
swarm run study.ini --grid one --out none --json --no-report --quiet --jobs 2
is 'stop: none in ten runs is not nothing' \
    "$status $(jq -c '[(.runs | length) > 10, .metrics.loss.value, .metrics.loss.high > 0]' <<<"$out")" '0 [true,0,true]'
sed -i 's/^metric = loss/metric = noodles/; s/half-width 0.0015/half-width 0.5/; s/^seeds = 1..25/seeds = 1..100/' study.ini
swarm run study.ini --grid one --out stop --no-report --quiet
fails 'stop: a metric that is not there' 2 'study.ini: [sweep] metric = noodles: no run has a metric of that name'

swarm run study.ini --grid none
fails 'a grid that is not there' 2 'study.ini: there is no grid [sweep none]; there are: one'
sed -i 's/^client.poll_interval = 5s, 20s/client.poll_interval = 5s, 20x/' study.ini
swarm run study.ini --out bad
fails 'a bad value, before anything runs' 2 "study.ini:"
[ ! -e bad ]
ok 'and nothing is written' $?
finish
