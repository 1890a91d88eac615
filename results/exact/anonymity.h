/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms of what an adversary learns (science.md section 2), that simulated attacks
 * are held against.  Pure functions; times of one call are all in one unit, which is the
 * caller's; entropies are in bits.  tests/data/exact_anonymity.csv holds them to reference
 * values.
 *
 * @n nodes, of which @c are corrupt; paths and swarms are drawn uniformly, of distinct
 * nodes. */
#pragma once

#include <stdint.h>

/* --- who is corrupt (science 2.2, 2.3) ---------------------------------------------------
 */

/* Of @s nodes drawn: P(all are corrupt), c(c-1).../(n(n-1)...); P(at least one is),
 * 1 - C(n-c, s) / C(n, s); P(at least @k are), the hypergeometric tail.  First and last of
 * a path are two nodes drawn, its hops three, guards g. */
double exact_all_corrupt(uint32_t n, uint32_t c, uint32_t s);
double exact_any_corrupt(uint32_t n, uint32_t c, uint32_t s);
double exact_many_corrupt(uint32_t n, uint32_t c, uint32_t s, uint32_t k);
/* P(@guards given nodes are all corrupt, and of a swarm of @s others at least one):
 * address and account meet in one pair of eyes.  1 guard: of one end; 2: of both ends. */
double exact_guards_and_swarm(uint32_t n, uint32_t c, uint32_t guards, uint32_t s);
/* The fewest nodes to add to @honest ones so that P(first and last) is at least @target
 * (0 < target < 1). */
uint32_t exact_sybils_needed(uint32_t honest, double target);
/* P(a path is compromised | it is usable), and P(usable), when corrupt nodes, a fraction
 * @f of very many, break each path of three hops whose first and last are not both theirs
 * and of which they are a part (Borisov et al., CCS 2007): f^2 / (f^2 + (1-f)^3). */
double exact_denial_compromised(double f);
double exact_denial_usable(double f);
/* The same with @c of @n nodes, three different ones on a path. */
double exact_denial_compromised_of(uint32_t n, uint32_t c);
double exact_denial_usable_of(uint32_t n, uint32_t c);

/* P(a client's list of nodes is poisoned after @refreshes): it asks @asked of @n nodes and
 * keeps what all name, so that one liar of @c who name each other is enough.  With @c below
 * @least the client takes no such list: 0. */
double exact_eclipsed(uint32_t n, uint32_t c, uint32_t asked, uint32_t least,
                      double refreshes);

/* --- nodes registered again until they are near a target (science 2.1 A7, protocol 2.3)
 * --- A new node is drawn into any one of the swarms that are no larger than that at the
 * 25th percentile of sizes, all alike; who leaves and registers again draws again. */

/* P(a new node is drawn into one given swarm of @size members): @sizes are those of all @n
 * swarms, in any order, that one among them. */
double exact_join_chance(const uint32_t *sizes, uint32_t n, uint32_t size);
/* @chance[j]: that of a registration when @j nodes are in the target's swarm already; each
 * waits for the one before.  Within @budget registrations (0: any number), and none where
 * the chance is 0: P(@members are in), and the mean number of registrations until then or
 * until it is given up.  A sum of geometric laws: without a budget sum of 1 / chance. */
double exact_camped(const double *chance, uint32_t members, uint32_t budget);
double exact_camp_registrations(const double *chance, uint32_t members, uint32_t budget);

/* --- time to the first compromise (science 2.2.2) ----------------------------------------
 */

/* Fresh first and last node each time: rotations until the first compromise, on average;
 * until it is more likely than not; P(within @rotations). */
double exact_rotations_mean(uint32_t n, uint32_t c);
double exact_rotations_median(uint32_t n, uint32_t c);
double exact_compromised_within(uint32_t n, uint32_t c, double rotations);
/* The same with one guard for ever, only the last hop fresh: rises to c/n and no further.
 */
double exact_compromised_within_guarded(uint32_t n, uint32_t c, double rotations);
/* P(a corrupt guard was used by @t): exponential lives of guards, a fraction @f corrupt. */
double exact_guard_met(double f, double guard_life, double t);
/* P(one of @s members of a swarm was ever corrupt by @t): they are replaced at rate
 * 1 / member_life: 1 - (1-f)^s exp(-f s t / member_life). */
