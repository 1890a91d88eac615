/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenario files that are wrong, each with the sentence it must be refused with. */
#include <glib/gstdio.h>

#include "scenarios/scenario.h"
#include "tests/lib/mutate.h"

typedef struct Bad {
    const char *name;
    const char *text;
    const char *expected; /* must stand in the error; "@" is the file's path */
} Bad;

#define SIXTY "123456789 123456789 123456789 123456789 123456789 123456789"

static const Bad bad[] = {
    { "unknown-section", "[netwrok]\nnodes=3\n",
      "@:1: there is no section [netwrok]; the nearest is [network]" },
    { "unknown-key", "[network]\nnoeds = 10\n",
      "@:2: there is no key network.noeds; the nearest is network.nodes" },
    { "long-key", "[network]\nnodes_" SIXTY " = 10\n",
      "@:2: there is no key network.nodes_" SIXTY },
    { "long-section", "[network_" SIXTY "]\n",
      "@:1: there is no section [network_" SIXTY "]" },
    { "key-of-another-section", "[scenario]\nnodes = 10\n",
      "@:2: there is no key scenario.nodes; the nearest is network.nodes" },
    { "repeated-key", "[network]\nnodes=10\n\nnodes=12\n",
      "@:4: key network.nodes is there twice (first in line 2)" },
    { "repeated-section", "[network]\nnodes=10\n[client]\n[network]\n",
      "@:4: section [network] is there twice (first in line 1)" },
    { "key-before-section", "nodes=10\n",
      "@:1: key 'nodes' stands before the first [section]" },
    { "no-equals", "[network]\nnodes 10\n",
      "@:2: expected 'key = value', a [section] or a # comment" },
    { "open-bracket", "[network\nnodes=10\n", "@:1: a section is written [name]" },
    { "text-after-bracket", "[network] x\nnodes=10\n", "@:1: a section is written [name]" },
    { "empty-section-name", "[]\n", "@:1: there is no section []" },
    { "nodes-zero", "[network]\nnodes=0\n",
      "@:2: network.nodes = '0': expected a whole number from 1 to 60000" },
    { "nodes-too-many", "[network]\nnodes=60001\n",
      "expected a whole number from 1 to 60000" },
    { "nodes-negative", "[network]\nnodes=-5\n", "@:2: network.nodes = '-5'" },
    { "nodes-fraction", "[network]\nnodes=10.5\n", "@:2: network.nodes = '10.5'" },
    { "nodes-words", "[network]\nnodes=many\n", "@:2: network.nodes = 'many'" },
    { "nodes-empty", "[network]\nnodes=\n", "@:2: network.nodes = ''" },
    { "nodes-huge", "[network]\nnodes=99999999999999999999\n", "@:2: network.nodes" },
    { "nodes-trailing", "[network]\nnodes=10 nodes\n", "@:2: network.nodes = '10 nodes'" },
    { "bad-escape", "[network]\nnodes=\\2\n", "@:2: network.nodes = '\\2': expected" },
    { "backslash-at-end", "[network]\nnodes=30\\\n",
      "@:2: network.nodes = '30\\': expected" },
    { "nodes-hex", "[network]\nnodes=0x10\n", "@:2: network.nodes = '0x10'" },
    { "duration-no-unit", "[scenario]\nduration=14\n",
      "@:2: scenario.duration = '14': expected a duration such as 250ms, 2h or 14d" },
    { "duration-bad-unit", "[scenario]\nduration=14w\n", "@:2: scenario.duration = '14w'" },
    { "duration-negative", "[scenario]\nduration=-1h\n", "@:2: scenario.duration = '-1h'" },
    { "duration-zero", "[scenario]\nduration=0s\n", "@:2: scenario.duration = '0s'" },
    { "duration-nan", "[scenario]\nduration=nan\n", "@:2: scenario.duration = 'nan'" },
    { "duration-infinite", "[scenario]\nduration=infs\n",
      "@:2: scenario.duration = 'infs'" },
    { "duration-blank-inside", "[scenario]\nduration=14 d\n", "@:2: scenario.duration" },
    { "duration-eleven-years", "[scenario]\nduration=4100d\n", "more than ten years" },
    { "crypto-unknown", "[scenario]\ncrypto=fake\n",
      "@:2: scenario.crypto = 'fake': expected one of: real, null" },
    { "crypto-case", "[scenario]\ncrypto=Real\n", "expected one of: real, null" },
    { "store-unknown", "[scenario]\nstore=redis\n", "expected one of: memory, sqlite" },
    { "bool-true", "[swarm]\nvoting=true\n",
      "@:2: swarm.voting = 'true': expected yes or no" },
    { "preset-unknown", "[client]\nclients=5\n[protocol]\npreset=2019\n",
      "@:4: protocol.preset = '2019': expected one of: 2020, 2024, 2025" },
    { "onion-1-encryption", "[protocol]\nonion_version=1\n[client]\nencryption=xchacha20\n",
      "client.encryption: expected aes-gcm" },
    { "work-without-its-rpc", "[protocol]\nproof_of_work=yes\n",
      "protocol.proof_of_work: only stores of protocol.storage_rpc = 2020" },
    { "rpc-2020-synchronous", "[protocol]\nstorage_rpc=2020\n",
      "expected protocol.store_replication = buffered" },
    { "anti-entropy-often", "[repair]\nanti_entropy=10ms\n",
      "repair.anti_entropy: expected 0s or at least 1s" },
    { "poll-members-loops", "[client]\npoll_members=2\npoll_loops=3\n",
      "client.poll_members: expected client.poll_loops = 1" },
    { "trace-repaired",
      "[repair]\ndelay=exp(mean=1d)\n[churn]\ntrace=tor-relays-2026-nodes.csv.gz\n",
      "repair.delay: expected an empty churn.trace" },
    { "quorum-asynchronous",
      "[protocol]\nstore_quorum = 2\nstore_replication = asynchronous\n",
      "expected protocol.store_replication = synchronous" },
    { "seed-negative", "[scenario]\nseed=-1\n", "@:2: scenario.seed = '-1'" },
    { "seed-words", "[scenario]\nseed=lucky\n", "@:2: scenario.seed = 'lucky'" },
    { "size-no-unit", "[protocol]\nbody_maximum=76800\n",
      "@:2: protocol.body_maximum = '76800': expected a size such as 76800B" },
    { "size-too-large", "[protocol]\nbody_maximum=11MB\n", "@:2: protocol.body_maximum" },
    { "rate-bad", "[network]\nnode_bandwidth=fast\n",
      "expected a rate such as 20Mbit/s or 1Gbit/s" },
    { "rate-bytes", "[network]\nnode_bandwidth=20MB\n", "expected a rate" },
    { "real-out-of-range", "[network]\nloss=1.5\n",
      "@:2: network.loss = '1.5': expected a number from 0 to 0.99" },
    { "real-words", "[network]\nloss=low\n", "@:2: network.loss = 'low'" },
    { "law-unknown", "[churn]\nlife=pareto(shape=2)\n", "@:2: churn.life" },
    { "law-missing-parameter", "[churn]\nlife=weibull(shape=0.5)\n", "@:2: churn.life" },
    { "law-no-unit", "[churn]\nlife=exp(mean=7)\n", "@:2: churn.life = 'exp(mean=7)'" },
    { "law-negative", "[churn]\nlife=exp(mean=-7d)\n", "@:2: churn.life" },
    { "law-open", "[churn]\nlife=exp(mean=7d\n", "expected a law such as exp(mean=7d)" },
    { "law-twice", "[churn]\nup=exp(mean=1d, mean=2d)\n", "@:2: churn.up" },
    { "date-bad", "[scenario]\nstart=yesterday\n", "expected a date such as 2026-01-01" },
    { "date-impossible", "[scenario]\nstart=2026-02-30T00:00:00Z\n", "expected a date" },
    { "trace-missing", "[churn]\ntrace=no-such-nodes.csv\n",
      "churn.trace = 'no-such-nodes.csv': there is no such file" },
    { "rtt-missing", "[network]\nrtt=no-such.txt\n",
      "network.rtt = 'no-such.txt': there is no such file" },
    { "no-latency-at-all", "[network]\nrtt=\n", "expected a network.latency then" },
    { "one-client", "[client]\nclients=1\n", "one person has nobody to write to" },
    { "path-longer-than-network", "[network]\nnodes=4\n", "a path needs more nodes" },
    { "votes", "[swarm]\nvotes_needed=11\n", "more than swarm.validators" },
    { "swarm-sizes", "[swarm]\nminimum=8\n",
      "swarm.minimum: larger than swarm.new_size or swarm.excess_base" },
    { "ttl-too-long", "[client]\nmessage_ttl=15d\n", "longer than protocol.ttl_public" },
    { "namespace-private", "[client]\nmessage_namespace=2\n",
      "expected a multiple of ten" },
    { "namespace-2020", "[protocol]\npreset=2020\n[client]\nmessage_namespace=-10\n",
      "protocol.storage_rpc = 2020 knows none but 0" },
    { "wrong-keys", "[network]\nnodes=20\n[fault]\nwrong_keys=21\n",
      "fault.wrong_keys: more than network.nodes" },
    { "not-text", "[network]\nnodes=\xff\xfe\n", "@: this is no text (UTF-8)" },
};

