/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reachability tests (protocol 6.1): every ten seconds or so one node (2025: several) of a
 * shuffled queue of all, and those that failed again and again until they pass.  In 2020:
 * one at random, and of those that failed the one whose last failure is longest ago.  A
 * test is an HTTPS ping and an OxenMQ ping; both must pass. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/node_internal.h"
#include "nodes/service/shuffle.h"

/* Between two rounds of retests when more are due than one round takes. */
#define RETEST_TICK (200 * MILLISECOND)

struct Test {
    uint8_t legacy[32];
    uint32_t open; /* pings without an outcome */
    bool failed;
};

/* --- when ------------------------------------------------------------------------- */

/* Normal(interval, deviation) by a sum of twelve uniform draws, in integers. */
static Duration
next_interval(ServiceNode *node)
{
    uint16_t draws[12];
    int64_t sum = 0;

    port_random(node->port, RANDOM_TEST, draws, sizeof draws);
    for (int i = 0; i < 12; i++)
        sum += draws[i];
    /* Mean 6 x 65535 and, each draw having 65536 / sqrt(12), deviation 65536. */
    return node->config->test_interval +
           node->config->test_deviation / 65536 * (sum - 6 * 65535);
}

static bool
tests_others(const ServiceNode *node)
{
    return node->config->test_interval > 0 && node->self != NULL &&
           (node->self->active || node->config->defect_decommissioned_test);
}

static void
set_next_test(ServiceNode *node, Time now)
{
    Duration interval = next_interval(node);

    timer_set(node, TIMER_TEST, now + (interval > MILLISECOND ? interval : MILLISECOND));
}

static void
set_next_retest(ServiceNode *node, Time now)
{
    Time first = heap_first_time(&node->reachability.retests);

    if (first <= now)
        first = now + RETEST_TICK;
    timer_set(node, TIMER_RETEST, tests_others(node) ? first : TIME_NEVER);
}

void
reachability_adopt(ServiceNode *node, Time now)
{
    if (!tests_others(node)) {
        timer_set(node, TIMER_TEST, TIME_NEVER);
        timer_set(node, TIMER_RETEST, TIME_NEVER);
    } else if (heap_get(&node->timers, TIMER_TEST) == TIME_NEVER) {
        set_next_test(node, now);
        set_next_retest(node, now);
    }
}

/* --- who fails -------------------------------------------------------------------- */

/* Index, or n_failing. */
static uint32_t
find_failing(const Reachability *r, const uint8_t legacy[32])
{
    uint32_t i = 0;

    while (i < r->n_failing && memcmp(r->failing[i].legacy, legacy, 32) != 0)
        i++;
    return i;
}

static void
remove_failing(Reachability *r, uint32_t index)
{
    uint32_t last = r->n_failing - 1;

    r->failing[index] = r->failing[last];
    heap_set(&r->retests, index, heap_get(&r->retests, last));
    heap_set(&r->retests, last, TIME_NEVER);
    r->n_failing--;
    if (r->n_failing == 0) {
        free(r->failing);
        heap_clear(&r->retests);
        r->failing = NULL;
        r->failing_capacity = 0;
    }
}

static void
add_failing(Reachability *r, const uint8_t legacy[32], Time now)
{
    Failing *entry;

    if (r->n_failing == r->failing_capacity) {
        r->failing_capacity = r->failing_capacity == 0 ? 4 : r->failing_capacity * 2;
        r->failing = realloc(r->failing, r->failing_capacity * sizeof *r->failing);
        if (r->failing == NULL)
            abort();
        heap_grow(&r->retests, r->failing_capacity);
    }
    entry = &r->failing[r->n_failing++];
    *entry = (Failing){ .first = now };
    memcpy(entry->legacy, legacy, sizeof entry->legacy);
}

/* 2020: after so long it is reported to the daemon, once; that holds until it passes. */
static void
report(const ServiceNode *node, Failing *entry)
{
    if (entry->last - entry->first >= node->config->unreachable_after)
        entry->reported = true;
}

