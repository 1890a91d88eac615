/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When the last of a swarm goes: nodes that come and go, replicas that die and are repaired
 * (science 1.3, 1.4).  Counted over the run's swarms, or over all that its slots could have
 * formed (sim/measure/regroup.h), which needs slots that are independent of each other. */
#include "scenarios/world_validate.h"

#include <math.h>

/* --- absences: of nodes, or of replicas
 * ------------------------------------------------------ */

typedef struct Absences {
    GArray *list; /* Absence, times since churn.begins_at */
    uint32_t slots;
    Time origin;
} Absences;

/* Spells sorted by node, and by node the first of its own. */
typedef struct NodeSpells {
    Spell *spells;
    uint32_t *first;
} NodeSpells;

static int
compare_spells(const void *a, const void *b)
{
    const Spell *x = a, *y = b;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static NodeSpells
sort_spells(const World *w)
{
    uint32_t n = w->validate->n_spells, i = 0;
    NodeSpells s = { g_new(Spell, n + 1), g_new(uint32_t, w->n_nodes + 1) };

    memcpy(s.spells, w->validate->spells, n * sizeof *s.spells);
    qsort(s.spells, n, sizeof *s.spells, compare_spells);
    for (uint32_t node = 0; node <= w->n_nodes; node++) {
        while (i < n && s.spells[i].node < node)
            i++;
        s.first[node] = i;
    }
    return s;
}

static void
clear_spells(NodeSpells *s)
{
    g_free(s->spells);
    g_free(s->first);
}

static void
add_absence(Absences *a, uint32_t slot, Time from, Time until)
{
    Absence absence = { slot, MAX(from, a->origin) - a->origin,
                        until == TIME_NEVER ? TIME_NEVER : until - a->origin };

    if (absence.from < absence.until)
        g_array_append_val(a->list, absence);
}

/* The node's own coming and going after @after, on top of what is known: @since is when the
 * slot became empty, or -1. */
static void
follow_node(Absences *a, const NodeSpells *spells, uint32_t node, uint32_t slot, Time after,
            Time since)
{
    for (uint32_t i = spells->first[node]; i < spells->first[node + 1]; i++) {
        const Spell *s = &spells->spells[i];

        if (s->at < after)
            continue;
        if (s->away && since < 0) {
            since = s->at;
        } else if (!s->away && since >= 0) {
            add_absence(a, slot, since, s->at);
            since = -1;
        }
    }
    if (since >= 0)
        add_absence(a, slot, since, TIME_NEVER);
}

static Absences
absences_of_nodes(const World *w)
{
    NodeSpells spells = sort_spells(w);
    uint32_t size = world_swarm_size(w);
    Absences a = { g_array_new(FALSE, FALSE, sizeof(Absence)),
                   w->scenario->nodes / size * size, w->scenario->churn_start };

    for (uint32_t node = 0; node < a.slots; node++)
        follow_node(&a, &spells, node, node, 0, -1);
    clear_spells(&spells);
    return a;
}

/* From the death of a disk to the put that brings the message back.  Once the message is
 * lost nothing can: then a replica would be where its node is. */
static void
add_probe_absences(const World *w, Absences *a, const Probe *probe,
                   const NodeSpells *spells)
{
    uint32_t size = world_swarm_size(w);
    LifeReader life = ledger_life(w->ledger, probe->message);
    LifeEvent event;
    g_autofree Time *since = g_new(Time, size);

    for (uint32_t slot = 0; slot < size; slot++)
        since[slot] = 0;
    while (life_next(&life, &event)) {
        uint32_t slot = event.who - probe->group * size;
        bool gone = event.what == LEDGER_DISK_GONE || event.what == LEDGER_DROPPED;

        if ((event.what != LEDGER_PUT && !gone) || slot >= size ||
            event.at > probe->lost_at)
            continue;
        if (!gone && since[slot] >= 0) {
            add_absence(a, a->slots + slot, since[slot], event.at);
            since[slot] = -1;
        } else if (gone && since[slot] < 0) {
            since[slot] = event.at;
        }
    }
    for (uint32_t slot = 0; slot < size; slot++) {
        if (probe->lost_at != TIME_NEVER)
            follow_node(a, spells, probe->group * size + slot, a->slots + slot,
                        probe->lost_at + 1, since[slot]);
        else if (since[slot] >= 0)
            add_absence(a, a->slots + slot, since[slot], TIME_NEVER);
    }
    a->slots += size;
}

static Absences
absences_of_replicas(const World *w)
{
    const WorldValidate *v = w->validate;
    NodeSpells spells = sort_spells(w);
    Absences a = { g_array_new(FALSE, FALSE, sizeof(Absence)), 0,
                   w->scenario->churn_start };

    for (uint32_t i = 0; i < v->n_probes; i++)
        if (v->probes[i].number == 0)
            add_probe_absences(w, &a, &v->probes[i], &spells);
    clear_spells(&spells);
    return a;
}

static Regroup *
regroup_of(const World *w, Absences *a)
{
    Regroup *regroup =
        regroup_new((const Absence *)(const void *)a->list->data, a->list->len, a->slots,
                    world_swarm_size(w), w->options.seed);

    g_array_unref(a->list);
    return regroup;
}

/* --- nodes: all down at once
 * ---------------------------------------------------------------- */

/* Share of the run's own swarms that were all down at once at some moment. */
static double
all_down_counted(const World *w, const Absences *a)
{
    uint32_t size = world_swarm_size(w), groups = a->slots / size, hit = 0;

    for (uint32_t g = 0; g < groups; g++) {
        g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(Absence));
        Regroup *regroup;

        for (uint32_t i = 0; i < a->list->len; i++) {
            Absence absence = g_array_index(a->list, Absence, i);

            absence.slot -= g * size;
            if (absence.slot < size)
                g_array_append_val(own, absence);
        }
        regroup =
            regroup_new((const Absence *)(const void *)own->data, own->len, size, size, 0);
        hit += regroup_all_absent_by(regroup, TIME_NEVER) > 0;
        regroup_free(regroup);
    }
    return (double)hit / groups;
}

