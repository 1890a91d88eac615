/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold between the keys of an [adversary NAME]. */
#include "scenarios/check_places.h"
#include "scenarios/keys.h"

static bool
fail(const Scenario *s, const AdversarySection *a, const char *key, const char *text,
     GError **error)
{
    return section_fail(s, "adversary", &a->head, key, text, error);
}

static bool
check_whom(const Scenario *s, const AdversarySection *a, GError **error)
{
    const PlaceWords places = { a->country, a->region, a->hoster, a->largest_hosters };

    if (a->share < 1 && a->corrupt >= 0)
        return fail(s, a, "corrupt", "expected share or corrupt, not both", error);
    if (a->head.kind == ADVERSARY_NODES && a->corrupt > (int64_t)s->nodes)
        return fail(s, a, "corrupt", "more than network.nodes", error);
    if (a->head.kind == ADVERSARY_LINES && a->corrupt > (int64_t)s->clients)
        return fail(s, a, "corrupt", "more than client.clients", error);
    return section_check_places(s, "adversary", &a->head, &places, error);
}

/* Forms that are about corrupted nodes. */
static bool
needs_nodes(int32_t form)
{
    return form == VALIDATE_PATH_COMPROMISE || form == VALIDATE_GUARD_ROTATION ||
           form == VALIDATE_EXPOSURE;
}

static bool
check_form(const Scenario *s, GError **error)
{
    if (!needs_nodes(s->validate.form) ||
        (s->n_adversaries > 0 && s->adversaries[0].head.kind == ADVERSARY_NODES))
        return true;
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2,
                "%s: validate.form: expected an [adversary] of kind = nodes, the first one",
                s->path);
    return false;
}

bool
scenario_check_adversaries(const Scenario *s, GError **error)
{
    for (uint32_t i = 0; i < s->n_adversaries; i++) {
        const AdversarySection *a = &s->adversaries[i];

        if (a->to > 0 && a->to <= a->from)
            return fail(s, a, "to", "not after from", error);
        if (!check_whom(s, a, error))
            return false;
    }
    return check_form(s, error);
}
