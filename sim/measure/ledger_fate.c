/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replica counts by age, and how each message's story ends (design 6, science 1.1). */
#include "sim/measure/ledger_internal.h"
#include "nodes/base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool
counted_before(const Ledger *l, const Message *m, uint32_t copy, uint32_t node)
{
    for (uint32_t c = ledger_first(l, m)->first_copy; c != copy; c = l->copies[c].next)
        for (uint32_t i = 0; i < l->copies[c].n_holders; i++)
            if (l->copies[c].holders[i].node == node)
                return true;
    return false;
}

Replicas
ledger_replicas(const Ledger *l, const Message *m, const NodeStanding *standing,
                uint64_t swarm_id)
{
    uint32_t first_copy = ledger_first(l, m)->first_copy;
    Replicas r = { 0 };

    for (uint32_t c = first_copy; c != NO_ENTRY; c = l->copies[c].next) {
        const Copy *copy = &l->copies[c];

        for (uint32_t i = 0; i < copy->n_holders; i++) {
            const Holder *h = &copy->holders[i];
            const NodeStanding *node = &standing[h->node];
            bool member = swarm_id != SWARM_NONE && node->swarm_id == swarm_id;

            if (c != first_copy && counted_before(l, m, c, h->node))
                continue;
            r.disks++;
            r.misfiled += member && h->misfiled;
            r.in_swarm += member && !h->misfiled;
            r.reachable += member && !h->misfiled && node->up;
            r.settled += member && !h->misfiled && node->settled;
        }
    }
    return r;
}

/* --- by age ------------------------------------------------------------------------------
 */

static AgeBin *
age_bin(Ledger *l, Duration age)
{
    size_t index = (size_t)(age / l->config.age_bin);

    while (index >= l->n_age_bins) {
        l->age_bins = memory_resized(l->age_bins, l->n_age_bins + 1, sizeof *l->age_bins);
        l->age_bins[l->n_age_bins++] = (AgeBin){ 0 };
    }
    return &l->age_bins[index];
}

static void
look_at(Ledger *l, Message *m, Time now, const NodeStanding *standing, uint64_t swarm_id,
        uint32_t settled_members)
{
    Replicas r = ledger_replicas(l, m, standing, swarm_id);
    AgeBin *bin = age_bin(l, now - m->accepted);

    bin->messages++;
    bin->replicas += r.in_swarm;
    bin->reachable += r.reachable;
    bin->disks += r.disks;
    bin->at_most_one += r.in_swarm <= 1;
    bin->none += r.in_swarm == 0;
    if (r.in_swarm <= 1 && m->delivered < 0)
        m->near_loss = true;
    if (now - m->accepted >= LEDGER_SETTLE_S * SECOND && settled_members > r.settled)
        l->holes += settled_members - r.settled;
}

void
ledger_sample(Ledger *l, Time now, const NodeStanding *standing,
              const uint64_t *recipient_swarm, const uint32_t *settled_members)
{
    size_t i = l->first_alive;

    l->holes = 0;
    /* Messages are in order of writing, and all live equally long. */
    for (; i < l->n_messages && now - l->messages[i].written > l->config.message_ttl; i++) {
        Message *m = &l->messages[i];

        if (!m->decided)
            ledger_decide(l, m, now, standing, recipient_swarm[m->mailbox]);
    }
    l->first_alive = i;
    for (; i < l->n_messages; i++) {
        Message *m = &l->messages[i];

        if (m->accepted >= 0 && ledger_is_peoples(m) && ledger_is_stored(m))
            look_at(l, m, now, standing, recipient_swarm[m->mailbox],
                    settled_members != NULL ? settled_members[m->mailbox] : 0);
    }
}

uint64_t
ledger_holes(const Ledger *l)
{
    return l->holes;
}

/* --- fates
 * ---------------------------------------------------------------------------------- */

static Cause
late_cause(const Message *m)
{
    if (m->failures > 0)
        return CAUSE_PATH_FAILURES;
    if (m->polls_at_delivery - m->polls_when_there <= 1)
        return CAUSE_RECIPIENT_AWAY;
    return CAUSE_POLLED_WITHOUT;
}

