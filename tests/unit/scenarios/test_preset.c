/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * protocol.preset: which defaults it changes, and what goes before it. */
#include <glib/gstdio.h>

#include "scenarios/keys.h"

static Scenario *
load_text(const char *text, char *set)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    char *sets[] = { set, NULL };
    Scenario *scenario;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    scenario = scenario_load(path, sets, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(folder);
    return scenario;
}

/* The table names keys that exist, once each, with values that they take. */
static void
test_table(void)
{
    g_autoptr(Scenario) scenario = load_text("", NULL);

    for (size_t i = 0; i < n_preset_values; i++) {
        const PresetValue *value = &preset_values[i];
        const Key *key = key_find(value->section, value->name);

        g_assert_nonnull(key);
        g_assert_true(preset_value_find(key) == value);
        g_assert_true(value->in_2020 != NULL || value->in_2025 != NULL);
        for (Preset p = PRESET_2020; p <= PRESET_2025; p++) {
            const char *text = preset_value_in(value, p);
            g_autofree char *expected = NULL;
            g_autofree char *before = key_write(key, scenario);
            g_autofree char *after = NULL;

            if (text == NULL)
                continue;
            g_assert_true(key_read(key, text, scenario, &expected));
            after = key_write(key, scenario);
            g_assert_cmpstr(before, !=, after);
            g_assert_true(key_read(key, key->value, scenario, &expected));
        }
    }
}

/* Under each preset every key has the preset's default, or else its own. */
static void
test_defaults(gconstpointer data)
{
    const char *year = data;
    Preset preset = year[3] == '0'   ? PRESET_2020
                    : year[3] == '4' ? PRESET_2024
                                     : PRESET_2025;
    g_autofree char *text = g_strdup_printf("[protocol]\npreset = %s\n", year);
    g_autoptr(Scenario) got = load_text(text, NULL);
    g_autoptr(Scenario) wanted = load_text("", NULL);

    g_assert_cmpint(got->preset, ==, preset);
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        const PresetValue *value = preset_value_find(key);
        const char *in = value == NULL ? NULL : preset_value_in(value, preset);
        g_autofree char *expected = NULL;
        g_autofree char *a = NULL;
        g_autofree char *b = section_form_of(key) != NULL ? NULL : key_write(key, got);

        if (strcmp(key->name, "preset") == 0 || section_form_of(key) != NULL)
            continue;
        g_assert_true(key_read(key, in != NULL ? in : key->value, wanted, &expected));
        a = key_write(key, wanted);
        g_assert_cmpstr(a, ==, b);
    }
}

/* What is written goes first: before and after the preset, in other sections, by --set. */
static void
test_written_goes_first(void)
{
    g_autoptr(Scenario) s =
        load_text("[client]\npaths = 2\n[protocol]\nhop_timeout = 7s\npreset = 2020\n"
                  "push_batch = 9MB\n[swarm]\nnotify_delay = 5s\n",
                  NULL);
    char life[] = "client.message_ttl=2d";
    g_autoptr(Scenario) t = load_text("[protocol]\npreset = 2020\n", life);

    g_assert_cmpuint(s->session.paths, ==, 2);
    g_assert_cmpint(s->service.hop_timeout, ==, 7 * SECOND);
    g_assert_cmpuint(s->service.push_batch_bytes, ==, 9000000);
    g_assert_cmpint(s->chain.notify_delay_max, ==, 5 * SECOND);
    g_assert_true(s->chain.block_exponential);
    g_assert_cmpint(t->session.message_ttl, ==, 2 * DAY);
    g_assert_cmpint(t->service.ttl_max_public, ==, 4 * DAY);
}

/* --set decides about the preset too, and the file's keys still go first. */
static void
test_preset_by_set(void)
{
    char to_2020[] = "protocol.preset=2020";
    char to_2024[] = "protocol.preset=2024";
    g_autoptr(Scenario) s = load_text("[client]\npaths = 2\n", to_2020);
    g_autoptr(Scenario) t = load_text("[protocol]\npreset = 2020\n", to_2024);

    g_assert_cmpint(s->service.hop_timeout, ==, 10 * SECOND);
    g_assert_cmpuint(s->session.paths, ==, 2);
    g_assert_cmpint(t->service.hop_timeout, ==, 30 * SECOND);
    g_assert_false(t->chain.block_exponential);
}

/* The resolved text is the whole scenario: it reads back, whatever the preset. */
static void
test_resolved_text(void)
{
    g_autoptr(Scenario) s =
        load_text("[protocol]\npreset = 2020\n[client]\npaths = 2\n", NULL);
    g_autofree char *text = scenario_text(s);
    g_autoptr(Scenario) t = load_text(text, NULL);
    g_autofree char *again = scenario_text(t);

    g_assert_cmpstr(text, ==, again);
    g_assert_nonnull(strstr(text, "\npreset = 2020\n"));
    g_assert_nonnull(strstr(text, "\nhop_timeout = 10s\n"));
    g_assert_nonnull(strstr(text, "\npaths = 2\n"));
}

static void
test_reference(void)
{
    g_autofree char *text = scenario_reference();

    g_assert_nonnull(strstr(text, "\nstore_maximum = 3584MiB\n"));
    g_assert_nonnull(strstr(text, "; preset 2020: 10000GB; preset 2025: 10GiB)\n"));
    g_assert_nonnull(strstr(text, "; preset 2020: 500000B)\n"));
}

int
main(int argc, char **argv)
{
    static const char *const years[] = { "2020", "2024", "2025" };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preset/table", test_table);
    for (size_t i = 0; i < G_N_ELEMENTS(years); i++) {
        g_autofree char *name = g_strconcat("/preset/defaults/", years[i], NULL);

        g_test_add_data_func(name, years[i], test_defaults);
    }
    g_test_add_func("/preset/written-goes-first", test_written_goes_first);
    g_test_add_func("/preset/preset-by-set", test_preset_by_set);
    g_test_add_func("/preset/resolved-text", test_resolved_text);
    g_test_add_func("/preset/reference", test_reference);
    return g_test_run();
}
