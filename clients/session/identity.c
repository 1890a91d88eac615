/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Account keys (protocol 1.1): an Ed25519 pair from the seed, its X25519 conversion, and
 * the account's name, 0x05 and the X25519 key. */
#include "clients/session/session_internal.h"

void
session_account_of_key(const uint8_t key[KEY_BYTES], uint8_t ret[ACCOUNT_BYTES])
{
    ret[0] = SESSION_ACCOUNT_PREFIX;
    memcpy(ret + 1, key, KEY_BYTES);
}

void
session_identity_init(Session *s, const uint8_t seed[32])
{
    identity_ed25519(seed, &s->ed25519);
    identity_x25519(&s->ed25519, &s->x25519);
    identity_memo_add(s->crypto->memo, s->ed25519.pk, s->x25519.pk);
}

void
session_account(const Session *session, uint8_t ret[ACCOUNT_BYTES])
{
    session_account_of_key(session->x25519.pk, ret);
}

void
session_account_of_seed(const uint8_t seed[32], uint8_t ret[ACCOUNT_BYTES])
{
    Ed25519Pair ed25519;
    X25519Pair x25519;

    identity_ed25519(seed, &ed25519);
    identity_x25519(&ed25519, &x25519);
    session_account_of_key(x25519.pk, ret);
}
