/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who knows whom, without a list: the i-th contact of a person is a function of (seed,
 * person, i, number of people).  Contacts of one person are distinct and not itself; that
 * one knows another does not mean that the other knows it.
 *
 * Two graphs (science 4.1).  Configuration: a log-normal number of contacts, drawn from all
 * people.  Small world (after Watts and Strogatz 1998): people stand in a ring, each knows
 * as many neighbours as the mean says, half on either side, and each such link leads with
 * chance `rewire` to somebody beyond them instead; here each end draws for itself. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { CONTACTS_MAX = 1024 };

typedef struct Contacts {
    uint64_t seed;
    uint32_t people;
    double median, sigma; /* log-normal number of contacts, before rounding; from 1 on */
    uint32_t neighbours;  /* small world: so many; 0: the other graph */
    double rewire;
    double harmonic[CONTACTS_MAX + 1]; /* harmonic[n] = 1 + 1/2 + ... + 1/n */
} Contacts;

void contacts_init(Contacts *contacts, uint64_t seed, uint32_t people, double mean,
                   double sigma);
/* After that: a small world with this chance of a link to lead far away. */
void contacts_small_world(Contacts *contacts, double mean, double rewire);
/* A permutation of 0 .. @n - 1 that hangs on @key, at @value. */
uint64_t contacts_permuted(uint64_t value, uint64_t n, uint64_t key);
/* 0 only when there is nobody else. */
size_t contacts_count(const Contacts *contacts, uint32_t person);
uint32_t contacts_at(const Contacts *contacts, uint32_t person, size_t i);
/* One of @count contacts, the i-th with weight 1 / (i + 1) (Zipf's law). */
size_t contacts_pick(const Contacts *contacts, size_t count, uint64_t word);