void
world_validate_all_down(const World *w, Recorder *r)
{
    Absences a = absences_of_nodes(w);
    double counted = all_down_counted(w, &a);
    Regroup *regroup = regroup_of(w, &a);
    Duration whole = w->end - w->scenario->churn_start;
    double times, share;

    recorder_metric(r, "all_down", regroup_all_absent_by(regroup, whole), "1");
    recorder_metric(r, "all_down_counted", counted, "1");
    /* All are up at the start: the first half is not what lasts. */
    regroup_all_absent(regroup, whole / 2, whole, &times, &share);
    recorder_metric(
        r, "all_down_gap",
        times > 0 ? (double)(whole - whole / 2) * (1 - share) / times / HOUR : NAN, "h");
    regroup_free(regroup);
}

/* --- replicas: lost
 * ------------------------------------------------------------------------- */

Time
world_curve_moment(Duration whole, int step)
{
    return step == WORLD_CURVE_STEPS ? whole : whole / 3 / WORLD_CURVE_STEPS * (step + 1);
}

/* Mean time to loss from all there: what is seen in the first third of the run, and from
 * then on the rate of losses of the rest for ever (the chain has forgotten its start by
 * then, and loses at a constant rate what is left). */
static double
mttdl_of_curve(const double lost[WORLD_CURVE_STEPS + 1], Duration whole)
{
    enum { STEPS = WORLD_CURVE_STEPS };
    double area = 0, before = 1, at = 1;

    for (int i = 0; i < STEPS; i++) {
        at = 1 - lost[i];
        area += (before + at) / 2 * ((double)whole / 3 / STEPS);
        before = at;
    }
    /* log(at / end), with the digits of rare losses. */
    return area +
           at * ((double)whole / 3 * 2) / (log1p(-lost[STEPS - 1]) - log1p(-lost[STEPS]));
}