static void
set_retest(ServiceNode *node, Time now, uint32_t i)
{
    Reachability *r = &node->reachability;
    Duration backoff =
        r->failing[i].failures * node->config->retest_step + next_interval(node);

    if (backoff > node->config->retest_max)
        backoff = node->config->retest_max;
    if (backoff < MILLISECOND)
        backoff = MILLISECOND;
    /* The step grows to the cap long before this could overflow. */
    if (r->failing[i].failures < UINT16_MAX)
        r->failing[i].failures++;
    heap_set(&r->retests, i, now + backoff);
}

static void
record_failure(ServiceNode *node, Time now, const uint8_t legacy[32])
{
    Reachability *r = &node->reachability;
    uint32_t i = find_failing(r, legacy);

    if (i == r->n_failing) {
        if (r->n_failing == FAILING_MAX)
            return;
        add_failing(r, legacy, now);
    }
    r->failing[i].last = now;
    if (node->config->reach_rule == REACH_RULE_2020)
        report(node, &r->failing[i]);
    else
        set_retest(node, now, i);
}

bool
reachability_unreachable(const ServiceNode *node, Time now, const uint8_t legacy[32])
{
    const Reachability *r = &node->reachability;
    uint32_t i = find_failing(r, legacy);

    if (node->config->reach_rule == REACH_RULE_2020)
        return i < r->n_failing && r->failing[i].reported;
    return i < r->n_failing &&
           now - r->failing[i].first >= node->config->unreachable_after &&
           now - r->failing[i].last <= node->config->unreachable_fresh;
}

/* --- a test ----------------------------------------------------------------------- */

static void
ping(ServiceNode *node, Time now, Test *test, PendingKind pending_kind, Address to,
     MessageKind kind, const uint8_t *peer_key)
{
    Duration timeout = node->config->test_timeout;
    Pending *pending = pending_open(node, pending_kind, now, timeout);
    Packet none = PACKET_EMPTY;

    pending->test = test;
    port_send(node->port, to, kind, pending->id, timeout, peer_key, &none);
}

static bool
start_test(ServiceNode *node, Time now, const NodeRecord *record)
{
    Test *test;

    if (node->reachability.open == TESTS_OPEN_MAX || !pending_has_room(node, 2))
        return false;
    test = malloc(sizeof *test);
    if (test == NULL)
        abort();
    *test = (Test){ .open = 2 };
    memcpy(test->legacy, record->legacy, sizeof test->legacy);
    node->reachability.open++;
    ping(node, now, test, PENDING_PING_HTTPS, node_address_https(record), KIND_PING_HTTPS,
         NULL);
    ping(node, now, test, PENDING_PING_OMQ, node_address_omq(record), KIND_PING_OMQ,
         record->x25519);
    return true;
}

Bytes
reachability_tested(const Test *test)
{
    return (Bytes){ test->legacy, sizeof test->legacy };
}

static void
test_ended(ServiceNode *node, Time now, const Test *test)
{
    Reachability *r = &node->reachability;
    uint32_t i = find_failing(r, test->legacy);

    port_note(node->port, NOTE_TESTED, !test->failed, 0, reachability_tested(test));
    if (!test->failed && i < r->n_failing)
        remove_failing(r, i);
    if (test->failed && node_by_legacy(node, test->legacy) != NULL)
        record_failure(node, now, test->legacy);
    set_next_retest(node, now);
}

void
reachability_ping_ended(ServiceNode *node, Time now, Test *test, bool passed)
{
    test->failed |= !passed;
    if (--test->open > 0)
        return;
    node->reachability.open--;
    test_ended(node, now, test);
    free(test);
}

void
reachability_test_drop(Test *test)
{
    if (--test->open == 0)
        free(test);
}

/* --- the queue of all ------------------------------------------------------------- */

/* The next node of the queue that can be tested, or NULL. */
static const NodeRecord *
next_of_queue(ServiceNode *node)
{
    Reachability *r = &node->reachability;
    const NodeList *list = node->snapshot->nodes;

    while (r->shuffle_next < r->shuffle_domain) {
        uint32_t i = shuffle_place(r->shuffle_key, r->shuffle_domain, r->shuffle_next++);
        const NodeRecord *record = i < list->n ? &list->nodes[i] : NULL;

        /* The list may have changed since the queue was filled. */
        if (record == NULL || record == node->self || record->ip == 0)
            continue;
        if (find_failing(r, record->legacy) == r->n_failing)
            return record;
    }
    return NULL;
}

