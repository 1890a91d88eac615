/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and writing single values. */
#include "results/record/quantity.h"
#include "scenarios/keys.h"

#include <errno.h>
#include <math.h>

/* What a key's value is a multiple of (RecordUnit.unit). */
static const char *
unit_of(KeyType type)
{
    if (type == KEY_DURATION)
        return "s";
    return type == KEY_RATE ? "bit/s" : "bytes";
}

char *
key_type_text(const Key *key)
{
    switch (key->type) {
    case KEY_COUNT:
    case KEY_NUMBER64:
    case KEY_INT:
        return g_strdup_printf("a whole number from %.0f to %.0f", key->low, key->high);
    case KEY_REAL:
        return g_strdup_printf("a number from %g to %g", key->low, key->high);
    case KEY_BOOL:
        return g_strdup("yes or no");
    case KEY_DURATION:
        return g_strdup_printf("a duration such as 250ms, 2h or 14d, from %gs to %gs",
                               key->low, key->high);
    case KEY_SIZE:
    case KEY_SIZE64:
        return g_strdup_printf("a size such as 76800B, 9MB or 64KiB, from %.0fB to %.0fB",
                               key->low, key->high);
    case KEY_RATE:
        return g_strdup("a rate such as 20Mbit/s or 1Gbit/s, or 0 for no limit");
    case KEY_LAW:
        return g_strdup("a law such as exp(mean=7d), weibull(shape=0.59, mean=30d), "
                        "lognormal(median=10m, sigma=1.5), fixed(2h) or never");
    case KEY_CHOICE: {
        g_auto(GStrv) names = g_strsplit(key->choices, "|", -1);
        g_autofree char *list = g_strjoinv(", ", names);

        return g_strdup_printf("one of: %s", list);
    }
    case KEY_FILE:
        return g_strdup("the name of a file, or nothing");
    case KEY_DATE:
        return g_strdup("a date such as 2026-01-01T00:00:00Z");
    case KEY_WORDS:
        return g_strdup_printf("words between commas, at most %d characters, or nothing",
                               WORDS_BYTES - 1);
    default:
        break;
    }
    g_assert_not_reached();
}

/* The one of that name, a multiple of @unit; NULL: there is none. */
static const RecordUnit *
find_unit(const char *name, const char *unit)
{
    for (const RecordUnit *u = record_units; u->name != NULL; u++)
        if (strcmp(u->unit, unit) == 0 && strcmp(u->name, name) == 0)
            return u;
    return NULL;
}

/* @unit: the number is a multiple of it, and says so unless it is 0; NULL: it is none. */
static bool
read_number(const char *text, const char *unit, double *ret)
{
    char *end;
    double value;

    if (!g_ascii_isdigit(text[0]) && text[0] != '-' && text[0] != '.')
        return false;
    value = g_ascii_strtod(text, &end);
    if (end == text || !isfinite(value) ||
        g_ascii_tolower(text[0] == '-' ? text[2] : text[1]) == 'x')
        return false;
    if (unit != NULL && !(value == 0 && *end == '\0')) {
        const RecordUnit *written = find_unit(end, unit);

        if (written == NULL)
            return false;
        value *= written->factor;
    } else if (*end != '\0') {
        return false;
    }
    *ret = value;
    return true;
}

static bool
read_whole(const Key *key, const char *text, int64_t *ret)
{
    char *end;
    int64_t value;

    errno = 0;
    value = g_ascii_strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || g_ascii_isspace(text[0]))
        return false;
    if ((double)value < key->low || (double)value > key->high)
        return false;
    *ret = value;
    return true;
}

static bool
read_u64(const char *text, uint64_t *ret)
{
    char *end;
    uint64_t value;

    errno = 0;
    value = g_ascii_strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || !g_ascii_isdigit(text[0]))
        return false;
    *ret = value;
    return true;
}

static bool
read_choice(const Key *key, const char *text, int32_t *ret)
{
    const char *name = key->choices;
    size_t n = strlen(text);

    for (int32_t i = 0;; i++) {
        size_t length = strcspn(name, "|");

        if (length == n && memcmp(name, text, n) == 0) {
            *ret = i;
            return true;
        }
        if (name[length] == '\0')
            return false;
        name += length + 1;
    }
}

static bool
read_scaled(const Key *key, const char *text, double *ret)
{
    double value;

    if (!read_number(text, unit_of(key->type), &value) || value < key->low ||
        value > key->high)
        return false;
    *ret = value;
    return true;
}

static bool
read_date(const char *text, Duration *ret)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(text, NULL);

    if (date == NULL || g_date_time_to_unix(date) < 0 ||
        g_date_time_to_unix(date) > 9000000000)
        return false;
    *ret = g_date_time_to_unix(date) * SECOND;
    return true;
}

/* Without blanks around the words; no word is empty. */
static bool
read_words(const char *text, char ret[WORDS_BYTES])
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    g_autofree char *joined = NULL;

    for (size_t i = 0; words[i] != NULL; i++)
        if (g_strstrip(words[i])[0] == '\0')
            return false;
    joined = g_strjoinv(", ", words);
    return g_strlcpy(ret, joined, WORDS_BYTES) < WORDS_BYTES;
}

