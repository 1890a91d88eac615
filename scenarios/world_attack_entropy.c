/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left unknown of single messages.  To somebody who sees all of both edges: which
 * of the requests that come out within validate.window is it?  To somebody who sees links
 * at the edges, each with chance validate.links: who sent those that he sees at both? */
#include "results/stats/posterior.h"
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/correlation.h"

#include <math.h>

static const Truth *
truth_of(const AttackView *view, size_t record)
{
    return &truth_log_all(view->world->adversary->truth)[view->seen.places[record]];
}

/* This arrival is that sending's: one flow, of the person whose address sent. */
static bool
is_its(const AttackView *view, const Sending *sending, const Arrival *arrival)
{
    const Truth *x = truth_of(view, sending->record), *y = truth_of(view, arrival->record);

    return x->person == y->person && x->request == y->request &&
           x->person == attack_client_person(view, sending->client);
}

/* --- a window ---------------------------------------------------------------------- */

typedef struct WindowScore {
    GArray *others; /* double: that it could be as well */
    GArray *entropy;
    uint64_t messages, right;
} WindowScore;

enum { CANDIDATES_MAX = 65536 };

static bool
is_scored(const World *w, Time at)
{
    return at >= ROUNDS_BEGIN && at < w->scenario->duration - w->scenario->validate.window;
}

static void
attack_windows(const AttackView *view, WindowScore *score)
{
    const World *w = view->world;
    const Lag lag = { 0, w->scenario->validate.window };
    const Reach reach = {
        lag, w->scenario->validate.sizes ? attack_overhead(&view->edges, lag, true) : -1,
        true
    };
    g_autofree size_t *which = g_new(size_t, CANDIDATES_MAX);

    for (size_t i = 0; i < view->edges.n_sendings; i++) {
        const Sending *sending = &view->edges.sendings[i];
        size_t n, guess;
        double others, bits;

        if (!is_scored(w, sending->at))
            continue;
        n = attack_window(&view->edges, sending, &reach, which, CANDIDATES_MAX);
        if (n == 0)
            continue; /* it did not come out here */
        others = (double)n - 1;
        bits = log2((double)n);
        g_array_append_val(score->others, others);
        g_array_append_val(score->entropy, bits);
        score->messages++;
        guess = (size_t)sample_below(world_word(w, WORLD_PROBE, i), MIN(n, CANDIDATES_MAX));
        score->right += is_its(view, sending, &view->edges.arrivals[which[guess]]);
    }
}

static void
record_windows(const AttackView *view, Recorder *r)
{
    WindowScore score = { .others = g_array_new(FALSE, FALSE, sizeof(double)),
                          .entropy = g_array_new(FALSE, FALSE, sizeof(double)) };
    double blind = log2(view->world->scenario->clients);

    attack_windows(view, &score);
    if (score.messages == 0)
        g_array_append_val(score.entropy, blind);
    recorder_metric(r, "others", attack_mean(score.others), "count");
    recorder_metric(r, "right",
                    score.messages > 0 ? (double)score.right / (double)score.messages
                                       : 1.0 / view->world->scenario->clients,
                    "1");
    recorder_metric(r, "entropy", attack_mean(score.entropy), "bit");
    recorder_metric(r, "entropy_percentile_5", attack_quantile(score.entropy, 0.05), "bit");
    g_array_unref(score.others);
    g_array_unref(score.entropy);
}

/* --- links ------------------------------------------------------------------------- */

/* What an adversary who sees links learned of each message: its sender, or nothing. */
typedef struct LinkScore {
    GArray *senders, *seen;     /* uint32_t, by message and draw: the truth; what he says */
    GArray *linked, *per_block; /* double */
} LinkScore;

/* A link is seen or not, for ever: by a hash of its ends. */
static bool
link_is_seen(const World *w, uint32_t draw, uint32_t a, uint32_t b)
{
    StreamKey key = { w->options.seed, stream_name("links", draw), a, 0 };

    return sample_uniform(stream_word(&key, b)) < w->scenario->validate.links;
}

/* A message comes out so long after it went in, at most: three links and what nodes take.
 */
#define THROUGH (500 * MILLISECOND)

/* The place of the sending that an arrival must be of, by time alone, among those that are
 * seen; SIZE_MAX: none, or several. */
