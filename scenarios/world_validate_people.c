/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms of people: of those who come when a message has expired, or its replicas are
 * gone, and of those who poll. */
#include "scenarios/world_validate.h"

#include <math.h>

/* --- recipients that are away
 * ----------------------------------------------------------------- */

void
world_validate_written(World *w, uint32_t to)
{
    WorldValidate *v = w->validate;
    size_t index = ledger_count(w->ledger) - 1;

    if (v == NULL || w->scenario->validate.form != VALIDATE_TTL_LOSS)
        return;
    while (v->to_absent->len <= index)
        g_byte_array_append(v->to_absent, &(guint8){ 0 }, 1);
    v->to_absent->data[index] = !w->here[to];
}

/* Of the messages that were accepted, and whose recipient was offline when they were
 * written. */
static double
share_retrieved(const World *w)
{
    const GByteArray *to_absent = w->validate->to_absent;
    uint32_t accepted = 0, delivered = 0;

    for (size_t i = 0; i < to_absent->len; i++) {
        LedgerMessage m = ledger_message(w->ledger, i);

        if (m.accepted < 0 || !to_absent->data[i])
            continue;
        accepted++;
        delivered += m.fate == FATE_DELIVERED;
    }
    return (double)delivered / accepted;
}

/* What was accepted and not delivered when all is decided (the drain is longer than a
 * message's time) ran out before its recipient came, or its replicas were gone. */
void
world_validate_ttl_loss(const World *w, Recorder *r)
{
    const LedgerTotals *t = ledger_totals(w->ledger);
    double loss = 1 - (double)t->fates[FATE_DELIVERED] / (double)MAX(1, t->accepted);

    recorder_metric(r, "loss", loss, "1");
    recorder_metric(r, "survival", 1 - loss, "1");
    recorder_metric(r, "retrieved", share_retrieved(w), "1");
}

/* --- recipients that poll
 * --------------------------------------------------------------------- */

/* From the acknowledgement of a store to the moment its recipient has opened it; polls are
 * the intervals that this began.  While people still come (workload.ramp) not all poll. */
void
world_validate_polling(const World *w, Recorder *r)
{
    double interval = (double)w->scenario->session.poll_interval / SECOND;
    Time steady = w->scenario->workload.ramp + 2 * w->scenario->session.poll_interval;
    double sum = 0, polls = 0;
    size_t n = ledger_count(w->ledger), count = 0;
    g_autofree double *delays = g_new(double, n + 1);

    for (size_t i = 0; i < n; i++) {
        LedgerMessage m = ledger_message(w->ledger, i);

        if (m.fate != FATE_DELIVERED || m.accepted < 0 || m.written < steady)
            continue;
        delays[count] = (double)MAX(0, m.delivered - m.accepted) / SECOND;
        sum += delays[count];
        polls += MAX(1, ceil(delays[count] / interval));
        count++;
    }
    recorder_metric(r, "poll_delay", sum / (double)count, "s");
    recorder_metric(r, "polls_to_find", polls / (double)count, "count");
    recorder_metric(r, "poll_delay_quantile",
                    world_quantile(delays, count, w->scenario->validate.quantile), "s");
}
