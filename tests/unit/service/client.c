/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/service/client.h"

void
client_init(Client *client, uint8_t number)
{
    uint8_t seed[32] = { 99, number };
    X25519Pair x25519;

    identity_ed25519(seed, &client->pair);
    identity_x25519(&client->pair, &x25519);
    client->account[0] = 5;
    memcpy(client->account + 1, x25519.pk, 32);
    hex_encode((Bytes){ client->account, ACCOUNT_BYTES }, client->hex);
    client->hex[2 * ACCOUNT_BYTES] = '\0';
    hex_encode((Bytes){ client->pair.pk, 32 }, client->ed25519_hex);
    client->ed25519_hex[64] = '\0';
}

void
client_init_in(Client *client, const Network *network, uint64_t swarm)
{
    const Swarm *mine;

    for (int number = 0; number < 256; number++) {
        client_init(client, (uint8_t)number);
        mine = snapshot_swarm_of(network->snapshot, client->account + 1);
        if (mine != NULL && mine->id == swarm)
            return;
    }
    g_error("no account in swarm %" G_GINT64_MODIFIER "x", swarm);
}

char *
client_sign(const Client *client, const char *format, ...)
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    uint8_t signature[SIGNATURE_BYTES];
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    crypto_sign_message(&crypto, &client->pair, bytes_of_text(text), signature);
    g_free(text);
    return g_base64_encode(signature, sizeof signature);
}

char *
client_store(const Client *client, const char *base64, UnixMs timestamp)
{
    return g_strdup_printf("{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\","
                           "\"timestamp\":%" G_GINT64_FORMAT
                           ",\"ttl\":86400000,\"data\":\"%s\"}}",
                           client->hex, timestamp, base64);
}

char *
client_store_signed(const Client *client, int name_space, const char *base64,
                    UnixMs timestamp, UnixMs signed_at)
{
    char *signature =
        client_sign(client, "store%d%" G_GINT64_FORMAT, name_space, signed_at);
    char *request = g_strdup_printf(
        "{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":\"%s\","
        "\"namespace\":%d,\"timestamp\":%" G_GINT64_FORMAT
        ",\"sig_timestamp\":%" G_GINT64_FORMAT
        ",\"ttl\":86400000,\"data\":\"%s\",\"signature\":\"%s\"}}",
        client->hex, client->ed25519_hex, name_space, timestamp, signed_at, base64,
        signature);

    g_free(signature);
    return request;
}

char *
client_retrieve(const Client *client, int name_space, UnixMs timestamp, const char *more)
{
    char *number = name_space == 0 ? g_strdup("") : g_strdup_printf("%d", name_space);
    char *signature = client_sign(client, "retrieve%s%" G_GINT64_FORMAT, number, timestamp);
    char *request = g_strdup_printf(
        "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":\"%s\","
        "\"namespace\":%d,\"timestamp\":%" G_GINT64_FORMAT ",\"signature\":\"%s\"%s}}",
        client->hex, client->ed25519_hex, name_space, timestamp, signature, more);

    g_free(number);
    g_free(signature);
    return request;
}

const char *
client_expect(Network *network, guint member, char *request, int status)
{
    const char *text = network_expect(network, member, KIND_STORAGE_RPC, request, status);

    g_free(request);
    return text;
}
