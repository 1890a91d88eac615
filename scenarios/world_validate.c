/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What became of the probes: read from the ledger, which every store's puts, losses and
 * last contents are told to, for the closed forms of results/exact.  A run gives one value
 * of each metric; the interval is over runs. */
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"

#include <math.h>

uint32_t
world_swarm_size(const World *w)
{
    return w->scenario->chain.fixed_swarm_size;
}

bool
world_regroups(const World *w, bool may)
{
    int32_t estimate = w->scenario->validate.estimate;

    return estimate == VALIDATE_REGROUPED || (estimate == VALIDATE_AUTO && may);
}

static int
compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double
world_quantile(double *values, size_t n, double q)
{
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof *values, compare_numbers);
    return values[MIN(n - 1, (size_t)(q * (double)n))];
}

/* --- while it runs
 * -------------------------------------------------------------------------- */

void
world_spell(World *w, uint32_t node, bool away)
{
    WorldValidate *v = w->validate;

    if (v == NULL)
        return;
    if (v->n_spells == v->spells_capacity) {
        v->spells_capacity = MAX(1024, v->spells_capacity * 2);
        v->spells = g_renew(Spell, v->spells, v->spells_capacity);
    }
    v->spells[v->n_spells++] = (Spell){ host_now(w->host), node, away };
}

void
world_validate_shock(World *w, uint32_t group)
{
    if (w->validate == NULL)
        return;
    w->validate->shocks[group]++;
    if (w->scenario->validate.form == VALIDATE_OUTAGES)
        world_validate_outage(w);
}

/* P(at least k of n up), over all groups of the nodes. */
static double
share_up(const World *w)
{
    uint64_t down = 0;

    for (uint32_t i = 0; i < w->n_nodes; i++)
        down += host_state(w->host, w->nodes[i].actor) != ACTOR_UP;
    return 1 - regroup_share_below(w->n_nodes, down, world_swarm_size(w),
                                   w->scenario->validate.at_least);
}

void
world_validate_look(World *w)
{
    WorldValidate *v = w->validate;
    Time now = host_now(w->host);

    if (v == NULL || w->scenario->validate.form != VALIDATE_AVAILABILITY ||
        now < w->scenario->churn_start + (w->end - w->scenario->churn_start) / 2)
        return;
    v->up_share_sum += share_up(w);
    v->up_looks++;
}

/* --- reading the probes
 * --------------------------------------------------------------------- */

static bool
is_put_or_loss(const LifeEvent *event)
{
    return event->what == LEDGER_PUT || event->what == LEDGER_DISK_GONE ||
           event->what == LEDGER_DROPPED;
}

/* Fill in the slots, and when the last one was gone for the first time. */
static void
read_lives(const World *w, Probe *probe)
{
    uint32_t size = world_swarm_size(w), there = 0;
    LifeReader life = ledger_life(w->ledger, probe->message);
    LifeEvent event;

    while (life_next(&life, &event)) {
        uint32_t slot = event.who - probe->group * size;

        if (!is_put_or_loss(&event) || event.who >= w->n_nodes ||
            world_group_of(w, event.who) != probe->group || slot >= size)
            continue;
        if (event.what == LEDGER_PUT) {
            if (probe->primary == UINT32_MAX)
                probe->primary = slot;
            if (probe->slots[slot].put < 0)
                probe->slots[slot].put = event.at;
            there += probe->slots[slot].until != TIME_NEVER;
            probe->slots[slot].until = TIME_NEVER;
        } else if (probe->slots[slot].until == TIME_NEVER) {
            probe->slots[slot].until = event.at;
            if (--there == 0 && probe->lost_at == TIME_NEVER)
                probe->lost_at = event.at;
        }
    }
    if (probe->primary == UINT32_MAX)
        probe->lost_at = 0; /* acknowledged, and never on any disk */
}

