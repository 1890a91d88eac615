/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms that simulated results are held against.  Pure functions; times of one call
 * are all in one unit, which is the caller's.  Each names its source (science.md section);
 * tests/data/exact.csv holds them to reference values. */
#pragma once

#include <stdint.h>

/* --- replicas that nobody repairs (science 1.2) ------------------------------------------
 */

/* P(at least @k of @n are there), each with probability @p on its own: I_p(k, n - k + 1).
 */
double exact_k_of_n(uint32_t n, uint32_t k, double p);
/* P(a life lasts beyond @t): exponential; Weibull with this shape and scale, new, or
 * already in service (the stationary residual Q(1/a, (t/b)^a): the inspection paradox). */
double exact_life_exponential(double mean, double t);
double exact_life_weibull(double shape, double scale, double t);
double exact_life_weibull_in_service(double shape, double scale, double t);
/* A life of fixed length @length, in service at time 0: 1 - t / length. */
double exact_life_fixed_in_service(double length, double t);
/* P(a message survives): the member that was asked has it for certain, each of the @n - 1
 * others with probability @a; all live beyond the age with probability @p. */
double exact_placed(uint32_t n, double a, double p);
/* Mean time until fewer than @k of @n exponential lives last: L (1/k + ... + 1/n). */
double exact_time_to_loss(uint32_t n, uint32_t k, double mean);
/* The @q quantile of the time until the last of @n is gone: -L ln(1 - q^(1/n)). */
double exact_time_to_loss_quantile(uint32_t n, double mean, double q);

/* P(a message expires before its recipient is online once): off / (on + off) e^(-ttl/off),
 * both exponential, the recipient in equilibrium when it is sent. */
double exact_unseen(double on, double off, double ttl);
/* P(the recipient, offline when it was sent, comes before the @n replicas are gone and
 * before @ttl). */
double exact_retrieved(uint32_t n, double mean_life, double off, double ttl);
/* P(an exponential outage lasts longer than @limit). */
double exact_outlasts(double mean_down, double limit);

/* --- up and down (science 1.3) -----------------------------------------------------------
 */

double exact_availability(double up, double down);
/* A(t) of a node that is up at 0, both laws exponential. */
double exact_availability_at(double up, double down, double t);
/* Mean time from a moment with one of @n just up again to the next with all down:
 * (1 - U) / (U n mu), U = (1 - A)^n. */
double exact_all_down_gap(uint32_t n, double up, double down);

/* --- repair (science 1.4): a chain on the number of live replicas ------------------------
 */

typedef enum ExactRepair { EXACT_PARALLEL, EXACT_SERIAL } ExactRepair;

/* Mean time from all @r alive until none is: exponential lives and repairs. */
double exact_mttdl(uint32_t r, double life, double repair, ExactRepair mode);
/* P(none left at some time before @t), all alive at 0 (uniformisation); with up and down
 * times for life and repair: all down at once. */
double exact_lost_by(uint32_t r, double life, double repair, ExactRepair mode, double t);

/* --- failures that come together (science 1.6) -------------------------------------------
 */

/* P(all @n gone by @t): exponential lives of mean @life, and shocks at @rate that take each
 * with probability @q. */
double exact_shocks_lost_by(uint32_t n, double life, double rate, double q, double t);
/* Mean time to loss when each shock takes all (Marshall and Olkin 1967). */
double exact_shocks_time_to_loss(uint32_t n, double life, double rate);
/* P(all @n down), each with probability @p, intra-class correlation @rho (0: independent).
 */
double exact_correlated_all_down(uint32_t n, double p, double rho);
/* @f of @nodes leave at once.  P(a given swarm of @s is all gone); the mean number of @m
 * disjoint swarms that are; P(at least one is). */
double exact_swarm_gone(uint32_t nodes, uint32_t s, uint32_t f);
double exact_swarms_gone(uint32_t nodes, uint32_t s, uint32_t f, uint32_t m);
double exact_any_swarm_gone(uint32_t nodes, uint32_t s, uint32_t f, uint32_t m);

/* --- the key space (science 0)
 * -------------------------------------------------------------- */

/* Of @m swarms whose ids halve the largest gap of the ring in turn (of equal ones the
 * first), each with the keys nearest to its id: the least and the largest share, and the
 * coefficient of variation of all; shares in units of their mean, 1 / m. */
double exact_key_share_min(uint32_t m);
double exact_key_share_max(uint32_t m);
double exact_key_share_cv(uint32_t m);

/* --- queues (science 6, des.csv) ---------------------------------------------------------
 */

/* Time in an M/M/1 queue, service included: mean and quantile.  Rates, arrival < service.
 */
double exact_mm1_sojourn(double arrival, double service);
double exact_mm1_sojourn_quantile(double arrival, double service, double q);
/* Mean wait before service of fixed length (Pollaczek and Khinchine). */
double exact_md1_wait(double arrival, double service_time);
/* Delay of something that is seen at the next of polls every @interval. */
double exact_poll_delay(double interval);
double exact_poll_delay_quantile(double interval, double q);
