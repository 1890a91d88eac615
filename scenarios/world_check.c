/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The invariants held over a world. */
#include "scenarios/world_internal.h"

static CheckRole
role_of(void *context, ActorId actor)
{
    const World *w = context;

    switch (w->actors[actor].role) {
    case ROLE_LOAD:
    case ROLE_OUTSIDE:
    case ROLE_CHAIN:
        return CHECK_CHAIN;
    case ROLE_NODE:
        return CHECK_NODE;
    case ROLE_CLIENT:
        break;
    }
    return CHECK_CLIENT;
}

void
world_check_start(World *w)
{
    w->check = check_new(w->host, role_of, w);
}

void
world_check_text(World *w, uint64_t message, uint32_t bytes)
{
    Buffer text = BUFFER_EMPTY;

    if (w->check == NULL)
        return;
    session_text_of(message, bytes, &text);
    check_secret(w->check, buffer_bytes(&text));
    buffer_clear(&text);
}

void
world_check_look(World *w, uint64_t holes)
{
    const ServiceConfig *s = &w->scenario->service;
    const LedgerTotals *t = ledger_totals(w->ledger);
    bool suspended = s->store_replication == REPLICATION_BUFFERED ||
                     s->defect_no_replica_retry || s->defect_no_fill_after_outage ||
                     s->defect_push_without_handshake ||
                     world_faults_suspend(w, INVARIANT_COMPLETE_REPLICAS);

    if (w->check == NULL)
        return;
    check_report(w->check, host_now(w->host), INVARIANT_COMPLETE_REPLICAS, suspended,
                 holes);
    check_report(w->check, host_now(w->host), INVARIANT_ACKNOWLEDGED_ON_DISK,
                 world_faults_suspend(w, INVARIANT_ACKNOWLEDGED_ON_DISK),
                 t->unstored_acks - w->reported_unstored_acks);
    w->reported_unstored_acks = t->unstored_acks;
}

void
world_check_record(const World *w, Recorder *r)
{
    for (int i = 0; w->check != NULL && i < INVARIANTS; i++) {
        const char *word = invariant_word((Invariant)i);
        g_autofree char *breaches = g_strdup_printf("breaches.%s", word);
        g_autofree char *suspended = g_strdup_printf("suspended.%s", word);

        recorder_metric(r, breaches, (double)check_breaches(w->check, (Invariant)i),
                        "count");
        if (invariant_suspended_by((Invariant)i)[0] != '\0' ||
            check_suspended(w->check, (Invariant)i) > 0)
            recorder_metric(r, suspended, (double)check_suspended(w->check, (Invariant)i),
                            "count");
    }
}

uint64_t
world_breaches(const World *w, const char **ret_text)
{
    uint64_t breaches = 0;

    *ret_text = w->check == NULL ? "" : check_text(w->check);
    for (int i = 0; w->check != NULL && i < INVARIANTS; i++)
        breaches += check_breaches(w->check, (Invariant)i);
    return breaches;
}
