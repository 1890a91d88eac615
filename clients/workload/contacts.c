/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/contacts.h"

#include <assert.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum {
    PURPOSE_COUNT,
    PURPOSE_ORDER,
    PURPOSE_REWIRE, /* of a small world: which links, */
    PURPOSE_FAR,    /* and where to */
    ROUNDS = 6
};

void
contacts_init(Contacts *contacts, uint64_t seed, uint32_t people, double mean, double sigma)
{
    *contacts = (Contacts){ .seed = seed, .people = people, .sigma = sigma };
    contacts->median = mean * portable_exp(-sigma * sigma / 2);
    for (unsigned n = 1; n <= CONTACTS_MAX; n++)
        contacts->harmonic[n] = contacts->harmonic[n - 1] + 1.0 / n;
}

void
contacts_small_world(Contacts *contacts, double mean, double rewire)
{
    contacts->neighbours = mean < CONTACTS_MAX ? (uint32_t)(mean + 0.5) : CONTACTS_MAX;
    if (contacts->neighbours == 0)
        contacts->neighbours = 1;
    contacts->rewire = rewire;
}

static uint64_t
word_at(const Contacts *contacts, uint32_t person, uint32_t purpose, uint64_t index)
{
    StreamKey key = { contacts->seed, stream_name("contacts", person), purpose, 0 };

    return stream_word(&key, index);
}

static uint64_t
word_of(const Contacts *contacts, uint32_t person, uint32_t purpose)
{
    return word_at(contacts, person, purpose, 0);
}

size_t
contacts_count(const Contacts *contacts, uint32_t person)
{
    uint64_t others = contacts->people - 1;
    uint64_t max = others < CONTACTS_MAX ? others : CONTACTS_MAX;
    double n;

    if (contacts->neighbours > 0)
        return contacts->neighbours < max ? contacts->neighbours : max;
    n = sample_lognormal(word_of(contacts, person, PURPOSE_COUNT), contacts->median,
                         contacts->sigma);
    if (n >= (double)max)
        return max;
    return n < 1.5 ? 1 : (size_t)(n + 0.5);
}

/* A Feistel network is a permutation whatever its round function; walking along its cycle
 * until the value is below @n makes it one of 0..n-1. */
uint64_t
contacts_permuted(uint64_t value, uint64_t n, uint64_t key)
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

/* Links by place, 1 to the right, 1 to the left, 2 to the right ...; ranks are in another
 * order.  Who is far away is counted on around the ring from the last neighbour. */
static uint32_t
small_world_at(const Contacts *contacts, uint32_t person, size_t i)
{
    uint64_t people = contacts->people, n = contacts_count(contacts, person);
    uint64_t place = contacts_permuted(i, n, word_of(contacts, person, PURPOSE_ORDER));
    uint64_t right = (n + 1) / 2, far = people - 1 - n, steps = place / 2 + 1;

    if (place < far &&
        sample_uniform(word_at(contacts, person, PURPOSE_REWIRE, place)) < contacts->rewire)
        steps = right + 1 +
                contacts_permuted(place, far, word_of(contacts, person, PURPOSE_FAR));
    else if (place % 2 == 1)
        steps = people - steps;
    return (uint32_t)((person + steps) % people);
}

uint32_t
contacts_at(const Contacts *contacts, uint32_t person, size_t i)
{
    uint64_t others = contacts->people - 1;
    uint64_t other;

    assert(i < others);
    if (contacts->neighbours > 0)
        return small_world_at(contacts, person, i);
    other = contacts_permuted(i, others, word_of(contacts, person, PURPOSE_ORDER));
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
