/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/score/score.h"

#include <math.h>
#include <stdlib.h>

typedef struct Scoring {
    const Guesses *g;
    const TruthFile *truth;
    const ScoreOptions *options;
    uint32_t *person; /* by address: whose it is */
    uint32_t *owner;  /* by target */
    bool *right;      /* by guess */
} Scoring;

static bool
check_row(uint64_t row, const TruthFile *truth, GError **error)
{
    if (row < truth->n)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "the guesses have row %" G_GUINT64_FORMAT
                ", the truth only %" G_GUINT64_FORMAT ": expected those of one run",
                row, truth->n);
    return false;
}

static bool
check_rows(const Guesses *g, const TruthFile *truth, GError **error)
{
    for (uint32_t i = 0; i < g->n_addresses; i++)
        if (!check_row(g->addresses[i].row, truth, error))
            return false;
    for (uint32_t i = 0; i < g->n_targets; i++)
        if (!check_row(g->targets[i].row, truth, error))
            return false;
    for (uint64_t i = 0; i < g->n; i++)
        if (!check_row(g->pairs[i].address_row, truth, error) ||
            !check_row(g->pairs[i].target_row, truth, error))
            return false;
    return true;
}

static int
compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* A pair that is named twice would count twice. */
static bool
check_once(const Guesses *g, GError **error)
{
    g_autofree uint64_t *keys = g_new(uint64_t, g->n + 1);

    if (g->relation == RELATION_SAME)
        return true;
    for (uint64_t i = 0; i < g->n; i++)
        keys[i] = (uint64_t)g->pairs[i].address << 32 | g->pairs[i].target;
    qsort(keys, g->n, sizeof *keys, compare_keys);
    for (uint64_t i = 1; i < g->n; i++) {
        if (keys[i] != keys[i - 1])
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the guesses name a pair of an address and a target twice");
        return false;
    }
    return true;
}

static bool
is_right(const Scoring *s, const GuessedPair *pair)
{
    const TruthRow *a = &s->truth->rows[pair->address_row];
    const TruthRow *t = &s->truth->rows[pair->target_row];
    uint32_t person, owner;

    if (s->g->relation == RELATION_SAME)
        return a->person != TRUTH_FILE_NOBODY && a->person == t->person &&
               a->request == t->request;
    person = s->person[pair->address];
    owner = s->owner[pair->target];
    if (person == TRUTH_FILE_NOBODY || owner == TRUTH_FILE_NOBODY)
        return false;
    return s->g->relation == RELATION_OWNS ? person == owner
                                           : truth_file_writes(s->truth, person, owner);
}

/* Of all that was looked at, not only of what was guessed. */
static uint64_t
true_pairs(const Scoring *s)
{
    g_autofree uint32_t *addresses = g_new0(uint32_t, s->truth->people + 1);
    uint64_t n = 0;

    for (uint32_t i = 0; i < s->g->n_addresses; i++)
        if (s->person[i] != TRUTH_FILE_NOBODY)
            addresses[s->person[i]]++;
    for (uint32_t t = 0; t < s->g->n_targets; t++) {
        if (s->owner[t] == TRUTH_FILE_NOBODY)
            continue;
        if (s->g->relation == RELATION_OWNS) {
            n += addresses[s->owner[t]];
            continue;
        }
        for (uint32_t p = 0; p < s->truth->people; p++)
            if (addresses[p] > 0 && truth_file_writes(s->truth, p, s->owner[t]))
                n += addresses[p];
    }
    return n;
}

/* --- the best of each ----------------------------------------------------------------- */

/* OWNS: each target has one owner, who may be among its best. */
static void
score_owners(const Scoring *s, Score *ret)
{
    const Guesses *g = s->g;
    g_autofree double *best = g_new(double, g->n_targets + 1);
    g_autofree uint32_t *ties = g_new0(uint32_t, g->n_targets + 1);
    g_autofree uint32_t *right = g_new0(uint32_t, g->n_targets + 1);
    g_autofree bool *can = g_new0(bool, s->truth->people + 1);
    double sum = 0, targets = 0;

    for (uint32_t t = 0; t < g->n_targets; t++)
        best[t] = -INFINITY;
    for (uint64_t i = 0; i < g->n; i++) {
        const GuessedPair *pair = &g->pairs[i];

        if (pair->score > best[pair->target]) {
            best[pair->target] = pair->score;
            ties[pair->target] = right[pair->target] = 0;
        }
        if (pair->score == best[pair->target]) {
            ties[pair->target]++;
            right[pair->target] += s->right[i];
        }
    }
    for (uint32_t i = 0; i < g->n_addresses; i++)
        if (s->person[i] != TRUTH_FILE_NOBODY)
            can[s->person[i]] = true;
    for (uint32_t t = 0; t < g->n_targets; t++) {
        if (s->owner[t] == TRUTH_FILE_NOBODY || !can[s->owner[t]])
            continue;
        targets++;
        sum += ties[t] > 0 ? (double)right[t] / ties[t] : 0;
    }
    ret->right = targets > 0 ? sum / targets : NAN;
    ret->chance = g->n_addresses > 0 ? 1.0 / g->n_addresses : NAN;
}

