/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/message_trace.h"

#include <stdlib.h>

#include "clients/workload/workload.h"
#include "nodes/base/memory.h"

enum { COLUMN_T, COLUMN_FROM, COLUMN_TO, COLUMN_KIND, COLUMN_BYTES, COLUMNS };

enum {
    FIELDS_MAX = 32,
    SECONDS_DIGITS_MAX = 9,
    FRACTION_DIGITS_MAX = 9,
    NUMBER_DIGITS_MAX = 9,
    PEOPLE_MAX = 10000000
};

static const char *const column_names[COLUMNS] = { "t", "from", "to", "kind", "bytes" };

static const char *const kind_names[DEEDS] = { "text",   "image",   "file",   "voice",
                                               "online", "offline", "create", "member",
                                               "add",    "remove",  "join" };

/* The reading of one text. */
typedef struct Table {
    MessageTrace *trace;
    size_t capacity;
    int column[FIELDS_MAX]; /* what a field is; -1: nothing */
    size_t n_columns;
    Time last;
    uint8_t *made; /* by group: there was a create line */
    uint32_t made_capacity;
    const char *why;
} Table;

/* --- fields ------------------------------------------------------------------------------
 */

static Bytes
trimmed(Bytes text)
{
    while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t')) {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t' ||
                          text.p[text.n - 1] == '\r'))
        text.n--;
    return text;
}

/* Split at commas; how many, or 0: too many. */
static size_t
split(Bytes line, Bytes field[FIELDS_MAX])
{
    size_t n = 0;

    for (;;) {
        const uint8_t *comma = line.n == 0 ? NULL : memchr(line.p, ',', line.n);
        size_t length = comma == NULL ? line.n : (size_t)(comma - line.p);

        if (n == FIELDS_MAX)
            return 0;
        field[n++] = trimmed((Bytes){ line.p, length });
        if (comma == NULL)
            return n;
        line = (Bytes){ comma + 1, line.n - length - 1 };
    }
}

static bool
read_number(Bytes text, uint32_t *ret)
{
    uint32_t value = 0;

    if (text.n == 0 || text.n > NUMBER_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text.p[i] - '0');
    }
    *ret = value;
    return true;
}

/* "12.5" in nanoseconds, without a float between. */
static bool
read_time(Bytes text, Time *ret)
{
    size_t i = 0, digits = 0;
    int64_t ns = 0;

    while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && i <= SECONDS_DIGITS_MAX)
        ns = ns * 10 + (text.p[i++] - '0');
    if (i == 0 || i > SECONDS_DIGITS_MAX)
        return false;
    if (i < text.n && text.p[i] == '.')
        for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' &&
                  digits < FRACTION_DIGITS_MAX;
             i++, digits++)
            ns = ns * 10 + (text.p[i] - '0');
    if (i != text.n)
        return false;
    for (; digits < FRACTION_DIGITS_MAX; digits++)
        ns *= 10;
    *ret = ns;
    return true;
}

/* "17", "group:17", "room:17" */
static bool
read_place(Bytes text, uint8_t *ret_place, uint32_t *ret)
{
    static const struct {
        const char *name;
        PersonPlace place;
        uint32_t below;
    } places[] = { { "", PERSON_TO_CONTACT, PEOPLE_MAX },
                   { "group:", PERSON_TO_GROUP, TRACE_GROUPS_MAX },
                   { "room:", PERSON_TO_ROOM, TRACE_ROOMS_MAX } };

    for (size_t i = sizeof places / sizeof places[0]; i-- > 0;) {
        size_t n = strlen(places[i].name);

        if (text.n < n || (n > 0 && memcmp(text.p, places[i].name, n) != 0))
            continue;
        *ret_place = (uint8_t)places[i].place;
        return read_number((Bytes){ text.p + n, text.n - n }, ret) &&
               *ret < places[i].below;
    }
    return false;
}

/* --- lines -------------------------------------------------------------------------------
 */

static bool
fail(Table *table, const char *why)
{
    table->why = why;
    return false;
}

static bool
read_head(Table *table, Bytes line)
{
    Bytes field[FIELDS_MAX];
    size_t n = split(line, field);
    unsigned found = 0;

    for (size_t i = 0; i < n; i++) {
        table->column[i] = -1;
        for (int c = 0; c < COLUMNS; c++)
            if (bytes_equal_text(field[i], column_names[c])) {
                table->column[i] = c;
                found |= 1u << c;
            }
    }
    table->n_columns = n;
    if (found != (1u << COLUMNS) - 1)
        return fail(table, "expected a first line that names t, from, to, kind and bytes, "
                           "with commas between");
    return true;
}

