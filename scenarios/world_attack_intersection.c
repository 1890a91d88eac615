/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intersection: each account in turn is the target, and after some of its events there is
 * a set; the events until one is left are counted over many orders of the same events.
 *
 * The orders are why the quantile is right: in one order all accounts end at about the same
 * event, when the last one who never missed any is away for once, so that a run has hardly
 * more than one length to show.  Rounds are independent and alike, so each order is as good
 * as the one that came, and what is averaged over orders estimates the distribution itself.
 */
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/intersection.h"

#include <math.h>

typedef struct IntersectionScore {
    GArray *rounds;  /* double: events until one was left, in each order */
    GArray *sizes;   /* double: candidates left after validate.after events */
    GArray *entropy; /* bits: of those candidates, all alike */
    uint64_t attacks, right;
} IntersectionScore;

enum { ORDERS = 200 }; /* of each account's events */

/* Events after which others are left with a chance of 1e-7. */
static uint32_t
block_length(const Scenario *s)
{
    double p = CLAMP(s->rounds.online, 1e-3, 0.999);
    double length = ceil(log(s->clients / 1e-7) / -log(p));

    return MAX((uint32_t)length, s->validate.after);
}

static void
add(GArray *numbers, double number)
{
    g_array_append_val(numbers, number);
}

static void
attack_block(const AttackView *view, const PresenceMap *there, uint32_t account,
             const uint32_t *events, uint32_t n, IntersectionScore *score)
{
    uint32_t after = view->world->scenario->validate.after;
    Candidates left = candidates_all(there);
    g_autofree uint32_t *sizes = g_new(uint32_t, n + 1);
    uint32_t rounds = attack_intersection(there, events, n, &left, sizes);
    uint32_t used = MIN(rounds, n), owner = attack_account_person(view, account);
    double size = sizes[MIN(after, used) - 1];

    add(score->sizes, size);
    add(score->entropy, log2(size));
    score->attacks++;
    for (uint32_t c = 0; left.left == 1 && c < there->clients; c++)
        score->right += candidates_have(&left, c) && attack_client_person(view, c) == owner;
    free(left.bits);
}

/* The first @n of a shuffle of @events. */
static void
draw_order(const World *w, uint64_t number, const uint32_t *events, uint32_t all,
           uint32_t n, uint32_t *ret)
{
    uint64_t state = world_word(w, WORLD_PROBE, number);
    g_autofree uint32_t *left = g_memdup2(events, all * sizeof *events);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t k;

        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        k = i + (uint32_t)((state >> 32) * (all - i) >> 32);
        ret[i] = left[k];
        left[k] = left[i];
    }
}

static void
count_rounds(const AttackView *view, const PresenceMap *there, uint32_t account,
             const uint32_t *events, uint32_t all, uint32_t n, IntersectionScore *score)
{
    g_autofree uint32_t *order = g_new(uint32_t, n + 1);

    for (uint32_t k = 0; k < ORDERS; k++) {
        Candidates left = candidates_all(there);
        uint32_t rounds;

        draw_order(view->world, (uint64_t)account * ORDERS + k, events, all, n, order);
        rounds = attack_intersection(there, order, n, &left, NULL);
        add(score->rounds, MIN(rounds, n));
        free(left.bits);
    }
}

/* A shorter run has the set after some events, but not how many it takes. */
static bool
is_long_enough(const World *w)
{
    return world_rounds_count(w) * w->scenario->rounds.online >= block_length(w->scenario);
}

static void
attack_all(const AttackView *view, IntersectionScore *score)
{
    const World *w = view->world;
    Windows rounds = attack_rounds(w, 0, world_rounds_count(w));
    uint32_t length =
        is_long_enough(w) ? block_length(w->scenario) : w->scenario->validate.after;
    AccountEvents events;
    PresenceMap there;

    presence_of(&view->edges, &rounds, &there);
    account_events_of(&view->edges, &rounds, false, &events);
    for (uint32_t a = 1; a <= events.accounts; a++) {
        const uint32_t *mine = events.windows + events.first[a];
        uint32_t n = (uint32_t)(events.first[a + 1] - events.first[a]);

        for (uint32_t i = 0; i + length <= n; i += length)
            attack_block(view, &there, a, mine + i, length, score);
        if (is_long_enough(w) && n >= length)
            count_rounds(view, &there, a, mine, n, length, score);
    }
    account_events_clear(&events);
    presence_clear(&there);
}

void
world_attack_intersection(const World *w, Recorder *r)
{
    IntersectionScore score = { .rounds = g_array_new(FALSE, FALSE, sizeof(double)),
                                .sizes = g_array_new(FALSE, FALSE, sizeof(double)),
                                .entropy = g_array_new(FALSE, FALSE, sizeof(double)) };
    AttackView view;

    attack_view_init(w, 0, &view);
    attack_all(&view, &score);
    /* Who saw nothing knows that it is one of all. */
    if (score.attacks == 0)
        add(score.entropy, log2(w->scenario->clients));
    if (is_long_enough(w)) {
        recorder_metric(r, "rounds", attack_mean(score.rounds), "count");
        recorder_metric(r, "rounds_quantile",
                        attack_quantile(score.rounds, w->scenario->validate.quantile),
                        "count");
    }
    recorder_metric(r, "set", attack_mean(score.sizes), "count");
    recorder_metric(r, "entropy", attack_mean(score.entropy), "bit");
    recorder_metric(r, "entropy_percentile_5", attack_quantile(score.entropy, 0.05), "bit");
    recorder_metric(r, "right",
                    score.attacks > 0 ? (double)score.right / (double)score.attacks
                                      : 1.0 / w->scenario->clients,
                    "1");
    g_array_unref(score.rounds);
    g_array_unref(score.sizes);
    g_array_unref(score.entropy);
    attack_view_clear(&view);
}
