/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections with names: what is read, what is written, and what is refused and how. */
#include <glib/gstdio.h>

#include "scenarios/keys.h"
#include "sim/fault/misbehave.h"

static Scenario *
load(const char *text, char *const *set, GError **error, char **ret_path)
{
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ini", NULL);
    Scenario *scenario;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    scenario = scenario_load(path, set, error);
    g_unlink(path);
    g_rmdir(folder);
    if (ret_path != NULL)
        *ret_path = g_steal_pointer(&path);
    return scenario;
}

static Scenario *
load_good(const char *text, char *const *set)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario = load(text, set, &error, NULL);

    g_assert_no_error(error);
    return scenario;
}

static const char two[] = "[fault]\nexit_at = 1h\nkind = crash\nat=3h\n"
                          "[fault storm]\ncountry = DE ,US\nfrom = 2h\nkind = outage\n"
                          "[ fault  after-storm_2 ]\nkind=join\nper_day = 20\n";

static void
test_values(void)
{
    char share[] = "fault.storm.share=0.25";
    char kind[] = " fault . late . kind = exit";
    char count[] = "fault.late.count=3";
    char at[] = "fault.at=90m";
    char *set[] = { share, kind, count, at, NULL };
    g_autoptr(Scenario) s = load_good(two, set);

    g_assert_cmpuint(s->n_faults, ==, 4);
    g_assert_cmpint(s->exit_at, ==, HOUR);
    g_assert_cmpstr(s->faults[0].head.name, ==, "");
    g_assert_cmpint(s->faults[0].head.kind, ==, FAULT_SORT_CRASH);
    g_assert_cmpint(s->faults[0].at, ==, 90 * MINUTE);
    g_assert_cmpint(s->faults[0].down.kind, ==, LAW_NEVER);
    g_assert_cmpstr(s->faults[1].head.name, ==, "storm");
    g_assert_cmpint(s->faults[1].head.kind, ==, FAULT_SORT_OUTAGE);
    g_assert_cmpstr(s->faults[1].country, ==, "DE, US");
    g_assert_cmpfloat(s->faults[1].share, ==, 0.25);
    g_assert_cmpint(s->faults[1].from, ==, 2 * HOUR);
    g_assert_cmpstr(s->faults[2].head.name, ==, "after-storm_2");
    g_assert_cmpfloat(s->faults[2].per_day, ==, 20);
    g_assert_cmpstr(s->faults[3].head.name, ==, "late");
    g_assert_cmpuint(s->faults[3].count, ==, 3);
}

static void
test_text_reads_back(void)
{
    g_autoptr(Scenario) first = load_good(two, NULL);
    g_autofree char *text = scenario_text(first);
    g_autoptr(Scenario) second = load_good(text, NULL);
    g_autofree char *again = scenario_text(second);

    g_assert_cmpstr(text, ==, again);
    g_assert_nonnull(strstr(text, "\n[fault storm]\nkind = outage\n"));
    g_assert_nonnull(strstr(text, "\n[fault after-storm_2]\nkind = join\n"));
    /* Keys of other kinds say nothing, and are not there. */
    g_assert_null(strstr(strstr(text, "[fault after-storm_2]"), "country"));
}

/* A duration may be below zero where the key allows it, and is written so. */
static void
test_below_zero(void)
{
    g_autoptr(Scenario) s =
        load_good("[fault a]\nkind=skew\noffset=-90s\nwho=both\n", NULL);
    g_autofree char *text = scenario_text(s);

    g_assert_cmpint(s->faults[0].offset, ==, -90 * SECOND);
    g_assert_nonnull(strstr(text, "\noffset = -90s\n"));
    g_assert_nonnull(strstr(text, "\nwho = both\n"));
}

/* Without such sections the text says nothing of them. */
static void
test_none(void)
{
    g_autoptr(Scenario) s = load_good("[network]\nnodes = 30\n", NULL);
    g_autofree char *text = scenario_text(s);

    g_assert_cmpuint(s->n_faults, ==, 0);
    g_assert_null(strstr(text, "[fault "));
    g_assert_null(strstr(text, "largest_hosters ="));
}

/* The preset's second pass over what is written makes nothing twice. */
static void
test_with_preset(void)
{
    char preset[] = "protocol.preset=2025";
    char kind[] = "fault.x.kind=crash";
    char *set[] = { preset, kind, NULL };
    g_autoptr(Scenario) s = load_good(two, set);

    g_assert_cmpuint(s->n_faults, ==, 4);
}

static void
test_many(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(Scenario) most = NULL;
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < SECTIONS_MAX; i++)
        g_string_append_printf(text, "[fault f%d]\nkind=crash\n", i);
    most = load_good(text->str, NULL);
    g_assert_cmpuint(most->n_faults, ==, SECTIONS_MAX);
    g_string_append(text, "[fault more]\nkind=crash\n");
    g_assert_null(load(text->str, NULL, &error, NULL));
    g_assert_nonnull(strstr(error->message, ":65: more than 32 sections [fault NAME]"));
}

