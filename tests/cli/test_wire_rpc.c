/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire rpc-sign and rpc: what one signs, the node accepts; what it stored, the
 * next call finds; limits at their boundary and one past it. */
#include "tests/cli/wire_program.h"
#include "tests/lib/folder.h"
#include "tests/lib/vectors.h"

#define SEED "00112233445566778899aabbccddeeff"
#define ACCOUNT "05aa654f00fc39fc69fd0db829410ca38177d7732a8d2f0934ab3872ac56d5aa74"
#define NODE "1111111111111111111111111111111111111111111111111111111111111111"
#define NOW G_GINT64_CONSTANT(1700000000000)

enum { DAY_MS = 86400000 };

/* {"status","body"} of a signed request; @params is JSON text. */
static json_t *
ask_at(const Folder *folder, gint64 now, const char *method, gboolean sign,
       const char *params)
{
    json_t *object = json_loads(params, 0, NULL), *request, *answer;

    g_assert_nonnull(object);
    if (sign) {
        json_t *signed_ = wire_ask(
            "rpc-sign", json_pack("{s:s, s:s, s:o, s:I}", "ed25519_seed_hex", SEED,
                                  "method", method, "params", object, "now_ms", now));

        wire_answer(signed_, "method");
        request = signed_;
    } else {
        request = json_pack("{s:s, s:o}", "method", method, "params", object);
    }
    json_object_set_new(request, "state", json_string(folder->path));
    json_object_set_new(request, "now_ms", json_integer(now));
    json_object_set_new(request, "node_seed_hex", json_string(NODE));
    answer = wire_ask("rpc", request);
    wire_answer(answer, "body");
    return answer;
}

static json_t *
ask(const Folder *folder, const char *method, const char *params)
{
    return ask_at(folder, NOW, method, TRUE, params);
}

static int
status_of(const json_t *answer)
{
    return (int)json_integer_value(json_object_get(answer, "status"));
}

/* The answer's status alone. */
static int
status_at(const Folder *folder, gint64 now, const char *method, gboolean sign,
          const char *params)
{
    json_t *answer = ask_at(folder, now, method, sign, params);
    int status = status_of(answer);

    json_decref(answer);
    return status;
}

static size_t
count_messages(const Folder *folder, gint64 now, int name_space)
{
    g_autofree char *params = g_strdup_printf("{\"namespace\":%d}", name_space);
    json_t *answer = ask_at(folder, now, "retrieve", TRUE, params);
    size_t n;

    g_assert_cmpint(status_of(answer), ==, 200);
    n = json_array_size(json_object_get(json_object_get(answer, "body"), "messages"));
    json_decref(answer);
    return n;
}

static char *
store_hash(const Folder *folder, int name_space, const char *base64)
{
    g_autofree char *params = g_strdup_printf(
        "{\"namespace\":%d,\"data\":\"%s\",\"ttl\":%d}", name_space, base64, DAY_MS);
    json_t *answer = ask(folder, "store", params);
    char *hash;

    g_assert_cmpint(status_of(answer), ==, 200);
    hash = g_strdup(
        json_string_value(json_object_get(json_object_get(answer, "body"), "hash")));
    g_assert_nonnull(hash);
    json_decref(answer);
    return hash;
}

static void
test_methods(Folder *folder, gconstpointer data)
{
    g_autofree char *a = store_hash(folder, 3, "YWFh"), *b = store_hash(folder, 3, "YmJi");
    g_autofree char *c = store_hash(folder, 0, "Y2Nj"), *params = NULL;
    json_t *answer;

    (void)data;
    g_assert_cmpuint(count_messages(folder, NOW, 3), ==, 2);
    g_assert_cmpuint(count_messages(folder, NOW, 0), ==, 1);
    params = g_strdup_printf("{\"messages\":[\"%s\",\"%s\"],\"expiry\":%" G_GINT64_FORMAT
                             ",\"shorten\":true}",
                             a, b, NOW + 1000);
    answer = ask(folder, "expire", params);
    g_assert_cmpint(status_of(answer), ==, 200);
    json_decref(answer);
    g_free(params);
    params = g_strdup_printf("{\"messages\":[\"%s\"]}", a);
    answer = ask(folder, "get_expiries", params);
    g_assert_cmpint(json_integer_value(json_object_get(
                        json_object_get(json_object_get(answer, "body"), "expiries"), a)),
                    ==, NOW + 1000);
    json_decref(answer);
    g_assert_cmpuint(count_messages(folder, NOW + 999, 3), ==, 2);
    g_assert_cmpuint(count_messages(folder, NOW + 1000, 3), ==, 0); /* swept */
    g_free(params);
    params = g_strdup_printf("{\"messages\":[\"%s\"]}", c);
    answer = ask(folder, "delete", params);
    g_assert_cmpint(status_of(answer), ==, 200);
    json_decref(answer);
    g_assert_cmpuint(count_messages(folder, NOW, 0), ==, 0);
}

