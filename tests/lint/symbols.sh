#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# symbols.sh LIBRARY [plain|sanitized]
#
# A core library must not ask for a clock, randomness, the environment, files, sockets,
# stdout or GLib (design 2), and holds no global mutable state.  Sanitizers add data of
# their own to every library, so state is looked at in plain builds only.
set -euo pipefail
. "$(dirname "$0")/tap.sh"

library=$1
build=${2:-plain}
name=$(basename "$library" .a)

clock='time|times|clock|clock_gettime|clock_getres|gettimeofday|localtime(_r)?|gmtime(_r)?'
clock+='|nanosleep|clock_nanosleep|u?sleep|timespec_get'
luck='rand(_r)?|srand|random(_r)?|srandom|[dlmejn]rand48(_r)?|getrandom|getentropy|arc4random.*'
luck+='|randombytes.*|crypto_(sign|box|kx)[a-z0-9_]*_keypair|crypto_(sign|box|kx)_keypair'
luck+='|crypto_box[a-z0-9_]*_seal|crypto_[a-z0-9_]*_keygen|crypto_pwhash[a-z0-9_]*_str(_alg)?'
luck+='|crypto_core_[a-z0-9]+_(scalar_)?random|crypto_secretstream_[a-z0-9_]*_init_push'
luck+='|sqlite3_randomness'
world='getenv|secure_getenv|setenv|putenv|getpid|gethostname|uname|sysconf'
world+='|socket|connect|bind|listen|accept4?|send|recv|sendto|sendmsg|recvfrom|recvmsg|getaddrinfo'
world+='|open(at)?(64)?|creat|fopen(64)?|fdopen|freopen|read|write|unlink|rename|mmap|system|popen|execve?'
text='v?printf|v?fprintf|v?dprintf|puts|fputs|fputc|putchar|putc|fwrite|perror|syslog'
text+='|stdout|stderr|stdin'
# Allowed though their names look like the ones above: keys from a seed, and the hook that
# makes libsodium's own generator abort.
harmless='crypto_[a-z0-9_]*_seed_keypair|randombytes_set_implementation'

# glibc's checked variants (__printf_chk, __open_2, __isoc99_...) count as what they check.
asked=$(nm -u "$library" 2>/dev/null | awk '$1 == "U" { print $2 }' | sed 's/@.*//' | sort -u |
    sed -E 's/^__(.*)_chk$/\1/; s/^__(open|openat)(64)?_2$/\1/')
asked=$(grep -Evx "$harmless" <<<"$asked" || true)

# Attacks know what corrupted parties saw, and nothing else; who scores them knows the rest.
case $name in
libroom-attack | libroom-offline_attack)
    tap "$name: never asks for the truth" "$(grep -E '^(truth|world|score)_' <<<"$asked" || true)"
    ;;
esac
# Whoever attacks files reads and writes them.
if [ "$name" = libroom-offline_attack ]; then
    tap_end
    exit 0
fi

tap "$name: no clock" "$(grep -Ex "$clock" <<<"$asked" || true)"
tap "$name: no randomness of its own" "$(grep -Ex "$luck" <<<"$asked" || true)"
tap "$name: no environment, socket or file" "$(grep -Ex "$world" <<<"$asked" || true)"
tap "$name: no output" "$(grep -Ex "$text" <<<"$asked" || true)"
tap "$name: no GLib" "$(grep -E '^g_' <<<"$asked" || true)"

if [ "$build" != plain ]; then
    tap_skip "$name: no global mutable state" "sanitizers add their own"
elif [[ $(objdump -t "$library" 2>/dev/null) == *__gnu_lto_slim* ]]; then
    tap_skip "$name: no global mutable state" "its code is made when the program is linked"
else
    # `nm` shows constant tables of pointers as data too; the section says which they are.
    tap "$name: no global mutable state" "$(objdump -t "$library" 2>/dev/null |
        awk '/ O / { for (i = 1; i <= NF; i++)
            if ($i ~ /^(\.bss|\.data|\.tbss|\.tdata|\*COM\*)$/ || $i ~ /^\.(data|bss)\.[a-z_]/) {
                if ($i !~ /^\.data\.rel\.ro/) print $NF " in " $i; break } }')"
fi
tap_end