/* What each kind needs of `to` and `bytes`. */
static bool
check_deed(Table *table, const Deed *deed, bool has_to)
{
    static const char *const expected[DEEDS] = {
        [DEED_ONLINE] = "online: expected an empty to",
        [DEED_OFFLINE] = "offline: expected an empty to",
        [DEED_CREATE] = "create: expected to = group:N",
        [DEED_MEMBER] = "member: expected to = group:N",
        [DEED_ADD] = "add: expected to = group:N",
        [DEED_REMOVE] = "remove: expected to = group:N",
        [DEED_JOIN] = "join: expected to = room:N",
    };
    bool good = has_to;

    if (deed->kind == DEED_ONLINE || deed->kind == DEED_OFFLINE)
        good = !has_to;
    else if (deed->kind == DEED_JOIN)
        good = has_to && deed->place == PERSON_TO_ROOM;
    else if (deed->kind > DEED_VOICE)
        good = has_to && deed->place == PERSON_TO_GROUP;
    if (!good)
        return fail(table, expected[deed->kind] != NULL
                               ? expected[deed->kind]
                               : "expected to = a person, group:N or room:N");
    if (deed->kind <= DEED_VOICE && deed->bytes == 0)
        return fail(table, "expected bytes of at least 1 for what is written");
    if (deed->kind <= DEED_VOICE && deed->place == PERSON_TO_CONTACT &&
        deed->to == deed->from)
        return fail(table, "expected to = another person than from");
    return true;
}

static bool
is_made(const Table *table, uint32_t group)
{
    return group < table->made_capacity && table->made[group] != 0;
}

/* What a line needs of those above it. */
static bool
check_group(Table *table, const Deed *deed)
{
    const MessageTrace *trace = table->trace;
    const Deed *above = trace->n == 0 ? NULL : &trace->deed[trace->n - 1];

    if (deed->place != PERSON_TO_GROUP || deed->kind == DEED_ONLINE ||
        deed->kind == DEED_OFFLINE)
        return true;
    if (deed->kind == DEED_CREATE && is_made(table, deed->to))
        return fail(table, "create: expected a group that no line above makes");
    if (deed->kind != DEED_CREATE && !is_made(table, deed->to))
        return fail(table, "expected a create line of this group above");
    if (deed->kind == DEED_MEMBER &&
        (above == NULL || above->to != deed->to || above->at != deed->at ||
         (above->kind != DEED_CREATE && above->kind != DEED_MEMBER)))
        return fail(table, "member: expected right behind its group's create line, with "
                           "the same t");
    return true;
}

static void
make_group(Table *table, uint32_t group)
{
    if (group >= table->made_capacity) {
        uint32_t capacity = group + 1 < 64 ? 64 : 2 * (group + 1);

        table->made = memory_resized(table->made, capacity, 1);
        memset(table->made + table->made_capacity, 0, capacity - table->made_capacity);
        table->made_capacity = capacity;
    }
    table->made[group] = 1;
}

static bool
read_kind(Bytes text, uint8_t *ret)
{
    for (int i = 0; i < DEEDS; i++)
        if (bytes_equal_text(text, kind_names[i])) {
            *ret = (uint8_t)i;
            return true;
        }
    return false;
}

static bool
read_deed(Table *table, Bytes line, Deed *ret)
{
    Bytes field[FIELDS_MAX], part[COLUMNS] = { { NULL, 0 } };
    size_t n = split(line, field);
    Deed deed = { .bytes = 0 };

    if (n != table->n_columns)
        return fail(table, "expected as many fields as the first line has");
    for (size_t i = 0; i < n; i++)
        if (table->column[i] >= 0)
            part[table->column[i]] = field[i];
    if (!read_time(part[COLUMN_T], &deed.at))
        return fail(table, "t: expected seconds, 12.5 say, below 1000000000, with at most "
                           "nine decimals");
    if (deed.at < table->last)
        return fail(table, "t: expected no time before that of the line above");
    if (!read_number(part[COLUMN_FROM], &deed.from) || deed.from >= PEOPLE_MAX)
        return fail(table, "from: expected a person, a number from 0 to 9999999");
    if (!read_kind(part[COLUMN_KIND], &deed.kind))
        return fail(table, "kind: expected text, image, file, voice, online, offline, "
                           "create, member, add, remove or join");
    if (part[COLUMN_TO].n > 0 && !read_place(part[COLUMN_TO], &deed.place, &deed.to))
        return fail(table, "to: expected a person's number, group:N, room:N or nothing");
    if (part[COLUMN_BYTES].n > 0 &&
        (!read_number(part[COLUMN_BYTES], &deed.bytes) || deed.bytes > DEED_BYTES_MAX))
        return fail(table, "bytes: expected a number of at most 10000000");
    if (!check_deed(table, &deed, part[COLUMN_TO].n > 0) || !check_group(table, &deed))
        return false;
    *ret = deed;
    return true;
}

