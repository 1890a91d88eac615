/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms with a scenario's own parameters: NAME.exact beside the metric NAME.
 * Where the scenario leaves what the form knows (another law, a start that is not all up),
 * there is none. */
#include "results/exact/exact.h"
#include "scenarios/world_validate.h"

#include <math.h>

void
world_record_exact(Recorder *r, const char *metric, double value, const char *unit)
{
    g_autofree char *name = g_strconcat(metric, ".exact", NULL);

    if (isfinite(value))
        recorder_metric(r, name, value, unit);
}

/* The time that the main metric speaks of. */
static double
days(const World *w)
{
    return (double)(w->end - w->scenario->churn_start) / DAY;
}

static double
mean_of_exponential(const Law *law, double unit_s)
{
    return law->kind == LAW_EXPONENTIAL ? law->a / unit_s : NAN;
}

/* P(a node that is in the network at churn.begins_at is at the end). */
static double
life_beyond(const Scenario *s, double t)
{
    const Law *life = &s->churn.life;
    double day = DAY / SECOND;

    switch (life->kind) {
    case LAW_NEVER:
        return 1;
    case LAW_EXPONENTIAL:
        return exact_life_exponential(life->a / day, t);
    case LAW_WEIBULL:
        return s->churn.life_residual
                   ? exact_life_weibull_in_service(life->a, life->b / day, t)
                   : exact_life_weibull(life->a, life->b / day, t);
    case LAW_FIXED:
        return s->churn.life_residual ? exact_life_fixed_in_service(life->a / day, t) : NAN;
    case LAW_LOGNORMAL:
        break;
    }
    return NAN;
}

static void
record_no_repair(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t n = world_swarm_size(w);
    double p = life_beyond(s, days(w)), stored = 1 - s->put_lost;
    double there = 1 - s->absent_share, survival;

    if (s->absent_share == 0)
        survival = exact_k_of_n(n, s->validate.at_least, stored * p);
    else
        survival =
            s->put_lost == 0 && s->validate.at_least == 1 ? exact_placed(n, there, p) : NAN;
    world_record_exact(r, "survival", survival, "1");
    world_record_exact(r, "loss", 1 - survival, "1");
    world_record_exact(r, "copies", (1 + (n - 1) * there) * stored, "1");
}

static void
record_time_to_loss(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t n = world_swarm_size(w);
    double mean = mean_of_exponential(&s->churn.life, DAY / SECOND);

    world_record_exact(r, "mttdl", exact_time_to_loss(n, s->validate.at_least, mean), "d");
    if (s->validate.at_least == 1)
        world_record_exact(r, "time_to_loss",
                           exact_time_to_loss_quantile(n, mean, s->validate.quantile), "d");
}

static void
record_availability(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    double hour = HOUR / SECOND;
    double a = exact_availability(law_mean_s(&s->churn.up), law_mean_s(&s->churn.down));

    if (s->validate.moment == VALIDATE_END)
        a = exact_availability_at(mean_of_exponential(&s->churn.up, hour),
                                  mean_of_exponential(&s->churn.down, hour), days(w) * 24);
    world_record_exact(r, "availability",
                       exact_k_of_n(world_swarm_size(w), s->validate.at_least, a), "1");
}

static void
record_all_down(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t n = world_swarm_size(w);
    double hour = HOUR / SECOND;
    double up = mean_of_exponential(&s->churn.up, hour);
    double down = mean_of_exponential(&s->churn.down, hour);

    if (isnan(up) || isnan(down))
        return;
    world_record_exact(r, "all_down",
                       exact_lost_by(n, up, down, EXACT_PARALLEL, days(w) * 24), "1");
    world_record_exact(r, "all_down_gap", exact_all_down_gap(n, up, down), "h");
}