static void
add_probe(World *w, size_t index, const LedgerMessage *m, uint32_t *of_group)
{
    WorldValidate *v = w->validate;
    uint32_t size = world_swarm_size(w), groups = MAX(1, w->scenario->nodes / size);
    uint64_t swarm_id = snapshot_swarm_of(world_snapshot(w), w->accounts[m->to] + 1)->id;
    Probe *probe = &v->probes[v->n_probes];

    *probe = (Probe){ .message = index,
                      .group = (uint32_t)(swarm_id / (UINT64_MAX / groups)),
                      .primary = UINT32_MAX,
                      .lost_at = TIME_NEVER };
    /* The last group takes what is left over: it is no group of this size. */
    if (probe->group >= groups ||
        (probe->group == groups - 1 && w->scenario->nodes % size != 0))
        return;
    probe->number = of_group[probe->group]++;
    v->numbers = MAX(v->numbers, probe->number + 1);
    probe->slots = g_new(ProbeSlot, size);
    for (uint32_t i = 0; i < size; i++)
        probe->slots[i] = (ProbeSlot){ -1, 0 };
    read_lives(w, probe);
    v->n_probes++;
}

/* The form with absent members is of the member that was asked, and was there: a client
 * that tries until one is finds swarms with fewer. */
static bool
at_first_try(const World *w, size_t index)
{
    LifeReader life = ledger_life(w->ledger, index);
    LifeEvent event;

    while (life_next(&life, &event))
        if (event.what == NOTE_ATTEMPT_FAILED)
            return false;
    return true;
}

static void
audit_stores(World *w)
{
    g_autofree Store **stores = g_new0(Store *, w->n_nodes + 1);

    for (uint32_t i = 0; i < w->n_nodes; i++)
        stores[i] = w->nodes[i].store;
    ledger_audit(w->ledger, host_now(w->host), stores, w->n_nodes);
}

void
world_validate_close(World *w)
{
    WorldValidate *v = w->validate;
    g_autofree uint32_t *of_group = NULL;
    size_t n = ledger_count(w->ledger);

    if (v == NULL || w->scenario->validate.probes == 0)
        return;
    audit_stores(w);
    if (world_swarm_size(w) == 0)
        return;
    of_group = g_new0(uint32_t, w->scenario->nodes / world_swarm_size(w) + 1);
    v->probes = g_new0(Probe, n + 1);
    for (size_t i = 0; i < n; i++) {
        LedgerMessage m = ledger_message(w->ledger, i);

        if (m.accepted >= 0 && (w->scenario->absent_share == 0 || at_first_try(w, i)))
            add_probe(w, i, &m, of_group);
    }
}

void
world_validate_free(World *w)
{
    if (w->validate == NULL)
        return;
    for (uint32_t i = 0; i < w->validate->n_probes; i++)
        g_free(w->validate->probes[i].slots);
    g_free(w->validate->probes);
    g_free(w->validate->spells);
    g_free(w->validate->shocks);
    g_free(w->validate->pools);
    g_byte_array_unref(w->validate->to_absent);
    g_free(w->validate);
}

/* --- without repair
 * ------------------------------------------------------------------------- */

/* Replicas of the probes of one number: how many there could be, and are not. */
typedef struct Slots {
    uint64_t total, gone, primaries, primaries_gone;
} Slots;

static Slots
slots_at(const World *w, uint32_t number, Time at)
{
    const WorldValidate *v = w->validate;
    Slots s = { 0 };

    for (uint32_t i = 0; i < v->n_probes; i++) {
        const Probe *probe = &v->probes[i];

        if (probe->number != number)
            continue;
        s.primaries++;
        s.primaries_gone +=
            probe->primary == UINT32_MAX || probe->slots[probe->primary].until <= at;
        for (uint32_t slot = 0; slot < world_swarm_size(w); slot++) {
            s.total++;
            s.gone += probe->slots[slot].until <= at;
        }
    }
    return s;
}

/* P(fewer than k of n are left), over all swarms that the replicas could have been in. */
static double
loss_at(const World *w, uint32_t number, Time at)
{
    Slots s = slots_at(w, number, at);
    uint32_t n = world_swarm_size(w);

    if (s.primaries == 0)
        return NAN;
    if (w->scenario->absent_share == 0)
        return regroup_share_below(s.total, s.gone, n, w->scenario->validate.at_least);
    /* The member that was asked is one, the others are others. */
    return (double)s.primaries_gone / (double)s.primaries *
           regroup_share_below(s.total - s.primaries, s.gone - s.primaries_gone, n - 1, 1);
}

static uint32_t
probes_of_number(const WorldValidate *v, uint32_t number)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n_probes; i++)
        n += v->probes[i].number == number;
    return n;
}