static double
extrapolated_mttdl(const Regroup *regroup, Duration whole)
{
    Time untils[WORLD_CURVE_STEPS + 1];
    double lost[WORLD_CURVE_STEPS + 1];

    for (int i = 0; i <= WORLD_CURVE_STEPS; i++)
        untils[i] = world_curve_moment(whole, i);
    regroup_all_absent_curve(regroup, untils, WORLD_CURVE_STEPS + 1, lost);
    return mttdl_of_curve(lost, whole);
}

static void
record_counted(const World *w, Recorder *r, bool is_main)
{
    const WorldValidate *v = w->validate;
    uint32_t lost = 0;
    double time = 0;

    for (uint32_t i = 0; i < v->n_probes; i++) {
        Time until = MIN(v->probes[i].lost_at, w->end);

        lost += v->probes[i].lost_at <= w->end;
        time += (double)(MAX(until, w->scenario->churn_start) - w->scenario->churn_start);
    }
    recorder_metric(r, is_main ? "loss" : "loss_counted", (double)lost / v->n_probes, "1");
    if (is_main)
        recorder_metric(r, "survival", 1 - (double)lost / v->n_probes, "1");
    /* Those that still stand are censored: exposure over losses. */
    recorder_metric(r, is_main ? "mttdl" : "mttdl_counted",
                    lost > 0 ? time / lost / DAY : NAN, "d");
}

/* How many replicas there are, and how many come back in a day, of one message in the
 * second half of the run: the first begins with all of them. */
static void
record_steady(const World *w, const Absences *a, Recorder *r)
{
    Duration whole = w->end - w->scenario->churn_start, half = whole / 2;
    double n = world_swarm_size(w), messages = a->slots / n, absent = 0;
    uint32_t repairs = 0;

    for (uint32_t i = 0; i < a->list->len; i++) {
        Absence absence = g_array_index(a->list, Absence, i);
        Time from = MAX(absence.from, whole - half), until = MIN(absence.until, whole);

        absent += from < until ? (double)(until - from) : 0;
        repairs += absence.until >= whole - half && absence.until < whole;
    }
    recorder_metric(r, "replicas", n - absent / (double)half / messages, "count");
    recorder_metric(r, "repairs", repairs / messages / ((double)half / DAY), "1");
}

static void
record_regrouped(const World *w, Recorder *r)
{
    Absences a = absences_of_replicas(w);
    Duration whole = w->end - w->scenario->churn_start;
    double loss, times, share;
    Regroup *regroup;

    record_steady(w, &a, r);
    regroup = regroup_of(w, &a);
    loss = regroup_all_absent_by(regroup, whole);
    regroup_all_absent(regroup, whole / 2, whole, &times, &share);
    /* From the moment in which one is back until none is there again. */
    recorder_metric(
        r, "last_replica",
        times > 0 ? (double)(whole - whole / 2) * (1 - share) / times / DAY : NAN, "d");

    recorder_metric(r, "loss", loss, "1");
    recorder_metric(r, "survival", 1 - loss, "1");
    recorder_metric(r, "mttdl", extrapolated_mttdl(regroup, whole) / DAY, "d");
    regroup_free(regroup);
}

static void
record_splitting(const World *w, Recorder *r)
{
    const SplittingResult *result = &w->validate->splitting;
    double loss = result->lost[WORLD_CURVE_STEPS];

    recorder_metric(r, "loss", loss, "1");
    recorder_metric(r, "survival", 1 - loss, "1");
    recorder_metric(
        r, "mttdl",
        loss > 0 ? mttdl_of_curve(result->lost, w->end - w->scenario->churn_start) / DAY
                 : NAN,
        "d");
    recorder_metric(r, "splitting_differences", result->differ, "count");
}

void
world_validate_repair(const World *w, Recorder *r)
{
    bool regrouped = world_regroups(w, w->scenario->repair_mode == REPAIR_PARALLEL);
    bool split = w->scenario->validate.estimate == VALIDATE_SPLITTING;

    record_counted(w, r, !regrouped && !split);
    if (split)
        record_splitting(w, r);
    if (regrouped)
        record_regrouped(w, r);
}
