/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the client is sent: seeds, servers, rooms. */
#include <string.h>

#include "cli/client.h"
#include "nodes/live/faults.h"
#include "nodes/wire/server_auth.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

static gboolean
complain(GError **error, const char *what)
{
    g_clear_error(error);
    g_set_error_literal(error, G_URI_ERROR, G_URI_ERROR_FAILED, what);
    return FALSE;
}

Address
client_seed_address(const char *url, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, error);
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    GList *found;
    g_autofree char *ip = NULL;
    int port;

    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "http") != 0 ||
        g_uri_get_host(uri) == NULL || g_uri_get_host(uri)[0] == '\0') {
        complain(error, "--seed-url: expected http://HOST:PORT");
        return 0;
    }
    found = g_resolver_lookup_by_name_with_flags(
        resolver, g_uri_get_host(uri), G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, NULL, error);
    if (found == NULL)
        return 0;
    ip = g_inet_address_to_string(found->data);
    g_resolver_free_addresses(found);
    port = g_uri_get_port(uri);
    return address_of(live_ip_parse(ip), (uint16_t)(port > 0 ? port : HTTP_PORT));
}

/* The value of public_key in a query; NULL: there is none. */
static char *
key_in_query(GUri *uri)
{
    g_autoptr(GHashTable) query = NULL;

    if (g_uri_get_query(uri) == NULL)
        return NULL;
    query = g_uri_parse_params(g_uri_get_query(uri), -1, "&", G_URI_PARAMS_NONE, NULL);
    return query == NULL ? NULL : g_strdup(g_hash_table_lookup(query, "public_key"));
}

/* All of a server but its path. */
static bool
read_server(GUri *uri, const char *key, ClientServer *ret)
{
    g_autofree char *in_query = key_in_query(uri);
    bool https = g_strcmp0(g_uri_get_scheme(uri), "https") == 0;
    const char *host = g_uri_get_host(uri);
    int port = g_uri_get_port(uri);
    ClientServer server = { .known = true };

    if (key == NULL)
        key = in_query;
    if ((!https && g_strcmp0(g_uri_get_scheme(uri), "http") != 0) || host == NULL ||
        host[0] == '\0' || port > 65535 || key == NULL ||
        !hex_decode(bytes_of_text(key), server.server.x25519, KEY_BYTES))
        return false;
    server.host = g_strdup(host);
    server.server.host = server.host;
    server.server.https = https;
    server.server.port = (uint16_t)(port > 0 ? port : https ? HTTPS_PORT : HTTP_PORT);
    *ret = server;
    return true;
}

gboolean
client_read_server(const char *url, const char *key, ClientServer *ret, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, error);

    if (uri != NULL && strlen(g_uri_get_path(uri)) <= 1 && read_server(uri, key, ret))
        return TRUE;
    return complain(error,
                    "--file-server, --file-server-key: expected http://HOST:PORT and "
                    "64 hex digits");
}

gboolean
client_read_room(const char *url, ClientServer *ret, uint8_t ret_room[ACCOUNT_BYTES],
                 GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, error);
    const char *token = uri == NULL ? "" : g_uri_get_path(uri);

    if (token[0] == '/')
        token++;
    if (g_str_has_prefix(token, "r/"))
        token += 2;
    if (uri == NULL || !server_room_token_valid(bytes_of_text(token)) ||
        !read_server(uri, NULL, ret))
        return complain(error, "expected a room as http://HOST:PORT/ROOM?public_key=HEX, "
                               "with 64 hex digits");
    session_room_id(token, ret_room);
    return TRUE;
}

void
client_server_clear(ClientServer *server)
{
    g_free(server->host);
    *server = (ClientServer){ 0 };
}

gboolean
client_read_account(const char *text, uint8_t ret[ACCOUNT_BYTES])
{
    return hex_decode(bytes_of_text(text), ret, ACCOUNT_BYTES) &&
           ret[0] == SESSION_ACCOUNT_PREFIX;
}
