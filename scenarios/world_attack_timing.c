/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windowed counts of what addresses send and accounts get: is the pair that belongs
 * together told from the others?  People 0 .. pairs - 1 against the accounts of their
 * partners. */
#include "results/exact/anonymity.h"
#include "results/stats/detection.h"
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/correlation.h"

#include <math.h>

typedef struct TimingScore {
    GArray *scores;  /* StatsScore: correlations */
    double z, pairs; /* Fisher's z of the true pairs, summed */
} TimingScore;

static void
score_pairs(const AttackView *view, TimingScore *score)
{
    const World *w = view->world;
    uint32_t pairs = w->scenario->rounds.pairs, n = world_rounds_count(w);
    Windows windows = attack_rounds(w, 0, n);
    g_autofree uint32_t *accounts = attack_accounts_of_people(view);
    Counts sent, got;

    counts_of_clients(&view->edges, &windows, &sent);
    counts_of_accounts(&view->edges, &windows, true, &got);
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t client = attack_client_of(view, i);

        for (uint32_t j = 0; client != UINT32_MAX && j < pairs; j++) {
            StatsScore one = { attack_correlation(&sent, client, &got, accounts[pairs + j]),
                               i == j };

            g_array_append_val(score->scores, one);
            if (i != j)
                continue;
            score->z += stats_fisher_z(one.score, n);
            score->pairs++;
        }
    }
    counts_clear(&sent);
    counts_clear(&got);
}

void
world_attack_timing(const World *w, Recorder *r)
{
    TimingScore score = { .scores = g_array_new(FALSE, FALSE, sizeof(StatsScore)) };
    uint32_t windows = world_rounds_count(w);
    double base = w->scenario->validate.base;
    const StatsScore *scores;
    StatsDetection found;
    AttackView view;

    attack_view_init(w, 0, &view);
    score_pairs(&view, &score);
    scores = (const StatsScore *)(const void *)score.scores->data;
    found = stats_detect(scores, score.scores->len,
                         stats_correlation_by_chance(1 / base, windows));
    /* Who saw nothing may as well guess. */
    recorder_metric(r, "auc",
                    score.pairs > 0
                        ? stats_auc(scores, score.scores->len, STATS_CONFIDENCE).value
                        : 0.5,
                    "1");
    recorder_metric(r, "windows_needed",
                    score.z > 0 ? exact_windows_needed(tanh(score.z / score.pairs), base)
                                : NAN,
                    "count");
    recorder_metric(r, "recall", stats_recall(&found, STATS_CONFIDENCE).value, "1");
    recorder_metric(r, "precision_at_base",
                    stats_precision_at(&found, 1 / base, STATS_CONFIDENCE).value, "1");
    g_array_unref(score.scores);
    attack_view_clear(&view);
}
