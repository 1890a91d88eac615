/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of runs: metrics, series, bins, counts, loads, messages. */
#include "results/record/reader_internal.h"

#include <math.h>
#include <string.h>

bool
record_is_share_of_messages(const char *name)
{
    return strcmp(name, "delivered") == 0 || strcmp(name, "loss") == 0 ||
           strcmp(name, "accepted") == 0 || strcmp(name, "near_loss") == 0;
}

GArray *
record_reader_metrics(RecordReader *reader)
{
    /* Runs of one scenario record the same metrics; one that only some have stands where
     * it first came. */
    sqlite3_stmt *rows =
        reader_ask(reader,
                   "SELECT m.run, m.name, m.value, m.unit,"
                   " min(m.position) OVER (PARTITION BY m.name) AS first"
                   " FROM metrics m JOIN runs r USING (run) WHERE r.variant = :variant"
                   " ORDER BY first, m.name, r.seed < 0, r.seed",
                   NULL);
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(RecordMetric));

    while (reader_next(reader, &rows)) {
        RecordMetric metric = { .name = reader_word(reader, rows, 1),
                                .unit = reader_word(reader, rows, 3),
                                .value = reader_number(rows, 2) };

        if (reader_place(reader, rows, 0, &metric.run))
            g_array_append_val(metrics, metric);
    }
    return metrics;
}

GArray *
record_reader_values(RecordReader *reader, const char *name, const char **ret_unit)
{
    sqlite3_stmt *rows =
        reader_ask(reader,
                   "SELECT run, value, unit FROM metrics JOIN runs r USING (run)"
                   " WHERE name = ?1 AND r.variant = :variant ORDER BY r.seed < 0, r.seed",
                   name);
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));

    while (reader_next(reader, &rows)) {
        double value = reader_number(rows, 1);
        uint32_t run;

        if (!reader_place(reader, rows, 0, &run))
            continue;
        g_array_append_val(values, value);
        if (ret_unit != NULL)
            *ret_unit = reader_word(reader, rows, 2);
    }
    return values;
}

double
record_reader_messages_in_all(RecordReader *reader)
{
    g_autoptr(GArray) messages = record_reader_values(reader, "messages", NULL);
    double sum = 0;

    for (guint i = 0; i < messages->len; i++) {
        double value = g_array_index(messages, double, i);

        sum += isnan(value) ? 0 : value;
    }
    return messages->len > 0 ? sum : NAN;
}

double
record_reader_trials(RecordReader *reader, const char *name)
{
    return record_is_share_of_messages(name) ? record_reader_messages_in_all(reader) : NAN;
}

GArray *
record_reader_series(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows = reader_ask(
        reader,
        "SELECT run, t_s, value FROM series JOIN runs r USING (run)"
        " WHERE name = ?1 AND r.variant = :variant ORDER BY r.seed < 0, r.seed, position",
        name);
    GArray *points = g_array_new(FALSE, FALSE, sizeof(RecordPoint));

    while (reader_next(reader, &rows)) {
        RecordPoint point = { .t_s = reader_number(rows, 1),
                              .value = reader_number(rows, 2) };

        if (reader_place(reader, rows, 0, &point.run))
            g_array_append_val(points, point);
    }
    return points;
}

GArray *
record_reader_bins(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows = reader_ask(
        reader,
        "SELECT run, low, high, weight FROM bins JOIN runs r USING (run)"
        " WHERE name = ?1 AND r.variant = :variant ORDER BY r.seed < 0, r.seed, position",
        name);
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(RecordBin));

    while (reader_next(reader, &rows)) {
        RecordBin bin = { .low = reader_number(rows, 1),
                          .high = reader_number(rows, 2),
                          .weight = reader_number(rows, 3) };

        if (reader_place(reader, rows, 0, &bin.run))
            g_array_append_val(bins, bin);
    }
    return bins;
}

GArray *
record_reader_counts(RecordReader *reader, const char *group)
{
    sqlite3_stmt *rows =
        reader_ask(reader,
                   "SELECT run, group_name, key, count FROM counts JOIN runs r USING (run)"
                   " WHERE group_name = ?1 AND r.variant = :variant ORDER BY r.seed < 0, "
                   "r.seed, position",
                   group);
    GArray *counts = g_array_new(FALSE, FALSE, sizeof(RecordCount));

    while (reader_next(reader, &rows)) {
        RecordCount count = { .group = reader_word(reader, rows, 1),
                              .key = reader_word(reader, rows, 2),
                              .count = (uint64_t)sqlite3_column_int64(rows, 3) };

        if (reader_place(reader, rows, 0, &count.run))
            g_array_append_val(counts, count);
    }
    return counts;
}

GArray *
record_reader_counts_summed(RecordReader *reader, const char *group)
{
    g_autoptr(GArray) counts = record_reader_counts(reader, group);
    GArray *sums = g_array_new(FALSE, FALSE, sizeof(RecordCount));

    for (guint i = 0; i < counts->len; i++) {
        RecordCount count = g_array_index(counts, RecordCount, i);
        guint k = 0;

        /* Words are unique: the same text is the same pointer. */
        while (k < sums->len && g_array_index(sums, RecordCount, k).key != count.key)
            k++;
        count.run = 0;
        if (k == sums->len)
            g_array_append_val(sums, count);
        else
            g_array_index(sums, RecordCount, k).count += count.count;
    }
    return sums;
}

GArray *
record_reader_loads(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows = reader_ask(
        reader,
        "SELECT run, node, value FROM nodes JOIN runs r USING (run)"
        " WHERE name = ?1 AND r.variant = :variant ORDER BY r.seed < 0, r.seed, node",
        name);
    GArray *loads = g_array_new(FALSE, FALSE, sizeof(RecordLoad));

    while (reader_next(reader, &rows)) {
        RecordLoad load = { .node = (uint32_t)sqlite3_column_int64(rows, 1),
                            .value = reader_number(rows, 2) };

        if (reader_place(reader, rows, 0, &load.run))
            g_array_append_val(loads, load);
    }
    return loads;
}

