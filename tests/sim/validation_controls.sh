#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# validation_controls.sh SWARMBED [EVERY [ARGUMENT...]]
#
# What must not agree with the references of tests/data/validation.tsv does not.  Of the rows of
# no-repair (each EVERY-th, default 8): with disks that lose every third message that they said
# they stored, at least nine in ten are more than 4 standard errors off; and so are, with fresh
# lives, all Weibull rows of nodes in service (each EVERY / 2-th).  ARGUMENTs go to `swarmbed run`;
# default: 10 seeds and a quarter of the network.
. "$(dirname "$0")/lib.sh"

every=${1:-8}
arguments=("${@:2}")
[ ${#arguments[@]} -gt 0 ] || arguments=(--seeds 1..10 --set network.nodes=630 --set client.clients=270)

# is_off EXPECTED: the metric that jq gave as value and standard error is.
is_off()
{
    jq -e --argjson expected "$1" '(.value - $expected | fabs) > 4 * .standard_error + 1e-12' \
        >/dev/null
}

# run_row METRIC SETTING...: the metric, with the control's settings last.
run_row()
{
    local metric=$1 settings=()
    shift
    for setting in "$@"; do
        settings+=(--set "$setting")
    done
    "$swarmbed" run "$source_root/scenarios/validate/no-repair.ini" "${settings[@]}" \
        "${arguments[@]}" --json --quiet --no-report --again --out "$scratch/out" </dev/null |
        jq --arg metric "$metric" '.metrics[$metric]'
}

# count_failures ID-PATTERN SETTING...: $failed of $all rows are off under the settings; those
# that are not, in $missed.
count_failures()
{
    local pattern=$1 number=0 row
    shift
    failed=0 all=0 missed=
    while IFS=$'\t' read -r -a row; do
        [[ ${row[1]} == no-repair && ${row[0]} =~ $pattern ]] || continue
        number=$((number + 1))
        [ $((number % every)) = 0 ] || continue
        all=$((all + 1))
        if run_row "${row[2]}" "${row[@]:4}" "$@" | is_off "${row[3]%~*}"; then
            failed=$((failed + 1))
        else
            missed+=" ${row[0]}"
        fi
    done < <(grep -v '^#' "$source_root/tests/data/validation.tsv")
}

count_failures . fault.put_lost_every=3
[ "$all" -gt 0 ] && [ $((failed * 10)) -ge $((all * 9)) ]
ok "every third put is lost: $failed of $all rows fail, at least nine in ten" $? "agree:$missed"

# Shape 1 is exponential: it has no memory, and fresh lives are those in service.
every=$(((every + 1) / 2))
count_failures '^W_(res|sw_n[0-9]+)_a(0\.|1\.5)' churn.life_residual=no
[ "$all" -gt 0 ] && [ "$failed" = "$all" ]
ok "fresh lives: $failed of $all Weibull rows fail" $? "agree:$missed"
finish
