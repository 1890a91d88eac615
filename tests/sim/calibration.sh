#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# calibration.sh SWARMBED
#
# The load of a node within a factor of 1.5 of what a real one reported for an hour (112
# stores, 2,416 retrieves, 7,446 onion requests; protocol 6.6), and so are the ratios.
. "$(dirname "$0")/lib.sh"

status=0
"$swarmbed" run "$source_root/scenarios/study/calibration.ini" --out run --no-report --json \
    --quiet >run.json 2>run.err </dev/null || status=$?
is 'the calibration runs' "$status" 0
near='def near(a; b): a / b < 1.5 and b / a < 1.5;'
holds 'stores' run "$near near(\$m.stores_per_node_hour; 112)"
holds 'retrieves' run "$near near(\$m.retrieves_per_node_hour; 2416)"
holds 'onion requests' run "$near near(\$m.onions_per_node_hour; 7446)"
holds 'retrieves to a store' run \
    "$near near(\$m.retrieves_per_node_hour / \$m.stores_per_node_hour; 2416 / 112)"
holds 'onion requests to a retrieve' run \
    "$near near(\$m.onions_per_node_hour / \$m.retrieves_per_node_hour; 7446 / 2416)"
finish
