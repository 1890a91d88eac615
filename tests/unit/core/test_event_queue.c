/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ladder queue against the heap, under laws of increments that a ladder may dislike. */
#include <glib.h>

#include "sim/core/event_queue.h"
#include "sim/core/sampling.h"
#include "sim/core/stream.h"

/* An increment in nanoseconds from two random words. */
typedef Duration (*Increments)(uint64_t a, uint64_t b);

static Duration
exponential(uint64_t a, uint64_t b)
{
    (void)b;
    return (Duration)sample_exponential(a, 1e9);
}

static Duration
constant(uint64_t a, uint64_t b)
{
    (void)a;
    (void)b;
    return SECOND;
}

static Duration
bimodal(uint64_t a, uint64_t b)
{
    return a % 10 < 9 ? (Duration)(b % 1000000)
                      : 1000 * SECOND + (Duration)(b % 1000000000);
}

static Duration
all_equal(uint64_t a, uint64_t b)
{
    (void)a;
    (void)b;
    return 0;
}

static Duration
few_instants(uint64_t a, uint64_t b)
{
    (void)b;
    return (Duration)(a % 3);
}

static Duration
huge_gaps(uint64_t a, uint64_t b)
{
    return (Duration)(b >> (1 + a % 62) >> 3);
}

static Duration
bursts(uint64_t a, uint64_t b)
{
    return a % 100 < 95 ? 0 : (Duration)sample_exponential(b, 1e10);
}

/* Most are near, every tenth is beyond anything that will ever be reached. */
static Duration
with_never(uint64_t a, uint64_t b)
{
    return a % 1000 == 0 ? INT64_MAX : (Duration)(b % 5000);
}

typedef struct Law {
    const char *name;
    Increments increments;
    Time start;
} Law;

static const Law laws[] = {
    { "exponential", exponential, 0 },
    { "constant", constant, 0 },
    { "bimodal", bimodal, 0 },
    { "all-equal", all_equal, 0 },
    { "few-instants", few_instants, 0 },
    { "huge-gaps", huge_gaps, 0 },
    { "bursts", bursts, 0 },
    { "with-never", with_never, 0 },
    { "from-the-earliest-time", huge_gaps, INT64_MIN },
    { "near-the-last-time", exponential, INT64_MAX - 20 * SECOND },
    { "at-the-last-time", few_instants, INT64_MAX - 3 },
};

typedef struct Pair {
    EventQueue *ladder, *heap;
    StreamKey key;
    uint64_t words;
    uint32_t sequence;
    Law law;
    Event last;
    bool popped;
} Pair;

static uint64_t
next_word(Pair *pair)
{
    return stream_word(&pair->key, pair->words++);
}

static void
push_both(Pair *pair, Time now)
{
    uint64_t a = next_word(pair);
    uint64_t b = next_word(pair);
    Duration increment = pair->law.increments(a, b);
    Event event = {
        .time = now > INT64_MAX - increment ? INT64_MAX : now + increment,
        .to = (uint32_t)(a >> 60),
        .from = (uint32_t)(b >> 60),
        .sequence = pair->sequence++,
        .body = (uint32_t)b,
    };

    event_queue_push(pair->ladder, &event);
    event_queue_push(pair->heap, &event);
}

static void
assert_same(const Event *a, const Event *b)
{
    g_assert_cmpint(a->time, ==, b->time);
    g_assert_cmpuint(a->to, ==, b->to);
    g_assert_cmpuint(a->from, ==, b->from);
    g_assert_cmpuint(a->sequence, ==, b->sequence);
    g_assert_cmpuint(a->body, ==, b->body);
}

static Time
pop_both(Pair *pair)
{
    Event a;
    Event b;

    g_assert_cmpuint(event_queue_length(pair->ladder), ==, event_queue_length(pair->heap));
    if (next_word(pair) % 4 == 0)
        assert_same(event_queue_peek(pair->ladder), event_queue_peek(pair->heap));
    g_assert_true(event_queue_pop(pair->ladder, &a));
    g_assert_true(event_queue_pop(pair->heap, &b));
    assert_same(&a, &b);
    /* An event pushed now, at the same instant, may stand before the last one in the order
     * of destinations; what was there before may not. */
    if (pair->popped)
        g_assert_cmpint(pair->last.time, <=, a.time);
    pair->last = a;
    pair->popped = true;
    return a.time;
}

static void
assert_both_empty(Pair *pair)
{
    Event event;

    g_assert_null(event_queue_peek(pair->ladder));
    g_assert_false(event_queue_pop(pair->ladder, &event));
    g_assert_null(event_queue_peek(pair->heap));
    g_assert_false(event_queue_pop(pair->heap, &event));
    g_assert_cmpuint(event_queue_length(pair->ladder), ==, 0);
}

