/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistical disclosure of the friends of targets, one after the other; and how far a
 * friend stands out in one round, from which follow the rounds until it does by
 * validate.deviations (Danezis's bound, with what was seen for his variances). */
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/disclosure.h"

#include <math.h>

/* Over all targets. */
typedef struct DisclosureScore {
    double found, attacks; /* shares of friends ranked in front, summed */
    double friend_mean, friend_variance, friends;
    double other_mean, other_variance, others;
    double seen_after, all_seen; /* messages until all friends were seen, summed */
} DisclosureScore;

/* By account number (from 1 on): is its owner a friend of the target? */
static bool *
friends_by_account(const AttackView *view, const uint32_t *accounts, uint32_t target)
{
    bool *is_friend = g_new0(bool, view->edges.accounts + 1);

    for (uint32_t i = 0; i < view->world->scenario->rounds.friends; i++)
        is_friend[accounts[world_rounds_friend(view->world, target, i)]] = true;
    is_friend[0] = false; /* nobody wrote to that friend */
    return is_friend;
}

static void
score_ranks(const AttackView *view, const Disclosure *d, const bool *is_friend,
            uint32_t target, DisclosureScore *score)
{
    uint32_t m = view->world->scenario->rounds.friends, found = 0;
    g_autofree uint32_t *rank = g_new(uint32_t, d->accounts + 1);

    disclosure_rank(d, world_word(view->world, WORLD_PROBE, target), rank);
    for (uint32_t i = 0; i < MIN(m, d->accounts); i++)
        found += is_friend[rank[i]];
    score->found += (double)found / m;
    score->attacks++;
}

/* Accounts that never got anything are others with a mean of 0. */
static void
score_moments(const AttackView *view, const Disclosure *d, const bool *is_friend,
              DisclosureScore *score)
{
    const Scenario *s = view->world->scenario;

    for (uint32_t a = 1; a <= d->accounts; a++) {
        if (is_friend[a]) {
            score->friend_mean += d->mean[a];
            score->friend_variance += d->variance[a];
        } else {
            score->other_mean += d->mean[a];
            score->other_variance += d->variance[a];
        }
    }
    score->friends += s->rounds.friends;
    score->others += s->clients - s->rounds.friends;
}

/* Messages of this target until each friend got one, when nobody else writes. */
static void
score_contacts(const AttackView *view, const bool *is_friend, Windows windows,
               DisclosureScore *score)
{
    g_autofree bool *seen = g_new0(bool, view->edges.accounts + 1);
    uint32_t missing = view->world->scenario->rounds.friends, messages = 0;

    for (size_t i = 0; i < view->edges.n_arrivals && missing > 0; i++) {
        const Arrival *arrival = &view->edges.arrivals[i];

        if (!arrival->store || window_of(&windows, arrival->at) == UINT32_MAX)
            continue;
        messages++;
        missing -= is_friend[arrival->account] && !seen[arrival->account];
        seen[arrival->account] = true;
    }
    if (missing == 0) {
        score->seen_after += messages;
        score->all_seen++;
    }
}

static void
attack_target(const AttackView *view, const uint32_t *accounts, uint32_t target,
              DisclosureScore *score)
{
    uint32_t count = view->world->scenario->rounds.count;
    Windows windows = attack_rounds(view->world, target * count, count);
    uint32_t client = attack_client_of(view, target);
    g_autofree bool *is_friend = friends_by_account(view, accounts, target);
    Disclosure d;

    if (client == UINT32_MAX)
        return;
    attack_disclosure(&view->edges, &windows, client, &d);
    score_ranks(view, &d, is_friend, target, score);
    score_moments(view, &d, is_friend, score);
    if (view->world->scenario->rounds.batch == 1)
        score_contacts(view, is_friend, windows, score);
    disclosure_clear(&d);
}

/* Rounds t at which l deviations of both fit into the distance: t delta = l sqrt(t) (s_f +
 * s_o). */
static double
rounds_needed(const DisclosureScore *score, double deviations)
{
    double distance =
        score->friend_mean / score->friends - score->other_mean / score->others;
    double spread = sqrt(score->friend_variance / score->friends) +
                    sqrt(score->other_variance / score->others);

    return distance > 0 ? pow(deviations * spread / distance, 2) : NAN;
}

void
world_attack_disclosure(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t targets = MIN(s->rounds.targets, world_rounds_count(w) / s->rounds.count);
    g_autofree uint32_t *accounts = NULL;
    DisclosureScore score = { 0 };
    AttackView view;

    attack_view_init(w, 0, &view);
    accounts = attack_accounts_of_people(&view);
    for (uint32_t target = 0; target < targets; target++)
        attack_target(&view, accounts, target, &score);
    /* Who saw nothing names anybody. */
    recorder_metric(r, "found",
                    score.attacks > 0 ? score.found / score.attacks
                                      : (double)s->rounds.friends / s->clients,
                    "1");
    recorder_metric(r, "rounds", rounds_needed(&score, s->validate.deviations), "count");
    recorder_metric(r, "contacts_seen",
                    score.all_seen > 0 && score.all_seen >= targets
                        ? score.seen_after / score.all_seen
                        : NAN,
                    "count");
    attack_view_clear(&view);
}
