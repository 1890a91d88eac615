/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Guards (protocol 5.2): random nodes that pass a direct test, a few at a time.  The test
 * asks for our own swarm, and so tells the candidate whose address this is (8.14), or for
 * nothing of ours.  When one guard is missing, all are chosen anew (8.14), or that one. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"
#include "nodes/wire/message.h"

#include <assert.h>
#include <stdlib.h>

typedef struct GuardTest {
    RequestId id; /* 0: it ended */
    int node;
    bool passed;
} GuardTest;

struct GuardSelection {
    uint32_t rounds; /* begun */
    uint32_t n_tried, n_good, n_tests;
    NodeRef tried[GUARD_CANDIDATES_MAX];
    NodeRef good[PATHS_MAX];
    GuardTest test[GUARD_TESTS_MAX]; /* of this round */
};

typedef struct GuardSelection GuardSelection;

/* Guards that stay while others are sought. */
static uint32_t
guards_kept(const Session *s)
{
    return s->config->defect_rebuild_all_paths ? 0 : s->n_guards;
}

static uint32_t
guards_sought(const Session *s)
{
    return s->config->paths - guards_kept(s);
}

static void
selection_end(Session *s, bool ok)
{
    GuardSelection *selection = s->selection;
    uint32_t kept = guards_kept(s);

    if (ok) {
        assert(selection->n_good == guards_sought(s));
        memcpy(s->guard + kept, selection->good, selection->n_good * sizeof *s->guard);
        s->n_guards = (uint8_t)(kept + selection->n_good);
        session_rotation_guards(s, kept);
    }
    session_guards_abandon(s);
    session_build_guards_done(s, ok);
}

static bool
was_tried(const GuardSelection *selection, NodeRef node)
{
    for (uint32_t i = 0; i < selection->n_tried; i++)
        if (selection->tried[i] == node)
            return true;
    return false;
}

/* A guard that stays, or a relay of a path that does, is no candidate. */
static bool
is_in_use(Session *s, NodeRef node)
{
    if (s->config->defect_rebuild_all_paths)
        return false;
    for (uint32_t i = 0; i < s->n_guards; i++)
        if (s->guard[i] == node)
            return true;
    return session_path_with(s, node) != NULL;
}

/* A node of the pool that was not tried; false when none was found. */
static bool
draw_candidate(Session *s, NodeRef *ret)
{
    uint32_t draws = PATH_DRAWS_PER_NODE * session_pool_count(s);

    if (s->selection->n_tried == GUARD_CANDIDATES_MAX)
        return false;
    while (draws-- > 0) {
        NodeRef node;

        if (!session_pool_draw(s, RANDOM_PATH, &node))
            return false;
        if (was_tried(s->selection, node) || is_in_use(s, node))
            continue;
        s->selection->tried[s->selection->n_tried++] = node;
        *ret = node;
        return true;
    }
    return false;
}

static void
write_test(const Session *s, Buffer *body)
{
    uint8_t account[ACCOUNT_BYTES];

    if (!s->config->defect_guard_test_names_account &&
        s->config->storage_rpc != STORAGE_RPC_2020) {
        buffer_append_literal(body,
                              "{\"jsonrpc\":\"2.0\",\"method\":\"info\",\"params\":{}}");
        return;
    }
    session_account(s, account);
    if (s->config->storage_rpc == STORAGE_RPC_2020) {
        session_2020_swarm(account + 1, body);
        return;
    }
    buffer_append_literal(body, "{\"jsonrpc\":\"2.0\",\"method\":\"get_swarm\",\"params\":"
                                "{\"pubkey\":\"");
    buffer_append_hex(body, (Bytes){ account, ACCOUNT_BYTES });
    buffer_append_literal(body, "\"}}");
}

static void
test_start(Session *s, NodeRef node)
{
    GuardTest *test = &s->selection->test[s->selection->n_tests++];
    Buffer body = BUFFER_EMPTY;
    Packet packet;

    write_test(s, &body);
    packet = packet_of_buffer(&body);
    *test = (GuardTest){ .id = session_serial(s), .node = node };
    port_send(s->port, node_address_https(session_node(s, node)), KIND_STORAGE_RPC,
              test->id, s->config->guard_test_timeout, NULL, &packet);
}

