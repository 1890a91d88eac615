/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/operations.h"

#include "bench/lone.h"
#include "bench/model.h"
#include "nodes/onion/onion.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"
#include "nodes/wire/message.h"

#include <string.h>

enum { BODY_BYTES = 500, PUSH_MESSAGES = 100, TEN = 10, HOPS = 3 };

struct OperationBed {
    const OperationSpec *spec;
    Lone *lone;
    Packet *packets; /* made before, one for each time */
    uint32_t n;
    Ed25519Pair identity; /* of the account */
    uint8_t account[ACCOUNT_BYTES];
    uint64_t random;
    uint64_t sum;
};

const char *
operation_name(Operation operation)
{
    static const char *const names[OPERATIONS] = {
        [OPERATION_PEEL] = "peel",
        [OPERATION_STORE] = "store",
        [OPERATION_RETRIEVE] = "retrieve, nothing new",
        [OPERATION_RETRIEVE_TEN] = "retrieve, ten messages",
        [OPERATION_PUSH] = "push",
    };

    return names[operation];
}

static void
fill(OperationBed *bed, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)splitmix64(&bed->random);
}

/* --- making requests --------------------------------------------------------------------
 */

static Packet
make_peel(OperationBed *bed)
{
    const uint8_t *x25519 = bed->lone->record.x25519, *ed25519 = bed->lone->record.ed25519;
    const OnionHop hops[HOPS] = { { ed25519, x25519 },
                                  { ed25519, x25519 },
                                  { ed25519, x25519 } };
    const OnionDestination destination = { .ed25519 = ed25519, .x25519 = x25519 };
    uint8_t payload[BODY_BYTES];
    OnionRandom random;
    ChannelKey reply;
    Packet packet;
    Status status;

    fill(bed, payload, sizeof payload);
    fill(bed, &random.key[0][0], sizeof random.key);
    fill(bed, &random.nonce[0][0], sizeof random.nonce);
    status = onion_wrap(&bed->lone->crypto, ENC_AES_GCM, hops, HOPS, &destination,
                        (Bytes){ payload, sizeof payload }, &random, &packet, &reply);
    g_assert_true(status == ST_OK);
    return packet;
}

static Packet
make_store(OperationBed *bed)
{
    uint8_t body[BODY_BYTES];
    Buffer out = BUFFER_EMPTY;

    fill(bed, body, sizeof body);
    buffer_append_literal(&out, "{\"method\":\"store\",\"params\":{\"pubkey\":\"");
    buffer_append_hex(&out, (Bytes){ bed->account, ACCOUNT_BYTES });
    buffer_append_literal(&out,
                          "\",\"timestamp\":1700000000000,\"ttl\":86400000,\"data\":\"");
    base64_encode((Bytes){ body, sizeof body }, true, &out);
    buffer_append_literal(&out, "\"}}");
    return packet_of_buffer(&out);
}

