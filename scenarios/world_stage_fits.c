/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a scenario can be done with real nodes and clients. */
#include "scenarios/keys.h"
#include "scenarios/world_stage.h"

static bool
fail(const Scenario *s, GError **error, const char *what, const char *why)
{
    g_set_error(error, g_quark_from_static_string("swarmbed-world"), 3,
                "%s: %s cannot be had over sockets: %s", s->path, what, why);
    return false;
}

/* Why a fault is out of reach, or NULL. */
static const char *
against(const FaultSection *f)
{
    switch ((FaultSort)f->head.kind) {
    case FAULT_SORT_JOIN:
        return "no node joins a testbed that runs";
    case FAULT_SORT_SLOW:
        return "nobody slows down a part of this machine";
    case FAULT_SORT_MISBEHAVE:
        return "the nodes are honest ones";
    case FAULT_SORT_LINK:
        if (f->share < 1 || (f->loss > 0 && f->loss < 1))
            return "expected share = 1, and a delay or loss = 1 (a transport that repeats "
                   "what is lost is below the nodes' own)";
        return NULL;
    case FAULT_SORT_SKEW:
        return f->drift_ppm != 0 ? "clocks are set, they do not drift" : NULL;
    case FAULT_SORT_EXIT:
    case FAULT_SORT_CRASH:
    case FAULT_SORT_SHOCKS:
    case FAULT_SORT_OUTAGE:
    case FAULT_SORT_PARTITION:
    case FAULT_SORT_UPGRADE:
    case FAULT_SORT_ATTACK:
    case FAULT_SORT_OFFLINE:
    case FAULT_SORTS:
        break;
    }
    return NULL;
}

static bool
faults_fit(const Scenario *s, GError **error)
{
    for (uint32_t i = 0; i < s->n_faults; i++) {
        const FaultSection *f = &s->faults[i];
        const char *why = against(f);
        g_autofree char *kind = section_kind_name(section_form("fault"), f->head.kind);
        g_autofree char *what =
            g_strdup_printf("[fault %s] of kind %s", f->head.name, kind);

        if (why != NULL)
            return fail(s, error, what, why);
    }
    if (s->wrong_keys > 0)
        return fail(s, error, "fault.wrong_keys", "nodes are registered with their keys");
    if (s->put_lost > 0 || s->put_lost_every > 0)
        return fail(s, error, "fault.put_lost", "disks keep what they are given");
    if (s->absent_share > 0)
        return fail(s, error, "fault.absent_share", "all nodes are there at the start");
    return true;
}

bool
world_stage_fits(const Scenario *s, GError **error)
{
    if (s->nodes > 2000)
        return fail(s, error, "network.nodes", "expected at most 2000");
    if (s->clients > 50000)
        return fail(s, error, "client.clients", "expected at most 50000");
    if (s->program_bytes > 0)
        return fail(s, error, "outside.program", "there is no web server");
    if (s->push)
        return fail(s, error, "outside.push", "there is no push server");
    if (s->second_devices > 0)
        return fail(s, error, "client.second_devices", "each account has one client");
    if (s->n_adversaries > 0)
        return fail(s, error, "[adversary]", "nobody watches the lines");
    if (s->rounds.kind != ROUNDS_NONE)
        return fail(s, error, "[rounds]", "they are for attacks, and nobody watches");
    if (s->validate.form != VALIDATE_NONE || s->validate.probes > 0)
        return fail(s, error, "[validate]", "closed forms speak of the simulator");
    if (s->arrivals_per_day > 0 || s->replace_departed)
        return fail(s, error, "churn.arrivals_per_day or churn.replace_departed",
                    "no node joins a testbed that runs");
    return faults_fit(s, error);
}
