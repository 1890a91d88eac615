/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/crypto.h"

#include <sodium.h>
#include <stdlib.h>

static const char *
forbidden_name(void)
{
    return "forbidden";
}

static uint32_t
forbidden_random(void)
{
    abort();
}

static void
forbidden_buf(void *const buf, const size_t size)
{
    (void)buf;
    (void)size;
    abort();
}

/* Randomness that no stream gave would make two runs of one seed differ. */
static const randombytes_implementation forbidden = {
    .implementation_name = forbidden_name,
    .random = forbidden_random,
    .buf = forbidden_buf,
};

Status
crypto_setup(void)
{
    /* sodium_init itself draws (canaries of its allocator), so it comes first. */
    if (sodium_init() < 0)
        return ST_UNAVAILABLE;
    randombytes_set_implementation((randombytes_implementation *)&forbidden);
    return crypto_aead_aes256gcm_is_available() ? ST_OK : ST_UNAVAILABLE;
}