static double
loss_at_end(const World *w)
{
    const WorldValidate *v = w->validate;
    double sum = 0;

    for (uint32_t number = 0; number < v->numbers; number++)
        sum += probes_of_number(v, number) * loss_at(w, number, w->end);
    return sum / v->n_probes;
}

static uint32_t
slots_left(const World *w, const Probe *probe, Time at)
{
    uint32_t left = 0;

    for (uint32_t slot = 0; slot < world_swarm_size(w); slot++)
        left += probe->slots[slot].until > at;
    return left;
}

static double
loss_counted(const World *w)
{
    const WorldValidate *v = w->validate;
    uint32_t lost = 0;

    for (uint32_t i = 0; i < v->n_probes; i++)
        lost += slots_left(w, &v->probes[i], w->end) < w->scenario->validate.at_least;
    return (double)lost / v->n_probes;
}

static double
copies_at_birth(const World *w)
{
    const WorldValidate *v = w->validate;
    uint64_t copies = 0;

    for (uint32_t i = 0; i < v->n_probes; i++)
        for (uint32_t slot = 0; slot < world_swarm_size(w); slot++)
            copies += v->probes[i].slots[slot].put >= 0;
    return (double)copies / v->n_probes;
}

static void
record_no_repair(const World *w, Recorder *r)
{
    double loss = loss_at_end(w);

    recorder_metric(r, "survival", 1 - loss, "1");
    recorder_metric(r, "loss", loss, "1");
    recorder_metric(r, "survival_counted", 1 - loss_counted(w), "1");
    recorder_metric(r, "copies", copies_at_birth(w), "1");
}

/* --- shocks
 * --------------------------------------------------------------------------------- */

/* Swarms that had as many shocks have nodes that are alike: the share of all swarms that
 * these could have formed, class by class. */
static void
record_shocks(const World *w, Recorder *r)
{
    const WorldValidate *v = w->validate;
    uint32_t n = world_swarm_size(w), most = 0;
    double loss = 0;

    for (uint32_t i = 0; i < v->n_probes; i++)
        most = MAX(most, v->shocks[v->probes[i].group]);
    for (uint32_t shocks = 0; shocks <= most; shocks++) {
        uint64_t swarms = 0, gone = 0;

        for (uint32_t i = 0; i < v->n_probes; i++) {
            const Probe *probe = &v->probes[i];

            if (probe->number != 0 || v->shocks[probe->group] != shocks)
                continue;
            swarms++;
            gone += n - slots_left(w, probe, w->end);
        }
        if (swarms > 0)
            loss += (double)swarms * regroup_share_below(swarms * n, gone, n, 1);
    }
    loss /= MAX(1, probes_of_number(v, 0));
    recorder_metric(r, "loss", loss, "1");
    recorder_metric(r, "survival", 1 - loss, "1");
    recorder_metric(r, "survival_counted", 1 - loss_counted(w), "1");
}

/* --- many leave at once
 * --------------------------------------------------------------------- */

/* Share of the messages that some disk still has. */
static double
share_left(const World *w)
{
    uint32_t messages = 0, left = 0;

    for (size_t i = 0; i < ledger_count(w->ledger); i++) {
        LifeReader life = ledger_life(w->ledger, i);
        LifeEvent event;
        int64_t there = 0;

        if (ledger_message(w->ledger, i).accepted < 0)
            continue;
        while (life_next(&life, &event))
            if (is_put_or_loss(&event))
                there += event.what == LEDGER_PUT ? 1 : -1;
        messages++;
        left += there > 0;
    }
    return (double)left / MAX(1, messages);
}

/* Per swarm that there was at the start, as the reference counts them. */
static void
record_mass_exit(const World *w, Recorder *r)
{
    double swarms = MAX(1, w->series[0].swarms);

    recorder_metric(r, "dissolved", (double)w->totals.chain[CHAIN_SWARM_DISSOLVED] / swarms,
                    "1");
    recorder_metric(r, "steals", (double)w->totals.chain[CHAIN_MOVED] / swarms, "1");
    recorder_metric(r, "survival", share_left(w), "1");
}

/* --- time to loss
 * --------------------------------------------------------------------------- */

static int
compare_times(const void *a, const void *b)
{
    Time x = *(const Time *)a, y = *(const Time *)b;

    return (x > y) - (x < y);
}

