/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/costs.h"

#include "bench/measure.h"
#include "nodes/crypto/crypto.h"

#include <string.h>

enum { SMALL = 64, LARGE = 4096, ROUNDS = 5 };
#define ROUND_S 0.02 /* at least */

/* What an operation works on. */
typedef struct Bed {
    Meter meter;
    Crypto crypto;
    X25519Pair mine, theirs;
    Ed25519Pair identity;
    ChannelKey key;
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t sealed[LARGE + CHANNEL_OVERHEAD_MAX]; /* with the size in hand */
    uint8_t text[LARGE + CHANNEL_OVERHEAD_MAX];
} Bed;

static void
do_operation(Bed *bed, MeterOp op, size_t n)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    size_t length;
    uint8_t hash[64];

    switch ((int)op) {
    case METER_X25519:
        g_assert_true(channel_agree(&bed->crypto, ENC_AES_GCM, &bed->mine, bed->theirs.pk,
                                    true, &bed->key) == ST_OK);
        break;
    case METER_X25519_KEYGEN:
        bed->text[0]++;
        crypto_keygen(&bed->crypto, bed->text, &bed->mine);
        break;
    case METER_SIGN:
        crypto_sign_message(&bed->crypto, &bed->identity, (Bytes){ bed->text, n },
                            bed->signature);
        break;
    case METER_VERIFY:
        g_assert_true(crypto_verify(&bed->crypto, bed->identity.pk, (Bytes){ bed->text, n },
                                    bed->signature));
        break;
    case METER_SEAL:
        channel_seal(&bed->crypto, &bed->key, nonce, bed->text, n);
        break;
    case METER_OPEN:
        /* Opening destroys what it opens. */
        memcpy(bed->text, bed->sealed, channel_sealed_bytes(ENC_AES_GCM, n));
        g_assert_true(channel_open(&bed->crypto, &bed->key, bed->text,
                                   channel_sealed_bytes(ENC_AES_GCM, n), &length) == ST_OK);
        break;
    case METER_HASH:
        crypto_blake2b(&bed->crypto, (Bytes){ NULL, 0 }, &(Bytes){ bed->text, n }, 1, hash,
                       32);
        break;
    default:
        g_assert_not_reached();
    }
}

static void
prepare(Bed *bed, MeterOp op, size_t n)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };

    if (op == METER_VERIFY)
        do_operation(bed, METER_SIGN, n);
    if (op == METER_OPEN) {
        channel_seal(&bed->crypto, &bed->key, nonce, bed->text, n);
        memcpy(bed->sealed, bed->text, channel_sealed_bytes(ENC_AES_GCM, n));
    }
}

/* The least of a few rounds: a floor is no average. */
static double
cost_ns(Bed *bed, MeterOp op, size_t n)
{
    double best = 0;

    prepare(bed, op, n);
    for (int round = 0; round < ROUNDS; round++) {
        double begin = bench_cpu_s(), end;
        unsigned done = 0;

        do {
            for (int i = 0; i < 16; i++)
                do_operation(bed, op, n);
            done += 16;
            end = bench_cpu_s();
        } while (end - begin < ROUND_S);
        if (round == 0 || (end - begin) / done < best)
            best = (end - begin) / done;
    }
    return best * 1e9;
}

void
operation_costs(OperationCosts *ret)
{
    static const MeterOp fixed[] = { METER_X25519, METER_X25519_KEYGEN, METER_SIGN,
                                     METER_VERIFY };
    static const MeterOp by_size[] = { METER_SEAL, METER_OPEN, METER_HASH };
    static const uint8_t seeds[2][KEY_BYTES] = { { 1 }, { 2 } };
    Bed *bed = g_new0(Bed, 1);

    *ret = (OperationCosts){ 0 };
    g_assert_true(crypto_setup() == ST_OK);
    bed->crypto =
        (Crypto){ .ops = &crypto_real, .meter = &bed->meter, .no_shortcuts = true };
    crypto_keygen(&bed->crypto, seeds[0], &bed->mine);
    crypto_keygen(&bed->crypto, seeds[1], &bed->theirs);
    identity_ed25519(seeds[0], &bed->identity);
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        ret->ns_per_op[fixed[i]] = cost_ns(bed, fixed[i], SMALL);
    for (size_t i = 0; i < G_N_ELEMENTS(by_size); i++) {
        MeterOp op = by_size[i];
        double small = cost_ns(bed, op, SMALL);

        ret->ns_per_byte[op] = (cost_ns(bed, op, LARGE) - small) / (LARGE - SMALL);
        ret->ns_per_op[op] = small - SMALL * ret->ns_per_byte[op];
    }
    g_free(bed);
}

double
operation_floor(const OperationCosts *costs, const Meter *meter)
{
    double ns = 0;

    for (int op = 0; op < METER_OPS; op++)
        ns += (double)meter->count[op] * costs->ns_per_op[op] +
              (double)meter->bytes[op] * costs->ns_per_byte[op];
    return ns / 1e9;
}