static void
test_all(Folder *folder, gconstpointer data)
{
    g_autofree char *expiry = g_strdup_printf(
        "{\"namespace\":\"all\",\"expiry\":%" G_GINT64_FORMAT "}", NOW + 500);
    g_autofree char *before =
        g_strdup_printf("{\"namespace\":3,\"before\":%" G_GINT64_FORMAT "}", NOW);

    (void)data;
    g_free(store_hash(folder, 3, "YWFh"));
    g_free(store_hash(folder, 5, "YmJi"));
    g_assert_cmpint(status_at(folder, NOW, "delete_before", TRUE, before), ==, 200);
    g_assert_cmpuint(count_messages(folder, NOW, 3), ==, 0);
    g_assert_cmpint(status_at(folder, NOW, "expire_all", TRUE, expiry), ==, 200);
    g_assert_cmpuint(count_messages(folder, NOW + 499, 5), ==, 1);
    g_assert_cmpuint(count_messages(folder, NOW + 500, 5), ==, 0);
    g_free(store_hash(folder, 5, "YmJi"));
    g_assert_cmpint(status_at(folder, NOW, "delete_all", TRUE, "{\"namespace\":\"all\"}"),
                    ==, 200);
    g_assert_cmpuint(count_messages(folder, NOW, 5), ==, 0);
}

/* Of a retrieve with so many characters of base64 for a signature. */
static int
status_with_signature(const Folder *folder, gsize n)
{
    g_autofree char *signature = g_strnfill(n, 'A');
    g_autofree char *params = g_strdup_printf(
        "{\"pubkey\":\"" ACCOUNT "\",\"namespace\":3,\"timestamp\":%" G_GINT64_FORMAT
        ",\"signature\":\"%s\"}",
        NOW, signature);

    return status_at(folder, NOW, "retrieve", FALSE, params);
}

/* What must not be believed. */
static void
test_signatures(Folder *folder, gconstpointer data)
{
    static const char *const others[] = {
        "{\"namespace\":3,\"timestamp\":1699999939999}", /* 60.001 s ago */
        "{\"namespace\":3,\"timestamp\":1700000060001}",
    };
    static const char *const near[] = {
        "{\"namespace\":3,\"timestamp\":1699999940000}",
        "{\"namespace\":3,\"timestamp\":1700000060000}",
    };

    (void)data;
    for (size_t i = 0; i < 2; i++) {
        g_assert_cmpint(status_at(folder, NOW, "retrieve", TRUE, others[i]), ==, 406);
        g_assert_cmpint(status_at(folder, NOW, "retrieve", TRUE, near[i]), ==, 200);
    }
    g_assert_cmpint(status_with_signature(folder, 85), ==, 400);
    g_assert_cmpint(status_with_signature(folder, 86), ==, 401);
    g_assert_cmpint(status_at(folder, NOW, "retrieve", FALSE,
                              "{\"pubkey\":\"" ACCOUNT "\",\"namespace\":3}"),
                    ==, 400);
    g_assert_cmpint(
        status_at(folder, NOW, "retrieve", FALSE, "{\"pubkey\":\"" ACCOUNT "\"}"), ==, 401);
    g_assert_cmpint(status_at(folder, NOW, "retrieve", FALSE,
                              "{\"pubkey\":\"" ACCOUNT "\",\"namespace\":-10}"),
                    ==, 200);
}

/* A store of @n bytes that lives @ttl ms, made at @timestamp. */
static int
store_status(const Folder *folder, int name_space, size_t n, gint64 ttl, gint64 timestamp)
{
    g_autofree guchar *body = g_malloc0(n + 1);
    g_autofree char *base64 = g_base64_encode(body, n);
    g_autofree char *params =
        g_strdup_printf("{\"pubkey\":\"" ACCOUNT
                        "\",\"namespace\":%d,\"data\":\"%s\",\"ttl\":%" G_GINT64_FORMAT
                        ",\"timestamp\":%" G_GINT64_FORMAT "}",
                        name_space, base64, ttl, timestamp);

    return status_at(folder, NOW, "store", TRUE, params);
}

