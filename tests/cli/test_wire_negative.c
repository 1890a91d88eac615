/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire with inputs that nobody should send: every one is answered by one object,
 * the program never crashes, and what is required is missed. */
#include "tests/cli/wire_program.h"
#include "tests/lib/folder.h"
#include "tests/lib/vectors.h"

#define SEED "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
#define PUBKEY "\"05aa654f00fc39fc69fd0db829410ca38177d7732a8d2f0934ab3872ac56d5aa74\""
#define KEY "\"aa654f00fc39fc69fd0db829410ca38177d7732a8d2f0934ab3872ac56d5aa74\""
#define HOP "{\"ed25519_pk_hex\":" KEY ",\"x25519_pk_hex\":" KEY "}"

typedef struct Sample {
    const char *verb;
    const char *good;     /* accepted */
    const char *required; /* fields without which it is refused */
} Sample;

static const Sample samples[] = {
    { "account", "{\"seed_hex\":\"0123456789abcdef0123456789abcdef\"}", "seed_hex" },
    { "account",
      "{\"mnemonic\":\"love love love love love love love love love love love love love\"}",
      "mnemonic" },
    { "onion-wrap",
      "{\"enc_type\":\"aes-cbc\",\"hops\":[" HOP "," HOP "],\"destination\":{\"type\":"
      "\"snode\",\"ed25519_pk_hex\":" KEY ",\"x25519_pk_hex\":" KEY
      "},\"payload_hex\":\"00ff\",\"ephemeral_sk_hex\":[" SEED "," SEED "," SEED
      "],\"nonce_hex\":[\"00112233445566778899aabbccddeeff\","
      "\"00112233445566778899aabbccddeeff\",\"00112233445566778899aabbccddeeff\"]}",
      "enc_type hops destination payload_hex" },
    { "onion-wrap",
      "{\"enc_type\":\"xchacha20\",\"hops\":[" HOP "],\"destination\":{\"type\":\"server\","
      "\"host\":\"a\",\"target\":\"/oxen/v4/lsrpc\",\"port\":80,\"protocol\":\"http\","
      "\"x25519_pk_hex\":" KEY "},\"payload_hex\":\"\"}",
      "enc_type hops destination payload_hex" },
    { "reply-seal",
      "{\"x25519_sk_hex\":" SEED ",\"ephemeral_pk_hex\":" KEY
      ",\"enc_type\":\"aes-gcm\",\"plaintext_hex\":\"00\",\"nonce_hex\":"
      "\"00112233445566778899aabb\"}",
      "x25519_sk_hex ephemeral_pk_hex enc_type plaintext_hex" },
    { "message-seal",
      "{\"ed25519_seed_hex\":" SEED ",\"recipient\":" PUBKEY
      ",\"message_hex\":\"00\",\"ephemeral_sk_hex\":" SEED "}",
      "ed25519_seed_hex recipient message_hex" },
    { "message-seal",
      "{\"ed25519_seed_hex\":" SEED ",\"recipient\":" PUBKEY
      ",\"message_hex\":\"\",\"deterministic\":true}",
      "ed25519_seed_hex recipient message_hex" },
    { "message-hash", "{\"pubkey\":" PUBKEY ",\"namespace\":-10,\"data_hex\":\"00\"}",
      "pubkey namespace data_hex" },
    { "swarm-of",
      "{\"pubkey\":" PUBKEY ",\"swarm_ids\":[\"0000000000000000\",\"7fffffffffffffff\"]}",
      "pubkey swarm_ids" },
    { "swarm-assign",
      "{\"swarms\":[{\"id\":\"0000000000000000\",\"nodes\":[\"a\"]}],\"unassigned\":[\"b\","
      "\"c\"],\"seed\":\"18446744073709551615\"}",
      "swarms unassigned seed" },
    { "rpc-sign",
      "{\"ed25519_seed_hex\":" SEED
      ",\"method\":\"expire\",\"params\":{\"messages\":[\"a\"],\"expiry\":[1,2],"
      "\"shorten\":true}}",
      "ed25519_seed_hex method params" },
    { "rpc-sign",
      "{\"ed25519_seed_hex\":" SEED
      ",\"method\":\"delete_all\",\"params\":{\"namespace\":\"all\"},\"now_ms\":1}",
      "ed25519_seed_hex method params" },
};

static json_t *
parsed(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);

    g_assert_nonnull(json);
    return json;
}

static json_t *
ask_text(const char *verb, const void *text, gsize n)
{
    WireRun run = wire_run_bytes(verb, FALSE, text, n);
    json_t *answer = json_loads(run.out, 0, NULL);

    g_assert_true(json_is_object(answer));
    g_assert_cmpint(run.status, ==, json_object_get(answer, "error") != NULL ? 1 : 0);
    wire_run_clear(&run);
    return answer;
}

static void
expect_refused(const char *verb, const void *text, gsize n)
{
    json_t *answer = ask_text(verb, text, n);

    assert_refused(answer);
    json_decref(answer);
}

