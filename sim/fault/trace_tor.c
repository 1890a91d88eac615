/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/trace_tor.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/fault/trace_builder.h"

enum { IDENTITY_BYTES = 20, IDENTITY_BASE64 = 27, HOUR_S = 3600 };

typedef struct TorRelay {
    uint8_t identity[IDENTITY_BYTES];
    uint32_t number; /* in order of being seen first */
    uint32_t network;
    bool has_network;
} TorRelay;

typedef struct Consensus {
    int64_t valid_after_s;
    size_t first; /* of its sightings */
    uint32_t n;
} Consensus;

struct TorRecord {
    TorRelay *relays; /* ascending by identity */
    uint32_t n_relays;
    Consensus *consensuses;
    uint32_t n_consensuses;
    uint32_t *sightings; /* numbers of the relays that were running */
    size_t n_sightings, sightings_capacity;
};

/* --- reading one consensus --- */

typedef struct TorReader {
    TraceText text;
    TorRelay *seen; /* of the consensus that is read, running */
    uint32_t n_seen;
    TorRelay relay; /* of the last r line */
    bool has_relay;
    int64_t valid_after_s;
    bool dated;
} TorReader;

static int
base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* 27 characters for 20 bytes, without padding. */
static bool
read_identity(Bytes text, uint8_t ret[IDENTITY_BYTES])
{
    uint32_t bits = 0;
    size_t n = 0;

    if (text.n != IDENTITY_BASE64)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.p[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 3 || i + 1 == text.n) {
            uint32_t left = i % 4 == 3 ? 3 : 2;

            bits <<= left == 2 ? 6 : 0;
            for (uint32_t k = 0; k < left; k++)
                ret[n++] = (uint8_t)(bits >> (16 - 8 * k));
            bits = 0;
        }
    }
    return n == IDENTITY_BYTES;
}

/* Days from 1970 to a date of the Gregorian calendar: a year begins with March. */
static int64_t
days_to(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    month += month <= 2 ? 9 : -3;
    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day -
           1 - 719468;
}

/* Three numbers between two @separators. */
static bool
read_three(Bytes word, char separator, const int64_t most[3], int64_t ret[3])
{
    Bytes field[3];

    if (!trace_split(word, separator, field, 3))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!trace_read_whole(field[i], most[i], &ret[i]))
            return false;
    return true;
}

static Status
read_valid_after(TorReader *r, Bytes rest)
{
    static const int64_t DATE_MOST[3] = { 2199, 12, 31 }, CLOCK_MOST[3] = { 23, 59, 60 };
    Bytes date, clock;
    int64_t d[3], c[3];

    if (!trace_take_word(&rest, &date) || !trace_take_word(&rest, &clock) ||
        !read_three(date, '-', DATE_MOST, d) || !read_three(clock, ':', CLOCK_MOST, c) ||
        d[0] < 1970 || d[1] == 0 || d[2] == 0)
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "valid-after YYYY-MM-DD HH:MM:SS is expected");
    r->valid_after_s =
        days_to(d[0], d[1], d[2]) * 24 * HOUR_S + c[0] * HOUR_S + c[1] * 60 + c[2];
    r->dated = true;
    return ST_OK;
}

/* `nick identity [digest] date time address port port`: microdescriptor consensuses have no
 * digest. */
static Status
read_relay(TorReader *r, Bytes rest)
{
    enum { WORDS_MAX = 8, WORDS_MIN = 7 };
    Bytes word[WORDS_MAX];
    size_t n = 0;

    if (!r->dated)
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "valid-after before the first relay is expected");
    while (n < WORDS_MAX && trace_take_word(&rest, &word[n]))
        n++;
    r->relay = (TorRelay){ .number = 0 };
    if (n < WORDS_MIN || !read_identity(word[1], r->relay.identity))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "r with a nickname, an identity of 27 characters, times, "
                               "address and ports is expected");
    r->relay.has_network = trace_read_network(word[n - 3], &r->relay.network);
    r->has_relay = true;
    return ST_OK;
}

static Status
read_flags(TorReader *r, Bytes rest)
{
    Bytes flag;

    if (!r->has_relay)
        return trace_text_fail(&r->text, ST_MALFORMED, "a line r before s is expected");
    r->has_relay = false;
    while (trace_take_word(&rest, &flag)) {
        if (!bytes_equal_text(flag, "Running"))
            continue;
        if (r->n_seen == TRACE_SERVERS_MAX)
            return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer relays are expected");
        r->seen = trace_with_room(r->seen, r->n_seen, sizeof *r->seen);
        r->seen[r->n_seen++] = r->relay;
        return ST_OK;
    }
    return ST_OK;
}

