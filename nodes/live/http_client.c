/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/http_client.h"

#include <libsoup/soup.h>
#include <string.h>

#include "nodes/live/certificate.h"
#include "nodes/live/clock.h"
#include "nodes/live/server_uri.h"
#include "nodes/live/source.h"

enum {
    CONNECTIONS_MAX = 512,
    CONNECTIONS_PER_PEER_MAX = 32,
    IDLE_S = 30,    /* less than the doors keep an idle connection (door.h) */
    ONE_WAY_S = 10, /* what wants no answer is given up after this */
    PING_KEY_BYTES = 32
};

struct HttpClient {
    SoupSession *session;
    GTlsCertificate *certificate;
    const LiveFaults *faults;
    HttpOutcome outcome;
    void *context;
    GHashTable *open;    /* set of Exchange */
    gsize *server_bytes; /* what answers of servers that are under way may take; shared */
    GHashTable *proven;  /* Address to GBytes: the key proven there last */
};

typedef struct Exchange {
    HttpClient *client; /* NULL: its client is gone */
    Address to;
    MessageKind kind;
    RequestId id;
    bool one_way, has_key, wrong_key, no_host;
    uint8_t key[KEY_BYTES]; /* the peer must prove this one */
    Packet packet;
    SoupMessage *message;
    GCancellable *cancellable;
    GSource *deadline, *delay;
    GUri *uri;     /* of a server beyond the network; NULL: the address says it */
    uint8_t *body; /* of the answer */
    gsize body_bytes;
    bool unknown_length; /* of at most body_bytes */
    gsize *reserved;     /* where body_bytes of it are counted; NULL: nowhere */
} Exchange;

/* --- ends -------------------------------------------------------------------- */

static void
exchange_free(Exchange *exchange)
{
    source_drop(&exchange->deadline);
    source_drop(&exchange->delay);
    packet_clear(&exchange->packet);
    g_clear_object(&exchange->message);
    g_clear_object(&exchange->cancellable);
    g_clear_pointer(&exchange->uri, g_uri_unref);
    if (exchange->reserved != NULL) {
        *exchange->reserved -= exchange->body_bytes;
        g_rc_box_release(exchange->reserved);
    }
    g_free(exchange->body);
    g_free(exchange);
}

/* Its outcome goes to the actor, once.  What libsoup still has to do for it goes on; the
 * last step frees it. */
static void
tell(Exchange *exchange, Outcome outcome, int status, Packet *packet)
{
    HttpClient *client = exchange->client;

    if (client == NULL)
        return;
    exchange->client = NULL;
    g_hash_table_remove(client->open, exchange);
    source_drop(&exchange->deadline);
    if (!exchange->one_way)
        client->outcome(client->context, exchange->id, outcome, status, packet);
}

static void
fail(Exchange *exchange, Outcome outcome)
{
    Packet none = PACKET_EMPTY;

    tell(exchange, outcome, 0, &none);
}

static gboolean
time_is_up(gpointer context)
{
    Exchange *exchange = context;
    bool under_way = exchange->message != NULL;

    fail(exchange, OUTCOME_TIMEOUT);
    if (under_way)
        g_cancellable_cancel(exchange->cancellable);
    else
        exchange_free(exchange);
    return G_SOURCE_REMOVE;
}

static Outcome
outcome_of(const Exchange *exchange, const GError *error)
{
    if (error->domain == G_RESOLVER_ERROR)
        return OUTCOME_NO_HOST;
    if (exchange->wrong_key || error->domain == G_TLS_ERROR ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
        return OUTCOME_REFUSED;
    return OUTCOME_RESET;
}

/* --- the answer -------------------------------------------------------------- */

/* A ping's answer is the key in its header (nodes/service/reachability.c). */
static Packet
ping_packet(const Exchange *exchange)
{
    const char *text = soup_message_headers_get_one(
        soup_message_get_response_headers(exchange->message), "X-Oxen-Snode-Pubkey");
    uint8_t key[PING_KEY_BYTES];

    if (text == NULL || !hex_decode(bytes_of_text(text), key, sizeof key))
        return PACKET_EMPTY;
    return packet_of_bytes((Bytes){ key, sizeof key });
}

static void
body_read(GObject *source, GAsyncResult *result, gpointer context)
{
    Exchange *exchange = context;
    gsize n = 0;
    bool whole =
        g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &n, NULL) &&
        (exchange->unknown_length ? n <= exchange->body_bytes : n == exchange->body_bytes);
    Packet packet;

    g_input_stream_close(G_INPUT_STREAM(source), NULL, NULL);
    if (whole && exchange->client != NULL) {
        packet = exchange->kind == KIND_PING_HTTPS
                     ? ping_packet(exchange)
                     : packet_of_bytes((Bytes){ exchange->body, n });
        tell(exchange, OUTCOME_ANSWER, (int)soup_message_get_status(exchange->message),
             &packet);
        packet_clear(&packet);
    } else {
        fail(exchange, OUTCOME_RESET);
    }
    exchange_free(exchange);
}

