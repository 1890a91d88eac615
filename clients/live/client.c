/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/live/client.h"

#include <glib.h>

#include "nodes/live/host.h"
#include "nodes/live/http_client.h"

struct LiveClient {
    LiveClientSpec spec;
    LiveHost *host;
    HttpClient *http;
    LiveFaults faults;
};

static void
send_message(void *context, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    LiveClient *client = context;

    http_client_send(client->http, to, kind, id, timeout, peer_key, packet);
}

static void
request_ended(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    LiveClient *client = context;

    live_host_outcome(client->host, id, outcome, status, packet);
}

void
live_client_tell(LiveClient *client, Packet *order)
{
    live_host_deliver(client->host, 0, NULL, KIND_TELL, order, NULL, NULL, NULL);
    packet_clear(order);
}

LiveClient *
live_client_new(const LiveClientSpec *spec)
{
    LiveClient *client = g_new0(LiveClient, 1);
    Packet order = session_order_packet(&(SessionOrder){ .kind = SESSION_ONLINE });
    Session *session;

    client->spec = *spec;
    live_faults_init(&client->faults);
    client->http =
        http_client_new(spec->local_ip, NULL, &client->faults, request_ended, client);
    client->host = live_host_new(NULL, send_message, client);
    live_host_watch(client->host, spec->note, spec->context);
    session = session_new(live_host_crypto(client->host), live_host_port(client->host),
                          spec->config, spec->seed, &client->spec.seed_node, 1);
    session_use_list_memo(session, spec->list_memo);
    live_host_start(client->host, &session_ops, session);
    if (!spec->waits)
        live_client_tell(client, &order);
    packet_clear(&order);
    return client;
}

void
live_client_free(LiveClient *client)
{
    if (client == NULL)
        return;
    http_client_free(client->http);
    live_host_free(client->host);
    live_faults_clear(&client->faults);
    g_free(client);
}

void
live_client_set_skew(LiveClient *client, UnixMs skew)
{
    live_host_set_skew(client->host, skew);
}

LiveFaults *
live_client_faults(LiveClient *client)
{
    return &client->faults;
}