static Packet
make_retrieve(OperationBed *bed, Bytes last_hash)
{
    uint8_t signature[SIGNATURE_BYTES];
    Buffer out = BUFFER_EMPTY;

    crypto_sign_message(&bed->lone->crypto, &bed->identity,
                        BYTES_LITERAL("retrieve1700000000000"), signature);
    buffer_append_literal(&out, "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"");
    buffer_append_hex(&out, (Bytes){ bed->account, ACCOUNT_BYTES });
    buffer_append_literal(&out, "\",\"pubkey_ed25519\":\"");
    buffer_append_hex(&out, (Bytes){ bed->identity.pk, KEY_BYTES });
    buffer_append_literal(&out, "\",\"timestamp\":1700000000000,\"last_hash\":\"");
    buffer_append_bytes(&out, last_hash);
    buffer_append_literal(&out, "\",\"signature\":\"");
    base64_encode((Bytes){ signature, sizeof signature }, true, &out);
    buffer_append_literal(&out, "\"}}");
    return packet_of_buffer(&out);
}

static Packet
make_push(OperationBed *bed)
{
    Buffer out = BUFFER_EMPTY;

    buffer_append_literal(&out, "\x01l");
    for (int i = 0; i < PUSH_MESSAGES; i++) {
        char hash[MESSAGE_HASH_BYTES];
        uint8_t body[BODY_BYTES];
        Bytes data = { body, sizeof body };

        fill(bed, body, sizeof body);
        message_hash(&bed->lone->crypto, bed->account, 0, data, hash);
        buffer_append_literal(&out, "l");
        bencode_write_string(&out, (Bytes){ bed->account, ACCOUNT_BYTES });
        bencode_write_string(&out, (Bytes){ (const uint8_t *)hash, sizeof hash });
        bencode_write_i64(&out, LONE_UNIX_MS);
        bencode_write_i64(&out, LONE_UNIX_MS + DAY / MILLISECOND);
        bencode_write_string(&out, data);
        buffer_append_literal(&out, "e");
    }
    buffer_append_literal(&out, "e");
    return packet_of_buffer(&out);
}

/* --- preparing
 * ---------------------------------------------------------------------------- */

static void
make_account(OperationBed *bed)
{
    static const uint8_t seed[KEY_BYTES] = { 'a', 'c', 'c' };
    X25519Pair x25519;

    identity_ed25519(seed, &bed->identity);
    identity_x25519(&bed->identity, &x25519);
    bed->account[0] = 5;
    memcpy(bed->account + 1, x25519.pk, KEY_BYTES);
}

/* Eleven messages are there; the newest, or the oldest, is the last one known. */
static bool
keep_hash(void *context, int64_t row, const StoreMessage *message)
{
    GPtrArray *hashes = context;

    (void)row;
    g_ptr_array_add(hashes, g_strndup((const char *)message->hash.p, message->hash.n));
    return true;
}

static char *
known_hash(OperationBed *bed, bool newest)
{
    g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func(g_free);
    Store *store = bed->lone->port.store;

    for (int i = 0; i <= TEN; i++) {
        Packet packet = make_store(bed);

        lone_ask(bed->lone, KIND_STORAGE_RPC, false, &packet);
    }
    store->ops->fetch(store, bed->account, 0, (Bytes){ NULL, 0 }, keep_hash, hashes);
    g_assert_true(hashes->len == TEN + 1);
    return g_strdup(g_ptr_array_index(hashes, newest ? TEN : 0));
}

static Packet
make_request(OperationBed *bed, const char *hash)
{
    switch (bed->spec->operation) {
    case OPERATION_PEEL:
        return make_peel(bed);
    case OPERATION_STORE:
        return make_store(bed);
    case OPERATION_RETRIEVE:
    case OPERATION_RETRIEVE_TEN:
        return make_retrieve(bed, bytes_of_text(hash));
    case OPERATION_PUSH:
        return make_push(bed);
    case OPERATIONS:
        break;
    }
    g_assert_not_reached();
}

OperationBed *
operation_prepare(const OperationSpec *spec)
{
    OperationBed *bed = g_new0(OperationBed, 1);
    g_autofree char *hash = NULL;

    g_assert_true(crypto_setup() == ST_OK);
    bed->spec = spec;
    bed->n = spec->operation == OPERATION_PUSH ? MAX(spec->times / PUSH_MESSAGES, 1)
                                               : spec->times;
    bed->lone = lone_new(spec->real ? &crypto_real : &crypto_null,
                         spec->operation == OPERATION_PUSH);
    make_account(bed);
    if (spec->operation == OPERATION_RETRIEVE || spec->operation == OPERATION_RETRIEVE_TEN)
        hash = known_hash(bed, spec->operation == OPERATION_RETRIEVE);
    bed->packets = g_new0(Packet, bed->n);
    for (uint32_t i = 0; i < bed->n; i++)
        bed->packets[i] = make_request(bed, hash);
    bed->lone->answers = bed->lone->answer_bytes = 0;
    return bed;
}

/* --- performing
 * --------------------------------------------------------------------------- */

static void
peel(OperationBed *bed, Packet *packet)
{
    OnionEnvelope envelope;
    OnionPeeled peeled;
    const char *error;

    if (onion_parse_guard(packet, &envelope, &error) != ST_OK)
        return;
    onion_peel(&bed->lone->crypto, &bed->lone->x25519, &envelope, packet, &peeled);
    bed->lone->answers += peeled.kind == ONION_RELAY;
    bed->lone->answer_bytes += peeled.next.length;
    onion_peeled_clear(&peeled);
}

void
operation_perform(OperationBed *bed)
{
    Operation operation = bed->spec->operation;

    for (uint32_t i = 0; i < bed->n; i++) {
        if (operation == OPERATION_PEEL)
            peel(bed, &bed->packets[i]);
        else
            lone_ask(bed->lone, operation == OPERATION_PUSH ? KIND_DATA : KIND_STORAGE_RPC,
                     operation == OPERATION_PUSH, &bed->packets[i]);
    }
}

void
operation_free(OperationBed *bed)
{
    lone_free(bed->lone);
    g_free(bed->packets);
    g_free(bed);
}

bool
operation_measure(const void *what, Measured *ret)
{
    const OperationSpec *spec = what;
    OperationBed *bed = operation_prepare(spec);
    uint32_t each = spec->operation == OPERATION_PUSH ? PUSH_MESSAGES : 1;
    double begin = bench_cpu_s();
    bool fine;

    operation_perform(bed);
    ret->value[OPERATIONS_PER_S] = bed->n * (double)each / (bench_cpu_s() - begin);
    ret->check = bed->lone->answers + bed->lone->answer_bytes;
    fine = bed->lone->answers == bed->n &&
           (spec->operation != OPERATION_PUSH ||
            bed->lone->port.store->ops->count(bed->lone->port.store) ==
                (uint64_t)bed->n * PUSH_MESSAGES);
    if (!fine)
        g_snprintf(ret->why, sizeof ret->why, "%s: %" G_GUINT64_FORMAT " of %u answered",
                   operation_name(spec->operation), bed->lone->answers, bed->n);
    operation_free(bed);
    return fine;
}
