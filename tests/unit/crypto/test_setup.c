/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <sodium.h>
#include <unistd.h>

#include "nodes/crypto/crypto.h"

static void
test_hidden_randomness_aborts(void)
{
    if (g_test_subprocess()) {
        uint8_t out[8];

        if (crypto_setup() != ST_OK)
            _exit(0); /* would fail the test: death is expected */
        randombytes_buf(out, sizeof out);
        _exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void
test_hidden_keys_abort(void)
{
    if (g_test_subprocess()) {
        uint8_t pk[32], sk[32];

        if (crypto_setup() != ST_OK)
            _exit(0);
        crypto_box_keypair(pk, sk);
        _exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

/* The control for the two above: setting up, twice, and using what is given, lives. */
static void
test_given_randomness_lives(void)
{
    if (g_test_subprocess()) {
        Meter meter = { 0 };
        const uint8_t random[KEY_BYTES] = { 1, 2, 3 };
        X25519Pair pair;

        if (crypto_setup() != ST_OK || crypto_setup() != ST_OK)
            _exit(1);
        crypto_keygen(&(Crypto){ &crypto_real, &meter }, random, &pair);
        _exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crypto/hidden-randomness-aborts", test_hidden_randomness_aborts);
    g_test_add_func("/crypto/hidden-keys-abort", test_hidden_keys_abort);
    g_test_add_func("/crypto/given-randomness-lives", test_given_randomness_lives);
    return g_test_run();
}