static void
raise(uint32_t *n, uint32_t number)
{
    if (number >= *n)
        *n = number + 1;
}

static void
keep(Table *table, const Deed *deed)
{
    MessageTrace *trace = table->trace;

    if (trace->n == table->capacity) {
        table->capacity = table->capacity == 0 ? 64 : 2 * table->capacity;
        trace->deed = memory_resized(trace->deed, table->capacity, sizeof *trace->deed);
    }
    trace->deed[trace->n++] = *deed;
    table->last = deed->at;
    raise(&trace->people, deed->from);
    if (deed->kind == DEED_CREATE)
        make_group(table, deed->to);
    if (deed->kind == DEED_ONLINE || deed->kind == DEED_OFFLINE)
        trace->has_presence = true;
    else if (deed->place == PERSON_TO_GROUP)
        raise(&trace->groups, deed->to);
    else if (deed->place == PERSON_TO_ROOM)
        raise(&trace->rooms, deed->to);
    else
        raise(&trace->people, deed->to);
}

Status
message_trace_parse(Bytes text, MessageTrace **ret, size_t *ret_line, const char **ret_why)
{
    Table table = { .trace = memory_zeroed(1, sizeof(MessageTrace)), .column = { 0 } };
    size_t line_number = 0;
    bool good = true;
    Deed deed;

    while (good && text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p);
        Bytes line = trimmed((Bytes){ text.p, n });

        line_number++;
        text.p += end == NULL ? n : n + 1;
        text.n -= end == NULL ? n : n + 1;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (table.n_columns == 0) {
            good = read_head(&table, line);
            continue;
        }
        good = read_deed(&table, line, &deed);
        if (good)
            keep(&table, &deed);
    }
    if (good && table.trace->n == 0) {
        line_number += line_number == 0;
        good = fail(&table, "there is no line that says what anybody does");
    }
    free(table.made);
    if (good) {
        *ret = table.trace;
        return ST_OK;
    }
    message_trace_free(table.trace);
    *ret_line = line_number;
    *ret_why = table.why;
    return ST_MALFORMED;
}

void
message_trace_free(MessageTrace *trace)
{
    if (trace == NULL)
        return;
    free(trace->deed);
    free(trace);
}

/* --- writing
 * ------------------------------------------------------------------------------
 */

void
message_trace_write_head(Buffer *out)
{
    buffer_append_literal(out, "t,from,to,kind,bytes\n");
}

/* Nine decimals: a replay must not differ by a nanosecond. */
static void
write_time(Time at, Buffer *out)
{
    int64_t fraction = at % SECOND;
    char digits[FRACTION_DIGITS_MAX];

    for (int i = FRACTION_DIGITS_MAX - 1; i >= 0; i--) {
        digits[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    buffer_append_i64_decimal(out, at / SECOND);
    buffer_append_literal(out, ".");
    buffer_append(out, digits, sizeof digits);
}

void
message_trace_write(const Deed *deed, Buffer *out)
{
    write_time(deed->at, out);
    buffer_append_literal(out, ",");
    buffer_append_u64_decimal(out, deed->from);
    buffer_append_literal(out, ",");
    if (deed->kind != DEED_ONLINE && deed->kind != DEED_OFFLINE) {
        if (deed->place == PERSON_TO_GROUP)
            buffer_append_literal(out, "group:");
        else if (deed->place == PERSON_TO_ROOM)
            buffer_append_literal(out, "room:");
        buffer_append_u64_decimal(out, deed->to);
    }
    buffer_append_literal(out, ",");
    buffer_append_text(out, kind_names[deed->kind]);
    buffer_append_literal(out, ",");
    if (deed->kind <= DEED_VOICE)
        buffer_append_u64_decimal(out, deed->bytes);
    buffer_append_literal(out, "\n");
}
