#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# self-test.sh CC...
#
# Each lint must pass a good sample and fail a bad one: a lint that cannot fail guards
# nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
compiler=("${@:-cc}")

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

good_tree()
{
    rm -rf "$room/tree"
    mkdir -p "$room/tree/low" "$room/tree/high" "$room/tree/.ci" "$room/tree/tests"
    cd "$room/tree"
    cp "$here/../../.clang-format" .
    cat >meson.build <<'EOF'
house = [
  ['low', 'low', [], []],
  ['high', 'high', ['low'],
    [sqlite]],
]
EOF
    cat >low/low.h <<'EOF'
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

int low_value(void);
EOF
    cat >low/low.c <<'EOF'
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "low/low.h"

int
low_value(void)
{
    return 1;
}
EOF
    cat >high/high.c <<'EOF'
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>

#include "low/low.h"
EOF
    printf '#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n' >run
}

# passes NAME COMMAND...
passes()
{
    local name=$1
    shift
    tap "a good sample passes: $name" "$("$@" 2>&1 |
        awk '/^1\.\./ { ended = 1 } /^not ok|[Ee]rror/ { print }
            END { if (!ended) print "it did not come to its end" }')"
}

# fails RULE WORD COMMAND...: the rule's line is `not ok`, it alone, and names WORD.
fails()
{
    local rule=$1 word=$2 out
    shift 2
    out=$("$@" 2>&1 || true)
    if [ "$(grep -c '^not ok' <<<"$out")" = 1 ] && grep -qE "^not ok [0-9]+ - $rule" <<<"$out" &&
        grep -qF -- "$word" <<<"$out"; then
        tap "a bad sample fails: $rule ($word)" ''
    else
        tap "a bad sample fails: $rule ($word)" "$out"
    fi
}

style_tests()
{
    local style=("$here/style.sh" "$room/tree")

    good_tree
    passes style "${style[@]}"
    sed -i 1d low/low.c
    fails 'C files begin with the SPDX line' low/low.c "${style[@]}"
    good_tree
    printf '#!/bin/sh\ntrue\n' >.ci/run
    fails 'scripts say their licence' .ci/run "${style[@]}"
    good_tree
    sed -i '/pragma/d' low/low.h
    fails 'headers are guarded' low/low.h "${style[@]}"
    good_tree
    for i in $(seq 300); do printf '\nextern int low_%d;\n' "$i"; done >>low/low.c
    fails 'C files have at most' low/low.c "${style[@]}"
    good_tree
    { printf '\nint\nlow_long(int n)\n{\n'
      for _ in $(seq 66); do echo '    n++;'; done
      printf '    return n;\n}\n'; } >>low/low.c
    passes 'a function of 70 lines' "${style[@]}"
    sed -i 's/^    return n;/    n++;\n    return n;/' low/low.c
    fails 'functions have at most' 'low_long has 71 lines' "${style[@]}"
    good_tree
    printf '\n/* TO%s: think */\n' DO >>low/low.c
    fails 'nothing is left to do' low/low.c "${style[@]}"
    good_tree
    printf '\n/* "swarmbed-%s" is a template */\n' XX''XXXX >>low/low.c
    passes 'a mkdtemp template' "${style[@]}"
    good_tree
    printf '# a\tb\n' >>run
    fails 'no tabs' run "${style[@]}"
    good_tree
    printf '# a \n' >>run
    fails 'no spaces at the end' run "${style[@]}"
    good_tree
    printf '# a\r\n' >>run
    fails 'no carriage returns' run "${style[@]}"
    good_tree
    printf '# a' >>run
    fails 'files end with a newline' run "${style[@]}"
    good_tree
    sed -i 's/^#include "low.*/#include <pthread.h>/' low/low.c
    passes 'one file with threads' "${style[@]}"
    sed -i 's/^#include <sqlite3.h>/#include <threads.h>/' high/high.c
    fails 'threads live in one file' high/high.c "${style[@]}"
    good_tree
    sed -i 's/^    return 1/  return 1/' low/low.c
    command -v clang-format-14 >/dev/null &&
        fails 'clang-format changes nothing' low/low.c "${style[@]}"
}

includes_tests()
{
    local includes=("$here/includes.sh" "$room/tree")

    good_tree
    passes includes "${includes[@]}"
    : >high/high.h
    sed -i 's|"low/low.h"|"high/high.h"|' low/low.c
    fails 'includes keep the walls' 'room low may not use high' "${includes[@]}"
    good_tree
    sed -i 's|"low/low.h"|"low.h"|' low/low.c
    fails 'includes keep the walls' '"low.h" is in no room' "${includes[@]}"
    good_tree
    sed -i 's|"low/low.h"|<sqlite3.h>|' low/low.c
    fails 'library headers only' 'room low is not given sqlite' "${includes[@]}"
    good_tree
    mkdir attic && cp low/low.c attic/
    fails 'every C file is in a room' attic/low.c "${includes[@]}"
    good_tree
    echo >meson.build
    rm -r low high
    fails 'the house can be read' 'no room' "${includes[@]}"
}