static Pair
pair_new(const Law *law, uint64_t seed)
{
    return (Pair){ .ladder = event_queue_new(EVENT_QUEUE_LADDER),
                   .heap = event_queue_new(EVENT_QUEUE_HEAP),
                   .key = { seed, stream_name(law->name, 0), 0, 0 },
                   .law = *law };
}

static void
pair_free(Pair *pair)
{
    event_queue_free(pair->ladder);
    event_queue_free(pair->heap);
}

/* Growing, holding and shrinking phases of random length. */
static void
run_phases(Pair *pair, unsigned phases, unsigned length)
{
    Time now = pair->popped ? pair->last.time : pair->law.start;

    for (unsigned phase = 0; phase < phases; phase++) {
        uint64_t percent_pushed = 20 + 20 * (next_word(pair) % 4);

        for (unsigned i = 0; i < length; i++) {
            if (next_word(pair) % 100 < percent_pushed)
                push_both(pair, now);
            else if (event_queue_length(pair->heap) > 0)
                now = pop_both(pair);
        }
    }
    while (event_queue_length(pair->heap) > 0)
        pop_both(pair);
    assert_both_empty(pair);
}

static void
test_agrees_with_the_heap(gconstpointer data)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        Pair pair = pair_new(data, seed);

        run_phases(&pair, 40, 200);
        run_phases(&pair, 10, 4000);
        pair_free(&pair);
    }
}

/* HOLD: pop one, push one; the sum over all popped times must be the heap's. */
static void
test_holds_with_the_heap(gconstpointer data)
{
    Pair pair = pair_new(data, 9);

    for (unsigned i = 0; i < 20000; i++)
        push_both(&pair, pair.law.start);
    for (unsigned i = 0; i < 60000; i++)
        push_both(&pair, pop_both(&pair));
    pair_free(&pair);
}

static void
test_drains_in_strict_order(gconstpointer data)
{
    Pair pair = pair_new(data, 5);
    Event before;
    Event event;

    for (unsigned i = 0; i < 30000; i++)
        push_both(&pair, pair.law.start);
    g_assert_true(event_queue_pop(pair.ladder, &before));
    while (event_queue_pop(pair.ladder, &event)) {
        g_assert_true(event_before(&before, &event));
        before = event;
    }
    pair_free(&pair);
}

/* What a burst needed comes back to the pools and serves the next one. */
static void
test_memory_is_bounded(gconstpointer data)
{
    Pair pair = pair_new(data, 6);
    size_t after_first = 0;
    Event event;

    for (unsigned burst = 0; burst < 6; burst++) {
        for (unsigned i = 0; i < 20000; i++)
            push_both(&pair, pair.law.start);
        for (unsigned i = 0; i < 20000; i++)
            g_assert_true(event_queue_pop(pair.ladder, &event));
        if (burst == 1)
            after_first = event_queue_bytes(pair.ladder);
    }
    g_assert_cmpuint(event_queue_bytes(pair.ladder), <=, after_first * 5 / 4);
    g_assert_cmpuint(event_queue_bytes(pair.ladder), <, 20000 * 24 * 6);
    pair_free(&pair);
}

/* Who pops can nearly always look ahead, and has seen nearly all that comes. */
static void
test_looks_ahead(void)
{
    enum { PENDING = 1000, POPS = 20000 };
    EventQueue *queue = event_queue_new(EVENT_QUEUE_LADDER);
    StreamKey key = { 1, 2, 3, 0 };
    bool seen[PENDING + POPS] = { false };
    uint32_t blind = 0, unseen = 0;

    for (uint32_t i = 0; i < PENDING + POPS; i++) {
        Event event = { .to = i, .from = i, .body = i };

        if (i >= PENDING) {
            const Event *ahead = event_queue_ahead(queue, EVENT_QUEUE_AHEAD - 1);
            Event first;

            blind += ahead == NULL;
            if (ahead != NULL)
                seen[ahead->body] = true;
            event_queue_pop(queue, &first);
            unseen += !seen[first.body];
            event.time = first.time;
        }
        event.time += exponential(stream_word(&key, i), 0);
        event_queue_push(queue, &event);
    }
    g_assert_cmpuint(blind, <, POPS / 20);
    g_assert_cmpuint(unseen, <, POPS / 10);
    event_queue_free(queue);
}

static void
add_for_all_laws(const char *what, GTestDataFunc function)
{
    for (size_t i = 0; i < G_N_ELEMENTS(laws); i++) {
        g_autofree char *path =
            g_strdup_printf("/core/event-queue/%s/%s", what, laws[i].name);

        g_test_add_data_func(path, &laws[i], function);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_for_all_laws("agrees-with-the-heap", test_agrees_with_the_heap);
    add_for_all_laws("holds-with-the-heap", test_holds_with_the_heap);
    add_for_all_laws("drains-in-strict-order", test_drains_in_strict_order);
    add_for_all_laws("memory-is-bounded", test_memory_is_bounded);
    g_test_add_func("/core/event-queue/looks-ahead", test_looks_ahead);
    return g_test_run();
}
