/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people type and what clients say to each other in plain: recovery phrases, names of
 * methods, texts of synthetic people. */
#include "tests/fuzz/fuzz.h"

#include "clients/session/mnemonic.h"
#include "clients/session/sending.h"
#include "clients/session/signed_text.h"

static void
check_phrase(Bytes in)
{
    uint8_t seed[MNEMONIC_SEED_BYTES] = { 99 }, again[MNEMONIC_SEED_BYTES];
    Buffer phrase = BUFFER_EMPTY;

    if (mnemonic_decode(in, seed) != ST_OK) {
        fuzz_check(seed[0] == 99);
        return;
    }
    mnemonic_encode(seed, &phrase);
    fuzz_check(mnemonic_decode(buffer_bytes(&phrase), again) == ST_OK);
    fuzz_check(memcmp(seed, again, sizeof seed) == 0);
    buffer_clear(&phrase);
}

static void
check_seed(Bytes in)
{
    uint8_t seed[MNEMONIC_SEED_BYTES], extended[ACCOUNT_SEED_BYTES];
    Buffer phrase = BUFFER_EMPTY;

    if (in.n < sizeof seed)
        return;
    mnemonic_encode(in.p, &phrase);
    fuzz_check(mnemonic_decode(buffer_bytes(&phrase), seed) == ST_OK);
    fuzz_check(memcmp(seed, in.p, sizeof seed) == 0);
    account_seed_extend(seed, extended);
    fuzz_check(account_seed_has_mnemonic(extended));
    buffer_clear(&phrase);
}

static void
check_text(Bytes in)
{
    Buffer text = BUFFER_EMPTY;
    uint64_t message;

    if (!session_text_parse(in, &message))
        return;
    session_text_of(message, (uint32_t)in.n, &text);
    fuzz_check(bytes_equal(buffer_bytes(&text), in));
    buffer_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };
    SignedMethod method = SIGNED_METHODS;

    check_phrase(in);
    check_seed(in);
    check_text(in);
    fuzz_check((signed_method_parse(in, &method) == ST_OK) == (method < SIGNED_METHODS));
    return 0;
}