# library FLAGS TEXT: a static library of that C text.
library()
{
    printf '%s\n' "$2" >"$room/sample.c"
    rm -f "$room/sample.a"
    "${compiler[@]}" -std=gnu17 -w $1 -c -o "$room/sample.o" "$room/sample.c"
    ar rcs "$room/sample.a" "$room/sample.o"
}

symbols_tests()
{
    local symbols=("$here/symbols.sh" "$room/sample.a") good

    good='#include <string.h>
        extern int crypto_sign_seed_keypair(void);
        static const char *const names[] = {"a", "b"};
        const char *name(int i) { static const int turn[] = {1, 0}; return names[turn[i]]; }
        int length(const char *s) { return (int)strlen(s) + crypto_sign_seed_keypair(); }'
    library '-O2 -fPIC' "$good"
    passes symbols "${symbols[@]}"
    library -O0 'extern long time(long *); long f(void) { return time(0); }'
    fails 'sample: no clock' time "${symbols[@]}"
    library -O0 'extern void randombytes_buf(void *, long); void f(void) { randombytes_buf(0, 0); }'
    fails 'sample: no randomness' randombytes_buf "${symbols[@]}"
    library -O0 'extern int crypto_box_keypair(void); int f(void) { return crypto_box_keypair(); }'
    fails 'sample: no randomness' crypto_box_keypair "${symbols[@]}"
    library -O0 'extern char *getenv(const char *); char *f(void) { return getenv("A"); }'
    fails 'sample: no environment' getenv "${symbols[@]}"
    library -O0 '#include <stdio.h>
        void f(void) { printf("%d", 1); }'
    fails 'sample: no output' printf "${symbols[@]}"
    library '-O2 -D_FORTIFY_SOURCE=2' '#include <stdio.h>
        void f(int n) { printf("%d", n); }'
    fails 'sample: no output' printf "${symbols[@]}"
    library -O0 'extern void g_log(void); void f(void) { g_log(); }'
    fails 'sample: no GLib' g_log "${symbols[@]}"
    library -O0 'int f(void) { static int count; return ++count; }'
    fails 'sample: no global mutable state' count "${symbols[@]}"
    library -O0 'extern int truth_log_count(void); int f(void) { return truth_log_count(); }'
    passes symbols "${symbols[@]}"
    cp "$room/sample.a" "$room/libroom-attack.a"
    fails 'libroom-attack: never asks for the truth' truth_log_count "$here/symbols.sh" \
        "$room/libroom-attack.a"
    cp "$room/sample.a" "$room/libroom-offline_attack.a"
    fails 'libroom-offline_attack: never asks for the truth' truth_log_count \
        "$here/symbols.sh" "$room/libroom-offline_attack.a"
    library '-O0 -fdata-sections' 'int shared = 3; int f(void) { return ++shared; }'
    fails 'sample: no global mutable state' shared "${symbols[@]}"
}

# A room linked whole against what is below it: a call upwards does not link.
layer_tests()
{
    local link=("${compiler[@]}" -o "$room/layer" "$here/main.c"
        -Wl,--whole-archive "$room/sample.a" -Wl,--no-whole-archive)

    library -O0 'int below(void) { return 1; }'
    tap 'a good sample passes: layer' "$("${link[@]}" 2>&1 || true)"
    library -O0 'extern int above(void); int below(void) { return above(); }'
    if "${link[@]}" >"$room/out" 2>&1 || ! grep -q above "$room/out"; then
        tap 'a bad sample fails: layer' 'a call upwards was linked'
    else
        tap 'a bad sample fails: layer' ''
    fi
}

packages_tests()
{
    local packages=("$here/packages.sh" "$room/tree")

    if ! command -v dpkg-query >/dev/null; then
        tap_skip 'packages' 'no dpkg'
        return
    fi
    good_tree
    echo "glib = dependency('glib-2.0')" >>meson.build
    cp "$here/../../.ci/packages.txt" .ci/
    passes packages "${packages[@]}"
    sed -i '/libglib2.0-dev/d' .ci/packages.txt
    fails 'every library' 'glib-2.0: no package' "${packages[@]}"
    cp "$here/../../.ci/packages.txt" .ci/
    sed -i '/cppcheck/d' .ci/packages.txt
    fails 'every program' 'cppcheck: no package' "${packages[@]}"
}

analyse_tests()
{
    if ! command -v cppcheck >/dev/null; then
        tap_skip 'static analysis' 'cppcheck is not installed'
        return
    fi
    cd "$room"
    rm -rf tree
    mkdir -p tree/nodes
    echo 'int four(void) { int a[4] = { 0, 1, 2, 3 }; return a[3]; }' >"$room/tree/nodes/a.c"
    tap 'a good sample passes: analysis' \
        "$("$here/analyse.sh" "$room/tree" 2>&1 | grep -v 'finds nothing' || true)"
    sed -i 's/a\[3\]/a[4]/' "$room/tree/nodes/a.c"
    if "$here/analyse.sh" "$room/tree" >"$room/out" 2>&1 || ! grep -q 'bounds' "$room/out"; then
        tap 'a bad sample fails: analysis' 'reading past an array was not found'
    else
        tap 'a bad sample fails: analysis' ''
    fi
}

style_tests
includes_tests
symbols_tests
layer_tests
packages_tests
analyse_tests
tap_end