static void
test_refused(gconstpointer data)
{
    const Bad *b = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "bad.ini", NULL);
    g_auto(GStrv) parts = g_strsplit(b->expected, "@", 2);
    g_autofree char *expected = g_strjoinv(path, parts);
    Scenario *scenario;

    g_assert_true(g_file_set_contents(path, b->text, -1, NULL));
    scenario = scenario_load(path, NULL, &error);
    g_unlink(path);
    g_rmdir(folder);
    g_assert_null(scenario);
    g_assert_nonnull(error);
    if (strstr(error->message, expected) == NULL)
        g_test_message("said:     %s\nexpected: %s", error->message, expected);
    g_assert_nonnull(strstr(error->message, expected));
    g_assert_null(strchr(error->message, '\n'));
    g_assert_null(strstr(error->message, "(null)"));
}

static void
test_refused_set(gconstpointer data)
{
    const char *const *pair = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "good.ini", NULL);
    char *set[] = { (char *)pair[0], NULL };

    g_assert_true(g_file_set_contents(path, "[network]\nnodes=30\n", -1, NULL));
    g_assert_null(scenario_load(path, set, &error));
    g_unlink(path);
    g_rmdir(folder);
    g_assert_nonnull(strstr(error->message, pair[1]));
}

static void
test_no_such_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(scenario_load("/nowhere/at/all.ini", NULL, &error));
    g_assert_nonnull(strstr(error->message, "/nowhere/at/all.ini"));
}