static int
compare_pairs(const void *a, const void *b, void *context)
{
    const Scoring *s = context;
    const GuessedPair *x = &s->g->pairs[*(const uint64_t *)a];
    const GuessedPair *y = &s->g->pairs[*(const uint64_t *)b];

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->target > y->target) - (x->target < y->target);
}

/* WRITES: each address's friends should stand in front, as many places as it has friends
 * among the targets. */
static void
score_friends(const Scoring *s, Score *ret)
{
    const Guesses *g = s->g;
    g_autofree uint64_t *order = g_new(uint64_t, g->n + 1);
    double found = 0, friends = 0;
    uint64_t at = 0;

    for (uint64_t i = 0; i < g->n; i++)
        order[i] = i;
    qsort_r(order, g->n, sizeof *order, compare_pairs, (void *)(uintptr_t)s);
    for (uint32_t a = 0; a < g->n_addresses; a++) {
        uint32_t mine = 0;

        for (uint32_t t = 0; t < g->n_targets && s->person[a] != TRUTH_FILE_NOBODY; t++)
            mine += s->owner[t] != TRUTH_FILE_NOBODY &&
                    truth_file_writes(s->truth, s->person[a], s->owner[t]);
        friends += mine;
        for (uint32_t k = 0; at < g->n && g->pairs[order[at]].address == a; at++, k++)
            found += k < mine && s->right[order[at]];
    }
    ret->right = friends > 0 ? found / friends : NAN;
    ret->chance = ret->pairs > 0 ? (double)ret->true_pairs / (double)ret->pairs : NAN;
}

static void
score_same(const Scoring *s, Score *ret)
{
    ret->pairs = s->g->n;
    for (uint64_t i = 0; i < s->g->n; i++)
        ret->true_pairs += s->right[i];
    ret->right = s->g->n > 0 ? (double)ret->true_pairs / (double)s->g->n : NAN;
    ret->chance = ret->auc = NAN;
}

/* --- all pairs ------------------------------------------------------------------------ */

static void
score_pairs(const Scoring *s, Score *ret)
{
    const Guesses *g = s->g;
    g_autofree StatsScore *listed = g_new(StatsScore, g->n + 1);
    uint64_t listed_true = 0;
    StatsUnlisted unlisted; /* they may be billions */

    for (uint64_t i = 0; i < g->n; i++) {
        listed[i] = (StatsScore){ g->pairs[i].score, s->right[i] };
        listed_true += s->right[i];
    }
    ret->pairs = (uint64_t)g->n_addresses * g->n_targets;
    ret->true_pairs = true_pairs(s);
    ret->detection = stats_detect(listed, g->n, s->options->threshold);
    unlisted.positives = ret->true_pairs - listed_true;
    unlisted.negatives = ret->pairs - g->n - unlisted.positives;
    ret->detection.false_negatives += unlisted.positives;
    ret->detection.true_negatives += unlisted.negatives;
    ret->auc = stats_auc_with(listed, g->n, unlisted, STATS_CONFIDENCE).value;
}

bool
score_guesses(const Guesses *g, const TruthFile *truth, const ScoreOptions *options,
              Score *ret, GError **error)
{
    g_autofree uint32_t *person = g_new(uint32_t, g->n_addresses + 1);
    g_autofree uint32_t *owner = g_new(uint32_t, g->n_targets + 1);
    g_autofree bool *right = g_new0(bool, g->n + 1);
    Scoring s = { g, truth, options, person, owner, right };

    if (!check_rows(g, truth, error) || !check_once(g, error))
        return false;
    *ret = (Score){ .addresses = g->n_addresses, .targets = g->n_targets, .guesses = g->n };
    for (uint32_t i = 0; i < g->n_addresses; i++)
        person[i] = truth->rows[g->addresses[i].row].person;
    for (uint32_t i = 0; i < g->n_targets; i++)
        owner[i] = truth->rows[g->targets[i].row].account_of;
    for (uint64_t i = 0; i < g->n; i++)
        right[i] = is_right(&s, &g->pairs[i]);
    if (g->relation == RELATION_SAME) {
        score_same(&s, ret);
        return true;
    }
    score_pairs(&s, ret);
    if (g->relation == RELATION_OWNS)
        score_owners(&s, ret);
    else
        score_friends(&s, ret);
    return true;
}
