/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cadence of polls as a channel: requests go in at an address and come out at an
 * account a moment later, again and again.  Each account's owner is the address whose
 * requests precede its polls most of the time; there is no closed form. */
#include "results/stats/detection.h"
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/correlation.h"

#include <math.h>

typedef struct CadenceScore {
    GArray *pairs; /* StatsScore, of each account with each address */
    uint64_t accounts, right;
} CadenceScore;

/* The best address of one account: the one that the attack names. */
static void
score_account(const AttackView *view, const double *scores, uint32_t account,
              CadenceScore *score)
{
    uint32_t owner = attack_account_person(view, account), best = UINT32_MAX;
    size_t columns = view->edges.accounts + 1;
    double most = 0;

    if (owner == TRUTH_NOBODY)
        return;
    for (uint32_t i = 0; i < view->edges.n_clients; i++) {
        StatsScore one = { scores[i * columns + account],
                           attack_client_person(view, i) == owner };

        g_array_append_val(score->pairs, one);
        if (one.score > most) {
            most = one.score;
            best = i;
        }
    }
    score->accounts++;
    score->right += best != UINT32_MAX && attack_client_person(view, best) == owner;
}

static void
score_accounts(const AttackView *view, CadenceScore *score)
{
    const Lag lag = { 0, view->world->scenario->validate.window };
    size_t n = (size_t)view->edges.n_clients * (view->edges.accounts + 1);
    g_autofree double *scores = g_new(double, n + 1);

    attack_cadence(&view->edges, lag, false, scores);
    for (uint32_t a = 1; a <= view->edges.accounts; a++)
        score_account(view, scores, a, score);
}

/* Half of a coincidence's full score: what may well be its owner. */
#define CALLED_TRUE 0.5

void
world_attack_cadence(const World *w, Recorder *r)
{
    CadenceScore score = { .pairs = g_array_new(FALSE, FALSE, sizeof(StatsScore)) };
    double base = w->scenario->validate.base, people = w->scenario->clients;
    const StatsScore *pairs;
    StatsDetection found;
    AttackView view;

    attack_view_init(w, 0, &view);
    score_accounts(&view, &score);
    pairs = (const StatsScore *)(const void *)score.pairs->data;
    found = stats_detect(pairs, score.pairs->len, CALLED_TRUE);
    recorder_metric(r, "auc",
                    score.accounts > 0
                        ? stats_auc(pairs, score.pairs->len, STATS_CONFIDENCE).value
                        : 0.5,
                    "1");
    recorder_metric(r, "right",
                    score.accounts > 0 ? (double)score.right / (double)score.accounts
                                       : 1 / people,
                    "1");
    recorder_metric(r, "recall", stats_recall(&found, STATS_CONFIDENCE).value, "1");
    recorder_metric(r, "precision_at_base",
                    stats_precision_at(&found, 1 / base, STATS_CONFIDENCE).value, "1");
    recorder_metric(r, "precision_at_base_low",
                    stats_precision_at(&found, 1 / base, STATS_CONFIDENCE).low, "1");
    recorder_metric(r, "advantage", stats_advantage(&found, 0, STATS_CONFIDENCE).value,
                    "1");
    g_array_unref(score.pairs);
    attack_view_clear(&view);
}
