#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh ROOT
#
# What the build asks for comes from a package that .ci/packages.txt names: otherwise `./run`
# works only where somebody installed it by hand.  Needs dpkg, and the packages.
set -euo pipefail
. "$(dirname "$0")/tap.sh"

cd "$1"
if ! command -v dpkg-query >/dev/null; then
    tap_skip 'every dependency has its package' 'no dpkg'
    tap_end
    exit 0
fi
listed=$(awk '!/^#/ { print $2 }' .ci/packages.txt | tr '\n' ' ')

mapfile -t builds < <(find . -path './build*' -prune -o -name meson.build -print)

libraries()
{
    local library
    for library in $(sed -nE "s/.*dependency\('([^']+)'.*/\1/p" "${builds[@]}" | sort -u); do
        [ "$library" = threads ] ||
            echo "$library $(pkg-config --variable=pcfiledir "$library")/$library.pc"
    done
}

programs()
{
    local program
    for program in gnuplot jq curl openssl sqlite3 clang clang-format-14 cppcheck xmllint \
        $(sed -nE "s/.*find_program\('([^']+)'\).*/\1/p" "${builds[@]}" | sort -u); do
        case $program in
        *.sh) ;;
        *)
            echo "$program $(command -v "$program" || echo nowhere)"
            echo "$program $(readlink -f "$(command -v "$program" || echo nowhere)")"
            ;;
        esac
    done
}

# judge: lines of NAME FILE; a name is fine when one of its files is of a listed package (a
# program may be a link of its own package, or one that Debian's alternatives made).  One
# question to dpkg: each takes it a while.
judge()
{
    local wanted owners
    wanted=$(cat)
    owners=$(cut -d ' ' -f 2 <<<"$wanted" | xargs -r dpkg-query -S 2>/dev/null || true)
    awk -v listed=" $listed " '
        FNR == NR { package = $1; sub(/:.*/, "", package); owner[$NF] = package; next }
        { names[$1] = names[$1] " " owner[$2] }
        ($2 in owner) && index(listed, " " owner[$2] " ") > 0 { fine[$1] = 1 }
        END {
            for (name in names)
                if (!(name in fine))
                    print name ": no package of it is listed:" names[name]
        }' <(printf '%s\n' "$owners") <(printf '%s\n' "$wanted")
}

tap 'every library of the build has its package listed' "$(libraries | judge)"
tap 'every program of the build has its package listed' "$(programs | judge)"
tap_end