static void
test_samples(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        json_t *answer = wire_ask(samples[i].verb, parsed(samples[i].good));

        if (json_object_get(answer, "error") != NULL)
            g_error("%s: %s", samples[i].verb,
                    json_string_value(json_object_get(answer, "error")));
        json_decref(answer);
    }
}

static void
test_missing(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_auto(GStrv) fields = g_strsplit(samples[i].required, " ", -1);
        WireBatch batch = wire_batch(samples[i].verb);
        json_t *answers, *answer;
        size_t j;

        for (char **field = fields; *field != NULL; field++) {
            json_t *without = parsed(samples[i].good);
            json_t *with_null = json_deep_copy(without);

            json_object_del(without, *field);
            json_object_set_new(with_null, *field, json_null());
            wire_batch_add(&batch, without);
            wire_batch_add(&batch, with_null);
        }
        answers = wire_batch_run(&batch);
        json_array_foreach(answers, j, answer) assert_refused(answer);
        g_assert_cmpuint(j, ==, 2 * g_strv_length(fields));
        json_decref(answers);
    }
}

/* Put @wrong in place of each value, at whatever depth. */
static void
replace_each(WireBatch *batch, json_t *root, json_t *container, const json_t *wrong)
{
    json_t *value;
    const char *key;
    size_t i;

    json_array_foreach(container, i, value)
    {
        json_t *keep = json_incref(value);

        json_array_set_new(container, i, json_deep_copy(wrong));
        wire_batch_add(batch, json_deep_copy(root));
        json_array_set(container, i, keep);
        replace_each(batch, root, keep, wrong);
        json_decref(keep);
    }
    json_object_foreach(container, key, value)
    {
        json_t *keep = json_incref(value);

        json_object_set_new(container, key, json_deep_copy(wrong));
        wire_batch_add(batch, json_deep_copy(root));
        json_object_set(container, key, keep);
        replace_each(batch, root, keep, wrong);
        json_decref(keep);
    }
}

/* No value of these forms is good anywhere but where a field takes it. */
static void
test_wrong_values(void)
{
    static const char *const wrong[] = {
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "9223372036854775807",
        "\"\"",
        "\"0\"",
        "\"zz\"",
        "\"all\"",
        "[]",
        "[[]]",
        "{}",
        "[null]",
        "\"\\u0001\"",
        "\"\\u00e9\"",
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\"",
        "\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"",
        "\"0000000000000000000000000000000000000000000000000000000000000000\""
    };
    size_t refused = 0, asked = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        WireBatch batch = wire_batch(samples[i].verb);
        json_t *answers, *answer;
        size_t j;

        for (size_t k = 0; k < G_N_ELEMENTS(wrong); k++) {
            json_t *root = parsed(samples[i].good);
            json_t *value = json_loads(wrong[k], JSON_DECODE_ANY, NULL);

            replace_each(&batch, root, root, value);
            json_decref(value);
            json_decref(root);
        }
        answers = wire_batch_run(&batch);
        json_array_foreach(answers, j, answer) refused +=
            json_object_get(answer, "error") != NULL;
        asked += j;
        json_decref(answers);
    }
    g_assert_cmpuint(asked, >, 1000);
    g_assert_cmpuint(refused, >, asked * 2 / 3);
}

/* Every truncation, and one byte too many. */
static void
test_broken_text(void)
{
    static const char *const broken[] = {
        "",
        " ",
        "\n",
        "null",
        "[]",
        "\"a\"",
        "1",
        "{",
        "}",
        "{}{}",
        "{\"seed_hex\"}",
        "{\"seed_hex\":\"0123456789abcdef0123456789abcdef\",}",
        "{\"seed_hex\":\"0123456789abcdef0123456789abcdef\"} x",
        ("{\"seed_hex\":\"0123456789abcdef0123456789abcdef\",\"seed_hex\":"
         "\"0123456789abcdef0123456789abcdef\"}"),
        "{\"seed_hex\":\"0123456789abcdef0123456789abcd\\u0000f\"}",
        "{\"seed_hex\":\"\xff\xfe\"}",
        "{\"\xc3\":1}",
        "{\"seed_hex\":\"\\ud800\"}",
        "{\"seed_hex\":1e999}",
        "{\"seed_hex\":99999999999999999999}",
        "{'seed_hex':'0123456789abcdef0123456789abcdef'}"
    };
    static const char good[] = "{\"seed_hex\":\"0123456789abcdef0123456789abcdef\"}";
    g_autofree char *deep = g_strnfill(200000, '[');
    WireRun run;

    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        expect_refused("account", broken[i], strlen(broken[i]));
        expect_refused("rpc", broken[i], strlen(broken[i]));
    }
    for (size_t n = 0; n < sizeof good - 1; n++)
        expect_refused("account", good, n);
    expect_refused("account", good, sizeof good); /* with its NUL */
    expect_refused("account", "{\"a\":\0}", 7);
    expect_refused("account", deep, 200000);
    expect_refused("rpc", deep, 200000);
    run = wire_run_bytes("account", TRUE, "\n\n{}\n\n", 6); /* empty lines are none */
    g_assert_cmpstr(run.out, ==, "{\"error\":\"seed_hex is missing\"}\n");
    g_assert_cmpint(run.status, ==, 1);
    wire_run_clear(&run);
    run = wire_run_bytes("account", TRUE, good, sizeof good - 1); /* no last newline */
    g_assert_cmpint(run.status, ==, 0);
    wire_run_clear(&run);
    run = wire_run_bytes("no-such-verb", FALSE, good, sizeof good - 1);
    g_assert_cmpstr(run.out, ==, "");
    g_assert_cmpint(run.status, ==, 2);
    wire_run_clear(&run);
}

