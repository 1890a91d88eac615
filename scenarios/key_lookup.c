/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding keys, and the nearest one to a misspelt name. */
#include "scenarios/keys.h"

const Key *
key_find(const char *section, const char *name)
{
    for (size_t i = 0; i < scenario_n_keys; i++)
        if (strcmp(scenario_keys[i].section, section) == 0 &&
            strcmp(scenario_keys[i].name, name) == 0)
            return &scenario_keys[i];
    return NULL;
}

/* Levenshtein's distance. */
static unsigned
distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    g_autofree unsigned *row = g_new(unsigned, n + 1);

    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned changed = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

char *
key_nearest(const char *section, const char *name)
{
    g_autofree char *wanted = g_strconcat(section, ".", name, NULL);
    char *best = NULL;
    unsigned best_distance = UINT_MAX;

    for (size_t i = 0; i < scenario_n_keys; i++) {
        g_autofree char *known =
            g_strconcat(scenario_keys[i].section, ".", scenario_keys[i].name, NULL);
        unsigned d = distance(wanted, known);

        /* A right name in the wrong section is nearer than it looks. */
        if (strcmp(scenario_keys[i].name, name) == 0)
            d = MIN(d, 1);
        if (d < best_distance) {
            best_distance = d;
            g_free(best);
            best = g_steal_pointer(&known);
        }
    }
    return best;
}
