/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exposure: the nodes that ever held an account's messages, or were asked for them.  It
 * grows with every member that is replaced. */
#include "results/exact/anonymity.h"
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"

#include "nodes/onion/onion.h"

/* It was this observer's part to keep the account's messages then. */
static bool
is_of_a_holder(const Observation *o)
{
    if (o->account == 0)
        return false;
    if (o->kind == KIND_STORAGE_CC || o->kind == KIND_DATA)
        return true;
    return o->layer == ONION_FINAL &&
           (o->method == RPC_STORE || o->method == RPC_RETRIEVE) && o->status == 200;
}

typedef struct Holding {
    uint32_t account, party;
} Holding;

static int
compare_holdings(const void *a, const void *b)
{
    const Holding *x = a, *y = b;

    if (x->account != y->account)
        return x->account < y->account ? -1 : 1;
    return (x->party > y->party) - (x->party < y->party);
}

static GArray *
holdings(const World *w, const Usage *u)
{
    const ObservationLog *log = w->adversary->log;
    const Observation *records = observation_log_all(log);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Holding));

    for (size_t i = 0; i < observation_log_count(log); i++) {
        Holding holding = { records[i].account, u->party_of[records[i].observer] };

        if (is_of_a_holder(&records[i]) && holding.party != COMPROMISE_NO_PARTY)
            g_array_append_val(all, holding);
    }
    g_array_sort(all, compare_holdings);
    return all;
}

/* Of each account the set of its holders; returns their mean number. */
static double
add_accounts(Compromise *c, const GArray *all)
{
    g_autofree uint32_t *set = g_new(uint32_t, all->len + 1);
    uint32_t accounts = 0, holders = 0;

    for (guint i = 0; i < all->len;) {
        uint32_t account = g_array_index(all, Holding, i).account, n = 0;

        for (; i < all->len && g_array_index(all, Holding, i).account == account; i++) {
            uint32_t party = g_array_index(all, Holding, i).party;

            if (n == 0 || set[n - 1] != party)
                set[n++] = party;
        }
        compromise_add_event(c, &(CompromiseEvent){ .group = accounts++,
                                                    .set = compromise_add_set(c, set, n),
                                                    .at_least = 1,
                                                    .other = COMPROMISE_NO_SET });
        holders += n;
    }
    return accounts == 0 ? 0 : (double)holders / accounts;
}

void
world_validate_exposure(const World *w, Recorder *r)
{
    const AdversarySection *section = &w->scenario->adversaries[0];
    const CorruptLaw law = world_adversary_law(section);
    g_autoptr(GArray) all = NULL;
    Compromise *c;
    double exposed;
    Usage u;

    usage_of(w, &u);
    all = holdings(w, &u);
    c = compromise_new(u.n_parties, 1);
    recorder_metric(r, "exposure_set", add_accounts(c, all), "count");
    compromise_count(c, &law, w->options.seed, section->head.name, section->draws,
                     &exposed);
    recorder_metric(r, "exposed", exposed, "1");
    compromise_free(c);
    usage_clear(&u);
}

void
world_exact_exposure(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    const AdversarySection *section = &s->adversaries[0];
    uint32_t size = s->chain.fixed_swarm_size;
    double life = s->churn.life.a, t = (double)(w->end - s->churn_start) / SECOND;

    /* Who dies is replaced at once, by another. */
    if (size == 0 || section->corrupt >= 0 || s->churn.life.kind != LAW_EXPONENTIAL ||
        s->repair_delay.kind == LAW_NEVER)
        return;
    world_record_exact(r, "exposed", exact_exposed(section->share, size, life, t), "1");
    world_record_exact(r, "exposure_set", size * (1 + t / life), "count");
}