/* --- onions at their limits
 * ---------------------------------------------------------------- */

static json_t *
onion(const char *enc, size_t hops, const char *server, const char *payload)
{
    json_t *list = json_array();
    json_t *destination = server == NULL
                              ? parsed(HOP)
                              : parsed("{\"host\":\"a\",\"target\":\"/oxen/v4/lsrpc\","
                                       "\"x25519_pk_hex\":" KEY "}");

    json_object_set_new(destination, "type",
                        json_string(server == NULL ? "snode" : server));
    for (size_t i = 0; i < hops; i++)
        json_array_append_new(list, parsed(HOP));
    return json_pack("{s:s, s:o, s:o, s:s}", "enc_type", enc, "hops", list, "destination",
                     destination, "payload_hex", payload);
}

static void
test_hops(void)
{
    static const char *const encs[] = { "aes-gcm", "gcm", "xchacha20", "xchacha20-poly1305",
                                        "aes-cbc", "cbc" };
    WireBatch batch = wire_batch("onion-wrap");
    json_t *answers, *answer;
    size_t i;

    for (size_t e = 0; e < G_N_ELEMENTS(encs); e++) {
        for (size_t hops = 0; hops <= 16; hops++) {
            wire_batch_add(&batch, onion(encs[e], hops, NULL, "61"));
            wire_batch_add(&batch, onion(encs[e], hops, "server", "61"));
        }
    }
    answers = wire_batch_run(&batch);
    json_array_foreach(answers, i, answer)
    {
        size_t hops = i / 2 % 17;
        gboolean refused = hops > 15 || (hops == 0 && i % 2 == 1);

        g_assert_true((json_object_get(answer, "error") != NULL) == refused);
    }
    g_assert_cmpuint(i, ==, 6 * 17 * 2);
    json_decref(answers);
}

/* --- a service node that is given nonsense
 * -------------------------------------------------- */

static void
test_rpc_refused(Folder *folder, gconstpointer data)
{
    static const char *const fields[] = { "state", "now_ms", "node_seed_hex" };
    static const char *const wrong[] = {
        "1",  "-1", "1.5",  "\"\"", "\"x\\u0000\"",
        "[]", "{}", "null", "1e30", "99999999999999999999"
    };
    json_t *good =
        json_pack("{s:s, s:{}, s:s, s:I, s:s}", "method", "info", "params", "state",
                  folder->path, "now_ms", (json_int_t)1700000000000, "node_seed_hex",
                  "0123456789abcdef0123456789abcdef"
                  "0123456789abcdef0123456789abcdef");
    json_t *answer = wire_ask("rpc", json_deep_copy(good));

    g_assert_cmpint(json_integer_value(json_object_get(answer, "status")), ==, 200);
    json_decref(answer);
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        json_t *without = json_deep_copy(good);

        json_object_del(without, fields[i]);
        answer = wire_ask("rpc", without);
        assert_refused(answer);
        json_decref(answer);
        for (size_t j = 0; j < G_N_ELEMENTS(wrong); j++) {
            json_t *bad = json_deep_copy(good);
            g_autofree char *marked = NULL, *text = NULL;
            char **parts;

            json_object_set_new(bad, fields[i], json_string("@@"));
            marked = json_dumps(bad, 0);
            parts = g_strsplit(marked, "\"@@\"", 2);
            text = g_strconcat(parts[0], wrong[j], parts[1], NULL);
            if (i != 1 || j != 0) /* 1 ms after 1970 is a time */
                expect_refused("rpc", text, strlen(text));
            g_strfreev(parts);
            json_decref(bad);
        }
    }
    json_object_set_new(good, "state", json_string("/dev/null/none"));
    answer = wire_ask("rpc", good);
    assert_refused(answer);
    json_decref(answer);
    (void)data;
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/negative/samples", test_samples);
    g_test_add_func("/wire/negative/missing", test_missing);
    g_test_add_func("/wire/negative/values", test_wrong_values);
    g_test_add_func("/wire/negative/text", test_broken_text);
    g_test_add_func("/wire/negative/hops", test_hops);
    g_test_add("/wire/negative/rpc", Folder, NULL, folder_set_up, test_rpc_refused,
               folder_tear_down);
    return g_test_run();
}