static void
decide_delivered(Ledger *l, Message *m)
{
    Duration latency = m->delivered - m->written;

    m->fate = FATE_DELIVERED;
    histogram_add(&l->totals.kinds[m->kind].latency_s, (double)latency / SECOND);
    if (!ledger_is_peoples(m))
        return;
    histogram_add(&l->totals.latency_s, (double)latency / SECOND);
    if (m->accepted >= 0)
        histogram_add(&l->totals.ack_latency_s,
                      (double)(m->accepted - m->written) / SECOND);
    if (latency > l->config.late_after) {
        m->cause = (uint8_t)late_cause(m);
        l->totals.late++;
        l->totals.late_causes[m->cause]++;
    }
}

static bool
was_ever_stored(const Ledger *l, const Message *m)
{
    for (uint32_t c = ledger_first(l, m)->first_copy; c != NO_ENTRY; c = l->copies[c].next)
        if (l->copies[c].ever_stored)
            return true;
    return false;
}

/* Not delivered: where are its copies? */
static void
decide_by_replicas(const Ledger *l, Message *m, Time now, const NodeStanding *standing,
                   uint64_t swarm_id)
{
    Replicas r = ledger_replicas(l, m, standing, swarm_id);
    uint32_t polls_since = ledger_polls(l, m) - m->polls_when_there;
    bool expired = now - m->written > ledger_ttl(l, m);

    m->fate = FATE_LOST;
    if (m->kind == SESSION_TYPING && expired) {
        /* Nobody watches when such a short life ends: it did. */
        m->fate = FATE_EXPIRED_UNREAD;
        m->cause = polls_since == 0 ? CAUSE_RECIPIENT_AWAY : CAUSE_NOT_YET_POLLED;
    } else if (r.disks == 0) {
        m->cause = CAUSE_NO_REPLICA_LEFT;
    } else if (r.in_swarm == 0) {
        m->cause = r.misfiled > 0 ? CAUSE_MISFILED : CAUSE_STRANDED;
    } else {
        m->fate = expired ? FATE_EXPIRED_UNREAD : FATE_PENDING;
        if (r.reachable == 0)
            m->cause = CAUSE_HOLDERS_DOWN;
        else if (polls_since == 0)
            m->cause = CAUSE_RECIPIENT_AWAY;
        else if (polls_since < POLLS_TO_SEE_ALL)
            m->cause = CAUSE_NOT_YET_POLLED;
        else {
            m->fate = FATE_LOST;
            m->cause = CAUSE_BEHIND_CURSOR;
        }
    }
}

Duration
ledger_ttl(const Ledger *l, const Message *m)
{
    return m->kind == SESSION_TYPING ? l->config.typing_ttl : l->config.message_ttl;
}

/* A post: its server has it for good. */
static void
decide_post(const Ledger *l, Message *m)
{
    m->fate = FATE_PENDING;
    m->cause = ledger_polls(l, m) == m->polls_when_there ? CAUSE_RECIPIENT_AWAY
                                                         : CAUSE_NOT_YET_POLLED;
}

void
ledger_decide(Ledger *l, Message *m, Time now, const NodeStanding *standing,
              uint64_t swarm_id)
{
    bool over = m->given_up || now - m->written > ledger_ttl(l, m);

    m->decided = true;
    if (m->delivered >= 0) {
        decide_delivered(l, m);
    } else if (m->file != CAUSE_NONE) {
        m->fate = m->file == CAUSE_FILE_AWAITED ? FATE_PENDING : FATE_LOST;
        m->cause = m->file;
    } else if (m->accepted >= 0 && !ledger_is_stored(m)) {
        decide_post(l, m);
    } else if (m->accepted < 0 && !was_ever_stored(l, m)) {
        m->fate = over ? FATE_NEVER_ACCEPTED : FATE_PENDING;
        m->cause = m->fate == FATE_PENDING
                       ? CAUSE_IN_OUTBOX
                       : (uint8_t)(CAUSE_SEND_FAILURE + m->last_failure);
    } else if (!was_ever_stored(l, m)) {
        m->fate = FATE_ACKNOWLEDGED_NEVER_STORED;
    } else {
        decide_by_replicas(l, m, now, standing, swarm_id);
        if (m->accepted < 0 && m->fate == FATE_LOST)
            m->fate = over ? FATE_NEVER_ACCEPTED : FATE_PENDING;
    }
    if (m->near_loss && (m->fate == FATE_DELIVERED || m->fate == FATE_PENDING ||
                         m->fate == FATE_EXPIRED_UNREAD))
        l->totals.near_losses++;
}

