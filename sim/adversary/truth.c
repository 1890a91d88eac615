/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/truth.h"

#include "nodes/base/memory.h"
#include "sim/adversary/map64.h"
#include "sim/core/sampling.h"
#include "sim/core/stream.h"

#include <stdlib.h>

struct TruthLog {
    Truth *rows;
    size_t n, capacity;
    TruthContent *contents;
    uint32_t n_contents, contents_capacity;
    Map64 by_content; /* its place in contents */
    Map64 by_address, by_account;
};

TruthLog *
truth_log_new(void)
{
    TruthLog *log = memory_resized(NULL, 1, sizeof *log);

    *log = (TruthLog){ 0 };
    return log;
}

void
truth_log_free(TruthLog *log)
{
    if (log == NULL)
        return;
    free(log->rows);
    free(log->contents);
    map64_clear(&log->by_content);
    map64_clear(&log->by_address);
    map64_clear(&log->by_account);
    free(log);
}

void
truth_log_append(TruthLog *log, const Truth *truth)
{
    if (log->n == log->capacity) {
        log->capacity = log->capacity == 0 ? 1024 : log->capacity * 2;
        log->rows = memory_resized(log->rows, log->capacity, sizeof *log->rows);
    }
    log->rows[log->n++] = *truth;
}

void
truth_log_add_content(TruthLog *log, const TruthContent *content)
{
    if (log->n_contents == log->contents_capacity) {
        log->contents_capacity =
            log->contents_capacity == 0 ? 256 : log->contents_capacity * 2;
        log->contents =
            memory_resized(log->contents, log->contents_capacity, sizeof *log->contents);
    }
    map64_set(&log->by_content, content->content, log->n_contents);
    log->contents[log->n_contents++] = *content;
}

void
truth_log_set_address(TruthLog *log, uint32_t ip, uint32_t person)
{
    map64_set(&log->by_address, ip, person);
}

void
truth_log_set_account(TruthLog *log, uint32_t account, uint32_t person)
{
    map64_set(&log->by_account, account, person);
}

size_t
truth_log_count(const TruthLog *log)
{
    return log->n;
}

const Truth *
truth_log_all(const TruthLog *log)
{
    return log->rows;
}

const TruthContent *
truth_log_content(const TruthLog *log, uint64_t content)
{
    uint32_t place;

    return map64_get(&log->by_content, content, &place) ? &log->contents[place] : NULL;
}

static uint32_t
person_of(const Map64 *map, uint64_t key)
{
    uint32_t person;

    return map64_get(map, key, &person) ? person : TRUTH_NOBODY;
}

uint32_t
truth_log_address(const TruthLog *log, uint32_t ip)
{
    return person_of(&log->by_address, ip);
}

uint32_t
truth_log_account(const TruthLog *log, uint32_t account)
{
    return person_of(&log->by_account, account);
}

/* --- the control ------------------------------------------------------------------- */

static void
move(uint32_t *person, const uint32_t *to, uint32_t people)
{
    if (*person < people)
        *person = to[*person];
}

/* Who is whose address is one permutation, all else another: joined by either, nothing fits
 * any more. */
static uint32_t *
permutation(uint32_t people, uint64_t seed, uint64_t which)
{
    StreamKey key = { seed, stream_name("shuffled truth", which), 0, 0 };
    uint32_t *to = memory_resized(NULL, people + 1, sizeof *to);

    for (uint32_t i = 0; i < people; i++) {
        uint32_t j = (uint32_t)sample_below(stream_word(&key, i), i + 1);

        to[i] = to[j];
        to[j] = i;
    }
    return to;
}

void
truth_log_shuffle(TruthLog *log, uint32_t people, uint64_t seed)
{
    uint32_t *of_address = permutation(people, seed, 0);
    uint32_t *of_rest = permutation(people, seed, 1);

    for (size_t i = 0; i < log->n; i++)
        move(&log->rows[i].person, of_rest, people);
    for (uint32_t i = 0; i < log->n_contents; i++) {
        move(&log->contents[i].author, of_rest, people);
        move(&log->contents[i].recipient, of_rest, people);
    }
    for (size_t i = 0; log->by_address.keys != NULL && i <= log->by_address.mask; i++)
        if (log->by_address.keys[i] != 0)
            move(&log->by_address.values[i], of_address, people);
    for (size_t i = 0; log->by_account.keys != NULL && i <= log->by_account.mask; i++)
        if (log->by_account.keys[i] != 0)
            move(&log->by_account.values[i], of_rest, people);
    free(of_address);
    free(of_rest);
}
