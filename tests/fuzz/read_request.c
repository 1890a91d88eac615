/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a corrupted node reads in a storage request: in JSON, in bencode as members forward
 * it, and in a push.  First byte: which of them. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "nodes/service/service.h"
#include "sim/adversary/read_request.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };

static void
check(const SeenRequest *seen, size_t n)
{
    fuzz_check(seen->method < RPC_METHODS);
    fuzz_check(seen->content == 0 || (seen->has_account && seen->content_bytes <= n));
    fuzz_check(seen->content != 0 || seen->content_bytes == 0);
}

static void
check_pushed(void *context, const SeenRequest *seen)
{
    const size_t *n = context;

    fuzz_check(seen->has_account);
    check(seen, *n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    SeenRequest seen, again;
    Bytes text;

    if (n < 1)
        return 0;
    text = (Bytes){ data + 1, n - 1 };
    memset(&seen, 0x55, sizeof seen);
    memset(&again, 0xaa, sizeof again);
    switch (data[0] % 5) {
    case 0:
        seen_read_json(&crypto, text, &seen);
        seen_read_json(&crypto, text, &again);
        break;
    case 1:
        seen_read_forwarded(&crypto, text, &seen);
        seen_read_forwarded(&crypto, text, &again);
        break;
    case 3:
        seen_read_subscription(text, &seen);
        seen_read_subscription(text, &again);
        break;
    case 4:
        seen_read_notice(text, &seen);
        seen_read_notice(text, &again);
        break;
    default:
        (void)!seen_read_push(text, check_pushed, &text.n);
        return 0;
    }
    check(&seen, n);
    /* Nothing is left of what was there before. */
    fuzz_check(seen.method == again.method && seen.batched == again.batched &&
               seen.has_account == again.has_account && seen.content == again.content &&
               seen.content_bytes == again.content_bytes);
    return 0;
}