GArray *
record_reader_names(RecordReader *reader, RecordNames table, const char *prefix)
{
    static const char *const questions[] = {
        [RECORD_SERIES] = "SELECT DISTINCT name FROM series"
                          " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        [RECORD_BINS] = "SELECT DISTINCT name FROM bins"
                        " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        [RECORD_GROUPS] = "SELECT DISTINCT group_name FROM counts"
                          " WHERE substr(group_name, 1, length(?1)) = ?1 ORDER BY 1",
        [RECORD_LOADS] = "SELECT DISTINCT name FROM nodes"
                         " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    };
    sqlite3_stmt *rows = reader_ask(reader, questions[table], prefix);
    GArray *names = g_array_new(FALSE, FALSE, sizeof(const char *));

    while (reader_next(reader, &rows)) {
        const char *name = reader_word(reader, rows, 0);

        g_array_append_val(names, name);
    }
    return names;
}

uint64_t
record_reader_message_count(RecordReader *reader)
{
    sqlite3_stmt *rows = reader_ask(
        reader,
        "SELECT count(*) FROM messages JOIN runs USING (run) WHERE variant = :variant",
        NULL);
    uint64_t count = 0;

    while (reader_next(reader, &rows))
        count = (uint64_t)sqlite3_column_int64(rows, 0);
    return count;
}

GArray *
record_reader_claims(RecordReader *reader)
{
    sqlite3_stmt *rows = reader_ask(
        reader,
        "SELECT claim, coalesce((SELECT e.example FROM claims e JOIN runs f USING (run)"
        " WHERE e.claim = c.claim AND f.variant = :variant AND e.example <> ''"
        " ORDER BY f.seed < 0, f.seed LIMIT 1), ''), sum(tested), sum(broken)"
        " FROM claims c JOIN runs r USING (run) WHERE r.variant = :variant"
        " GROUP BY claim ORDER BY min(position)",
        NULL);
    GArray *claims = g_array_new(FALSE, FALSE, sizeof(RecordClaim));

    while (reader_next(reader, &rows)) {
        RecordClaim claim = { .claim = reader_word(reader, rows, 0),
                              .example = reader_word(reader, rows, 1),
                              .tested = (uint64_t)sqlite3_column_int64(rows, 2),
                              .broken = (uint64_t)sqlite3_column_int64(rows, 3) };

        g_array_append_val(claims, claim);
    }
    return claims;
}

static RecordMessage
message_of_row(RecordReader *reader, sqlite3_stmt *row, uint32_t run)
{
    double delivered_s = reader_number(row, 4);

    return (RecordMessage){ .run = run,
                            .message = (uint64_t)sqlite3_column_int64(row, 0),
                            .sent_s = reader_number(row, 1),
                            .fate = reader_word(reader, row, 2),
                            .cause = reader_word(reader, row, 3),
                            .delivered_s = isnan(delivered_s) ? -1 : delivered_s };
}

static void
bind_numbers(sqlite3_stmt *rows, int64_t first, uint64_t second)
{
    if (rows == NULL)
        return;
    sqlite3_bind_int64(rows, 1, first);
    sqlite3_bind_int64(rows, 2, (sqlite3_int64)second);
}

static GArray *
events_of(RecordReader *reader, int64_t run_number, uint64_t message)
{
    sqlite3_stmt *rows =
        reader_ask(reader,
                   "SELECT t_s, what FROM message_events WHERE message = ?2 AND"
                   " run = ?1 ORDER BY position",
                   NULL);
    GArray *events = g_array_new(FALSE, FALSE, sizeof(RecordEvent));

    bind_numbers(rows, run_number, message);
    while (reader_next(reader, &rows)) {
        RecordEvent event = { .t_s = reader_number(rows, 0),
                              .what = reader_word(reader, rows, 1) };

        g_array_append_val(events, event);
    }
    return events;
}

bool
record_reader_message(RecordReader *reader, uint32_t run, uint64_t message,
                      RecordMessage *ret_message, GArray **ret_events)
{
    sqlite3_stmt *rows;
    int64_t run_number;
    bool found = false;

    if (run >= reader->runs->len)
        return false;
    run_number = g_array_index(reader->run_numbers, int64_t, run);
    rows = reader_ask(reader,
                      "SELECT message, sent_s, fate, cause, delivered_s FROM messages"
                      " WHERE message = ?2 AND run = ?1",
                      NULL);
    bind_numbers(rows, run_number, message);
    while (reader_next(reader, &rows)) {
        found = true;
        *ret_message = message_of_row(reader, rows, run);
    }
    if (found && ret_events != NULL)
        *ret_events = events_of(reader, run_number, message);
    return found;
}

GArray *
record_reader_messages(RecordReader *reader, uint32_t run, uint32_t max)
{
    GArray *messages = g_array_new(FALSE, FALSE, sizeof(RecordMessage));
    sqlite3_stmt *rows;

    if (run >= reader->runs->len)
        return messages;
    rows = reader_ask(reader,
                      "SELECT message, sent_s, fate, cause, delivered_s FROM messages"
                      " WHERE run = ?1 ORDER BY position LIMIT ?2",
                      NULL);
    bind_numbers(rows, g_array_index(reader->run_numbers, int64_t, run), max);
    while (reader_next(reader, &rows)) {
        RecordMessage message = message_of_row(reader, rows, run);

        g_array_append_val(messages, message);
    }
    return messages;
}