static void
round_start(Session *s)
{
    s->selection->rounds++;
    s->selection->n_tests = 0;
    for (uint32_t i = 0; i < s->config->guard_tests_parallel; i++) {
        NodeRef node;

        if (!draw_candidate(s, &node))
            break;
        test_start(s, node);
    }
    if (s->selection->n_tests == 0)
        selection_end(s, false);
}

void
session_guards_select(Session *s)
{
    assert(s->selection == NULL);
    s->selection = memory_resized(NULL, 1, sizeof *s->selection);
    *s->selection = (GuardSelection){ .rounds = 0 };
    if (s->config->guard_test_rounds == 0)
        selection_end(s, false);
    else
        round_start(s);
}

/* All tests of the round ended: those that passed are taken in the order of the draw. */
static void
round_end(Session *s)
{
    GuardSelection *selection = s->selection;

    for (uint32_t i = 0; i < selection->n_tests; i++) {
        const GuardTest *test = &selection->test[i];

        if (test->passed && test->node != NODE_NONE && selection->n_good < guards_sought(s))
            selection->good[selection->n_good++] = (NodeRef)test->node;
    }
    if (selection->n_good == guards_sought(s))
        selection_end(s, true);
    else if (selection->rounds == s->config->guard_test_rounds)
        selection_end(s, false);
    else
        round_start(s);
}

static bool
round_is_over(const GuardSelection *selection)
{
    for (uint32_t i = 0; i < selection->n_tests; i++)
        if (selection->test[i].id != 0)
            return false;
    return true;
}

bool
session_guards_outcome(Session *s, RequestId id, Outcome outcome, int status)
{
    GuardSelection *selection = s->selection;

    for (uint32_t i = 0; selection != NULL && i < selection->n_tests; i++) {
        GuardTest *test = &selection->test[i];

        if (test->id != id)
            continue;
        test->id = 0;
        test->passed = outcome == OUTCOME_ANSWER && status >= 200 && status < 300;
        if (round_is_over(selection))
            round_end(s);
        return true;
    }
    return false;
}

void
session_guards_abandon(Session *s)
{
    free(s->selection);
    s->selection = NULL;
}

/* Keep of @n nodes those that are still there. */
static uint32_t
nodes_remap(NodeRef *node, uint32_t n, const int *map)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++)
        if (map[node[i]] != NODE_NONE)
            node[kept++] = (NodeRef)map[node[i]];
    return kept;
}

static void
guards_remap(Session *s, const int *map)
{
    uint8_t kept = 0;

    for (uint32_t i = 0; i < s->n_guards; i++) {
        if (map[s->guard[i]] == NODE_NONE)
            continue;
        session_rotation_moved(s, i, kept);
        s->guard[kept++] = (NodeRef)map[s->guard[i]];
    }
    s->n_guards = kept;
}

void
session_guards_remap(Session *s, const int *map)
{
    GuardSelection *selection = s->selection;

    guards_remap(s, map);
    if (selection == NULL)
        return;
    selection->n_tried = nodes_remap(selection->tried, selection->n_tried, map);
    selection->n_good = nodes_remap(selection->good, selection->n_good, map);
    for (uint32_t i = 0; i < selection->n_tests; i++)
        if (selection->test[i].node != NODE_NONE)
            selection->test[i].node = map[selection->test[i].node];
}

size_t
session_guards_memory(const Session *s)
{
    return s->selection == NULL ? 0 : sizeof *s->selection;
}

void
session_guard_drop(Session *s, NodeRef node)
{
    uint8_t kept = 0;

    for (uint32_t i = 0; i < s->n_guards; i++) {
        if (s->guard[i] == node)
            continue;
        session_rotation_moved(s, i, kept);
        s->guard[kept++] = s->guard[i];
    }
    s->n_guards = kept;
}
