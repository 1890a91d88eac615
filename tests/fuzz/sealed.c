/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is opened with a key: layers of a channel, Session messages, attachments, config
 * messages, copies, notifications.  First byte: which of them; second: which bit of the
 * sealed form is changed; the rest is the plaintext, or foreign bytes.  What was sealed
 * opens as it was, with a changed bit or an end cut off it does not, and what does not open
 * leaves the output alone. */
#include "tests/fuzz/fuzz.h"

#include "nodes/crypto/attachment.h"
#include "nodes/crypto/derived_box.h"
#include "nodes/crypto/session_message.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static Ed25519Pair account;
static X25519Pair me, ephemeral;
static ChannelKey channels[ENC_COUNT];
static const uint8_t seed[KEY_BYTES] = { 1 }, other_seed[KEY_BYTES] = { 2 };
static const uint8_t key[ATTACHMENT_KEY_BYTES] = { 3, [32] = 4 };
static const uint8_t nonce[DERIVED_NONCE_BYTES] = { 5 };

/* One construction: both append to @out; seal always succeeds. */
typedef struct Way {
    void (*seal)(Bytes plain, Buffer *out);
    Status (*open)(Bytes sealed, Buffer *out);
    bool tagged; /* a changed bit does not open */
} Way;

static void
seal_channel(EncType enc, Bytes plain, Buffer *out)
{
    size_t n = channel_sealed_bytes(enc, plain.n);
    uint8_t *p = buffer_reserve(out, n);

    if (plain.n > 0)
        memcpy(p + channel_nonce_bytes(enc), plain.p, plain.n);
    channel_seal(&crypto, &channels[enc], nonce, p, plain.n);
    out->n += n;
}

static Status
open_channel(EncType enc, Bytes sealed, Buffer *out)
{
    Buffer copy = BUFFER_EMPTY;
    size_t n = 0;
    Status status;

    buffer_append_bytes(&copy, sealed);
    buffer_reserve(&copy, 1);
    status = channel_open(&crypto, &channels[enc], copy.p, copy.n, &n);
    if (status == ST_OK)
        buffer_append(out, copy.p + channel_nonce_bytes(enc), n);
    buffer_clear(&copy);
    return status;
}

static void
seal_gcm(Bytes plain, Buffer *out)
{
    seal_channel(ENC_AES_GCM, plain, out);
}

static Status
open_gcm(Bytes sealed, Buffer *out)
{
    return open_channel(ENC_AES_GCM, sealed, out);
}

static void
seal_xchacha20(Bytes plain, Buffer *out)
{
    seal_channel(ENC_XCHACHA20, plain, out);
}

static Status
open_xchacha20(Bytes sealed, Buffer *out)
{
    return open_channel(ENC_XCHACHA20, sealed, out);
}

static void
seal_cbc(Bytes plain, Buffer *out)
{
    seal_channel(ENC_AES_CBC, plain, out);
}

static Status
open_cbc(Bytes sealed, Buffer *out)
{
    return open_channel(ENC_AES_CBC, sealed, out);
}

static void
seal_message(Bytes plain, Buffer *out)
{
    fuzz_check(session_message_seal(&crypto, &account, me.pk, other_seed, plain, out) ==
               ST_OK);
}

static Status
open_message(Bytes sealed, Buffer *out)
{
    uint8_t sender[KEY_BYTES] = { 99 };
    Status status = session_message_open(&crypto, &me, sealed, out, sender);

    fuzz_check(status != ST_OK || memcmp(sender, me.pk, KEY_BYTES) == 0);
    fuzz_check(status == ST_OK || sender[0] == 99);
    return status;
}

/* The digest is in the message about it: as if nothing had changed on the way, and so that
 * the HMAC alone must notice. */
static void
seal_attachment(Bytes plain, Buffer *out)
{
    uint8_t digest[ATTACHMENT_DIGEST_BYTES];

    attachment_seal(&crypto, key, nonce, plain, out, digest);
}

static Status
open_attachment(Bytes sealed, Buffer *out)
{
    uint8_t digest[ATTACHMENT_DIGEST_BYTES];

    crypto_sha256(&crypto, sealed, digest);
    return attachment_open(&crypto, key, digest, sealed, out);
}

static void
seal_config(Bytes plain, Buffer *out)
{
    config_seal(&crypto, key, BYTES_LITERAL("domain"), plain, out);
}

static Status
open_config(Bytes sealed, Buffer *out)
{
    return config_open(&crypto, key, BYTES_LITERAL("domain"), sealed, out);
}

static void
seal_copy(Bytes plain, Buffer *out)
{
    fuzz_check(copy_seal(&crypto, &me, ephemeral.pk, nonce, BYTES_LITERAL("domain"), plain,
                         out) == ST_OK);
}

static Status
open_copy(Bytes sealed, Buffer *out)
{
    uint8_t name[NAME_VALUE_BYTES];

    (void)!name_open(&crypto, BYTES_LITERAL("name"), nonce, sealed, name);
    (void)!notification_open(&crypto, key, (Bytes){ sealed.p, sealed.n / 2 }, out);
    out->n = 0;
    return copy_open(&crypto, &ephemeral, me.pk, nonce, BYTES_LITERAL("domain"), sealed,
                     out);
}

static const Way ways[] = {
    { seal_gcm, open_gcm, true },
    { seal_xchacha20, open_xchacha20, true },
    { seal_cbc, open_cbc, false },
    { seal_message, open_message, true },
    { seal_attachment, open_attachment, true },
    { seal_config, open_config, true },
    { seal_copy, open_copy, true },
};

/* In memory of its exact size. */
static Status
open_exactly(const Way *way, Bytes sealed, Buffer *out)
{
    uint8_t *exact = malloc(sealed.n > 0 ? sealed.n : 1);
    Status status;

    fuzz_check(exact != NULL);
    if (sealed.n > 0)
        memcpy(exact, sealed.p, sealed.n);
    status = way->open((Bytes){ exact, sealed.n }, out);
    fuzz_check(status == ST_OK || out->n == 0);
    free(exact);
    return status;
}

static void
check_sealed(const Way *way, unsigned bit, Bytes plain)
{
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;
    Status status;

    way->seal(plain, &sealed);
    fuzz_check(open_exactly(way, buffer_bytes(&sealed), &out) == ST_OK);
    fuzz_check(bytes_equal(buffer_bytes(&out), plain));
    out.n = 0;
    status = open_exactly(way, (Bytes){ sealed.p, sealed.n - 1 - bit % sealed.n }, &out);
    fuzz_check(status != ST_OK || !way->tagged);
    out.n = 0;
    sealed.p[bit * 37 % sealed.n] ^= (uint8_t)(1u << bit % 8);
    status = open_exactly(way, buffer_bytes(&sealed), &out);
    fuzz_check(status != ST_OK || !way->tagged);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    identity_ed25519(seed, &account);
    identity_x25519(&account, &me);
    crypto_keygen(&crypto, other_seed, &ephemeral);
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        fuzz_check(channel_agree(&crypto, enc, &me, ephemeral.pk, true, &channels[enc]) ==
                   ST_OK);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Buffer out = BUFFER_EMPTY;
    const Way *way;
    Bytes rest;

    if (n < 2)
        return 0;
    way = &ways[data[0] / 2 % (sizeof ways / sizeof *ways)];
    rest = (Bytes){ data + 2, n - 2 };
    if (data[0] % 2 == 0)
        check_sealed(way, data[1], rest);
    else
        (void)!open_exactly(way, rest, &out);
    buffer_clear(&out);
    return 0;
}
