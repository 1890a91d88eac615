/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/attack/observation_file.h"

#include <math.h>
#include <string.h>

#include "nodes/base/port.h"
#include "nodes/service/service.h"
#include "offline/table/csv_table.h"
#include "sim/adversary/observation_names.h"

/* What was read so far. */
typedef struct Reading {
    CsvTable *table;
    ObservationLog *log;
    GArray *rows;      /* uint64_t */
    GArray *observers; /* Observer, by number */
    GArray *watched;   /* bool, by number */
} Reading;

/* The longest time that a record may have: 100 years. */
#define SECONDS_MAX 3.2e9

static bool
read_seconds(const CsvTable *t, int column, Time *ret, GError **error)
{
    double seconds;

    if (!csv_table_real(t, column, &seconds, error))
        return false;
    if (seconds < 0 || seconds > SECONDS_MAX)
        return csv_table_fail(t, column, "seconds from 0 to 3200000000", error);
    *ret = llround(seconds * (double)SECOND);
    return true;
}

static bool
read_u32(const CsvTable *t, int column, uint32_t *ret, GError **error)
{
    uint64_t number;

    if (!csv_table_number(t, column, UINT32_MAX, &number, error))
        return false;
    *ret = (uint32_t)number;
    return true;
}

static bool
read_flag(const CsvTable *t, int column, bool *ret, GError **error)
{
    uint64_t number;

    if (!csv_table_number(t, column, 1, &number, error))
        return false;
    *ret = number == 1;
    return true;
}

static bool
read_word(const CsvTable *t, int column, bool (*named)(const char *, uint8_t *),
          uint8_t *ret, GError **error)
{
    return named(csv_table_field(t, column), ret) ||
           csv_table_fail(t, column, "a word that swarmbed run writes there", error);
}

/* Who saw it; the same number is always the same one. */
static bool
read_observer(Reading *r, uint32_t *ret, GError **error)
{
    const CsvTable *t = r->table;
    Observer observer = { .country = "" };
    uint64_t number;

    if (!csv_table_number(t, OBSERVATION_OBSERVER, OBSERVATION_FILE_OBSERVERS_MAX, &number,
                          error) ||
        !read_word(t, OBSERVATION_ROLE, observer_role_named, &observer.role, error) ||
        !csv_table_ip(t, OBSERVATION_OBSERVER_IP, &observer.ip, error))
        return false;
    if (number >= r->observers->len) {
        g_array_set_size(r->observers, (guint)number + 1);
        g_array_set_size(r->watched, (guint)number + 1);
    }
    if (g_array_index(r->watched, bool, number) &&
        g_array_index(r->observers, Observer, number).role != observer.role)
        return csv_table_fail(t, OBSERVATION_ROLE, "the role that this observer had before",
                              error);
    g_array_index(r->observers, Observer, number) = observer;
    g_array_index(r->watched, bool, number) = true;
    *ret = (uint32_t)number;
    return true;
}

static bool
read_account(Reading *r, uint32_t *ret, GError **error)
{
    const char *text = csv_table_field(r->table, OBSERVATION_ACCOUNT);
    uint8_t account[ACCOUNT_BYTES];

    *ret = 0;
    if (text[0] == '\0')
        return true;
    if (!hex_decode((Bytes){ (const uint8_t *)text, strlen(text) }, account,
                    sizeof account))
        return csv_table_fail(r->table, OBSERVATION_ACCOUNT, "66 hexadecimal digits",
                              error);
    *ret = observation_log_account(r->log, account);
    return true;
}

