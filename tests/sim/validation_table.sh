#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# validation_table.sh SWARMBED FOLDER [PATTERN] [ARGUMENT...]
#
# Runs the rows of tests/data/validation.tsv whose id matches PATTERN (an extended regular
# expression, default all), each with its scenario's own seeds, into FOLDER, and writes the
# table of all rows in docs/validation.md: those that FOLDER has are new, others keep the line
# that they had.  What FOLDER has already is not run again, and rows that differ in their metric
# alone share their runs.  ARGUMENTs go to `swarmbed run`, e.g. --jobs 2.
set -euo pipefail

swarmbed=$(realpath "$1")
folder=$2
pattern=${3:-.}
shift $(($# < 3 ? $# : 3))
root=$(cd "$(dirname "$0")/../.." && pwd)
rows=$root/tests/data/validation.tsv
mkdir -p "$folder"

run_row()
{
    local id=$1 scenario=$2 settings=()
    shift 4
    for setting in "$@"; do
        settings+=(--set "$setting")
    done
    "$swarmbed" run "$root/scenarios/validate/$scenario.ini" "${settings[@]}" \
        "${arguments[@]}" --out "$folder/$id" --json --quiet --no-report >"$folder/$id.part"
    mv "$folder/$id.part" "$folder/$id.json"
}

# One line of the table.  Good: within 4 standard errors of the reference (with the
# reference's own, where it has one), at least 10 runs, a relative standard error of at most
# 5 % (10 % below 0.01).
table_row()
{
    jq -r --arg id "$1" --arg scenario "$2" --arg metric "$3" --argjson expected "${4%~*}" \
        --argjson own "$(case $4 in *~*) echo "${4#*~}" ;; *) echo 0 ;; esac)" '
        .metrics[$metric] as $m
        | ($m.value - $expected | fabs) as $off
        | ($off <= 4 * ($m.standard_error * $m.standard_error + $own * $own | sqrt) + 1e-12)
            as $within
        | ($m.standard_error <= (if ($expected | fabs) < 0.01 then 0.1 else 0.05 end)
            * ($m.value | fabs)) as $precise
        | "| \($id) | \($scenario) | \($metric) | \($expected) | \($m.value)"
            + " | \($m.standard_error) | \($m.runs)"
            + " | \(if $within then "yes" else "NO" end)"
            + " | \(if $m.runs >= 10 and $within and $precise then "yes" else "no" end) |"
        ' "$folder/$1.json"
}

arguments=("$@")
declare -A run_of
while IFS=$'\t' read -r -a row; do
    [[ ${row[0]} =~ $pattern ]] || continue
    settings="${row[1]} ${row[*]:4}"
    if [ ! -e "$folder/${row[0]}.json" ] && [ -n "${run_of[$settings]-}" ]; then
        cp "$folder/${run_of[$settings]}.json" "$folder/${row[0]}.json"
    elif [ ! -e "$folder/${row[0]}.json" ]; then
        run_row "${row[@]}" </dev/null
    fi
    run_of[$settings]=${row[0]}
done < <(grep -v '^#' "$rows")

table=$(mktemp)
while IFS=$'\t' read -r -a row; do
    if [ -e "$folder/${row[0]}.json" ]; then
        table_row "${row[@]}"
    else
        grep -F "| ${row[0]} | " "$root/docs/validation.md" || true
    fi
done < <(grep -v '^#' "$rows") >"$table"
{
    sed '/^<!-- rows/,$d' "$root/docs/validation.md"
    echo "<!-- rows: tests/sim/validation_table.sh -->"
    echo
    echo "$(wc -l <"$table") of $(grep -vc '^#' "$rows") rows were run;" \
        "$(grep -c '| yes |$' "$table" || true) are good."
    echo
    echo "| row | scenario | metric | expected | value | standard error | runs | within 4 | good |"
    echo "|---|---|---|---|---|---|---|---|---|"
    cat "$table"
} >"$root/docs/validation.md.new"
mv "$root/docs/validation.md.new" "$root/docs/validation.md"
rm -f "$table"
