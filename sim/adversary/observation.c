/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/observation.h"

#include "nodes/base/memory.h"
#include "sim/adversary/map64.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct ObservationLog {
    Observation *records;
    size_t n, capacity, max;
    uint64_t left_out;
    Observer *observers;
    uint32_t n_observers;
    uint8_t (*accounts)[ACCOUNT_BYTES];
    uint32_t n_accounts;
    uint32_t *account_slots; /* open addressing: 1 + place; 0 free */
    uint32_t account_mask;
};

ObservationLog *
observation_log_new(size_t bytes_max)
{
    ObservationLog *log = memory_resized(NULL, 1, sizeof *log);

    *log = (ObservationLog){ .max = bytes_max / sizeof(Observation) };
    return log;
}

void
observation_log_free(ObservationLog *log)
{
    if (log == NULL)
        return;
    free(log->records);
    free(log->observers);
    free(log->accounts);
    free(log->account_slots);
    free(log);
}

/* --- writing ----------------------------------------------------------------------- */

uint32_t
observation_log_add_observer(ObservationLog *log, const Observer *observer)
{
    log->observers =
        memory_resized(log->observers, log->n_observers + 1, sizeof *log->observers);
    log->observers[log->n_observers] = *observer;
    return log->n_observers++;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo 1991). */
static uint64_t
fnv(Bytes in)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < in.n; i++)
        hash = (hash ^ in.p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t
observed_content(Bytes hash)
{
    uint64_t content = fnv(hash);

    return content == 0 ? 1 : content;
}

static uint32_t *
account_slot(const ObservationLog *log, const uint8_t account[ACCOUNT_BYTES])
{
    uint32_t at = (uint32_t)fnv((Bytes){ account, ACCOUNT_BYTES }) & log->account_mask;

    while (log->account_slots[at] != 0 &&
           memcmp(log->accounts[log->account_slots[at] - 1], account, ACCOUNT_BYTES) != 0)
        at = (at + 1) & log->account_mask;
    return &log->account_slots[at];
}

static void
grow_accounts(ObservationLog *log)
{
    uint32_t capacity = log->account_slots == NULL ? 256 : (log->account_mask + 1) * 2;

    log->account_mask = capacity - 1;
    log->account_slots =
        memory_resized(log->account_slots, capacity, sizeof *log->account_slots);
    memset(log->account_slots, 0, capacity * sizeof *log->account_slots);
    log->accounts = memory_resized(log->accounts, capacity / 2, sizeof *log->accounts);
    for (uint32_t i = 0; i < log->n_accounts; i++)
        *account_slot(log, log->accounts[i]) = i + 1;
}

uint32_t
observation_log_account(ObservationLog *log, const uint8_t account[ACCOUNT_BYTES])
{
    uint32_t *slot;

    if (log->account_slots == NULL || log->n_accounts == (log->account_mask + 1) / 2)
        grow_accounts(log);
    slot = account_slot(log, account);
    if (*slot == 0) {
        memcpy(log->accounts[log->n_accounts++], account, ACCOUNT_BYTES);
        *slot = log->n_accounts;
    }
    return *slot;
}

uint32_t
observation_log_find_account(const ObservationLog *log,
                             const uint8_t account[ACCOUNT_BYTES])
{
    return log->account_slots == NULL ? 0 : *account_slot(log, account);
}

size_t
observation_log_append(ObservationLog *log, const Observation *observation)
{
    if (log->n == log->max) {
        log->left_out++;
        return SIZE_MAX;
    }
    if (log->n == log->capacity) {
        log->capacity = log->capacity == 0 ? 1024 : log->capacity * 2;
        if (log->capacity > log->max)
            log->capacity = log->max;
        log->records = memory_resized(log->records, log->capacity, sizeof *log->records);
    }
    log->records[log->n] = *observation;
    return log->n++;
}

Observation *
observation_log_at(ObservationLog *log, size_t place)
{
    assert(place < log->n);
    return &log->records[place];
}

/* --- reading ----------------------------------------------------------------------- */

size_t
observation_log_count(const ObservationLog *log)
{
    return log->n;
}

uint64_t
observation_log_left_out(const ObservationLog *log)
{
    return log->left_out;
}

const Observation *
observation_log_all(const ObservationLog *log)
{
    return log->records;
}

const Observer *
observation_log_observers(const ObservationLog *log, uint32_t *ret_n)
{
    *ret_n = log->n_observers;
    return log->observers;
}

uint32_t
observation_log_accounts(const ObservationLog *log)
{
    return log->n_accounts;
}

const uint8_t *
observation_log_account_key(const ObservationLog *log, uint32_t account)
{
    assert(account > 0 && account <= log->n_accounts);
    return log->accounts[account - 1];
}

void
observations_of(const ObservationLog *log, const bool *corrupted, Observations *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < log->n; i++)
        n += corrupted[log->records[i].observer];
    *ret = (Observations){ .records = memory_resized(NULL, n + 1, sizeof *ret->records),
                           .places = memory_resized(NULL, n + 1, sizeof *ret->places) };
    for (size_t i = 0; i < log->n; i++) {
        if (!corrupted[log->records[i].observer])
            continue;
        ret->records[ret->n] = log->records[i];
        ret->places[ret->n++] = i;
    }
}

void
observations_clear(Observations *observations)
{
    free(observations->records);
    free(observations->places);
    *observations = (Observations){ 0 };
}