static void
test_store_limits(Folder *folder, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(store_status(folder, 0, 76800, DAY_MS, NOW), ==, 200);
    g_assert_cmpint(store_status(folder, 0, 76801, DAY_MS, NOW), ==, 400);
    g_assert_cmpint(store_status(folder, 0, 1, 10000, NOW), ==, 200);
    g_assert_cmpint(store_status(folder, 0, 1, 9999, NOW), ==, 403);
    g_assert_cmpint(store_status(folder, 0, 1, 14LL * DAY_MS, NOW), ==, 200);
    g_assert_cmpint(store_status(folder, 0, 1, 14LL * DAY_MS + 1, NOW), ==, 403);
    g_assert_cmpint(store_status(folder, 3, 1, 30LL * DAY_MS, NOW), ==, 200);
    g_assert_cmpint(store_status(folder, 3, 1, 30LL * DAY_MS + 1, NOW), ==, 403);
    g_assert_cmpint(store_status(folder, 0, 1, DAY_MS, NOW + 10000), ==, 200);
    g_assert_cmpint(store_status(folder, 0, 1, DAY_MS, NOW + 10001), ==, 406);
    g_assert_cmpint(store_status(folder, 0, 1, DAY_MS, NOW - DAY_MS - 10000), ==, 200);
    g_assert_cmpint(store_status(folder, 0, 1, DAY_MS, NOW - DAY_MS - 10001), ==, 406);
}

/* --- subaccounts ------------------------------------------------------------------ */

#define SUBACCOUNT_SEED "ffeeddccbbaa99887766554433221100"

/* The signed request of a subaccount; @access: its flags. */
static json_t *
signed_by_subaccount(int access, const char *method, const char *params)
{
    json_t *object = json_loads(params, 0, NULL);
    json_t *answer = wire_ask(
        "rpc-sign", json_pack("{s:s, s:s, s:s, s:o, s:I, s:i}", "ed25519_seed_hex",
                              SUBACCOUNT_SEED, "account_seed_hex", SEED, "method", method,
                              "params", object, "now_ms", NOW, "access", access));

    wire_answer(answer, "method");
    return answer;
}

static int
subaccount_status(const Folder *folder, int access, const char *method, const char *params)
{
    json_t *request = signed_by_subaccount(access, method, params), *answer;
    int status;

    json_object_set_new(request, "state", json_string(folder->path));
    json_object_set_new(request, "now_ms", json_integer(NOW));
    json_object_set_new(request, "node_seed_hex", json_string(NODE));
    answer = wire_ask("rpc", request);
    status = status_of(answer);
    json_decref(answer);
    return status;
}

static void
test_subaccount(Folder *folder, gconstpointer data)
{
    static const char store[] = "{\"namespace\":3,\"data\":\"YWFh\",\"ttl\":86400000}";
    static const char retrieve[] = "{\"namespace\":3}";
    json_t *request = signed_by_subaccount(3, "retrieve", retrieve);
    const char *token = json_string_value(
        json_object_get(json_object_get(request, "params"), "subaccount"));
    g_autofree char *revoke = g_strdup_printf("{\"revoke\":\"%s\"}", token);
    g_autofree char *unrevoke = g_strdup_printf("{\"unrevoke\":[\"%s\"]}", token);

    (void)data;
    g_assert_cmpint(subaccount_status(folder, 1, "store", store), ==, 401);
    g_assert_cmpint(subaccount_status(folder, 3, "store", store), ==, 200);
    g_assert_cmpuint(count_messages(folder, NOW, 3), ==, 1); /* the account's */
    g_assert_cmpint(subaccount_status(folder, 2, "retrieve", retrieve), ==, 401);
    g_assert_cmpint(subaccount_status(folder, 3, "retrieve", retrieve), ==, 200);
    g_assert_cmpint(status_at(folder, NOW, "revoke_subaccount", TRUE, revoke), ==, 200);
    g_assert_cmpint(subaccount_status(folder, 3, "retrieve", retrieve), ==, 401);
    g_assert_cmpint(subaccount_status(folder, 1, "retrieve", retrieve), ==, 200);
    g_assert_cmpint(status_at(folder, NOW, "unrevoke_subaccount", TRUE, unrevoke), ==, 200);
    g_assert_cmpint(subaccount_status(folder, 3, "retrieve", retrieve), ==, 200);
    /* Nobody revokes for another. */
    g_assert_cmpint(subaccount_status(folder, 15, "revoke_subaccount", revoke), ==, 401);
    json_decref(request);
}

