/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/wire/proof.h"
#include "tests/lib/mutate.h"

static Meter meter;
static const Crypto both[] = { { &crypto_real, &meter }, { &crypto_null, &meter } };

static Ed25519Pair
pair_of(uint8_t byte)
{
    uint8_t seed[KEY_BYTES];
    Ed25519Pair pair;

    memset(seed, byte, sizeof seed);
    identity_ed25519(seed, &pair);
    return pair;
}

static UptimeProof
a_proof(void)
{
    UptimeProof proof = {
        .timestamp = 1722945600123, .ip = 0x01020304, .port_https = 22021, .port_omq = 22020
    };

    memset(proof.legacy, 0xaa, 32);
    return proof;
}

static Vote
a_vote(bool good)
{
    Vote vote = { .height = 0x1122334455667788, .good = good };

    memset(vote.validator, 0xbb, 32);
    memset(vote.worker, 0xcc, 32);
    return vote;
}

static void
test_proof_comes_back(void)
{
    Ed25519Pair key = pair_of(1), other = pair_of(2);

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        UptimeProof proof = a_proof(), back = { .ip = 77 };
        Buffer out = BUFFER_EMPTY;
        uint8_t legacy[32];

        uptime_proof_write(&both[i], &key, &proof, &out);
        g_assert_cmpint(uptime_proof_read(&both[i], buffer_bytes(&out), other.pk, &back),
                        ==, ST_AUTH);
        g_assert_cmpuint(back.ip, ==, 77);
        g_assert_cmpint(uptime_proof_peek(buffer_bytes(&out), legacy), ==, ST_OK);
        g_assert_cmpmem(legacy, 32, proof.legacy, 32);
        g_assert_cmpint(uptime_proof_read(&both[i], buffer_bytes(&out), key.pk, &back), ==,
                        ST_OK);
        g_assert_cmpmem(back.legacy, 32, proof.legacy, 32);
        g_assert_cmpint(back.timestamp, ==, proof.timestamp);
        g_assert_cmpuint(back.ip, ==, proof.ip);
        g_assert_cmpuint(back.port_https, ==, proof.port_https);
        g_assert_cmpuint(back.port_omq, ==, proof.port_omq);
        buffer_clear(&out);
    }
}

static void
test_vote_comes_back(void)
{
    Ed25519Pair key = pair_of(1), other = pair_of(2);

    for (int i = 0; i < 4; i++) {
        const Crypto *crypto = &both[i / 2];
        Vote vote = a_vote(i % 2 != 0), back = { .height = 77 };
        Buffer out = BUFFER_EMPTY;
        uint8_t validator[32];

        vote_write(crypto, &key, &vote, &out);
        g_assert_cmpint(vote_read(crypto, buffer_bytes(&out), other.pk, &back), ==,
                        ST_AUTH);
        g_assert_cmpuint(back.height, ==, 77);
        g_assert_cmpint(vote_peek(buffer_bytes(&out), validator), ==, ST_OK);
        g_assert_cmpmem(validator, 32, vote.validator, 32);
        g_assert_cmpint(vote_read(crypto, buffer_bytes(&out), key.pk, &back), ==, ST_OK);
        g_assert_cmpuint(back.height, ==, vote.height);
        g_assert_cmpmem(back.validator, 32, vote.validator, 32);
        g_assert_cmpmem(back.worker, 32, vote.worker, 32);
        g_assert_true(back.good == vote.good);
        buffer_clear(&out);
    }
}

