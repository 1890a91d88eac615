/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding keys, and the nearest one to a misspelt name. */
#include "scenarios/keys.h"

#include <string.h>

/* --- finding ------------------------------------------------------------------------ */

static guint
hash_key(gconstpointer p)
{
    const Key *key = p;

    return g_str_hash(key->section) * 33 + g_str_hash(key->name);
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
    const Key *x = a, *y = b;

    return strcmp(x->name, y->name) == 0 && strcmp(x->section, y->section) == 0;
}

const Key *
key_find(const char *section, const char *name)
{
    static GHashTable *keys; /* made once, kept */
    const Key wanted = { .section = section, .name = name };

    if (g_once_init_enter(&keys)) {
        GHashTable *all = g_hash_table_new(hash_key, equal_keys);

        for (size_t i = 0; i < scenario_n_keys; i++)
            g_hash_table_add(all, (gpointer)&scenario_keys[i]);
        g_once_init_leave(&keys, all);
    }
    return g_hash_table_lookup(keys, &wanted);
}

/* --- the nearest -------------------------------------------------------------------- */

/* The wanted text, as Myers's bit vectors want it: for each byte the places where it is. */
typedef struct Wanted {
    uint64_t places[256];
    size_t n; /* 1 .. KEY_TYPO_MAX */
} Wanted;

static void
want(Wanted *wanted, const char *section, const char *name, size_t n)
{
    g_autofree char *text = g_strconcat(section, ".", name, NULL);

    memset(wanted, 0, sizeof *wanted);
    wanted->n = n;
    for (size_t i = 0; i < n; i++)
        wanted->places[(uint8_t)text[i]] |= UINT64_C(1) << i;
}

/* A column of Levenshtein's matrix (Myers 1999): where it rises and falls by one. */
typedef struct Column {
    uint64_t up, down;
    size_t distance; /* its last element */
} Column;

static void
append_text(const Wanted *wanted, Column *c, const char *text)
{
    for (; *text != '\0'; text++) {
        uint64_t same = wanted->places[(uint8_t)*text];
        uint64_t level = (((same & c->up) + c->up) ^ c->up) | same;
        uint64_t right_up = c->down | ~(level | c->up), right_down = c->up & level;

        c->distance += right_up >> (wanted->n - 1) & 1;
        c->distance -= right_down >> (wanted->n - 1) & 1;
        right_up = right_up << 1 | 1;
        same |= c->down;
        c->up = right_down << 1 | ~(same | right_up);
        c->down = right_up & same;
    }
}

static size_t
distance(const Wanted *wanted, const Key *key)
{
    Column column = { .up = UINT64_MAX, .distance = wanted->n };

    append_text(wanted, &column, key->section);
    append_text(wanted, &column, ".");
    append_text(wanted, &column, key->name);
    return column.distance;
}

char *
key_nearest(const char *section, const char *name)
{
    size_t n = strlen(section) + 1 + strlen(name), best_distance = SIZE_MAX;
    const Key *best = NULL;
    Wanted wanted;

    if (n > KEY_TYPO_MAX)
        return NULL;
    want(&wanted, section, name, n);
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        size_t d = distance(&wanted, key);

        /* A right name in the wrong section is nearer than it looks. */
        if (d > 1 && strcmp(key->name, name) == 0)
            d = 1;
        if (d < best_distance) {
            best_distance = d;
            best = key;
        }
    }
    return g_strconcat(best->section, ".", best->name, NULL);
}