static size_t
sending_before(const AttackView *view, const Arrival *arrival, const bool *seen)
{
    const Edges *e = &view->edges;
    size_t low = 0, n = e->n_sendings, found = SIZE_MAX;

    while (n > 0) {
        size_t half = n / 2;

        if (e->sendings[low + half].at < arrival->at - THROUGH) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    for (; low < e->n_sendings && e->sendings[low].at < arrival->at; low++) {
        if (!seen[low])
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = low;
    }
    return found;
}

/* Which sendings are on links that he sees. */
static bool *
seen_sendings(const AttackView *view, uint32_t draw)
{
    bool *seen = g_new(bool, view->edges.n_sendings + 1);

    for (size_t i = 0; i < view->edges.n_sendings; i++) {
        const Sending *s = &view->edges.sendings[i];
        const Observation *record = &view->seen.records[s->record];

        seen[i] = link_is_seen(view->world, draw, view->edges.client_ip[s->client],
                               view->observers[record->observer].ip);
    }
    return seen;
}

/* Shares of blocks of validate.after messages of one person with one that was linked. */
static void
score_blocks(const World *w, const GArray *senders, const GArray *seen, LinkScore *score)
{
    uint32_t people = w->scenario->clients, after = w->scenario->validate.after;
    g_autofree uint32_t *messages = g_new0(uint32_t, people + 1);
    g_autofree bool *hit = g_new0(bool, people + 1);

    for (guint i = 0; i < senders->len; i++) {
        uint32_t person = g_array_index(senders, uint32_t, i);
        double share;

        if (person >= people)
            continue;
        hit[person] |= g_array_index(seen, uint32_t, i) == person;
        if (++messages[person] < after)
            continue;
        share = hit[person];
        g_array_append_val(score->per_block, share);
        /* A person's links are the same for ever: its next block is no other trial. */
        messages[person] = 0;
        hit[person] = false;
    }
}

static void
attack_links(const AttackView *view, uint32_t draw, LinkScore *score)
{
    const World *w = view->world;
    g_autofree bool *seen = seen_sendings(view, draw);
    g_autoptr(GArray) senders = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) said = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (size_t i = 0; i < view->edges.n_arrivals; i++) {
        const Arrival *arrival = &view->edges.arrivals[i];
        const Observation *record = &view->seen.records[arrival->record];
        uint32_t nobody = w->scenario->clients, says = nobody;
        uint32_t sender = truth_of(view, arrival->record)->person;
        double linked;

        if (!arrival->store || !is_scored(w, arrival->at) || sender == TRUTH_NOBODY)
            continue;
        if (link_is_seen(w, draw, record->neighbour,
                         view->observers[record->observer].ip)) {
            size_t sending = sending_before(view, arrival, seen);

            if (sending != SIZE_MAX)
                says = attack_client_person(view, view->edges.sendings[sending].client);
        }
        linked = says == sender;
        g_array_append_val(senders, sender);
        g_array_append_val(said, says);
        g_array_append_val(score->linked, linked);
    }
    score_blocks(w, senders, said, score);
    g_array_append_vals(score->senders, senders->data, senders->len);
    g_array_append_vals(score->seen, said->data, said->len);
}

/* What is still unknown of a message, on average: nothing where he says who sent it. */
static double
entropy_left(const World *w, const LinkScore *score)
{
    uint64_t silent = 0;

    for (guint i = 0; i < score->seen->len; i++)
        silent += g_array_index(score->seen, uint32_t, i) == w->scenario->clients;
    return score->seen->len > 0
               ? (double)silent / score->seen->len * log2(w->scenario->clients)
               : log2(w->scenario->clients);
}

static void
record_links(const AttackView *view, Recorder *r)
{
    const World *w = view->world;
    LinkScore score = { .senders = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                        .seen = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                        .linked = g_array_new(FALSE, FALSE, sizeof(double)),
                        .per_block = g_array_new(FALSE, FALSE, sizeof(double)) };
    StatsInformation information;

    for (uint32_t draw = 0; draw < w->scenario->validate.draws; draw++)
        attack_links(view, draw, &score);
    information = stats_information((const uint32_t *)(const void *)score.senders->data,
                                    (const uint32_t *)(const void *)score.seen->data,
                                    score.senders->len, 0, 0);
    recorder_metric(r, "linked", attack_mean(score.linked), "1");
    recorder_metric(r, "linked_within", attack_mean(score.per_block), "1");
    recorder_metric(r, "entropy_left", entropy_left(w, &score), "bit");
    recorder_metric(r, "information", information.corrected, "bit");
    g_array_unref(score.senders);
    g_array_unref(score.seen);
    g_array_unref(score.linked);
    g_array_unref(score.per_block);
}

void
world_attack_entropy(const World *w, Recorder *r)
{
    AttackView view;

    attack_view_init(w, 0, &view);
    record_windows(&view, r);
    record_links(&view, r);
    attack_view_clear(&view);
}
