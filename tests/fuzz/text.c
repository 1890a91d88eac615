/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base64, base32z, hex and UTF-8: what is read and written again is the same text; what is
 * refused leaves nothing. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/base64.h"
#include "nodes/wire/utf8.h"

enum { SMALL = 48 };

static Bytes
without_padding(Bytes text)
{
    while (text.n > 0 && text.p[text.n - 1] == '=')
        text.n--;
    return text;
}

static void
check_base64(Bytes in)
{
    Buffer out = BUFFER_EMPTY, again = BUFFER_EMPTY;
    uint8_t exact[SMALL] = { 99 };
    Status status = base64_decode(in, &out);

    if (status == ST_OK) {
        fuzz_check(out.n <= base64_decoded_bytes_max(in.n));
        base64_encode(buffer_bytes(&out), false, &again);
        fuzz_check(bytes_equal(buffer_bytes(&again), without_padding(in)));
        fuzz_check(base64_encoded_bytes(out.n, false) == again.n);
        if (out.n <= SMALL) {
            fuzz_check(base64_decode_exact(in, exact, out.n) == ST_OK);
            fuzz_check(out.n == 0 || memcmp(exact, out.p, out.n) == 0);
        }
    } else {
        fuzz_check(out.n == 0);
        fuzz_check(base64_decode_exact(in, exact, in.n * 3 / 4 % SMALL) != ST_OK);
        fuzz_check(exact[0] == 99);
    }
    buffer_clear(&out);
    buffer_clear(&again);
}

static void
check_written(Bytes in, bool padded)
{
    Buffer text = BUFFER_EMPTY, back = BUFFER_EMPTY;

    base64_encode(in, padded, &text);
    fuzz_check(text.n == base64_encoded_bytes(in.n, padded));
    fuzz_check(base64_decode(buffer_bytes(&text), &back) == ST_OK);
    fuzz_check(bytes_equal(buffer_bytes(&back), in));
    text.n = 0;
    base32z_encode(in, &text);
    fuzz_check(text.n == (in.n * 8 + 4) / 5);
    buffer_clear(&text);
    buffer_clear(&back);
}

static void
check_hex(Bytes in)
{
    uint8_t out[SMALL] = { 99 };
    Buffer again = BUFFER_EMPTY;
    size_t n = in.n / 2 % (SMALL + 1);

    if (hex_decode(in, out, n)) {
        buffer_append_hex(&again, (Bytes){ out, n });
        fuzz_check(again.n == in.n);
        for (size_t i = 0; i < in.n; i++)
            fuzz_check(again.p[i] == in.p[i] || again.p[i] == (in.p[i] | 0x20));
    } else {
        fuzz_check(out[0] == 99);
    }
    buffer_clear(&again);
}

static uint32_t
code_point(const uint8_t *p, size_t n)
{
    static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t c = p[0] & masks[n];

    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

static void
check_utf8(Bytes in)
{
    uint8_t again[UTF8_BYTES_MAX];

    for (size_t at = 0; at < in.n; at++) {
        size_t n = utf8_sequence_bytes(in.p + at, in.n - at);

        fuzz_check(n <= in.n - at && n <= UTF8_BYTES_MAX);
        if (n == 0)
            continue;
        fuzz_check(utf8_encode(code_point(in.p + at, n), again) == n);
        fuzz_check(memcmp(again, in.p + at, n) == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };

    check_base64(in);
    check_written(in, true);
    check_written(in, false);
    check_hex(in);
    check_utf8(in);
    return 0;
}