/* Text from a file, which is written over: loaded, or refused with one line of words. */
static void
load_text(const char *path, Bytes text)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario;

    g_assert_true(g_file_set_contents_full(path, (const char *)text.p, (gssize)text.n,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    scenario = scenario_load(path, NULL, &error);
    g_assert_true((scenario == NULL) == (error != NULL));
    if (error != NULL)
        g_assert_cmpuint(strlen(error->message), >, 0);
    scenario_free(scenario);
}

/* A good file, cut at every length and changed in many places; nested brackets, a NUL,
 * bytes that are no UTF-8, very long lines. */
static void
test_damaged(void)
{
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "damaged.ini", NULL);
    Bytes good = BYTES_LITERAL("# what?\n[scenario]\nduration = 2h\ncrypto=null\n\n"
                               "[network]\nnodes = 30\n[client]\nclients=7\n");
    g_autofree char *line = g_strnfill(100000, '[');

    for (size_t n = 0; n <= good.n; n++)
        load_text(path, (Bytes){ good.p, n });
    for (uint32_t i = 0; i < 300; i++) {
        Bytes changed = mutate(i, good, BYTES_LITERAL("[]=#\n\\ 0\0"));

        load_text(path, changed);
        bytes_free(changed);
    }
    load_text(path, BYTES_LITERAL("[network]\nnodes=1\0\n"));
    load_text(path, BYTES_LITERAL("[network]\nnodes=\xc3\x28\n"));
    load_text(path, bytes_of_text(line));
    g_unlink(path);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    static const char *const sets[][2] = {
        { "nodes=3", "--set nodes=3: expected section.key=value" },
        { "network.noeds=3",
          "there is no key network.noeds; the nearest is network.nodes" },
        { "network.nodes=few", "--set: network.nodes = 'few': expected a whole number" },
        { "network.nodes", "expected section.key=value" },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *name = g_strconcat("/scenarios/bad/", bad[i].name, NULL);

        g_test_add_data_func(name, &bad[i], test_refused);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autofree char *name = g_strdup_printf("/scenarios/bad-set/%zu", i);

        g_test_add_data_func(name, sets[i], test_refused_set);
    }
    g_test_add_func("/scenarios/no-such-file", test_no_such_file);
    g_test_add_func("/scenarios/damaged", test_damaged);
    return g_test_run();
}