typedef struct Bad {
    const char *name, *text;
    const char *expected; /* @ is the file */
    const char *set;
} Bad;

static const Bad bad[] = {
    { "unknown-key", "[fault storm]\nkind=outage\ncuontry=DE\n",
      "@:3: there is no key fault.storm.cuontry; the nearest is fault.storm.country",
      NULL },
    { "key-of-another-section", "[fault storm]\nkind=crash\nnodes=3\n",
      "@:3: there is no key fault.storm.nodes; the nearest is network.nodes", NULL },
    { "unknown-key-nameless", "[fault]\nknid=crash\n",
      "@:2: there is no key fault.knid; the nearest is fault", NULL },
    { "unknown-form", "[fautl storm]\nkind=outage\n",
      "@:1: there is no section [fautl storm]; the nearest is [fault]", NULL },
    { "form-without-names", "[network big]\nnodes=3\n", "@:1: there is no section", NULL },
    { "name-bad", "[fault a.b]\nkind=crash\n",
      "@:1: [fault a.b]: expected a name of letters, digits, - and _", NULL },
    { "name-long", "[fault abcdefghijabcdefghijabcdefghijabc]\nkind=crash\n",
      "at most 32 of them", NULL },
    { "name-two-words", "[fault a b]\nkind=crash\n", "@:1: [fault a b]: expected a name",
      NULL },
    { "section-twice", "[fault a]\nkind=crash\n[fault a]\n",
      "@:3: section [fault a] is there twice (first in line 1)", NULL },
    { "key-twice", "[fault a]\nkind=crash\nkind=exit\n", "@:3: key", NULL },
    { "no-kind", "[network]\nnodes=20\n[fault a]\nshare=0.5\n",
      "@:3: [fault a] has no kind: expected kind = one of: exit, join", NULL },
    { "kind-unknown", "[fault a]\nkind=rain\n",
      "@:2: fault.a.kind = 'rain': expected one of: exit, join", NULL },
    { "not-of-the-kind", "[fault a]\nannounced=yes\nkind=crash\n",
      "@:2: fault.a.announced says nothing where kind = crash; its keys are: kind, at",
      NULL },
    { "out-of-range", "[fault a]\nkind=exit\nshare=1.5\n",
      "@:3: fault.a.share = '1.5': expected a number from 0 to 1", NULL },
    { "law-bad", "[fault a]\nkind=crash\ndown=7 days\n",
      "@:3: fault.a.down = '7 days': expected a law", NULL },
    { "words-empty", "[fault a]\nkind=outage\ncountry=DE,,US\n",
      "@:3: fault.a.country = 'DE,,US': expected words between commas", NULL },
    { "country-unknown", "[fault a]\nkind=outage\ncountry=de\n",
      "@: fault.a.country: expected countries of two capital letters", NULL },
    { "region-unknown", "[fault a]\nkind=outage\nregion=europa\n",
      "@: fault.a.region: expected parts of the world", NULL },
    { "hoster-unknown", "[fault a]\nkind=outage\nhoster=big\n",
      "@: fault.a.hoster: expected numbers", NULL },
    { "nobody", "[fault a]\nkind=exit\nat=1h\n",
      "@: fault.a: whom? expected a share, a count or a place", NULL },
    { "share-and-count", "[fault a]\nkind=exit\nshare=0.1\ncount=3\n",
      "@: fault.a.count: expected share or count, not both", NULL },
    { "backwards", "[fault a]\nkind=outage\nshare=0.1\nfrom=2h\nto=1h\n",
      "@: fault.a.to: not after from", NULL },
    { "join-nobody", "[fault a]\nkind=join\nat=1h\n",
      "@: fault.a: expected a count or per_day", NULL },
    { "partition-of-nobody", "[fault a]\nkind=partition\n", "@: fault.a: whom?", NULL },
    { "link-none", "[fault a]\nkind=link\nloss=1\n", "@: fault.a: which links?", NULL },
    { "link-both", "[fault a]\nkind=link\nloss=1\nshare=0.1\nlinks=1-2\n",
      "@: fault.a: which links?", NULL },
    { "link-of-one", "[fault a]\nkind=link\nloss=1\nlinks=1-2, 3-3\n",
      "@: fault.a.links: expected pairs of different nodes", NULL },
    { "link-bad", "[fault a]\nkind=link\nloss=1\nlinks=1-2-3\n",
      "@: fault.a.links: expected pairs of different nodes", NULL },
    { "link-harmless", "[fault a]\nkind=link\nlinks=1-2\n",
      "@: fault.a: expected a loss or a delay", NULL },
    { "slow-at-no-cost", "[network]\nnode_speed=0\n[fault a]\nkind=slow\nshare=1\n",
      "@: fault.a: nothing is slow where network.node_speed = 0", NULL },
    { "skew-right-clocks", "[fault a]\nkind=skew\nshare=1\n",
      "@: fault.a: expected sigma, offset or drift_ppm", NULL },
    { "upgrade-for-ever", "[fault a]\nkind=upgrade\nover=1h\n",
      "@: fault.a.down: expected how long a restart takes", NULL },
    { "join-many", "[fault a]\nkind=join\ncount=60001\n",
      "@: fault.a.count: more nodes than a network may have", NULL },
    { "misbehave-nobody", "[fault a]\nkind=misbehave\n", "@: fault.a: whom?", NULL },
    { "misbehave-both", "[fault a]\nkind=misbehave\nswarm_of=1\nshare=0.1\n",
      "@: fault.a.swarm_of: expected it, or a share, a count or a place", NULL },
    { "misbehave-members", "[fault a]\nkind=misbehave\nshare=0.1\nmembers=2\n",
      "@: fault.a.members: of which swarm?", NULL },
    { "attack-nobody", "[fault a]\nkind=attack\n",
      "@: fault.a.swarm_of: expected whose swarm", NULL },
    { "attack-stranger", "[client]\nclients=5\n[fault a]\nkind=attack\nswarm_of=5\n",
      "@: fault.a.swarm_of: there is no such person", NULL },
    { "offline-nobody", "[fault a]\nkind=offline\n", "@: fault.a: whom?", NULL },
    { "offline-hoster", "[fault a]\nkind=offline\nhoster=3\n",
      "@:3: fault.a.hoster says nothing where kind = offline", NULL },
    { "set-no-section", "[network]\nnodes=20\n",
      "--set fault.a.share=0.5: there is no section [fault a] (fault.a.kind would make "
      "one)",
      "fault.a.share=0.5" },
    { "set-unknown-key", "[fault a]\nkind=crash\n",
      "--set fault.a.knid=exit: there is no key fault.a.knid; the nearest is fault.a.kind",
      "fault.a.knid=exit" },
    { "set-not-of-the-kind", "[fault a]\nkind=crash\n",
      "--set: fault.a.per_day says nothing where kind = crash", "fault.a.per_day=3" },
    { "set-too-deep", "[fault a]\nkind=crash\n", "expected section.key=value",
      "fault.a.b.kind=3" },
    { "set-name-bad", "[network]\nnodes=20\n", "'a b' is no name of a section [fault NAME]",
      "fault.a b.kind=crash" },
    { "set-form-without-names", "[network]\nnodes=20\n",
      "there is no key network.a.nodes; the nearest is network.nodes",
      "network.a.nodes=3" },
};