/* Servers are anybody's: what their answers may take together is bounded. */
static bool
reserve(Exchange *exchange)
{
    gsize *taken = exchange->client->server_bytes;

    if (*taken + exchange->body_bytes > SERVER_ANSWERS_BYTES_MAX)
        return false;
    *taken += exchange->body_bytes;
    exchange->reserved = g_rc_box_acquire(taken);
    return true;
}

/* How long the answer is; false: too long, or nobody says.  (Servers beyond the network are
 * other people's: they may leave it open, and what comes is read up to the limit.) */
static bool
learn_length(Exchange *exchange, SoupMessageHeaders *headers)
{
    SoupEncoding encoding = soup_message_headers_get_encoding(headers);
    goffset n = soup_message_headers_get_content_length(headers);

    exchange->unknown_length =
        exchange->uri != NULL && encoding != SOUP_ENCODING_CONTENT_LENGTH;
    if (exchange->unknown_length)
        n = ANSWER_BODY_MAX;
    else if (encoding != SOUP_ENCODING_CONTENT_LENGTH || n > ANSWER_BODY_MAX)
        return false;
    exchange->body_bytes = (gsize)n;
    return exchange->uri == NULL || reserve(exchange);
}

static void
headers_read(GObject *source, GAsyncResult *result, gpointer context)
{
    Exchange *exchange = context;
    g_autoptr(GError) error = NULL;
    g_autoptr(GInputStream) stream =
        soup_session_send_finish(SOUP_SESSION(source), result, &error);

    if (stream == NULL) {
        fail(exchange, outcome_of(exchange, error));
        exchange_free(exchange);
        return;
    }
    if (exchange->client == NULL ||
        !learn_length(exchange, soup_message_get_response_headers(exchange->message))) {
        fail(exchange, OUTCOME_RESET);
        g_cancellable_cancel(exchange->cancellable);
        exchange_free(exchange);
        return;
    }
    exchange->body = g_malloc(exchange->body_bytes + 1);
    /* One byte more than there is, so that libsoup comes to its end and keeps the
     * connection. */
    g_input_stream_read_all_async(stream, exchange->body, exchange->body_bytes + 1,
                                  G_PRIORITY_DEFAULT, exchange->cancellable, body_read,
                                  exchange);
}

/* --- the request ------------------------------------------------------------- */

static void
remember_proven(HttpClient *client, Address to, const uint8_t key[KEY_BYTES])
{
    gint64 *at = g_new(gint64, 1);

    *at = (gint64)to;
    g_hash_table_insert(client->proven, at, g_bytes_new(key, KEY_BYTES));
}

/* A connection that is kept may have been made for another key. */
static bool
is_proven(const HttpClient *client, Address to, const uint8_t key[KEY_BYTES])
{
    gint64 at = (gint64)to;
    GBytes *proven = g_hash_table_lookup(client->proven, &at);

    return proven != NULL && memcmp(g_bytes_get_data(proven, NULL), key, KEY_BYTES) == 0;
}

static gboolean
judge_certificate(SoupMessage *message, GTlsCertificate *certificate,
                  GTlsCertificateFlags errors, gpointer context)
{
    Exchange *exchange = context;
    uint8_t key[KEY_BYTES];

    (void)message;
    (void)errors;
    if (!exchange->has_key)
        return TRUE;
    exchange->wrong_key = !certificate_x25519(certificate, key) ||
                          memcmp(key, exchange->key, sizeof key) != 0;
    if (!exchange->wrong_key && exchange->client != NULL)
        remember_proven(exchange->client, exchange->to, key);
    return !exchange->wrong_key;
}

