/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two resolved scenarios, key by key. */
#include "results/compare/internal.h"

#include <string.h>

/* What may be what is compared.  Any other section is the world: who is there, what happens
 * to them, how it is measured. */
static const char *const treatments[] = { "protocol", "client", "swarm", "repair" };
/* What changes no run. */
static const char *const views[] = { "sweep", "expect", "plot" };

static bool
is_one_of(const char *key, const char *const *sections, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        gsize n = strlen(sections[i]);

        if (strncmp(key, sections[i], n) == 0 && (key[n] == '.' || key[n] == ' '))
            return true;
    }
    return false;
}

static bool
is_world(const char *key)
{
    return strcmp(key, "client.clients") == 0 ||
           !is_one_of(key, treatments, G_N_ELEMENTS(treatments));
}

/* "section.key" -> value; @order gets the keys as they stand. */
static GHashTable *
read_keys(const char *text, GPtrArray *order)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *section = g_strdup("");

    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]), *equals = strchr(line, '=');

        if (line[0] == '[' && g_str_has_suffix(line, "]")) {
            g_free(section);
            section = g_strndup(line + 1, strlen(line) - 2);
        } else if (equals != NULL && line[0] != '#') {
            g_autofree char *name = g_strndup(line, (gsize)(equals - line));
            char *key = g_strdup_printf("%s.%s", section, g_strchomp(name));

            g_ptr_array_add(order, g_strdup(key));
            g_hash_table_replace(keys, key, g_strdup(g_strchug(equals + 1)));
        }
    }
    return keys;
}

static void
say(GPtrArray *keys, const char *key, const char *base, const char *new_)
{
    g_ptr_array_add(keys,
                    g_strdup_printf("%s: %s | %s", key, base != NULL ? base : "(none)",
                                    new_ != NULL ? new_ : "(none)"));
}

char *
scenarios_differ(const char *base, const char *new_, GPtrArray *keys)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) other = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) of_base = read_keys(base, order), of_new = read_keys(new_, other);
    GString *world = g_string_new(NULL);

    for (guint i = 0; i < other->len; i++)
        if (!g_hash_table_contains(of_base, other->pdata[i]))
            g_ptr_array_add(order, g_strdup(other->pdata[i]));
    for (guint i = 0; i < order->len; i++) {
        const char *key = order->pdata[i];
        const char *a = g_hash_table_lookup(of_base, key);
        const char *b = g_hash_table_lookup(of_new, key);

        if (g_strcmp0(a, b) == 0 || is_one_of(key, views, G_N_ELEMENTS(views)))
            continue;
        say(keys, key, a, b);
        /* A key that one program does not know yet has in the other the value that is the
         * same thing by another name: its default. */
        if (a != NULL && b != NULL && is_world(key))
            g_string_append_printf(world, "%s%s", world->len > 0 ? "; " : "",
                                   (const char *)keys->pdata[keys->len - 1]);
    }
    if (world->len > 0)
        return g_string_free(world, FALSE);
    g_string_free(world, TRUE);
    return NULL;
}