/* Every length but the right one. */
static void
test_lengths(void)
{
    Ed25519Pair key = pair_of(1);
    UptimeProof proof = a_proof(), back_proof;
    Vote vote = a_vote(true), back_vote;
    Buffer p = BUFFER_EMPTY, v = BUFFER_EMPTY;
    uint8_t ret[32];

    uptime_proof_write(&both[0], &key, &proof, &p);
    vote_write(&both[0], &key, &vote, &v);
    for (size_t n = 0; n < p.n; n++) {
        Bytes in = truncated(buffer_bytes(&p), n);

        g_assert_cmpint(uptime_proof_peek(in, ret), ==, ST_TRUNCATED);
        g_assert_cmpint(uptime_proof_read(&both[0], in, key.pk, &back_proof), ==,
                        ST_TRUNCATED);
        bytes_free(in);
    }
    for (size_t n = 0; n < v.n; n++) {
        Bytes in = truncated(buffer_bytes(&v), n);

        g_assert_cmpint(vote_peek(in, ret), ==, ST_TRUNCATED);
        g_assert_cmpint(vote_read(&both[0], in, key.pk, &back_vote), ==, ST_TRUNCATED);
        bytes_free(in);
    }
    buffer_append_literal(&p, "x");
    buffer_append_literal(&v, "x");
    g_assert_cmpint(uptime_proof_read(&both[0], buffer_bytes(&p), key.pk, &back_proof), ==,
                    ST_MALFORMED);
    g_assert_cmpint(vote_read(&both[0], buffer_bytes(&v), key.pk, &back_vote), ==,
                    ST_MALFORMED);
    buffer_clear(&p);
    buffer_clear(&v);
}

/* No byte can be changed unseen. */
static void
test_each_byte_counts(void)
{
    Ed25519Pair key = pair_of(1);
    UptimeProof proof = a_proof(), back_proof;
    Vote vote = a_vote(true), back_vote;

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        Buffer p = BUFFER_EMPTY, v = BUFFER_EMPTY;

        uptime_proof_write(&both[i], &key, &proof, &p);
        vote_write(&both[i], &key, &vote, &v);
        for (size_t n = 0; n < p.n; n++) {
            p.p[n] ^= 0x10;
            g_assert_cmpint(
                uptime_proof_read(&both[i], buffer_bytes(&p), key.pk, &back_proof), ==,
                n == 0 ? ST_MALFORMED : ST_AUTH);
            p.p[n] ^= 0x10;
        }
        for (size_t n = 0; n < v.n; n++) {
            bool is_form = n == 0 || n == 73; /* version, verdict */

            v.p[n] ^= 0x10;
            g_assert_cmpint(vote_read(&both[i], buffer_bytes(&v), key.pk, &back_vote), ==,
                            is_form ? ST_MALFORMED : ST_AUTH);
            v.p[n] ^= 0x10;
        }
        v.p[73] ^= 1;
        g_assert_cmpint(vote_read(&both[i], buffer_bytes(&v), key.pk, &back_vote), ==,
                        ST_AUTH);
        buffer_clear(&p);
        buffer_clear(&v);
    }
}

/* A proof is no vote, and the other way round. */
static void
test_kinds_are_apart(void)
{
    Ed25519Pair key = pair_of(1);
    UptimeProof proof = a_proof(), back_proof;
    Vote vote = a_vote(true), back_vote;
    Buffer p = BUFFER_EMPTY, v = BUFFER_EMPTY;

    uptime_proof_write(&both[1], &key, &proof, &p);
    vote_write(&both[1], &key, &vote, &v);
    g_assert_cmpint(uptime_proof_read(&both[1], buffer_bytes(&v), key.pk, &back_proof), ==,
                    ST_MALFORMED);
    g_assert_cmpint(vote_read(&both[1], buffer_bytes(&p), key.pk, &back_vote), ==,
                    ST_TRUNCATED);
    buffer_clear(&p);
    buffer_clear(&v);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/wire/proof/comes-back", test_proof_comes_back);
    g_test_add_func("/wire/vote/comes-back", test_vote_comes_back);
    g_test_add_func("/wire/proof/lengths", test_lengths);
    g_test_add_func("/wire/proof/each-byte-counts", test_each_byte_counts);
    g_test_add_func("/wire/proof/kinds-are-apart", test_kinds_are_apart);
    return g_test_run();
}