/* 421 is an answer (wrong swarm).  libsoup would send such a request once more, on another
 * connection and without its body, as HTTP/2 has it: its handler comes after this one. */
static void
keep_misdirected(SoupMessage *message, gpointer context)
{
    (void)context;
    if (soup_message_get_status(message) == SOUP_STATUS_MISDIRECTED_REQUEST)
        g_signal_stop_emission_by_name(message, "got-body");
}

static void
free_packet(gpointer p)
{
    packet_clear(p);
    g_free(p);
}

static GBytes *
take_body(Packet *packet)
{
    Packet *kept = g_new(Packet, 1);
    Bytes bytes;

    *kept = packet_steal(packet);
    bytes = packet_bytes(kept);
    return g_bytes_new_with_free_func(bytes.p, bytes.n, free_packet, kept);
}

static bool
is_plain(DoorKind door)
{
    return door == DOOR_REGISTRY || door == DOOR_SERVER;
}

static GUri *
make_uri(const Exchange *exchange)
{
    Endpoint endpoint = endpoint_of(exchange->kind);
    g_autofree char *ip = live_ip_text(address_ip(exchange->to));

    if (exchange->uri != NULL)
        return g_uri_ref(exchange->uri);
    return g_uri_build(SOUP_HTTP_URI_FLAGS, is_plain(endpoint.door) ? "http" : "https",
                       NULL, ip, (gint)(exchange->to & 0xffff), endpoint.path, NULL, NULL);
}

static SoupMessage *
make_message(Exchange *exchange)
{
    Endpoint endpoint = endpoint_of(exchange->kind);
    g_autoptr(GBytes) body = take_body(&exchange->packet);
    g_autoptr(GUri) uri = make_uri(exchange);
    SoupMessage *message = soup_message_new_from_uri("POST", uri);
    SoupMessageFlags flags = SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT;

    /* (Idempotent: libsoup may use a kept connection.  A store that arrives twice is a
     * duplicate by its hash.) */
    if (exchange->has_key && !is_proven(exchange->client, exchange->to, exchange->key))
        flags |= SOUP_MESSAGE_NEW_CONNECTION;
    soup_message_set_flags(message, flags);
    soup_message_set_request_body_from_bytes(message, "application/octet-stream", body);
    if (endpoint.door == DOOR_NODES && exchange->client->certificate != NULL)
        soup_message_set_tls_client_certificate(message, exchange->client->certificate);
    g_signal_connect(message, "accept-certificate", G_CALLBACK(judge_certificate),
                     exchange);
    g_signal_connect(message, "got-body", G_CALLBACK(keep_misdirected), NULL);
    return message;
}

static void
go(Exchange *exchange)
{
    exchange->message = make_message(exchange);
    soup_session_send_async(exchange->client->session, exchange->message,
                            G_PRIORITY_DEFAULT, exchange->cancellable, headers_read,
                            exchange);
}

static gboolean
delay_is_over(gpointer context)
{
    Exchange *exchange = context;

    g_source_unref(exchange->delay);
    exchange->delay = NULL;
    go(exchange);
    return G_SOURCE_REMOVE;
}

static GSource *
timer(Duration after, GSourceFunc func, void *context)
{
    GSource *source = g_timeout_source_new(0);

    g_source_set_ready_time(source, (live_now() + after) / MICROSECOND);
    g_source_set_callback(source, func, context, NULL);
    g_source_attach(source, NULL);
    return source;
}

static gboolean
refused_at_once(gpointer context)
{
    Exchange *exchange = context;

    fail(exchange, exchange->no_host ? OUTCOME_NO_HOST : OUTCOME_REFUSED);
    exchange_free(exchange);
    return G_SOURCE_REMOVE;
}

