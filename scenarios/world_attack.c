/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/world_attack.h"

#include <math.h>

/* The sections' corrupt sets together. */
static bool *
corrupted_at(const World *w, uint64_t draw, uint32_t n_observers)
{
    bool *all = g_new0(bool, n_observers + 1);
    g_autofree bool *one = g_new0(bool, n_observers + 1);

    for (uint32_t i = 0; i < w->scenario->n_adversaries; i++) {
        const AdversarySection *section = &w->scenario->adversaries[i];
        uint32_t n;
        g_autofree uint32_t *candidates = world_adversary_candidates(w, section, &n);

        world_adversary_draw(w, section, candidates, n, draw, one);
        for (uint32_t k = 0; k < n_observers; k++)
            all[k] |= one[k];
    }
    return all;
}

void
attack_view_init(const World *w, uint64_t draw, AttackView *ret)
{
    g_autofree bool *corrupted = NULL;
    uint32_t n_observers;

    *ret = (AttackView){ .world = w };
    if (w->adversary != NULL) {
        ret->observers = observation_log_observers(w->adversary->log, &n_observers);
        corrupted = corrupted_at(w, draw, n_observers);
        observations_of(w->adversary->log, corrupted, &ret->seen);
    }
    edges_of(ret->seen.records, ret->seen.n, ret->observers, &ret->edges);
}

void
attack_view_clear(AttackView *view)
{
    observations_clear(&view->seen);
    edges_clear(&view->edges);
}

uint32_t
attack_client_person(const AttackView *view, uint32_t client)
{
    return truth_log_address(view->world->adversary->truth, view->edges.client_ip[client]);
}

uint32_t
attack_account_person(const AttackView *view, uint32_t account)
{
    return truth_log_account(view->world->adversary->truth, account);
}

uint32_t
attack_client_of(const AttackView *view, uint32_t person)
{
    for (uint32_t i = 0; i < view->edges.n_clients; i++)
        if (attack_client_person(view, i) == person)
            return i;
    return UINT32_MAX;
}

uint32_t *
attack_accounts_of_people(const AttackView *view)
{
    uint32_t people = view->world->scenario->clients;
    uint32_t *accounts = g_new0(uint32_t, people + 1);

    for (uint32_t a = 1; a <= view->edges.accounts; a++) {
        uint32_t person = attack_account_person(view, a);

        if (person < people)
            accounts[person] = a;
    }
    return accounts;
}

Windows
attack_rounds(const World *w, uint32_t first, uint32_t count)
{
    Duration interval = w->scenario->rounds.interval;

    return (Windows){ ROUNDS_BEGIN + first * interval, interval, count };
}

static int
compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double
attack_quantile(GArray *numbers, double q)
{
    guint least;

    if (numbers->len == 0)
        return NAN;
    g_array_sort(numbers, compare_numbers);
    least = (guint)ceil(q * numbers->len - 1e-9);
    return g_array_index(numbers, double, least > 0 ? least - 1 : 0);
}

double
attack_mean(const GArray *numbers)
{
    double sum = 0;

    for (guint i = 0; i < numbers->len; i++)
        sum += g_array_index(numbers, double, i);
    return numbers->len > 0 ? sum / numbers->len : NAN;
}
