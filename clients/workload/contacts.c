/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/contacts.h"

#include <assert.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { PURPOSE_COUNT, PURPOSE_ORDER, ROUNDS = 6 };

void
contacts_init(Contacts *contacts, uint64_t seed, uint32_t people, double mean, double sigma)
{
    *contacts = (Contacts){ .seed = seed, .people = people, .sigma = sigma };
    contacts->median = mean * portable_exp(-sigma * sigma / 2);
    for (unsigned n = 1; n <= CONTACTS_MAX; n++)
        contacts->harmonic[n] = contacts->harmonic[n - 1] + 1.0 / n;
}

static uint64_t
word_of(const Contacts *contacts, uint32_t person, uint32_t purpose)
{
    StreamKey key = { contacts->seed, stream_name("contacts", person), purpose, 0 };

    return stream_word(&key, 0);
}

size_t
contacts_count(const Contacts *contacts, uint32_t person)
{
    uint64_t others = contacts->people - 1;
    uint64_t max = others < CONTACTS_MAX ? others : CONTACTS_MAX;
    double n = sample_lognormal(word_of(contacts, person, PURPOSE_COUNT), contacts->median,
                                contacts->sigma);

    if (n >= (double)max)
        return max;
    return n < 1.5 ? 1 : (size_t)(n + 0.5);
}

/* A Feistel network is a permutation whatever its round function; walking along its cycle
 * until the value is below @n makes it one of 0..n-1. */
static uint64_t
permuted(uint64_t value, uint64_t n, uint64_t key)
{
    unsigned half = 1;
    uint64_t mask;

    while (n > (uint64_t)1 << 2 * half)
        half++;
    mask = ((uint64_t)1 << half) - 1;
    do {
        uint64_t left = value >> half, right = value & mask;

        for (unsigned i = 0; i < ROUNDS; i++) {
            uint64_t mixed = (right + i + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ key;
            uint64_t next;

            mixed = (mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93);
            next = left ^ (mixed >> 32 & mask);
            left = right;
            right = next;
        }
        value = left << half | right;
    } while (value >= n);
    return value;
}

uint32_t
contacts_at(const Contacts *contacts, uint32_t person, size_t i)
{
    uint64_t others = contacts->people - 1;
    uint64_t other;

    assert(i < others);
    other = permuted(i, others, word_of(contacts, person, PURPOSE_ORDER));
    return (uint32_t)(other < person ? other : other + 1);
}

size_t
contacts_pick(const Contacts *contacts, size_t count, uint64_t word)
{
    double at;
    size_t low = 0, high = count;

    assert(count >= 1 && count <= CONTACTS_MAX);
    at = sample_uniform(word) * contacts->harmonic[count];
    /* harmonic[low] <= at < harmonic[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (contacts->harmonic[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}
