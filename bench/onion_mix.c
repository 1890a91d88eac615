/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/onion_mix.h"

#include "bench/costs.h"
#include "bench/model.h"
#include "nodes/onion/later.h"
#include "nodes/onion/reply_later.h"

#include <string.h>

enum { HOPS = 3, NODES = HOPS + 1, PAYLOAD_BYTES = 900, ANSWER_BYTES = 300 };

typedef struct Mix {
    Meter meter;
    Crypto crypto;
    Ed25519Pair identities[NODES];
    X25519Pair keys[NODES];
    OnionHop hops[HOPS];
    OnionDestination destination;
    uint64_t random;
    char payload[PAYLOAD_BYTES + 1], answer[ANSWER_BYTES + 1];
} Mix;

static void
fill(Mix *mix, void *out, size_t n)
{
    uint8_t *p = out;

    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = splitmix64(&mix->random);

        memcpy(p + i, &word, MIN(n - i, sizeof word));
    }
}

static void
prepare(Mix *mix, bool no_shortcuts)
{
    *mix = (Mix){ .crypto = { .ops = &crypto_real, .no_shortcuts = no_shortcuts } };
    mix->crypto.meter = &mix->meter;
    for (int i = 0; i < NODES; i++) {
        uint8_t seed[KEY_BYTES];

        fill(mix, seed, sizeof seed);
        identity_ed25519(seed, &mix->identities[i]);
        identity_x25519(&mix->identities[i], &mix->keys[i]);
        if (i < HOPS)
            mix->hops[i] = (OnionHop){ mix->identities[i].pk, mix->keys[i].pk };
    }
    mix->destination.ed25519 = mix->identities[HOPS].pk;
    mix->destination.x25519 = mix->keys[HOPS].pk;
    memset(mix->payload, 'p', PAYLOAD_BYTES);
    memset(mix->answer, 'a', ANSWER_BYTES);
}

static bool
peel(Mix *mix, int node, Packet *packet, OnionPeeled *ret)
{
    OnionEnvelope envelope;
    const char *error;
    Status status = node == 0 ? onion_parse_guard(packet, &envelope, &error)
                              : onion_parse_hop(packet, &envelope, &error);

    if (status != ST_OK)
        return false;
    onion_peel(&mix->crypto, &mix->keys[node], &envelope, packet, ret);
    return ret->kind == (node < HOPS ? ONION_RELAY : ONION_FINAL);
}

/* The destination's answer to what it peeled, read by the client. */
static bool
answer(Mix *mix, const OnionPeeled *peeled, OnionReplyKey *reply)
{
    Packet body = packet_of_bytes((Bytes){ (uint8_t *)mix->answer, ANSWER_BYTES });
    uint8_t nonce[CHANNEL_NONCE_MAX];
    Packet sealed, opened = PACKET_EMPTY;
    bool fine;
    int status = 0;

    fill(mix, nonce, sizeof nonce);
    sealed = onion_reply_later(&mix->crypto, &peeled->key, nonce, 200, &body,
                               peeled->reply_json, peeled->reply_base64);
    fine = onion_reply_read(&mix->crypto, onion_reply_key(reply), &sealed, &status,
                            &opened) == ST_OK &&
           status == 200 && opened.length == ANSWER_BYTES;
    packet_clear(&opened);
    return fine;
}

static bool
request(Mix *mix)
{
    OnionReplyKey reply = { 0 };
    OnionPeeled peeled = { 0 };
    OnionRandom random;
    Packet payload = packet_of_bytes(bytes_of_text(mix->payload)), packet;
    bool fine;

    fill(mix, random.key, sizeof random.key);
    fill(mix, random.nonce, sizeof random.nonce);
    fine = onion_wrap_later(&mix->crypto, ENC_AES_GCM, mix->hops, HOPS, &mix->destination,
                            &payload, &random, &packet, &reply) == ST_OK;
    packet_clear(&payload);
    for (int node = 0; fine && node < NODES; node++) {
        fine = peel(mix, node, &packet, &peeled);
        if (fine && node < HOPS) {
            packet = packet_steal(&peeled.next);
            onion_peeled_clear(&peeled);
        }
    }
    fine = fine && answer(mix, &peeled, &reply);
    onion_peeled_clear(&peeled);
    onion_reply_key_clear(&reply);
    return fine;
}

bool
onion_mix_measure(const void *what, Measured *ret)
{
    const OnionMixSpec *spec = what;
    OperationCosts costs;
    Mix mix;
    double begin, cpu_s;

    operation_costs(&costs);
    prepare(&mix, spec->no_shortcuts);
    begin = bench_cpu_s();
    for (uint32_t i = 0; i < spec->requests; i++) {
        if (!request(&mix)) {
            g_strlcpy(ret->why, "an onion request failed", sizeof ret->why);
            return false;
        }
    }
    cpu_s = bench_cpu_s() - begin;
    ret->value[MIX_REQUESTS_PER_S] = spec->requests / cpu_s;
    ret->value[MIX_FLOOR_RATIO] = cpu_s / operation_floor(&costs, &mix.meter);
    ret->check = mix.meter.count[METER_X25519] << 32 ^ mix.meter.bytes[METER_SEAL];
    return true;
}
