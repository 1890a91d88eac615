/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The audit: holders are those whose stores have the message, whatever they said. */
#include "nodes/store/memory_store.h"
#include "story.h"

static void
put(Store *store, int copy)
{
    StoreMessage m = { .hash = story_hash(copy), .expiry = INT64_MAX };

    m.data = packet_of_bytes(story_hash(copy));
    store->ops->put(store, &m, true);
    packet_clear(&m.data);
}

/* Nodes 0 and 1 said that they stored it (story_send); only node 1 did. */
static void
test_audit(Story *f, gconstpointer data)
{
    Store *stores[NODES] = { memory_store_new(1 << 20), memory_store_new(1 << 20), NULL };
    LifeEvent last;
    uint32_t n;

    (void)data;
    story_send(f, 10, 1);
    put(stores[0], 2); /* of nobody */
    put(stores[1], 1);
    ledger_audit(f->ledger, 20 * SECOND, stores, NODES);
    n = story_events(f->ledger, 0, &last);
    g_assert_cmpuint(last.what, ==, LEDGER_DROPPED);
    g_assert_cmpuint(last.who, ==, 0);
    g_assert_cmpint(last.at, ==, 20 * SECOND);
    /* Once more: nothing that is not known. */
    ledger_audit(f->ledger, 30 * SECOND, stores, NODES);
    g_assert_cmpuint(story_events(f->ledger, 0, &last), ==, n);
    /* The last disk is gone. */
    stores[1]->ops->close(stores[1]);
    stores[0]->ops->close(stores[0]);
    stores[0] = stores[1] = NULL;
    ledger_audit(f->ledger, 40 * SECOND, stores, NODES);
    story_assert(f, 50, FATE_LOST, CAUSE_NO_REPLICA_LEFT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/measure/audit", Story, NULL, story_begin, test_audit, story_end);
    return g_test_run();
}
