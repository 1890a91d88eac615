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
listed=$(awk '!/^#/ { print $2 }' .ci/packages.txt)

# package_of FILE: the package that FILE belongs to, without its architecture.
package_of()
{
    { dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "$(readlink -f "$1")" 2>/dev/null; } |
        sed 's/:.*//' | head -n 1
}

judge() # WHAT FILE
{
    local package
    package=$([ -z "$2" ] || package_of "$2")
    if [ -z "$package" ]; then
        echo "$1: found in no package"
    elif ! grep -qx "$package" <<<"$listed"; then
        echo "$1: its package $package is not listed"
    fi
}

mapfile -t builds < <(find . -path './build*' -prune -o -name meson.build -print)
libraries=$(sed -nE "s/.*dependency\('([^']+)'.*/\1/p" "${builds[@]}" | grep -vx threads | sort -u)
tap 'every library of the build has its package listed' "$(
    for library in $libraries; do
        judge "$library" "$(pkg-config --variable=pcfiledir "$library" 2>/dev/null)/$library.pc"
    done)"
programs=$(sed -nE "s/.*find_program\('([^']+)'\).*/\1/p" "${builds[@]}" | grep -v '\.sh$' | sort -u)
tap 'every program of the build has its package listed' "$(
    for program in $programs gnuplot jq clang clang-format-14 cppcheck xmllint; do
        judge "$program" "$(command -v "$program" || true)"
    done)"
tap_end
