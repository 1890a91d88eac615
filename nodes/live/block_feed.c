/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/block_feed.h"

#include <stdio.h>

#include "nodes/swarm/snapshot_json.h"

#define WAIT (60 * SECOND)
enum { RETRY_MS = 200 };

struct BlockFeed {
    HttpClient *client;
    Address registry;
    const LiveFaults *faults;
    BlockFeedTell tell;
    void *context;
    uint64_t height;
    RequestId last_id;
    guint retry;
};

static gboolean ask_again(gpointer context);

static bool
is_cut_off(const BlockFeed *feed)
{
    return live_faults_apart(feed->faults, address_ip(feed->registry));
}

static void
ask(BlockFeed *feed)
{
    char text[24];
    Packet packet;

    if (is_cut_off(feed)) {
        feed->retry = g_timeout_add(RETRY_MS, ask_again, feed);
        return;
    }
    snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, feed->height);
    packet = packet_of_bytes(bytes_of_text(text));
    http_client_send(feed->client, feed->registry, KIND_BLOCK, ++feed->last_id, WAIT, NULL,
                     &packet);
}

static gboolean
ask_again(gpointer context)
{
    BlockFeed *feed = context;

    feed->retry = 0;
    ask(feed);
    return G_SOURCE_REMOVE;
}

/* 204: there was none for so long. */
static void
answered(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    BlockFeed *feed = context;
    Snapshot *snapshot;

    (void)id;
    if (!is_cut_off(feed) && outcome == OUTCOME_ANSWER && status == 200 &&
        snapshot_from_json(packet_bytes(packet), &snapshot) == ST_OK) {
        if (snapshot->height > feed->height) {
            feed->height = snapshot->height;
            feed->tell(feed->context, snapshot);
        }
        snapshot_unref(snapshot);
        ask(feed);
    } else if (outcome == OUTCOME_TIMEOUT) {
        ask(feed);
    } else {
        feed->retry = g_timeout_add(RETRY_MS, ask_again, feed);
    }
}

BlockFeed *
block_feed_new(uint32_t local_ip, Address registry, const LiveFaults *faults,
               BlockFeedTell tell, void *context)
{
    BlockFeed *feed = g_new0(BlockFeed, 1);

    feed->client = http_client_new(local_ip, NULL, NULL, answered, feed);
    feed->faults = faults;
    feed->registry = registry;
    feed->tell = tell;
    feed->context = context;
    ask(feed);
    return feed;
}

void
block_feed_free(BlockFeed *feed)
{
    if (feed == NULL)
        return;
    if (feed->retry != 0)
        g_source_remove(feed->retry);
    http_client_free(feed->client);
    g_free(feed);
}