double exact_exposed(double f, uint32_t s, double member_life, double t);
/* Links are seen with probability @p each, independently: both ends in one of @exits, the
 * guard's link fixed. */
double exact_links_seen(double p, double exits);

/* --- entropy (science 2.2.3 to 2.2.5) ----------------------------------------------------
 */

/* Mean entropy where the sender is revealed with probability @c, else one of @users. */
double exact_entropy_mixed(double users, double c);
/* Rank of the right one among @n that are alike: (n+1)/2. */
double exact_guesses_uniform(double n);
/* Crowds of @n members with @c collaborators, forwarding probability @pf, when one of them
 * sees a message (Diaz et al., PET 2002): probability of the predecessor; entropy; entropy
 * over its maximum; min-entropy; guessing entropy. */
double exact_crowds_predecessor(uint32_t n, uint32_t c, double pf);
double exact_crowds_entropy(uint32_t n, uint32_t c, double pf);
double exact_crowds_degree(uint32_t n, uint32_t c, double pf);
double exact_crowds_min_entropy(uint32_t n, uint32_t c, double pf);
double exact_crowds_guesses(uint32_t n, uint32_t c, double pf);
/* Mutual information of sender (one of @n) and observation: all revealed with probability
 * @p; right with probability @q, else any of the others. */
double exact_information_reveal(double n, double p);
double exact_information_symmetric(double n, double q);
/* Sender entropy of a threshold pool mix, @in messages a round, @pool stay (Serjantov and
 * Danezis 2002); of a continuous mix with exponential delays (Danezis 2004). */
double exact_pool_mix_entropy(double in, double pool);
double exact_exponential_mix_entropy(double arrivals, double departures);
/* One message and Poisson(@others) more that could be it: mean entropy E log2(1 + K);
 * P(a uniform guess is right), (1 - exp(-others)) / others. */
double exact_window_entropy(double others);
double exact_window_right(double others);
/* Stores in a window: users * messages_a_day * window_s / 86400. */
double exact_window_others(double users, double messages_a_day, double window_s);

/* --- linking two ends (science 2.2.6, 2.2.7, 2.3) ----------------------------------------
 */

/* Precision at the real base rate, one partner among @n: TPR / (TPR + (n-1) FPR). */
double exact_precision(double n, double true_positive_rate, double false_positive_rate);
/* Area under the ROC of two normal laws whose means are @distance deviations apart. */
double exact_auc_normal(double distance);
/* Counts of @windows correlate with @rho for the true pair, not at all for others: AUC by
 * Fisher's z; windows for a true positive rate of 0.9 at a false positive rate of 1/@n. */
double exact_auc_correlation(double rho, double windows);
double exact_windows_needed(double rho, double n);
/* AnoA's delta(epsilon) of Poisson volumes: sum over o of max(0, P1(o) - e^epsilon P0(o)).
 */
double exact_anoa_poisson(double mean_0, double mean_1, double epsilon);

/* --- rounds of long-term attacks (science 2.4) -------------------------------------------
 */

/* Intersection: @n candidates, the target always online at its events, the others with
 * probability @p, independently.  Mean rounds until it alone is left; P(alone after
 * @rounds); rounds until P(alone) >= @level; mean set after @rounds. */
double exact_intersection_rounds(double n, double p);
double exact_intersection_alone(double n, double p, double rounds);
double exact_intersection_rounds_at(double n, double p, double level);
double exact_intersection_set(double n, double p, double rounds);
/* Predecessor: rounds until first and last were corrupt @sightings times: mean; the fewest
 * with P(that many sightings) >= @level. */
double exact_predecessor_rounds(uint32_t n, uint32_t c, uint32_t sightings);
double exact_predecessor_rounds_at(uint32_t n, uint32_t c, uint32_t sightings,
                                   double level);
/* Danezis's bound (2003): rounds of @batch messages among @n recipients until @friends
 * alike stand out by @deviations. */
double exact_disclosure_rounds(double n, double batch, double friends, double deviations);
/* Messages until each of @contacts alike was written to: m H_m. */
double exact_contacts_seen(uint32_t contacts);
