/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table against a plain list, whatever is asked of both. */
#include <glib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/net/connections.h"

enum { PEERS = 60, KEYS = 2 * PEERS };

/* The oracle: by key, whether there is a connection, and since when. */
typedef struct Plain {
    bool open[KEYS + 1];
    Time last_used[KEYS + 1];
    uint32_t epoch[KEYS + 1];
} Plain;

typedef struct Both {
    Connections table;
    Plain plain;
    uint32_t epochs[PEERS];
    ConnectionRules rules;
    Time now;
} Both;

static bool
plain_lives(const Both *both, uint32_t key)
{
    return both->plain.open[key] && both->plain.epoch[key] == both->epochs[(key - 1) / 2] &&
           both->now - both->plain.last_used[key] <= both->rules.idle_timeout;
}

static void
plain_open(Both *both, uint32_t key, Time until)
{
    uint32_t live = 0;
    uint32_t oldest = 0;

    both->plain.open[key] = false;
    for (uint32_t k = 1; k <= KEYS; k++) {
        if (!plain_lives(both, k))
            continue;
        live++;
        if (oldest == 0 || both->plain.last_used[k] < both->plain.last_used[oldest])
            oldest = k;
    }
    if (live >= both->rules.max)
        both->plain.open[oldest] = false;
    both->plain.open[key] = true;
    both->plain.last_used[key] = until;
    both->plain.epoch[key] = both->epochs[(key - 1) / 2];
}

static void
use_or_open(Both *both, uint32_t key, Time until)
{
    bool lives = plain_lives(both, key);

    g_assert_true((connections_use(&both->table, &both->rules, key, both->now, until) !=
                   NULL) == lives);
    if (lives) {
        both->plain.last_used[key] = MAX(both->plain.last_used[key], until);
        return;
    }
    connections_open(&both->table, &both->rules, key, both->now, until);
    plain_open(both, key, until);
}

static void
run_against_plain_list(uint32_t max, Duration step, uint64_t seed)
{
    const StreamKey key = { seed, stream_name("connections", max), 0, 0 };
    Both both = { .rules = { .idle_timeout = 1000, .max = max } };

    both.rules.epochs = both.epochs;
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t word = stream_word(&key, 2 * i);
        uint64_t more = stream_word(&key, 2 * i + 1);
        uint32_t peer = (uint32_t)sample_below(more, PEERS);
        uint32_t k = connection_key(peer, word & 1);

        both.now += (Duration)(more & 0xff) * step / 256;
        if (word >> 1 & 0x1f) {
            use_or_open(&both, k, both.now + (Duration)(word >> 60) * 3);
        } else if (word >> 6 & 1) {
            connections_close(&both.table, k);
            both.plain.open[k] = false;
        } else {
            both.epochs[peer]++;
        }
        g_assert_cmpuint(both.table.n, <=, max);
    }
    connections_clear(&both.table);
}

static void
test_agrees_with_a_plain_list(void)
{
    static const uint32_t max[] = { 1, 2, 3, 7, 30, 59, 1000 };

    for (size_t i = 0; i < G_N_ELEMENTS(max); i++) {
        run_against_plain_list(max[i], 2, 1);
        run_against_plain_list(max[i], 40, 2);
        run_against_plain_list(max[i], 900, 3);
    }
}

static void
test_idle_ones_die(void)
{
    const uint32_t epochs[1] = { 0 };
    const ConnectionRules rules = { epochs, 60, 10 };
    Connections table = { 0 };

    connections_open(&table, &rules, 1, 100, 105);
    g_assert_nonnull(connections_use(&table, &rules, 1, 165, 165));
    g_assert_nonnull(connections_use(&table, &rules, 1, 225, 225));
    g_assert_null(connections_use(&table, &rules, 1, 286, 286));
    connections_clear(&table);
}

/* Dead entries make room before the table grows: memory follows those that live. */
static void
test_memory_follows_the_living(void)
{
    enum { N = 3000 };
    g_autofree uint32_t *epochs = g_new0(uint32_t, N);
    const ConnectionRules rules = { epochs, 60, 2000 };
    Connections table = { 0 };

    for (uint32_t peer = 0; peer < N; peer++)
        connections_open(&table, &rules, connection_key(peer, 0), 100 * (Time)peer,
                         100 * (Time)peer);
    g_assert_cmpuint(table.capacity, <=, 8);
    for (uint32_t peer = 0; peer < N; peer++)
        connections_open(&table, &rules, connection_key(peer, 0), 1000000, 1000000);
    g_assert_cmpuint(table.n, ==, 2000);
    g_assert_cmpuint(table.capacity, <=, 4096);
    connections_open(&table, &rules, connection_key(0, 0), 2000000, 2000000);
    g_assert_cmpuint(table.capacity, <=, 4);
    connections_clear(&table);
    g_assert_cmpuint(connections_bytes(&table), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/connections/agrees-with-a-plain-list",
                    test_agrees_with_a_plain_list);
    g_test_add_func("/net/connections/idle-ones-die", test_idle_ones_die);
    g_test_add_func("/net/connections/memory-follows-the-living",
                    test_memory_follows_the_living);
    return g_test_run();
}