static void
begin(Exchange *exchange, Duration timeout)
{
    const HttpClient *client = exchange->client;
    const LiveFaults *faults = client->faults;

    if (endpoint_of(exchange->kind).door == DOOR_NONE || exchange->no_host ||
        g_hash_table_size(client->open) > REQUESTS_OPEN_MAX) {
        exchange->deadline = timer(0, refused_at_once, exchange);
        return;
    }
    exchange->deadline = timer(timeout, time_is_up, exchange);
    if (faults != NULL && live_faults_apart(faults, address_ip(exchange->to)))
        return; /* nobody will answer */
    if (faults == NULL || endpoint_of(exchange->kind).door == DOOR_REGISTRY)
        go(exchange);
    else if (live_faults_drops(faults))
        return;
    else if (faults->delay > 0)
        exchange->delay = timer(faults->delay, delay_is_over, exchange);
    else
        go(exchange);
}

static Exchange *
exchange_new(HttpClient *client, Address to, MessageKind kind, RequestId id, Packet *packet)
{
    Exchange *exchange = g_new0(Exchange, 1);

    exchange->client = client;
    exchange->to = to;
    exchange->kind = kind;
    exchange->id = id;
    exchange->packet = packet_steal(packet);
    exchange->cancellable = g_cancellable_new();
    g_hash_table_add(client->open, exchange);
    return exchange;
}

void
http_client_send(HttpClient *client, Address to, MessageKind kind, RequestId id,
                 Duration timeout, const uint8_t *peer_key, Packet *packet)
{
    Exchange *exchange = exchange_new(client, to, kind, id, packet);

    exchange->one_way = timeout == 0;
    exchange->has_key = peer_key != NULL;
    if (peer_key != NULL)
        memcpy(exchange->key, peer_key, KEY_BYTES);
    begin(exchange, timeout > 0 ? timeout : ONE_WAY_S * SECOND);
}

void
http_client_post(HttpClient *client, const ServerUrl *url, RequestId id, Duration timeout,
                 Packet *packet)
{
    Address to = address_of(live_ip_parse(url->host), url->port);
    Exchange *exchange = exchange_new(client, to, KIND_SERVER, id, packet);

    exchange->uri = server_uri(url);
    exchange->no_host = exchange->uri == NULL;
    begin(exchange, timeout);
}

/* --- the client -------------------------------------------------------------- */

HttpClient *
http_client_new(uint32_t local_ip, GTlsCertificate *certificate, const LiveFaults *faults,
                HttpOutcome outcome, void *context)
{
    HttpClient *client = g_new0(HttpClient, 1);
    g_autofree char *ip = live_ip_text(local_ip);
    g_autoptr(GSocketAddress) local = g_inet_socket_address_new_from_string(ip, 0);

    client->session = soup_session_new_with_options(
        "local-address", local, "max-conns", CONNECTIONS_MAX, "max-conns-per-host",
        CONNECTIONS_PER_PEER_MAX, "idle-timeout", IDLE_S, "timeout", 0, "proxy-resolver",
        NULL, "user-agent", "swarmbed", NULL);
    /* Answers are as they come: no decoding, no sniffing, no cookies. */
    soup_session_remove_feature_by_type(client->session, SOUP_TYPE_CONTENT_DECODER);
    client->certificate = certificate;
    client->faults = faults;
    client->outcome = outcome;
    client->context = context;
    client->open = g_hash_table_new(NULL, NULL);
    client->server_bytes = g_rc_box_new0(gsize);
    client->proven = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                           (GDestroyNotify)g_bytes_unref);
    return client;
}

void
http_client_free(HttpClient *client)
{
    GHashTableIter it;
    gpointer key;

    if (client == NULL)
        return;
    g_hash_table_iter_init(&it, client->open);
    while (g_hash_table_iter_next(&it, &key, NULL)) {
        Exchange *exchange = key;

        g_hash_table_iter_remove(&it);
        exchange->client = NULL;
        source_drop(&exchange->deadline);
        if (exchange->message == NULL)
            exchange_free(exchange);
        else
            g_cancellable_cancel(exchange->cancellable);
    }
    soup_session_abort(client->session);
    /* What was under way ends in the main loop. */
    for (int i = 0; i < 1000 && g_main_context_iteration(NULL, FALSE); i++)
        continue;
    g_object_unref(client->session);
    g_hash_table_unref(client->open);
    g_hash_table_unref(client->proven);
    g_rc_box_release(client->server_bytes);
    g_free(client);
}
