#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# parity.sh SWARMBED PARITY
#
# One script, with every kind of fault, played by the simulator and over sockets with the same
# nodes: link by link the same transcript.
parity=$(realpath "$2")
. "$(dirname "$0")/../sim/lib.sh"
. "$here/testbed_lib.sh"

# (lib.sh takes the name of the folder it is in.)
bed_start bed --nodes 14 --seed 11 --transcripts
ok 'the testbed starts' $? "$(cat bed/err)"
mkdir sim live
"$parity" sim bed sim >sim/steps 2>&1
ok 'the simulator plays the script' $? "$(cat sim/steps)"
"$parity" live bed live >live/steps 2>&1
ok 'the testbed plays the script' $? "$(cat live/steps)"
[ "$(cut -d ' ' -f 1 <live/steps)" -ge 30 ]
ok 'of 30 steps and more' $? "$(cat live/steps)"
bed_stop INT
for node in bed/nodes/*; do
    cp "$node/transcript.log" "live/$(basename "$node").log"
done

diff sim/driver.log live/driver.log >driver.diff
ok 'who asks gets the same answers' $? "$(cat driver.diff)"

# links FOLDER: a file for each node and peer.
links()
{
    local log
    mkdir "$1/links"
    for log in "$1"/[0-9]*.log; do
        awk -v into="$1/links/$(basename "$log" .log)" '{ print >(into "-" $2) }' "$log"
    done
}
links sim
links live
is 'the same links are used' "$(ls live/links)" "$(ls sim/links)"
different=0
for link in sim/links/*; do
    if ! diff "$link" "live/links/$(basename "$link")" >>links.diff 2>&1; then
        different=$((different + 1))
        echo "^ $(basename "$link")" >>links.diff
    fi
done
is 'and on each of them it is the same that is said' "$different$(head -c 2000 links.diff 2>/dev/null)" 0
lines=$(cat sim/links/* | wc -l)
links=$(ls sim/links | wc -l)
[ "$lines" -ge 300 ]
ok 'which is a lot' $? "$lines lines"
echo "# $(cat live/steps), $lines lines on $links ends of links"

# (The comparison can fail: one word of one line is another.)
first=$(ls sim/links | head -n 1)
sed '1s/ / other /' "sim/links/$first" | diff -q - "live/links/$first" >/dev/null
is 'one word that differs would be seen' $? 1
finish