static void
record_repair(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t n = world_swarm_size(w);
    double life = mean_of_exponential(&s->churn.life, DAY / SECOND);
    double delay = mean_of_exponential(&s->repair_delay, DAY / SECOND);
    ExactRepair mode = s->repair_mode == REPAIR_SERIAL ? EXACT_SERIAL : EXACT_PARALLEL;
    double loss;

    if (isnan(life) || isnan(delay))
        return;
    if (mode == EXACT_PARALLEL) {
        world_record_exact(r, "replicas", n * exact_availability(life, delay), "count");
        world_record_exact(r, "repairs", n / (life + delay), "1");
        world_record_exact(r, "last_replica", exact_all_down_gap(n, life, delay), "d");
    }
    loss = exact_lost_by(n, life, delay, mode, days(w));
    world_record_exact(r, "loss", loss, "1");
    world_record_exact(r, "survival", 1 - loss, "1");
    world_record_exact(r, "mttdl", exact_mttdl(n, life, delay, mode), "d");
}

static void
record_shocks(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    const FaultSection *shocks = world_first_fault(w, FAULT_SORT_SHOCKS);
    double life = mean_of_exponential(&s->churn.life, DAY / SECOND), loss;

    if (shocks == NULL || isnan(life) || shocks->from != s->churn_start ||
        shocks->down.kind != LAW_NEVER)
        return;
    loss = exact_shocks_lost_by(world_swarm_size(w), life, shocks->per_day, shocks->chance,
                                days(w));
    world_record_exact(r, "loss", loss, "1");
    world_record_exact(r, "survival", 1 - loss, "1");
}

/* People with the even rhythm of workload.diurnal = 0 are on and off in exponential times.
 * Nodes whose disks are lost are back at once, and nobody fills them. */
static void
record_ttl_loss(const World *w, Recorder *r)
{
    const WorkloadConfig *people = &w->scenario->workload;
    double on = (double)people->session_mean / DAY, off = 1 / people->sessions_per_day - on;
    double ttl = (double)w->scenario->session.message_ttl / DAY, retrieved, loss;
    bool all_kept = w->scenario->churn.life.kind == LAW_NEVER;

    if (people->diurnal > 0 || people->presence != PRESENCE_SESSIONS || off <= 0 ||
        people->always_share > 0 || w->scenario->drain < w->scenario->session.message_ttl)
        return;
    retrieved =
        all_kept
            ? -expm1(-ttl / off)
            : exact_retrieved(world_swarm_size(w),
                              mean_of_exponential(&w->scenario->churn.life, DAY / SECOND),
                              off, ttl);
    loss = off / (on + off) * (1 - retrieved);
    world_record_exact(r, "loss", loss, "1");
    world_record_exact(r, "survival", 1 - loss, "1");
    world_record_exact(r, "retrieved", retrieved, "1");
}

/* Seen at the next poll of a random phase, if it asks a member that has it. */
static void
record_polling(const World *w, Recorder *r)
{
    const SessionConfig *client = &w->scenario->session;
    double interval = (double)client->poll_interval / SECOND, n = world_swarm_size(w);
    double polls = w->scenario->service.store_replication == REPLICATION_BUFFERED
                       ? n / client->store_to
                       : 1;

    world_record_exact(r, "poll_delay", exact_poll_delay(interval) + (polls - 1) * interval,
                       "s");
    if (polls > 1)
        world_record_exact(r, "polls_to_find", polls, "count");
    else
        world_record_exact(
            r, "poll_delay_quantile",
            exact_poll_delay_quantile(interval, w->scenario->validate.quantile), "s");
}

/* The cost of a request is a second at most, and its bytes cost a millionth of that. */
static void
record_queue(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    double service_s = (double)s->cost_request / SECOND, rate = s->validate.rate;

    if (rate * service_s >= 1 || s->node_speed != 1 || s->net.constant_latency == 0)
        return;
    if (s->cost_law == COST_FIXED) {
        world_record_exact(r, "wait", exact_md1_wait(rate, service_s), "s");
        world_record_exact(r, "sojourn", exact_md1_wait(rate, service_s) + service_s, "s");
        return;
    }
    world_record_exact(r, "sojourn", exact_mm1_sojourn(rate, 1 / service_s), "s");
    world_record_exact(r, "wait", exact_mm1_sojourn(rate, 1 / service_s) - service_s, "s");
    world_record_exact(
        r, "sojourn_quantile",
        exact_mm1_sojourn_quantile(rate, 1 / service_s, s->validate.quantile), "s");
}