/* --- what was seen goes into the record --- */

static int
compare_relays(const void *a, const void *b)
{
    return memcmp(((const TorRelay *)a)->identity, ((const TorRelay *)b)->identity,
                  IDENTITY_BYTES);
}

/* Of those that one consensus lists twice the one with the lower network comes first. */
static int
compare_seen(const void *a, const void *b)
{
    const TorRelay *x = a, *y = b;
    int order = compare_relays(x, y);

    return order != 0 ? order : (x->network > y->network) - (x->network < y->network);
}

/* Give each seen relay its number; those that are new are put among the known ones, from
 * the end on, so that each is moved once. */
static bool
merge_relays(TorRecord *record, TorRelay *seen, uint32_t n)
{
    uint32_t fresh = 0, known = 0;
    size_t at;

    for (uint32_t i = 0; i < n; i++) {
        while (known < record->n_relays &&
               compare_relays(&record->relays[known], &seen[i]) < 0)
            known++;
        if (known < record->n_relays &&
            compare_relays(&record->relays[known], &seen[i]) == 0)
            seen[i].number = record->relays[known].number;
        else
            seen[i].number = record->n_relays + fresh++;
    }
    if (fresh > TRACE_SERVERS_MAX - record->n_relays)
        return false;
    if (fresh == 0)
        return true;
    record->relays =
        memory_resized(record->relays, record->n_relays + fresh, sizeof *record->relays);
    at = (size_t)record->n_relays + fresh;
    known = record->n_relays;
    for (uint32_t i = n; i-- > 0;) {
        if (seen[i].number < record->n_relays)
            continue;
        while (known > 0 && compare_relays(&record->relays[known - 1], &seen[i]) > 0)
            record->relays[--at] = record->relays[--known];
        record->relays[--at] = seen[i];
    }
    record->n_relays += fresh;
    return true;
}

static uint32_t
drop_repeated(TorRelay *seen, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || compare_relays(&seen[kept - 1], &seen[i]) != 0)
            seen[kept++] = seen[i];
    return kept;
}

/* The consensus that was being read is whole. */
static Status
end_consensus(TorRecord *record, TorReader *r)
{
    Consensus consensus = { r->valid_after_s, record->n_sightings, 0 };

    if (!r->dated)
        return ST_OK;
    if (r->n_seen > 1)
        qsort(r->seen, r->n_seen, sizeof *r->seen, compare_seen);
    consensus.n = drop_repeated(r->seen, r->n_seen);
    if (record->n_consensuses == TOR_CONSENSUSES_MAX ||
        consensus.n > TOR_SIGHTINGS_MAX - record->n_sightings ||
        !merge_relays(record, r->seen, consensus.n))
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer consensuses are expected");
    if (record->n_sightings + consensus.n > record->sightings_capacity) {
        record->sightings_capacity = (record->n_sightings + consensus.n) * 3 / 2;
        record->sightings = memory_resized(record->sightings, record->sightings_capacity,
                                           sizeof *record->sightings);
    }
    for (uint32_t i = 0; i < consensus.n; i++)
        record->sightings[record->n_sightings++] = r->seen[i].number;
    record->consensuses =
        trace_with_room(record->consensuses, record->n_consensuses, sizeof consensus);
    record->consensuses[record->n_consensuses++] = consensus;
    r->n_seen = 0;
    r->dated = r->has_relay = false;
    return ST_OK;
}

static Status
read_line(TorRecord *record, TorReader *r)
{
    Bytes rest = r->text.line;
    Bytes keyword;
    Status status;

    if (!trace_take_word(&rest, &keyword))
        return ST_OK;
    if (bytes_equal_text(keyword, "r"))
        return read_relay(r, rest);
    if (bytes_equal_text(keyword, "s"))
        return read_flags(r, rest);
    if (!bytes_equal_text(keyword, "valid-after"))
        return ST_OK;
    status = end_consensus(record, r);
    return status == ST_OK ? read_valid_after(r, rest) : status;
}

