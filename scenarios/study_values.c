/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of values, ranges of numbers, quantities with units. */
#include "scenarios/study.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* --- numbers with a unit ------------------------------------------------------------ */

/* A number and what stands behind it. */
typedef struct Quantity {
    double number;
    const char *unit; /* in the text */
} Quantity;

static bool
read_quantity(const char *text, Quantity *ret)
{
    char *end;
    double number;

    if (!g_ascii_isdigit(text[0]) && text[0] != '-' && text[0] != '.')
        return false;
    number = g_ascii_strtod(text, &end);
    if (end == text || !isfinite(number))
        return false;
    *ret = (Quantity){ number, end };
    return true;
}

/* --- lists -------------------------------------------------------------------------- */

/* The next item: up to a comma outside of brackets; *text goes behind it. */
static char *
next_item(const char **text)
{
    const char *p = *text;
    char *item;
    int depth = 0;

    while (*p != '\0' && (*p != ',' || depth > 0)) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        p++;
    }
    item = g_strstrip(g_strndup(*text, (gsize)(p - *text)));
    *text = *p == ',' ? p + 1 : p;
    return item;
}

/* "A..B" or "A..B step S", with the same unit at each or at the last alone. */
typedef struct Range {
    double first, last, step;
    char *unit;
} Range;

static bool
read_range(const char *item, Range *ret)
{
    const char *dots = strstr(item, "..");
    g_autofree char *left = NULL, *right = NULL;
    Quantity first, last, step = { 1, NULL };
    char *word;

    if (dots == NULL)
        return false;
    left = g_strstrip(g_strndup(item, (gsize)(dots - item)));
    right = g_strstrip(g_strdup(dots + 2));
    word = strstr(right, " step ");
    if (word != NULL) {
        *word = '\0';
        if (!read_quantity(g_strstrip(word + strlen(" step ")), &step))
            return false;
    }
    if (!read_quantity(left, &first) || !read_quantity(g_strchomp(right), &last) ||
        (first.unit[0] != '\0' && strcmp(first.unit, last.unit) != 0) ||
        (step.unit != NULL && step.unit[0] != '\0' && strcmp(step.unit, last.unit) != 0))
        return false;
    *ret = (Range){ first.number, last.number, step.number, g_strdup(last.unit) };
    return true;
}

/* False when it is no rising range of at most STUDY_VALUES_MAX values. */
static bool
append_range(GPtrArray *values, const Range *range)
{
    double count = floor((range->last - range->first) / range->step + 1e-9) + 1;

    if (!(range->step > 0) || !(count >= 1) || !(count <= STUDY_VALUES_MAX))
        return false;
    for (int i = 0; i < (int)count; i++) {
        char digits[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(digits, sizeof digits, "%.12g", range->first + i * range->step);
        g_ptr_array_add(values, g_strconcat(digits, range->unit, NULL));
    }
    return true;
}

static bool
append_item(GPtrArray *values, char *item)
{
    Range range;
    bool fine;

    if (strcmp(item, "\"\"") == 0)
        item[0] = '\0'; /* the empty text, which a list cannot show otherwise */
    else if (item[0] == '\0')
        return false;
    if (!read_range(item, &range)) {
        g_ptr_array_add(values, g_strdup(item));
        return true;
    }
    fine = append_range(values, &range);
    g_free(range.unit);
    return fine;
}

GPtrArray *
study_values(const char *text, char **ret_expected)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    const char *rest = text;
    bool fine = text[0] != '\0';

    while (fine && *rest != '\0') {
        g_autofree char *item = next_item(&rest);

        fine = append_item(values, item) && values->len <= STUDY_VALUES_MAX;
    }
    if (fine)
        return g_steal_pointer(&values);
    *ret_expected =
        g_strdup_printf("a list such as 3, 7 or 3..10 or 1h..24h step 1h, of at "
                        "most %d values (\"\" for an empty one)",
                        STUDY_VALUES_MAX);
    return NULL;
}

/* --- seeds -------------------------------------------------------------------------- */

static bool
append_seeds(GArray *seeds, const char *item)
{
    char *end;
    uint64_t first, last;

    if (!g_ascii_isdigit(item[0]))
        return false;
    errno = 0;
    first = last = g_ascii_strtoull(item, &end, 10);
    if (strncmp(end, "..", 2) == 0 && g_ascii_isdigit(end[2]))
        last = g_ascii_strtoull(end + 2, &end, 10);
    if (*end != '\0' || errno != 0 || first > last ||
        last - first >= STUDY_SEEDS_MAX - seeds->len)
        return false;
    for (uint64_t i = 0; i <= last - first; i++) {
        uint64_t seed = first + i;

        g_array_append_val(seeds, seed);
    }
    return true;
}

static gint
compare_seeds(gconstpointer a, gconstpointer b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool
have_twins(const GArray *seeds)
{
    g_autoptr(GArray) sorted = g_array_copy((GArray *)seeds);

    g_array_sort(sorted, compare_seeds);
    for (guint i = 1; i < sorted->len; i++)
        if (g_array_index(sorted, uint64_t, i) == g_array_index(sorted, uint64_t, i - 1))
            return true;
    return false;
}

GArray *
study_seeds(const char *text, char **ret_expected)
{
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    const char *rest = text;
    bool fine = text[0] != '\0';

    while (fine && *rest != '\0') {
        g_autofree char *item = next_item(&rest);

        fine = append_seeds(seeds, item);
    }
    if (fine && !have_twins(seeds))
        return g_steal_pointer(&seeds);
    *ret_expected =
        g_strdup_printf("different whole numbers and ranges such as 1..20 or 1, "
                        "5, 9..12, at most %d of them",
                        STUDY_SEEDS_MAX);
    return NULL;
}
