/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What swarms cost in anonymity, beside what they do for messages (science 6, the joint
 * frontier): the share of accounts whose address somebody could link, in the run and, out
 * of the histories of guards and members that were observed in it, within a year.
 *
 * Loss is that of messages which wait for all of their time: in the run as it was, and if
 * many nodes left at once just before; large swarms would lose nothing otherwise.
 *
 * An account is linked when a poll went through a corrupted guard to a corrupted member:
 * the two know by the time that it is one request. */
#include "results/exact/anonymity.h"
#include "results/exact/linked.h"
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"

#include <math.h>

#define DAYS(duration) ((double)(duration) / (double)DAY)
#define YEAR_DAYS 365.0

/* A poll of one's own account, of a node that answered. */
typedef struct PollSeen {
    uint32_t person, guard, member; /* parties */
    Time at;
} PollSeen;

/* Histories of all people together. */
typedef struct Histories {
    double exposure_days;                  /* people times days */
    double guards, members;                /* in service at a time, on average */
    double new_members;                    /* that came after the beginning */
    double batches[LINKED_GUARDS_MAX + 1]; /* times that so many guards came at once */
    uint32_t people;
} Histories;

static int
compare_polls(const void *a, const void *b)
{
    const PollSeen *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static GArray *
polls_of(const World *w, const Usage *u)
{
    const WorldAdversary *a = w->adversary;
    GArray *polls = g_array_new(FALSE, FALSE, sizeof(PollSeen));
    size_t n;
    Flow *flows = flows_of(a->log, a->truth, &n);

    for (size_t i = 0; i < n; i++) {
        const Flow *f = &flows[i];
        PollSeen poll = { .person = f->person, .at = f->sent };

        if (f->n_hops == 0 || f->destination == FLOW_NO_OBSERVER || f->account == 0 ||
            f->method != RPC_RETRIEVE || f->status != 200 ||
            truth_log_account(a->truth, f->account) != f->person)
            continue;
        poll.guard = u->party_of[f->hop[0]];
        poll.member = u->party_of[f->destination];
        if (poll.guard != COMPROMISE_NO_PARTY && poll.member != COMPROMISE_NO_PARTY)
            g_array_append_val(polls, poll);
    }
    free(flows);
    g_array_sort(polls, compare_polls);
    return polls;
}

/* --- linked in this run --------------------------------------------------------------- */

static int
compare_pairs(const void *a, const void *b)
{
    const PollSeen *x = a, *y = b;

    if (x->guard != y->guard)
        return x->guard < y->guard ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

/* All polls of one person: each pair of guard and member is a way to be linked. */
static void
add_person(Compromise *c, uint32_t group, const PollSeen *polls, guint n)
{
    g_autofree PollSeen *pairs = g_memdup2(polls, n * sizeof *polls);

    qsort(pairs, n, sizeof *pairs, compare_pairs);
    for (guint i = 0; i < n; i++) {
        const uint32_t both[2] = { pairs[i].guard, pairs[i].member };
        uint32_t different = both[0] == both[1] ? 1 : 2;

        if (i > 0 && compare_pairs(&pairs[i], &pairs[i - 1]) == 0)
            continue;
        compromise_add_event(
            c, &(CompromiseEvent){ .group = group,
                                   .set = compromise_add_set(c, both, different),
                                   .at_least = different,
                                   .other = COMPROMISE_NO_SET });
    }
}

/* --- histories ------------------------------------------------------------------------ */

/* When a party was first and last used by one person. */
typedef struct Used {
    uint32_t party;
    Time first, last;
} Used;

static void
use(GArray *used, uint32_t party, Time at)
{
    for (guint i = 0; i < used->len; i++) {
        Used *u = &g_array_index(used, Used, i);

        if (u->party == party) {
            u->last = at;
            return;
        }
    }
    g_array_append_val(used, ((Used){ party, at, at }));
}

/* Time that the parties were in use, summed. */
static double
used_days(const GArray *used)
{
    double days = 0;

    for (guint i = 0; i < used->len; i++) {
        const Used *u = &g_array_index(used, Used, i);

        days += DAYS(u->last - u->first);
    }
    return days;
}

/* Those that are in use at the beginning are found out in the first so many polls' time. */
static Duration
settling(const World *w)
{
    return 8 * w->scenario->session.poll_interval;
}

/* Guards that came at about one time came together. */
static void
count_guards(const World *w, const GArray *used, Time begin, Histories *h)
{
    uint32_t batch = 0;
    Time last = 0;

    for (guint i = 0; i < used->len; i++) {
        const Used *u = &g_array_index(used, Used, i);

        if (u->first <= begin + settling(w))
            continue;
        if (batch > 0 && u->first - last > settling(w)) {
            h->batches[MIN(batch, LINKED_GUARDS_MAX)]++;
            batch = 0;
        }
        batch++;
        last = u->first;
    }
    if (batch > 0)
        h->batches[MIN(batch, LINKED_GUARDS_MAX)]++;
}

static void
add_history(const World *w, const PollSeen *polls, guint n, Histories *h)
{
    g_autoptr(GArray) guards = g_array_new(FALSE, FALSE, sizeof(Used));
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(Used));
    Time begin = polls[0].at, end = polls[n - 1].at;
    double days = DAYS(end - begin - settling(w));

    if (days <= 0)
        return;
    for (guint i = 0; i < n; i++) {
        use(guards, polls[i].guard, polls[i].at);
        use(members, polls[i].member, polls[i].at);
    }
    h->people++;
    h->exposure_days += days;
    h->guards += used_days(guards) / DAYS(end - begin);
    h->members += used_days(members) / DAYS(end - begin);
    count_guards(w, guards, begin, h);
    for (guint i = 0; i < members->len; i++)
        h->new_members += g_array_index(members, Used, i).first > begin + settling(w);
}

/* --- what follows --------------------------------------------------------------------- */

static LinkedRates
rates_of(const Histories *h, double corrupt)
{
    LinkedRates rates = { .corrupt = corrupt };

    rates.guards = (uint32_t)CLAMP(lround(h->guards / h->people), 1, LINKED_GUARDS_MAX);
    rates.members = (uint32_t)CLAMP(lround(h->members / h->people), 1, LINKED_MEMBERS_MAX);
    rates.members_new = h->new_members / h->exposure_days;
    for (uint32_t b = 1; b <= LINKED_GUARDS_MAX; b++)
        rates.guards_new[MIN(b, rates.guards)] += h->batches[b] / h->exposure_days;
    return rates;
}

static void
record_histories(const World *w, const Histories *h, Recorder *r)
{
    double share = w->scenario->adversaries[0].share, guards = 0;
    LinkedRates rates;

    if (h->people == 0)
        return;
    rates = rates_of(h, share);
    for (uint32_t b = 1; b <= rates.guards; b++)
        guards += b * rates.guards_new[b];
    recorder_metric(r, "guards", h->guards / h->people, "count");
    recorder_metric(r, "members", h->members / h->people, "count");
    recorder_metric(r, "guards_new_per_year", guards * YEAR_DAYS, "count");
    recorder_metric(r, "members_new_per_year", rates.members_new * YEAR_DAYS, "count");
    /* The chain at the length of the run: beside what was counted. */
    recorder_metric(r, "linked_of_histories",
                    exact_linked(&rates, h->exposure_days / h->people), "1");
    recorder_metric(r, "linked_year", exact_linked(&rates, YEAR_DAYS), "1");
}

/* --- loss ------------------------------------------------------------------------------
 */

/* Disks that have a copy of the message shortly before it expires. */
static uint32_t
holders_at_expiry(const World *w, size_t index, Time at, uint8_t *copies)
{
    LifeReader life = ledger_life(w->ledger, index);
    LifeEvent event;
    uint32_t holders = 0;

    memset(copies, 0, w->n_nodes);
    while (life_next(&life, &event)) {
        if (event.at >= at || event.who >= w->n_nodes)
            continue;
        if (event.what == LEDGER_PUT) {
            holders += copies[event.who]++ == 0;
        } else if ((event.what == LEDGER_DISK_GONE || event.what == LEDGER_DROPPED) &&
                   copies[event.who] > 0) {
            holders -= --copies[event.who] == 0;
        }
    }
    return holders;
}

/* Messages that wait until they expire: how many have no copy left then; and how many would
 * have none if a share of all nodes left just before, at once, with their disks, over all
 * sets of nodes that could. */
static void
record_loss(const World *w, Recorder *r)
{
    uint32_t n = chain_snapshot(w->chain)->nodes->n;
    uint32_t leave = (uint32_t)lround(w->scenario->validate.exodus * n);
    g_autofree uint8_t *copies = g_new(uint8_t, w->n_nodes + 1);
    double gone = 0, lost = 0, messages = 0, replicas = 0;

    for (size_t i = 0; i < ledger_count(w->ledger); i++) {
        LedgerMessage m = ledger_message(w->ledger, i);
        Time expires = m.written + w->scenario->session.message_ttl;
        uint32_t holders;

        if (m.accepted < 0 || m.delivered >= 0 || expires > w->end)
            continue;
        holders = holders_at_expiry(w, i, expires - MINUTE, copies);
        messages++;
        replicas += holders;
        gone += holders == 0;
        lost += holders == 0 ? 1 : exact_all_corrupt(n, leave, MIN(holders, n));
    }
    if (messages == 0)
        return;
    recorder_metric(r, "waiting", messages, "count");
    recorder_metric(r, "replicas_at_expiry", replicas / messages, "count");
    recorder_metric(r, "lost", gone / messages, "1");
    recorder_metric(r, "lost_in_exodus", lost / messages, "1");
}

void
world_validate_frontier(const World *w, Recorder *r)
{
    const AdversarySection *section = &w->scenario->adversaries[0];
    const CorruptLaw law = world_adversary_law(section);
    g_autoptr(GArray) polls = NULL;
    Histories histories = { 0 };
    uint32_t group = 0;
    double linked;
    Compromise *c;
    Usage u;

    usage_of(w, &u);
    polls = polls_of(w, &u);
    c = compromise_new(u.n_parties, 1);
    for (guint first = 0, end; first < polls->len; first = end) {
        const PollSeen *all = (const PollSeen *)(const void *)polls->data;

        for (end = first; end < polls->len && all[end].person == all[first].person;)
            end++;
        add_person(c, group++, all + first, end - first);
        add_history(w, all + first, end - first, &histories);
    }
    compromise_count(c, &law, w->options.seed, section->head.name, section->draws, &linked);
    recorder_metric(r, "linked", linked, "1");
    record_histories(w, &histories, r);
    record_loss(w, r);
    compromise_free(c);
    usage_clear(&u);
}