Status
tor_record_add(TorRecord *record, Bytes text, TraceError *ret_error)
{
    TorReader r = { .text = trace_text_over(text) };
    Status status = trace_text_bounded(&r.text);
    uint32_t before = record->n_consensuses;

    while (status == ST_OK && trace_text_next(&r.text))
        status = read_line(record, &r);
    if (status == ST_OK)
        status = end_consensus(record, &r);
    if (status == ST_OK && record->n_consensuses == before)
        status = trace_text_fail(&r.text, ST_MALFORMED, "a line valid-after is expected");
    free(r.seen);
    if (status != ST_OK)
        *ret_error = r.text.error;
    return status;
}

/* --- the record --- */

/* What is known of a relay while the consensuses pass by. */
typedef struct Session {
    int64_t from_s;
    uint32_t last; /* consensus that had it last, + 1; 0: none yet */
} Session;

static int
compare_consensuses(const void *a, const void *b)
{
    const Consensus *x = a, *y = b;

    if (x->valid_after_s != y->valid_after_s)
        return x->valid_after_s < y->valid_after_s ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static Bytes
name_of(const TorRelay *relay)
{
    return (Bytes){ relay->identity, IDENTITY_BYTES };
}

static bool
end_session(const TorRecord *record, const Session *session, const TorRelay *relay,
            TraceBuilder *builder)
{
    int64_t to_s = record->consensuses[session->last - 1].valid_after_s + HOUR_S;

    return trace_builder_span(builder, name_of(relay), session->from_s * 1000000,
                              to_s * 1000000);
}

/* A relay's row goes on when the consensus before this one had it too. */
static bool
find_sessions(const TorRecord *record, Session *sessions, const TorRelay **by_number,
              TraceBuilder *builder)
{
    uint32_t previous = 0,
             here = 0; /* first of those with the time before, and with this */

    for (uint32_t c = 0; c < record->n_consensuses; c++) {
        const Consensus *consensus = &record->consensuses[c];

        if (c > 0 && consensus->valid_after_s != consensus[-1].valid_after_s) {
            previous = here;
            here = c;
        }
        for (uint32_t i = 0; i < consensus->n; i++) {
            uint32_t number = record->sightings[consensus->first + i];
            Session *session = &sessions[number];

            if (session->last == 0 || session->last - 1 < previous) {
                if (session->last > 0 &&
                    !end_session(record, session, by_number[number], builder))
                    return false;
                session->from_s = consensus->valid_after_s;
            }
            session->last = c + 1;
        }
    }
    for (uint32_t i = 0; i < record->n_relays; i++)
        if (!end_session(record, &sessions[i], by_number[i], builder))
            return false;
    return true;
}

static bool
place_relays(const TorRecord *record, const TorRelay **by_number, TraceBuilder *builder)
{
    for (uint32_t i = 0; i < record->n_relays; i++) {
        const TorRelay *relay = &record->relays[i];
        TracePlace place = { .name = name_of(relay),
                             .has_network = relay->has_network,
                             .network = relay->network };

        by_number[relay->number] = relay;
        if (!trace_builder_place(builder, &place))
            return false;
    }
    return true;
}

Status
tor_record_finish(TorRecord *record, UptimeTrace **ret)
{
    TraceBuilder builder = { 0 };
    uint32_t n = record->n_consensuses;
    Session *sessions = calloc((size_t)record->n_relays + 1, sizeof *sessions);
    const TorRelay **by_number = calloc((size_t)record->n_relays + 1, sizeof *by_number);
    Status status = ST_TOO_LARGE;

    if (sessions == NULL || by_number == NULL)
        abort();
    if (n > 1)
        qsort(record->consensuses, n, sizeof *record->consensuses, compare_consensuses);
    if (record->n_relays == 0)
        status = ST_NOT_FOUND;
    else if (place_relays(record, by_number, &builder) &&
             find_sessions(record, sessions, by_number, &builder))
        status = trace_builder_finish(
            &builder, record->consensuses[0].valid_after_s * 1000000,
            (record->consensuses[n - 1].valid_after_s + HOUR_S) * 1000000, ret);
    trace_builder_clear(&builder);
    free(sessions);
    free(by_number);
    return status;
}

TorRecord *
tor_record_new(void)
{
    TorRecord *record = calloc(1, sizeof *record);

    if (record == NULL)
        abort();
    return record;
}

void
tor_record_free(TorRecord *record)
{
    if (record == NULL)
        return;
    free(record->relays);
    free(record->consensuses);
    free(record->sightings);
    free(record);
}

uint32_t
tor_record_count(const TorRecord *record)
{
    return record->n_consensuses;
}
