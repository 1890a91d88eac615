#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# style.sh ROOT
#
# What the house asks of every file, each rule one TAP line: see HACKING.md.
set -euo pipefail
. "$(dirname "$0")/tap.sh"

cd "$1"
lines_max=600
function_lines_max=70

found()
{
    find . \( -name .git -o -path './build*' -o -path ./results/runs \) -prune -o -type f \
        \( "$@" \) -print | sed 's|^\./||' | LC_ALL=C sort
}

mapfile -t c_files < <(found -name '*.[ch]')
mapfile -t scripts < <(found -name '*.sh' -o -path ./run -o -path ./test -o -path ./.ci/run)
mapfile -t texts < <(found -name '*.[ch]' -o -name '*.sh' -o -name meson.build -o -name '*.ini' \
    -o -name '*.proto' -o -name '*.md' -o -path ./run -o -path ./test -o -path ./.ci/run)

# awk over files; says nothing about an empty list (awk would read stdin).
awk_over()
{
    local program=$1
    shift
    [ $# -eq 0 ] || awk "$program" "$@"
}

tap 'C files begin with the SPDX line' "$(awk_over '
    FNR == 1 && $0 !~ /^\/\* SPDX-License-Identifier: GPL-3\.0-or-later/ { print FILENAME }
    ' "${c_files[@]}")"
tap 'scripts say their licence within two lines' "$(awk_over '
    FNR == 1 { said = 0 }
    FNR <= 2 && /^# SPDX-License-Identifier: GPL-3\.0-or-later/ { said = 1 }
    FNR == 2 && !said { print FILENAME }
    ' "${scripts[@]}")"
tap 'headers are guarded with #pragma once' "$(
    for f in "${c_files[@]}"; do
        case $f in *.h) grep -q '^#pragma once$' "$f" || echo "$f" ;; esac
    done)"
tap "C files have at most $lines_max lines" "$(awk_over '
    FNR == '$((lines_max + 1))' { print FILENAME }
    ' "${c_files[@]}")"
# The return type stands on its own line, so a function begins with its name in column one,
# and its body with a lone brace there.
tap "functions have at most $function_lines_max lines" "$(awk_over '
    FNR == 1 { inside = 0; name = "" }
    !inside && /^[A-Za-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name); start = FNR }
    /^\{$/ { inside = 1 }
    inside && /^\}/ {
        if (name != "" && FNR - start + 1 > '$function_lines_max')
            print FILENAME ":" start ": " name " has " FNR - start + 1 " lines"
        inside = 0; name = ""
    }' "${c_files[@]}")"
# Whole words only: a template for mkdtemp is no note to oneself.
tap 'nothing is left to do' "$(grep -nwE 'TO[D]O|FIX[M]E|X[X]X' -- "${texts[@]}" || true)"
tap 'no tabs' "$(grep -n $'\t' -- "${texts[@]}" || true)"
tap 'no spaces at the end of a line' "$(grep -nE ' +$' -- "${texts[@]}" || true)"
tap 'no carriage returns' "$(grep -ln $'\r' -- "${texts[@]}" || true)"
tap 'files end with a newline' "$(
    for f in "${texts[@]}"; do
        [ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || echo "$f"
    done)"
# Threads live in one file (design 4), whatever the rooms; and in one that runs no code of actors.
threads=$(grep -lE '^#include <(pthread|threads)\.h>' -- "${c_files[@]}" |
    grep -vE '^(tests/|scenarios/heap_ahead\.c$)' || true)
if [ "$(grep -c . <<<"$threads")" -le 1 ]; then
    threads=''
fi
tap 'threads live in one file' "$threads"

# Another version formats differently; Debian 12 has 14.
formatter=$(command -v clang-format-14 || true)
if [ -n "$formatter" ]; then
    tap 'clang-format changes nothing' "$(printf '%s\0' "${c_files[@]}" |
        xargs -0 -r -n 40 -P 2 "$formatter" --dry-run 2>&1 |
        grep -E ' (warning|error): ' | cut -d: -f1 | uniq -c |
        awk '{ print $2 ": " $1 " places" }' | LC_ALL=C sort)"
else
    tap_skip 'clang-format changes nothing' 'clang-format-14 is not installed'
fi
tap_end