/* --- OxenMQ ----------------------------------------------------------------------- */

/* The answer's bytes in hex. */
static char *
omq_body(const Folder *folder, const char *method, const char *params_hex, int status)
{
    json_t *answer =
        wire_ask("rpc", json_pack("{s:s, s:s, s:s, s:I, s:s}", "method", method,
                                  "params_bencode_hex", params_hex, "state", folder->path,
                                  "now_ms", NOW, "node_seed_hex", NODE));
    char *body;

    wire_answer(answer, "body_hex");
    g_assert_cmpint(status_of(answer), ==, status);
    body = g_strdup(json_string_value(json_object_get(answer, "body_hex")));
    json_decref(answer);
    return body;
}

static char *
hex_of(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++)
        g_string_append_printf(out, "%02x", (unsigned char)*text);
    return g_string_free(out, FALSE);
}

static void
assert_omq(const Folder *folder, const char *method, const char *params, int status,
           const char *expected)
{
    g_autofree char *params_hex = hex_of(params), *expected_hex = hex_of(expected);
    g_autofree char *body = omq_body(folder, method, params_hex, status);

    g_assert_cmpstr(body, ==, expected_hex);
}

static void
test_omq(Folder *folder, gconstpointer data)
{
    (void)data;
    assert_omq(folder, "info", "de", 200,
               "d2:hfli19ei4ee1:ti1700000000000e9:timestampi1700000000000e"
               "7:versionli2ei8ei0eee");
    assert_omq(folder, "nothing", "de", 400, "no method nothing");
    assert_omq(folder, "store", "d", 400, "invalid body: expected json or bt_dict");
    assert_omq(folder, "monitor.messages", "d1:nle1:p33:" ACCOUNT "e", 200,
               "d7:errcodei1e5:error62:Invalid arguments: Failed to parse "
               "monitor.messages data valuee");
    assert_omq(folder, "monitor.messages", "de", 200,
               "d7:errcodei1e5:error43:Invalid arguments: n= is missing or no liste");
}

/* A node is told what the input says, letter by letter. */
static void
test_malformed(Folder *folder, gconstpointer data)
{
    static const struct {
        const char *request, *body;
    } cases[] = {
        { "\"params\":{}", "invalid json: no `method` field" },
        { "\"method\":1,\"params\":{}", "invalid json: no `method` field" },
        { "\"method\":\"info\"", "invalid json: no `params` field" },
        { "\"method\":\"info\",\"params\":[]", "invalid json: no `params` field" },
        { "\"method\":\"nothing\",\"params\":{}", "no method nothing" },
        { "\"method\":\"store\",\"params\":{\"timestamp\":99999999999999999999}", NULL },
        { "\"method\":\"retrieve\",\"params\":{\"pubkey\":\"05\\u0000\"}", NULL },
        { "\"method\":\"batch\",\"params\":{\"requests\":[]}", NULL },
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("{%s,\"state\":\"%s\",\"now_ms\":%" G_GINT64_FORMAT
                            ",\"node_seed_hex\":\"" NODE "\"}",
                            cases[i].request, folder->path, NOW);
        WireRun run = wire_run_bytes("rpc", FALSE, text, strlen(text));
        json_t *answer = json_loads(run.out, 0, NULL);

        g_assert_cmpint(run.status, ==, 0); /* an answer is no refused input */
        g_assert_cmpint(status_of(answer), ==, 400);
        if (cases[i].body != NULL)
            assert_answer(answer, "body", cases[i].body);
        json_decref(answer);
        wire_run_clear(&run);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/wire/rpc/methods", Folder, NULL, folder_set_up, test_methods,
               folder_tear_down);
    g_test_add("/wire/rpc/all", Folder, NULL, folder_set_up, test_all, folder_tear_down);
    g_test_add("/wire/rpc/signatures", Folder, NULL, folder_set_up, test_signatures,
               folder_tear_down);
    g_test_add("/wire/rpc/store-limits", Folder, NULL, folder_set_up, test_store_limits,
               folder_tear_down);
    g_test_add("/wire/rpc/subaccount", Folder, NULL, folder_set_up, test_subaccount,
               folder_tear_down);
    g_test_add("/wire/rpc/omq", Folder, NULL, folder_set_up, test_omq, folder_tear_down);
    g_test_add("/wire/rpc/malformed", Folder, NULL, folder_set_up, test_malformed,
               folder_tear_down);
    return g_test_run();
}
