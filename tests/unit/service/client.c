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

static char *
sign(const Ed25519Pair *pair, const void *text, size_t n)
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    uint8_t signature[SIGNATURE_BYTES];

    crypto_sign_message(&crypto, pair, (Bytes){ text, n }, signature);
    return g_base64_encode(signature, sizeof signature);
}

char *
client_sign_bytes(const Client *client, const void *text, size_t n)
{
    return sign(&client->pair, text, n);
}

char *
client_sign(const Client *client, const char *format, ...)
{
    va_list arguments;
    char *text, *signature;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    signature = sign(&client->pair, text, strlen(text));
    g_free(text);
    return signature;
}

char *
client_request(const Client *client, const char *method, const char *rest, const char *text)
{
    char *signature = client_sign(client, "%s", text);
    char *request = g_strdup_printf(
        "{\"method\":\"%s\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":\"%s\",%s,"
        "\"signature\":\"%s\"}}",
        method, client->hex, client->ed25519_hex, rest, signature);

    g_free(signature);
    return request;
}

void
subaccount_init(Subaccount *subaccount, const Client *account, uint8_t number,
                uint8_t prefix, uint8_t flags)
{
    uint8_t seed[32] = { 98, number };

    identity_ed25519(seed, &subaccount->pair);
    memset(subaccount->token, 0, sizeof subaccount->token);
    subaccount->token[0] = prefix;
    subaccount->token[1] = flags;
    memcpy(subaccount->token + 4, subaccount->pair.pk, 32);
    subaccount->token_base64 = g_base64_encode(subaccount->token, SUBACCOUNT_BYTES);
    subaccount->signature_base64 =
        client_sign_bytes(account, subaccount->token, SUBACCOUNT_BYTES);
}

void
subaccount_clear(Subaccount *subaccount)
{
    g_free(subaccount->token_base64);
    g_free(subaccount->signature_base64);
}

char *
subaccount_request(const Subaccount *subaccount, const Client *account, const char *method,
                   const char *rest, const char *text)
{
    char *signature = sign(&subaccount->pair, text, strlen(text));
    char *request = g_strdup_printf(
        "{\"method\":\"%s\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":\"%s\",%s,"
        "\"signature\":\"%s\",\"subaccount\":\"%s\",\"subaccount_sig\":\"%s\"}}",
        method, account->hex, account->ed25519_hex, rest, signature,
        subaccount->token_base64, subaccount->signature_base64);

    g_free(signature);
    return request;
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
