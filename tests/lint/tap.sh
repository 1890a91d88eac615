# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the lint scripts: one TAP line for each check.

tap_count=0

# tap NAME FINDINGS: ok when FINDINGS is empty; else they are shown below the `not ok`.
tap()
{
    tap_count=$((tap_count + 1))
    if [ -z "$2" ]; then
        printf 'ok %d - %s\n' "$tap_count" "$1"
        return
    fi
    printf 'not ok %d - %s\n' "$tap_count" "$1"
    printf '%s\n' "$2" | sed 's/^/# /'
}

tap_skip()
{
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

tap_end()
{
    printf '1..%d\n' "$tap_count"
}
