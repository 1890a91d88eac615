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
    if (a->head.kind == ADVERSARY_NODES && a->stakes == 0 && a->corrupt > (int64_t)s->nodes)
        return fail(s, a, "corrupt", "more than network.nodes", error);
    if (a->head.kind == ADVERSARY_LINES && a->corrupt > (int64_t)s->clients)
        return fail(s, a, "corrupt", "more than client.clients", error);
    return section_check_places(s, "adversary", &a->head, &places, error);
}

/* How many sections have nodes of their own. */
static uint32_t
sections_with_stakes(const Scenario *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n_adversaries; i++)
        n += s->adversaries[i].stakes > 0;
    return n;
}

/* Nodes of its own. */
static bool
check_stakes(const Scenario *s, const AdversarySection *a, GError **error)
{
    if (a->stakes == 0)
        return true;
    if (sections_with_stakes(s) > 1)
        return fail(s, a, "stakes", "expected one section with nodes of its own", error);
    if (s->chain.fixed_swarm_size > 0)
        return fail(s, a, "stakes",
                    "nobody joins swarms that never change: expected swarm.size = 0",
                    error);
    if (a->near >= s->clients)
        return fail(s, a, "near", "expected a person: less than client.clients", error);
    if (a->members > a->stakes)
        return fail(s, a, "members", "more than stakes", error);
    return true;
}

/* Forms that are about corrupted nodes. */
static bool
needs_nodes(int32_t form)
{
    return form == VALIDATE_PATH_COMPROMISE || form == VALIDATE_GUARD_ROTATION ||
           form == VALIDATE_EXPOSURE || form == VALIDATE_DENIAL ||
           form == VALIDATE_FRONTIER;
}

/* Forms that follow requests from hop to hop by the truth, which what a relay holds leaves.
 */
static bool
follows_requests(int32_t form)
{
    return needs_nodes(form) || form == VALIDATE_PREDECESSOR || form == VALIDATE_ENTROPY;
}

static bool
fail_form(const Scenario *s, const char *text, GError **error)
{
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2, "%s: %s",
                s->path, text);
    return false;
}

static bool
check_form(const Scenario *s, GError **error)
{
    if (needs_nodes(s->validate.form) &&
        (s->n_adversaries == 0 || s->adversaries[0].head.kind != ADVERSARY_NODES))
        return fail_form(
            s, "validate.form: expected an [adversary] of kind = nodes, the first one",
            error);
    if (needs_nodes(s->validate.form) && sections_with_stakes(s) > 0)
        return fail_form(s,
                         "validate.form: it knows no nodes that come and go: expected "
                         "sybil where an [adversary] has stakes",
                         error);
    if (s->validate.form == VALIDATE_SYBIL && sections_with_stakes(s) == 0)
        return fail_form(s, "validate.form: expected an [adversary] with stakes", error);
    if (s->service.hop_delay > 0 && follows_requests(s->validate.form))
        return fail_form(s,
                         "protocol.hop_delay: nobody can follow what relays hold: expected "
                         "another validate.form",
                         error);
    if (s->validate.form == VALIDATE_FRONTIER && s->adversaries[0].corrupt >= 0)
        return fail_form(s, "adversary.corrupt: expected a share where form = frontier",
                         error);
    return true;
}

bool
scenario_check_adversaries(const Scenario *s, GError **error)
{
    for (uint32_t i = 0; i < s->n_adversaries; i++) {
        const AdversarySection *a = &s->adversaries[i];

        if (a->to > 0 && a->to <= a->from)
            return fail(s, a, "to", "not after from", error);
        if (a->head.kind == ADVERSARY_FILES &&
            s->workload.attachment_share + s->workload.voice_share == 0)
            return fail(s, a, "kind",
                        "there is no file server: expected workload.attachments or "
                        "workload.voice above 0",
                        error);
        if (a->head.kind == ADVERSARY_WEB && s->program_bytes == 0)
            return fail(s, a, "kind",
                        "nobody fetches the program: expected outside.program above 0",
                        error);
        if (a->head.kind == ADVERSARY_PUSH && !s->push)
            return fail(s, a, "kind",
                        "there is no push server: expected outside.push = yes", error);
        if (!check_whom(s, a, error) || !check_stakes(s, a, error))
            return false;
    }
    return check_form(s, error);
}
