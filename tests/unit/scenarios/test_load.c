/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "nodes/crypto/proof_of_work.h"
#include "scenarios/keys.h"

static Scenario *
load_text(const char *text, char *const *set)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    Scenario *scenario;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    scenario = scenario_load(path, set, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(folder);
    return scenario;
}

static void
test_values(void)
{
    char nodes[] = "network.nodes=77";
    char life[] = "churn.life = weibull(shape=0.59, mean=30d)";
    char *set[] = { nodes, life, NULL };
    g_autoptr(Scenario) s =
        load_text("# Is it read?\n# Yes.\n\n[scenario]\nduration = 90m\n"
                  "crypto = real\n[client]\nclients=5\n[network]\n"
                  "nodes = 12\nnode_bandwidth = 1Gbit/s\n",
                  set);

    g_assert_cmpint(s->duration, ==, 90 * MINUTE);
    g_assert_cmpint(s->crypto, ==, CRYPTO_REAL);
    g_assert_cmpuint(s->clients, ==, 5);
    g_assert_cmpuint(s->nodes, ==, 77);
    g_assert_cmpfloat(s->net.uplink_bits_per_s[ENDPOINT_NODE], ==, 1e9);
    g_assert_cmpint(s->churn.life.kind, ==, LAW_WEIBULL);
    g_assert_cmpfloat_with_epsilon(law_mean_s(&s->churn.life), 30 * 86400.0, 1);
    g_assert_cmpstr(s->question, ==, "Is it read?\nYes.");
    g_assert_cmpstr(s->name, ==, "a");
}

/* swarm.target: the real sizes for 7, their proportions for others; nothing for 0. */
static void
test_swarm_target(void)
{
    static const struct {
        uint32_t target;
        SwarmSizes sizes;
    } rows[] = { { 0, { 5, 7, 5, 2 } }, { 7, { 5, 7, 5, 2 } },   { 3, { 2, 3, 2, 1 } },
                 { 5, { 4, 5, 4, 1 } }, { 10, { 7, 10, 7, 3 } }, { 1, { 1, 1, 1, 0 } } };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("[swarm]\ntarget = %u\n", rows[i].target);
        g_autoptr(Scenario) s = load_text(text, NULL);
        const SwarmSizes *sizes = &s->chain.sizes;

        g_assert_cmpuint(sizes->min, ==, rows[i].sizes.min);
        g_assert_cmpuint(sizes->new_size, ==, rows[i].sizes.new_size);
        g_assert_cmpuint(sizes->excess_base, ==, rows[i].sizes.excess_base);
        g_assert_cmpuint(sizes->ideal_margin, ==, rows[i].sizes.ideal_margin);
    }
}

/* A backslash is a backslash, and is written as one; blanks within a value stay. */
static void
test_nothing_is_escaped(void)
{
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *rtt = g_build_filename(folder, "a\\sb \\\\ c\\", NULL);
    g_autofree char *text = g_strconcat("[ network ]\r\n rtt\t= ", rtt, " \r\n", NULL);
    g_autoptr(Scenario) first = NULL;
    g_autoptr(Scenario) second = NULL;
    g_autofree char *resolved = NULL;

    g_assert_true(g_file_set_contents(rtt, "", -1, NULL));
    first = load_text(text, NULL);
    g_assert_cmpstr(first->rtt, ==, rtt);
    resolved = scenario_text(first);
    second = load_text(resolved, NULL);
    g_assert_cmpstr(second->rtt, ==, rtt);
    g_unlink(rtt);
    g_rmdir(folder);
}

/* --set takes what a line of the file takes. */
static void
test_set_as_in_the_file(void)
{
    char preset[] = " protocol.preset\t=  2025 ";
    char nodes[] = "network . nodes = 31";
    char *set[] = { preset, nodes, NULL };
    g_autoptr(Scenario) s = load_text("[scenario]\nduration = 90m\n", set);

    g_assert_cmpint(s->preset, ==, PRESET_2025);
    g_assert_cmpuint(s->nodes, ==, 31);
}

/* Every key, written out, reads back to the same text. */
static void
test_resolved_text_reads_back(void)
{
    g_autoptr(Scenario) first = load_text("[scenario]\nduration=2h\n", NULL);
    g_autofree char *text = scenario_text(first);
    g_autoptr(Scenario) second = load_text(text, NULL);
    g_autofree char *again = scenario_text(second);

    g_assert_cmpstr(text, ==, again);
}

