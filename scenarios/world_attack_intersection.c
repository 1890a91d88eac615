/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intersection: each account in turn is the target, in blocks of its events that are so
 * long that hardly any ends before one candidate is left; each block is an attack of its
 * own. */
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/intersection.h"

#include <math.h>

typedef struct IntersectionScore {
    GArray *rounds;  /* double: events until one was left */
    GArray *sizes;   /* double: candidates left after validate.after events */
    GArray *entropy; /* bits: of those candidates, all alike */
    uint64_t attacks, right;
} IntersectionScore;

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

    add(score->rounds, used);
    add(score->sizes, size);
    add(score->entropy, log2(size));
    score->attacks++;
    for (uint32_t c = 0; left.left == 1 && c < there->clients; c++)
        score->right += candidates_have(&left, c) && attack_client_person(view, c) == owner;
    free(left.bits);
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
    for (uint32_t a = 1; a <= events.accounts; a++)
        for (size_t i = events.first[a]; i + length <= events.first[a + 1]; i += length)
            attack_block(view, &there, a, events.windows + i, length, score);
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