/* At a shock: of so many chosen nodes, or by chances that are correlated in a site. */
static void
record_outages(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    const FaultSection *shocks = world_first_fault(w, FAULT_SORT_SHOCKS);
    uint32_t n = world_swarm_size(w);

    if (shocks == NULL || shocks->each_swarm || shocks->down.kind != LAW_FIXED ||
        shocks->down.a * SECOND >= (double)shocks->every)
        return;
    if (shocks->count > 0) {
        uint32_t m = s->nodes / n, f = shocks->count;

        world_record_exact(r, "all_down", exact_swarm_gone(s->nodes, n, f), "1");
        world_record_exact(r, "any_down", exact_any_swarm_gone(s->nodes, n, f, m), "1");
        world_record_exact(r, "swarms_down", exact_swarms_gone(s->nodes, n, f, m), "count");
    } else if (shocks->site % n == 0) {
        world_record_exact(
            r, "all_down",
            exact_correlated_all_down(n, shocks->chance, shocks->correlation), "1");
    }
}

/* The swarm rules' own ids; what else grows is known from a simulation of the rules. */
static void
record_growth(const World *w, Recorder *r)
{
    uint32_t m = w->series[w->n_series - 1].swarms;

    world_record_exact(r, "share_min", exact_key_share_min(m), "1");
    world_record_exact(r, "share_max", exact_key_share_max(m), "1");
    world_record_exact(r, "share_cv", exact_key_share_cv(m), "1");
}

/* An outage outlives the time that a proof is good for, and then the credit. */
static void
record_credit(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    const FaultSection *crash = world_first_fault(w, FAULT_SORT_CRASH);
    double hour = HOUR / SECOND, grace = (double)s->service.proof_validity / HOUR;
    double credit =
        (double)s->chain.credit_initial * (double)s->chain.block_interval / HOUR;
    double down;

    if (crash == NULL || s->chain.credit_per_day != 0)
        return;
    down = mean_of_exponential(&crash->down, hour);
    world_record_exact(r, "decommissioned", exact_outlasts(down, grace), "1");
    world_record_exact(r, "deregistered", exact_outlasts(down, grace + credit), "1");
}

/* Of mass exits the reference is a simulation of the rules; of polls' cadence and of
 * histories there is none. */
static void (*const forms[])(const World *w, Recorder *r) = {
    [VALIDATE_NO_REPAIR] = record_no_repair,
    [VALIDATE_TIME_TO_LOSS] = record_time_to_loss,
    [VALIDATE_AVAILABILITY] = record_availability,
    [VALIDATE_ALL_DOWN] = record_all_down,
    [VALIDATE_REPAIR] = record_repair,
    [VALIDATE_SHOCKS] = record_shocks,
    [VALIDATE_MASS_EXIT] = NULL,
    [VALIDATE_TTL_LOSS] = record_ttl_loss,
    [VALIDATE_QUEUE] = record_queue,
    [VALIDATE_PATH_COMPROMISE] = world_exact_path_compromise,
    [VALIDATE_GUARD_ROTATION] = world_exact_rotation,
    [VALIDATE_EXPOSURE] = world_exact_exposure,
    [VALIDATE_OUTAGES] = record_outages,
    [VALIDATE_GROWTH] = record_growth,
    [VALIDATE_CREDIT] = record_credit,
    [VALIDATE_INTERSECTION] = world_exact_intersection,
    [VALIDATE_PREDECESSOR] = world_exact_predecessor,
    [VALIDATE_DISCLOSURE] = world_exact_disclosure,
    [VALIDATE_ENTROPY] = world_exact_entropy,
    [VALIDATE_TIMING] = world_exact_timing,
    [VALIDATE_CADENCE] = NULL,
    [VALIDATE_DENIAL] = world_exact_denial,
    [VALIDATE_FRONTIER] = NULL,
    [VALIDATE_ECLIPSE] = world_exact_eclipse,
    [VALIDATE_SYBIL] = world_exact_sybils,
    [VALIDATE_POLLING] = record_polling,
};

void
world_exact_record(const World *w, Recorder *r)
{
    if (forms[w->scenario->validate.form] != NULL)
        forms[w->scenario->validate.form](w, r);
}