/* The same; the queue is filled again when it is used up. */
static const NodeRecord *
next_in_turn(ServiceNode *node)
{
    Reachability *r = &node->reachability;
    const NodeRecord *record = next_of_queue(node);

    if (record != NULL)
        return record;
    port_random(node->port, RANDOM_TEST, &r->shuffle_key, sizeof r->shuffle_key);
    r->shuffle_domain = node->snapshot->nodes->n;
    r->shuffle_next = 0;
    return next_of_queue(node);
}

/* --- 2020 -------------------------------------------------------------------------- */

/* The node whose last failure is longest ago, or NULL.  Who left the list is forgotten. */
static const NodeRecord *
longest_failed(ServiceNode *node)
{
    Reachability *r = &node->reachability;

    while (r->n_failing > 0) {
        const NodeRecord *record;
        uint32_t oldest = 0;

        for (uint32_t i = 1; i < r->n_failing; i++)
            if (r->failing[i].last < r->failing[oldest].last)
                oldest = i;
        record = node_by_legacy(node, r->failing[oldest].legacy);
        if (record != NULL)
            return record;
        remove_failing(r, oldest);
    }
    return NULL;
}

/* One of all, whether it fails or not; when that is the node itself, none. */
static void
test_as_2020(ServiceNode *node, Time now)
{
    const NodeList *list = node->snapshot->nodes;
    const NodeRecord *record =
        &list->nodes[port_random_below(node->port, RANDOM_TEST, list->n)];

    if (record != node->self && record->ip != 0)
        (void)start_test(node, now, record);
    record = longest_failed(node);
    if (record != NULL)
        (void)start_test(node, now, record);
}

/* --- what is due -------------------------------------------------------------------- */

void
reachability_test_due(ServiceNode *node, Time now)
{
    if (!tests_others(node))
        return;
    set_next_test(node, now);
    if (node->config->reach_rule == REACH_RULE_2020) {
        test_as_2020(node, now);
        return;
    }
    for (uint32_t n = 0; n < node->config->tests_per_tick; n++) {
        const NodeRecord *record = next_in_turn(node);

        if (record == NULL || !start_test(node, now, record))
            break;
    }
}

void
reachability_retests_due(ServiceNode *node, Time now)
{
    Reachability *r = &node->reachability;

    if (!tests_others(node))
        return;
    for (uint32_t n = 0; n < node->config->retests_per_tick; n++) {
        const NodeRecord *record;
        uint32_t i;

        if (heap_first_time(&r->retests) > now)
            break;
        i = heap_first_slot(&r->retests);
        record = node_by_legacy(node, r->failing[i].legacy);
        if (record == NULL) {
            remove_failing(r, i);
            continue;
        }
        if (!start_test(node, now, record))
            break;
        /* Set again when the test has ended. */
        heap_set(&r->retests, i, TIME_NEVER);
    }
    set_next_retest(node, now);
}

/* --- being tested ----------------------------------------------------------------- */

void
reachability_answer_ping(ServiceNode *node, const Incoming *in)
{
    Packet key;

    if (in->kind == KIND_PING_OMQ) {
        /* Before the first block nobody can be told from anybody. */
        if (node->snapshot != NULL && node_by_peer_key(node, in->peer_key) == NULL)
            port_reply_text(node->port, in->token, STATUS_FORBIDDEN_SN, FORBIDDEN_SN);
        else
            port_reply_text(node->port, in->token, 200, "pong");
        return;
    }
    /* X-Oxen-Snode-Pubkey, a header there, is the body here. */
    key = packet_of_bytes((Bytes){ node->legacy, sizeof node->legacy });
    port_reply(node->port, in->token, 200, &key);
}

void
reachability_clear(ServiceNode *node)
{
    Reachability *r = &node->reachability;

    free(r->failing);
    heap_clear(&r->retests);
    *r = (Reachability){ 0 };
}
