/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages of open groups under blinded ids.  The first byte is the kind and says whether
 * the rest is sealed here or came from somewhere, after 33 bytes of an id. */
#include "tests/fuzz/fuzz.h"

#include "nodes/crypto/blinding.h"

static Meter meter;
static Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static Ed25519Pair account, other;
static X25519Pair account_x25519, other_x25519;
static const uint8_t server[KEY_BYTES] = { 9 };
static BlindedPair pairs[2], others[2];

static void
open_foreign(const uint8_t id[BLINDED_ID_BYTES], Bytes sealed)
{
    uint8_t sender[KEY_BYTES] = { 99 };
    Buffer out = BUFFER_EMPTY;
    Status status =
        blinded_message_open(&crypto, &account, server, id, sealed, &out, sender);

    if (status == ST_OK)
        fuzz_check(blinded_id_is_of(&crypto, id, sender, server));
    else
        fuzz_check(out.n == 0 && sender[0] == 99);
    (void)!blinded_id_is_of(&crypto, id, account_x25519.pk, server);
    buffer_clear(&out);
}

static void
check_sealed(int kind, uint8_t where, Bytes plain)
{
    static const uint8_t nonce[BLINDED_NONCE_BYTES] = { 1 };
    uint8_t sender[KEY_BYTES];
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;

    fuzz_check(blinded_message_seal(&crypto, &other, server, pairs[kind].id, nonce, plain,
                                    &sealed) == ST_OK);
    fuzz_check(blinded_message_open(&crypto, &account, server, others[kind].id,
                                    buffer_bytes(&sealed), &out, sender) == ST_OK);
    fuzz_check(bytes_equal(buffer_bytes(&out), plain));
    fuzz_check(memcmp(sender, other_x25519.pk, KEY_BYTES) == 0);
    out.n = 0;
    sealed.p[where * 37 % sealed.n] ^= (uint8_t)(1u << where % 8);
    fuzz_check(blinded_message_open(&crypto, &account, server, others[kind].id,
                                    buffer_bytes(&sealed), &out, sender) != ST_OK);
    fuzz_check(out.n == 0);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t seed[KEY_BYTES] = { 1 }, other_seed[KEY_BYTES] = { 2 };

    (void)argc;
    (void)argv;
    crypto.memo = identity_memo_new(64);
    identity_ed25519(seed, &account);
    identity_ed25519(other_seed, &other);
    identity_x25519(&account, &account_x25519);
    identity_x25519(&other, &other_x25519);
    for (int i = 0; i < 2; i++) {
        BlindKind kind = i == 0 ? BLIND_15 : BLIND_25;

        fuzz_check(blinded_pair(&crypto, kind, &account, server, &pairs[i]) == ST_OK);
        fuzz_check(blinded_pair(&crypto, kind, &other, server, &others[i]) == ST_OK);
    }
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t id[BLINDED_ID_BYTES];

    if (n < 2)
        return 0;
    if (data[0] % 2 == 0) {
        check_sealed(data[0] / 2 % 2, data[1], (Bytes){ data + 2, n - 2 });
    } else if (n > BLINDED_ID_BYTES) {
        memcpy(id, data + 1, sizeof id);
        if (data[0] & 2) /* an id that messages come from */
            memcpy(id, others[data[0] / 4 % 2].id, sizeof id);
        open_foreign(id, (Bytes){ data + 1 + sizeof id, n - 1 - sizeof id });
    }
    return 0;
}