/* The defaults are those of protocol 2024, wherever they are written down twice. */
static void
test_defaults_agree_with_the_protocol(void)
{
    g_autoptr(Scenario) s = load_text("[scenario]\nduration=2h\n", NULL);

    g_assert_cmpmem(&s->service, sizeof s->service, &service_config_2024,
                    sizeof service_config_2024);
    g_assert_cmpint(s->session.poll_interval, ==, session_config_2024.poll_interval);
    g_assert_cmpint(s->session.request_timeout, ==, session_config_2024.request_timeout);
    g_assert_cmpuint(s->session.onion_tries, ==, session_config_2024.onion_tries);
    g_assert_cmpuint(s->chain.votes_needed, ==, chain_config_2024.votes_needed);
    g_assert_cmpint(s->chain.credit_max, ==, chain_config_2024.credit_max);
    g_assert_cmpuint(s->chain.sizes.new_size, ==, swarm_sizes_real.new_size);
}

static void
test_nearest_key(void)
{
    g_autofree char *a = key_nearest("network", "noeds");
    g_autofree char *b = key_nearest("scenario", "nodes");

    g_assert_cmpstr(a, ==, "network.nodes");
    g_assert_cmpstr(b, ==, "network.nodes");
}

/* Levenshtein's distance, by the book. */
static unsigned
plain_distance(const char *a, const char *b)
{
    unsigned row[128];
    size_t n = strlen(b);

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

static void
assert_nearest(const char *section, const char *name)
{
    g_autofree char *wanted = g_strconcat(section, ".", name, NULL);
    g_autofree char *best = NULL;
    g_autofree char *got = key_nearest(section, name);
    unsigned best_distance = UINT_MAX;

    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        g_autofree char *known = g_strconcat(key->section, ".", key->name, NULL);
        unsigned d = plain_distance(wanted, known);

        if (d > 1 && strcmp(key->name, name) == 0)
            d = 1;
        if (d < best_distance) {
            best_distance = d;
            g_free(best);
            best = g_steal_pointer(&known);
        }
    }
    g_assert_cmpstr(got, ==, best);
}

/* A letter left out, one too many, another one, two that changed places, the end cut. */
static void
test_nearest_key_of_typos(void)
{
    for (size_t i = 0; i < scenario_n_keys; i += 3) {
        const Key *key = &scenario_keys[i];
        size_t n = strlen(key->name), at = i % (n - 1);

        for (int way = 0; way < 5; way++) {
            g_autoptr(GString) name = g_string_new(key->name);

            if (way == 0 || way == 2)
                g_string_erase(name, (gssize)at, 1);
            if (way == 1 || way == 2)
                g_string_insert_c(name, (gssize)at, 'x');
            if (way == 3) {
                name->str[at] = key->name[at + 1];
                name->str[at + 1] = key->name[at];
            }
            if (way == 4)
                g_string_truncate(name, at);
            assert_nearest(key->section, name->str);
        }
    }
    assert_nearest("", "");
    assert_nearest("netwrok", "");
    assert_nearest("\xff", "\xff\xfe");
}

/* What is too long is no typing error; the longest that may be one. */
static void
test_nearest_key_of_long_names(void)
{
    g_autofree char *longest = g_strnfill(KEY_TYPO_MAX - strlen("network."), 'n');
    g_autofree char *too_long = g_strconcat(longest, "n", NULL);

    assert_nearest("network", longest);
    g_assert_null(key_nearest("network", too_long));
    for (size_t i = 0; i < scenario_n_keys; i++)
        g_assert_cmpuint(strlen(scenario_keys[i].section) + 1 +
                             strlen(scenario_keys[i].name),
                         <=, KEY_TYPO_MAX - 8);
}

/* A time to live that a scenario may allow goes into proofs of work. */
static void
test_longest_life_has_work(void)
{
    g_assert_cmpfloat(key_find("protocol", "ttl_public")->high, ==, WORK_TTL_MAX_S);
}

static void
test_every_key_has_its_words(void)
{
    g_autofree char *reference = scenario_reference();

    for (size_t i = 0; i < scenario_n_keys; i++) {
        g_assert_cmpuint(strlen(scenario_keys[i].help), >, 5);
        g_assert_nonnull(strstr(reference, scenario_keys[i].help));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenarios/values", test_values);
    g_test_add_func("/scenarios/resolved-text-reads-back", test_resolved_text_reads_back);
    g_test_add_func("/scenarios/defaults-agree-with-the-protocol",
                    test_defaults_agree_with_the_protocol);
    g_test_add_func("/scenarios/swarm-target", test_swarm_target);
    g_test_add_func("/scenarios/nearest-key", test_nearest_key);
    g_test_add_func("/scenarios/nearest-key-of-typos", test_nearest_key_of_typos);
    g_test_add_func("/scenarios/nearest-key-of-long-names", test_nearest_key_of_long_names);
    g_test_add_func("/scenarios/nothing-is-escaped", test_nothing_is_escaped);
    g_test_add_func("/scenarios/set-as-in-the-file", test_set_as_in_the_file);
    g_test_add_func("/scenarios/longest-life-has-work", test_longest_life_has_work);
    g_test_add_func("/scenarios/every-key-has-its-words", test_every_key_has_its_words);
    return g_test_run();
}