static bool
read_answer(const CsvTable *t, Observation *o, GError **error)
{
    uint64_t number;
    Time after;

    o->answered_us = OBSERVED_UNANSWERED;
    if (csv_table_field(t, OBSERVATION_ANSWERED_AFTER)[0] != '\0') {
        if (!read_seconds(t, OBSERVATION_ANSWERED_AFTER, &after, error))
            return false;
        if (after / MICROSECOND > INT32_MAX)
            return csv_table_fail(t, OBSERVATION_ANSWERED_AFTER, "at most half an hour",
                                  error);
        o->answered_us = (int32_t)(after / MICROSECOND);
    }
    if (!csv_table_number(t, OBSERVATION_STATUS, INT16_MAX, &number, error))
        return false;
    o->status = (int16_t)number;
    return true;
}

static bool
read_content(const CsvTable *t, Observation *o, GError **error)
{
    return (csv_table_field(t, OBSERVATION_CONTENT)[0] == '\0' ||
            csv_table_hex(t, OBSERVATION_CONTENT, &o->content, error)) &&
           read_u32(t, OBSERVATION_CONTENT_BYTES, &o->content_bytes, error);
}

static bool
read_record(Reading *r, GError **error)
{
    const CsvTable *t = r->table;
    Observation o = { 0 };
    uint64_t row;

    if (!csv_table_number(t, OBSERVATION_ROW, UINT64_MAX, &row, error) ||
        !read_seconds(t, OBSERVATION_AT, &o.at, error) || !read_answer(t, &o, error) ||
        !read_observer(r, &o.observer, error) ||
        !csv_table_ip(t, OBSERVATION_NEIGHBOUR_IP, &o.neighbour, error) ||
        !csv_table_ip(t, OBSERVATION_NEXT_IP, &o.next, error) ||
        !read_u32(t, OBSERVATION_BYTES, &o.bytes, error) ||
        !read_u32(t, OBSERVATION_BYTES_PASSED, &o.bytes_passed, error) ||
        !read_u32(t, OBSERVATION_BYTES_ANSWERED, &o.bytes_answered, error) ||
        !read_account(r, &o.account, error) || !read_content(t, &o, error) ||
        !read_word(t, OBSERVATION_KIND, observed_kind_named, &o.kind, error) ||
        !read_word(t, OBSERVATION_LAYER, observed_layer_named, &o.layer, error) ||
        !read_word(t, OBSERVATION_METHOD, observed_method_named, &o.method, error) ||
        !read_flag(t, OBSERVATION_OUTGOING, &o.outgoing, error) ||
        !read_flag(t, OBSERVATION_BATCHED, &o.batched, error))
        return false;
    (void)observation_log_append(r->log, &o);
    g_array_append_val(r->rows, row);
    return true;
}

/* Numbers between those that the file names are of observers that saw nothing. */
static void
add_observers(const Reading *r)
{
    for (guint i = 0; i < r->observers->len; i++) {
        Observer *observer = &g_array_index(r->observers, Observer, i);

        if (observer->country == NULL)
            observer->country = "";
        (void)observation_log_add_observer(r->log, observer);
    }
}

bool
observation_file_read(const char *path, ObservationFile *ret, GError **error)
{
    g_autoptr(CsvTable) table = csv_table_open(path, observation_columns, error);
    g_autoptr(GError) fault = NULL;
    Reading r = { .table = table };
    ObservationFile file;

    if (table == NULL)
        return false;
    r.log = observation_log_new(SIZE_MAX);
    r.rows = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    r.observers = g_array_new(FALSE, TRUE, sizeof(Observer));
    r.watched = g_array_new(FALSE, TRUE, sizeof(bool));
    while (csv_table_next(table, &fault) && read_record(&r, &fault))
        ;
    if (fault == NULL)
        add_observers(&r);
    g_array_unref(r.observers);
    file = (ObservationFile){ r.log, (uint64_t *)(void *)g_array_free(r.rows, FALSE),
                              (bool *)g_array_free(r.watched, FALSE) };
    if (fault == NULL) {
        *ret = file;
        return true;
    }
    observation_file_clear(&file);
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

void
observation_file_clear(ObservationFile *file)
{
    observation_log_free(file->log);
    g_free(file->rows);
    g_free(file->watched);
    *file = (ObservationFile){ 0 };
}