static void
test_refused(gconstpointer data)
{
    const Bad *b = data;
    g_autofree char *given = g_strdup(b->set);
    char *set[] = { given, NULL };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autofree char *expected = NULL;
    g_auto(GStrv) parts = g_strsplit(b->expected, "@", 2);

    g_assert_null(load(b->text, set, &error, &path));
    g_assert_nonnull(error);
    expected = g_strjoinv(path, parts);
    if (strstr(error->message, expected) == NULL)
        g_test_message("said:     %s\nexpected: %s", error->message, expected);
    g_assert_nonnull(strstr(error->message, expected));
    g_assert_null(strchr(error->message, '\n'));
    g_assert_null(strstr(error->message, "(null)"));
}

/* The choices from the i-th on. */
static const char *
nth_choice(const Key *key, int i)
{
    const char *choice = key->choices;

    while (i-- > 0)
        choice = strchr(choice, '|') + 1;
    return choice;
}

/* Every key of a section with names belongs to kinds that there are, and every default but
 * that of the kind can be read. */
static void
test_table(void)
{
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        const SectionForm *form = section_form_of(key);
        g_auto(GStrv) only = NULL;
        g_auto(GStrv) kinds = NULL;

        if (form == NULL) {
            g_assert_null(key->only);
            continue;
        }
        kinds = g_strsplit(key_find(form->keys, "kind")->choices, "|", -1);
        only = g_strsplit(key->only == NULL ? kinds[0] : key->only, "|", -1);
        if (strcmp(key->name, "does") == 0)
            for (int m = 0; m < MISBEHAVIOURS; m++)
                g_assert_true(g_str_has_prefix(nth_choice(key, m),
                                               misbehaviour_name((Misbehaviour)m)));
        for (size_t k = 0; only[k] != NULL; k++)
            g_assert_true(g_strv_contains((const char *const *)kinds, only[k]));
        g_assert_cmpuint(key->offset, <, form->size);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sections/values", test_values);
    g_test_add_func("/sections/text-reads-back", test_text_reads_back);
    g_test_add_func("/sections/none", test_none);
    g_test_add_func("/sections/below-zero", test_below_zero);
    g_test_add_func("/sections/with-preset", test_with_preset);
    g_test_add_func("/sections/many", test_many);
    g_test_add_func("/sections/table", test_table);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/sections/refused/%s", bad[i].name);

        g_test_add_data_func(path, &bad[i], test_refused);
    }
    return g_test_run();
}