static bool
read_field(const Key *key, const char *text, char *field)
{
    const char *why;
    int64_t whole;
    double real;

    switch (key->type) {
    case KEY_COUNT:
    case KEY_INT:
        if (!read_whole(key, text, &whole))
            return false;
        if (key->type == KEY_COUNT)
            *(uint32_t *)field = (uint32_t)whole;
        else
            *(int32_t *)field = (int32_t)whole;
        return true;
    case KEY_NUMBER64:
        return read_u64(text, (uint64_t *)field);
    case KEY_REAL:
        if (!read_number(text, NULL, &real) || real < key->low || real > key->high)
            return false;
        *(double *)field = real;
        return true;
    case KEY_BOOL:
        if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
            return false;
        *(bool *)field = text[0] == 'y';
        return true;
    case KEY_DURATION:
        if (!read_scaled(key, text, &real))
            return false;
        *(Duration *)field = (Duration)llround(real * 1e9);
        return true;
    case KEY_SIZE:
    case KEY_SIZE64:
        if (!read_scaled(key, text, &real))
            return false;
        if (key->type == KEY_SIZE)
            *(uint32_t *)field = (uint32_t)llround(real);
        else
            *(uint64_t *)field = (uint64_t)llround(real);
        return true;
    case KEY_RATE:
        return read_scaled(key, text, (double *)field);
    case KEY_LAW:
        return law_parse(text, (Law *)field, &why) == ST_OK;
    case KEY_CHOICE:
        return read_choice(key, text, (int32_t *)field);
    case KEY_FILE:
        g_free(*(FilePath *)field);
        *(FilePath *)field = g_strdup(text);
        return true;
    case KEY_DATE:
        return read_date(text, (Duration *)field);
    case KEY_WORDS: {
        char words[WORDS_BYTES] = "";

        if (!read_words(text, words))
            return false;
        memcpy(field, words, WORDS_BYTES);
        return true;
    }
    default:
        g_assert_not_reached();
    }
}

bool
key_read(const Key *key, const char *text, void *record, char **ret_expected)
{
    if (read_field(key, text, (char *)record + key->offset))
        return true;
    *ret_expected = key_type_text(key);
    return false;
}

/* The largest unit in which the value is a whole number. */
static char *
write_scaled(double value, const char *unit)
{
    const RecordUnit *best = NULL;

    if (value == 0)
        return g_strdup_printf("0%s", strcmp(unit, "bytes") == 0 ? "B" : unit);
    for (const RecordUnit *u = record_units; u->name != NULL; u++) {
        double n = value / u->factor;

        if (strcmp(u->unit, unit) == 0 &&
            (best == NULL || (u->factor > best->factor &&
                              fabs(n - round(n)) < 1e-9 * fabs(n) && fabs(n) >= 0.5)))
            best = u;
    }
    return g_strdup_printf("%.15g%s", value / best->factor, best->name);
}

char *
key_write(const Key *key, const void *record)
{
    const char *field = (const char *)record + key->offset;

    switch (key->type) {
    case KEY_COUNT:
        return g_strdup_printf("%" G_GUINT32_FORMAT, *(const uint32_t *)field);
    case KEY_INT:
        return g_strdup_printf("%" G_GINT32_FORMAT, *(const int32_t *)field);
    case KEY_NUMBER64:
        return g_strdup_printf("%" G_GUINT64_FORMAT, *(const uint64_t *)field);
    case KEY_REAL:
        return g_strdup_printf("%.15g", *(const double *)field);
    case KEY_BOOL:
        return g_strdup(*(const bool *)field ? "yes" : "no");
    case KEY_DURATION:
        return write_scaled((double)*(const Duration *)field / 1e9, unit_of(key->type));
    case KEY_SIZE:
        return write_scaled(*(const uint32_t *)field, unit_of(key->type));
    case KEY_SIZE64:
        return write_scaled((double)*(const uint64_t *)field, unit_of(key->type));
    case KEY_RATE:
        return write_scaled(*(const double *)field, unit_of(key->type));
    case KEY_LAW: {
        Buffer text = BUFFER_EMPTY;
        char *result;

        law_write((const Law *)field, &text);
        result = g_strndup((const char *)text.p, text.n);
        buffer_clear(&text);
        return result;
    }
    case KEY_CHOICE: {
        g_auto(GStrv) names = g_strsplit(key->choices, "|", -1);

        return g_strdup(names[*(const int32_t *)field]);
    }
    case KEY_FILE:
        return g_strdup(*(const FilePath *)field);
    case KEY_DATE: {
        g_autoptr(GDateTime) date =
            g_date_time_new_from_unix_utc(*(const Duration *)field / SECOND);

        return g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ");
    }
    case KEY_WORDS:
        return g_strdup(field);
    default:
        g_assert_not_reached();
    }
}