/* Mean and quantile of the time at which a swarm falls below at_least, from the curve of
 * losses over all swarms that there could have been.  NAN: it does not get that far. */
static void
record_time_to_loss(const World *w, Recorder *r)
{
    const WorldValidate *v = w->validate;
    uint32_t n = world_swarm_size(w), count = 0;
    g_autofree Time *gone = g_new(Time, (gsize)v->n_probes * n + 1);
    double mean = 0, quantile = NAN, loss = 0;
    Time last = w->scenario->churn_start;

    for (uint32_t i = 0; i < v->n_probes; i++)
        for (uint32_t slot = 0; slot < n && v->probes[i].number == 0; slot++)
            gone[count++] = v->probes[i].slots[slot].until;
    qsort(gone, count, sizeof *gone, compare_times);
    for (uint32_t i = 0; i < count && gone[i] != TIME_NEVER; i++) {
        double next = regroup_share_below(count, i + 1, n, w->scenario->validate.at_least);

        mean += (1 - loss) * (double)(gone[i] - last);
        if (isnan(quantile) && next >= w->scenario->validate.quantile)
            quantile = (double)(gone[i] - w->scenario->churn_start) / DAY;
        loss = next;
        last = gone[i];
    }
    /* All but a millionth are gone, or the mean is of something else. */
    recorder_metric(r, "mttdl", loss > 1 - 1e-6 ? mean / DAY : NAN, "d");
    recorder_metric(r, "time_to_loss", quantile, "d");
}

/* --- all of it
 * ------------------------------------------------------------------------------ */

static void
record_availability(const World *w, Recorder *r)
{
    const WorldValidate *v = w->validate;
    bool at_end = w->scenario->validate.moment == VALIDATE_END;

    recorder_metric(r, "availability", at_end ? share_up(w) : v->up_share_sum / v->up_looks,
                    "1");
}

void
world_validate_start(World *w)
{
    if (w->scenario->validate.form == VALIDATE_NONE)
        return;
    w->validate = g_new0(WorldValidate, 1);
    w->validate->shocks = g_new0(uint32_t, w->scenario->nodes + 1);
    w->validate->pools = g_new0(ClientPool, w->scenario->clients + 1);
    w->validate->to_absent = g_byte_array_new();
}

static void (*const forms[])(const World *w, Recorder *r) = {
    [VALIDATE_NO_REPAIR] = record_no_repair,
    [VALIDATE_TIME_TO_LOSS] = record_time_to_loss,
    [VALIDATE_AVAILABILITY] = record_availability,
    [VALIDATE_ALL_DOWN] = world_validate_all_down,
    [VALIDATE_REPAIR] = world_validate_repair,
    [VALIDATE_SHOCKS] = record_shocks,
    [VALIDATE_MASS_EXIT] = record_mass_exit,
    [VALIDATE_TTL_LOSS] = world_validate_ttl_loss,
    [VALIDATE_QUEUE] = world_load_record,
    [VALIDATE_PATH_COMPROMISE] = world_validate_path_compromise,
    [VALIDATE_GUARD_ROTATION] = world_validate_rotation,
    [VALIDATE_EXPOSURE] = world_validate_exposure,
    [VALIDATE_OUTAGES] = world_validate_outages,
    [VALIDATE_GROWTH] = world_validate_growth,
    [VALIDATE_CREDIT] = world_validate_credit,
    [VALIDATE_INTERSECTION] = world_attack_intersection,
    [VALIDATE_PREDECESSOR] = world_attack_predecessor,
    [VALIDATE_DISCLOSURE] = world_attack_disclosure,
    [VALIDATE_ENTROPY] = world_attack_entropy,
    [VALIDATE_TIMING] = world_attack_timing,
    [VALIDATE_CADENCE] = world_attack_cadence,
    [VALIDATE_DENIAL] = world_validate_denial,
    [VALIDATE_FRONTIER] = world_validate_frontier,
    [VALIDATE_ECLIPSE] = world_validate_eclipse,
    [VALIDATE_SYBIL] = world_validate_sybils,
    [VALIDATE_POLLING] = world_validate_polling,
};

void
world_validate_record(const World *w, Recorder *r)
{
    if (w->scenario->validate.form == VALIDATE_NONE)
        return;
    forms[w->scenario->validate.form](w, r);
    world_exact_record(w, r);
}
