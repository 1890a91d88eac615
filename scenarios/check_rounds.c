/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold between the keys of [rounds]. */
#include "scenarios/keys.h"

static bool
fail(GError **error, const Scenario *s, const char *text)
{
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2, "%s: %s",
                s->path, text);
    return false;
}

bool
scenario_check_rounds(const Scenario *s, GError **error)
{
    const RoundsConfig *r = &s->rounds;

    if (r->kind == ROUNDS_NONE)
        return true;
    if (s->validate.probes > 0)
        return fail(
            error, s,
            "rounds.kind: expected validate.probes = 0, people do one or the other");
    if (s->duration < ROUNDS_BEGIN + r->interval)
        return fail(error, s,
                    "rounds.interval: scenario.duration ends before the first round does, "
                    "which begins at 10m");
    if (r->kind == ROUNDS_BATCHES && r->targets + r->senders > s->clients)
        return fail(error, s,
                    "rounds.targets and rounds.senders: more than client.clients");
    if (r->kind == ROUNDS_BATCHES && r->friends >= s->clients)
        return fail(error, s, "rounds.friends: expected fewer than client.clients");
    if (r->kind == ROUNDS_PAIRS && 2 * r->pairs + r->senders > s->clients)
        return fail(error, s,
                    "rounds.pairs: two people each, and rounds.senders, are more than "
                    "client.clients");
    return true;
}