static void
count(Ledger *l, const Message *m)
{
    size_t bin = (size_t)(m->written / l->config.sent_bin);
    KindTotals *kind = &l->totals.kinds[m->kind];

    kind->fates[m->fate]++;
    if (m->fate != FATE_DELIVERED)
        kind->causes[m->fate][m->cause]++;
    if (!ledger_is_peoples(m))
        return;
    l->totals.fates[m->fate]++;
    if (m->fate != FATE_DELIVERED)
        l->totals.causes[m->fate][m->cause]++;
    while (bin >= l->n_sent_bins) {
        size_t n = ++l->n_sent_bins;

        l->sent_fates = memory_resized(l->sent_fates, n, sizeof *l->sent_fates);
        l->sent_causes = memory_resized(l->sent_causes, n, sizeof *l->sent_causes);
        memset(l->sent_fates[n - 1], 0, sizeof *l->sent_fates);
        memset(l->sent_causes[n - 1], 0, sizeof *l->sent_causes);
    }
    l->sent_fates[bin][m->fate]++;
    if (m->fate == FATE_LOST)
        l->sent_causes[bin][m->cause]++;
}

/* The watch over a message ends when it is delivered, has expired, or the run is over;
 * before that its last copy may be gone. */
static void
end_life(Ledger *l, const Message *m, Time now)
{
    Time end =
        m->written + l->config.message_ttl < now ? m->written + l->config.message_ttl : now;
    bool lost;
    size_t bin;

    if (!m->is_there || !ledger_is_peoples(m) || !ledger_is_stored(m))
        return;
    if (m->delivered >= 0 && m->delivered < end)
        end = m->delivered;
    lost = m->gone >= 0 && m->gone <= end;
    if (lost)
        end = m->gone;
    bin = (size_t)((end - m->written) / l->config.age_bin);
    if (bin >= l->n_life_bins) {
        l->life_bins = memory_resized(l->life_bins, bin + 1, sizeof *l->life_bins);
        memset(l->life_bins + l->n_life_bins, 0,
               (bin + 1 - l->n_life_bins) * sizeof *l->life_bins);
        l->n_life_bins = bin + 1;
    }
    *(lost ? &l->life_bins[bin].lost : &l->life_bins[bin].ended) += 1;
}

void
ledger_close(Ledger *l, Time now, const NodeStanding *standing,
             const uint64_t *recipient_swarm)
{
    for (size_t i = 0; i < l->n_messages; i++) {
        Message *m = &l->messages[i];

        if (!m->decided)
            ledger_decide(l, m, now, standing, recipient_swarm[m->mailbox]);
        count(l, m);
        end_life(l, m, now);
    }
}

size_t
ledger_life_bins(const Ledger *l, const LifeBin **ret_bins)
{
    *ret_bins = l->life_bins;
    return l->n_life_bins;
}

double
ledger_survival(const Ledger *l, size_t bin)
{
    uint64_t at_risk = 0;
    double survival = 1;

    for (size_t i = 0; i < l->n_life_bins; i++)
        at_risk += l->life_bins[i].lost + l->life_bins[i].ended;
    for (size_t i = 0; i <= bin && i < l->n_life_bins && at_risk > 0; i++) {
        survival *= 1 - (double)l->life_bins[i].lost / (double)at_risk;
        at_risk -= l->life_bins[i].lost + l->life_bins[i].ended;
    }
    return survival;
}
