#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# instructions.sh [--accept] PROGRAM BASELINE
#
# Speed without a clock: how many instructions fixed pieces of work take (PROGRAM is
# bench-instructions), against BASELINE, one file per compiler, its version and level of
# optimisation.  Counted are instructions in our own code only, with null cryptography:
# what libraries do differs with the CPU that they find, what the compiler made of our code
# does not.  More than 3 % above the baseline fails.  Less is said, so that it is accepted
# too: a baseline that is too high guards nothing.
# --accept writes BASELINE anew (`ninja -C BUILD accept-instructions` does that).
set -euo pipefail
. "$(dirname "$0")/../lint/tap.sh"

margin=3 # per cent
accept=
if [ "$1" = --accept ]; then
    accept=1
    shift
fi
program=$1
baseline=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# count WORK: instructions in the program's own code while it does that work.
count()
{
    G_SLICE=always-malloc valgrind --tool=callgrind --callgrind-out-file="$scratch/out" \
        --toggle-collect=counted --compress-strings=no --compress-pos=no --dump-line=no \
        "$program" "$1" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
    # A line of cost belongs to the object last named; the one after a "calls=" is the
    # callee's again.
    awk -v program="$(realpath "$program")" '
        /^ob=/ { ours = substr($0, 4) == program; next }
        /^calls=/ { callee = 1; next }
        /^[0-9+-]/ { if (!callee && ours) sum += $2; callee = 0 }
        END { if (sum == 0) exit 1; printf "%d\n", sum }' "$scratch/out"
}

if ! command -v valgrind >/dev/null; then
    tap_skip 'instructions' 'valgrind is not installed'
    tap_end
    exit 0
fi
mapfile -t works < <("$program" --list)

if [ -n "$accept" ]; then
    {
        echo '# Instructions in our own code (see instructions.sh).'
        for work in "${works[@]}"; do
            counted=$(count "$work")
            printf '%s\t%s\n' "$work" "$counted"
        done
    } >"$scratch/new"
    cp "$scratch/new" "$baseline"
    echo "wrote $baseline:"
    cat "$baseline"
    exit 0
fi
if [ ! -f "$baseline" ]; then
    tap_skip 'instructions' "there is no $(basename "$baseline"): nobody has counted with this compiler"
    tap_end
    exit 0
fi
for work in "${works[@]}"; do
    wanted=$(awk -F '\t' -v work="$work" '$1 == work { print $2 }' "$baseline")
    if [ -z "$wanted" ]; then
        tap "$work" "$(basename "$baseline") has no line for it: ninja -C BUILD accept-instructions"
        continue
    fi
    counted=$(count "$work") || counted=
    [ -n "$counted" ] || { tap "$work" 'it could not be counted'; continue; }
    change=$(awk -v a="$counted" -v b="$wanted" 'BEGIN { printf "%+.1f", 100 * (a / b - 1) }')
    tap "$work: $counted instructions, $change %" "$(
        awk -v change="$change" -v margin=$margin 'BEGIN { exit !(change > margin) }' || exit 0
        echo "$work takes $counted instructions where $(basename "$baseline") has $wanted:"
        echo "$change %, and $margin % is the margin.  When that is meant, accept it:"
        echo "ninja -C BUILD accept-instructions (and commit the baseline with the reason)")"
done
tap_end
