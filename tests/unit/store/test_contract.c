/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One contract, two stores: every operation goes to both, and every answer, every visit and
 * every row number must agree. */
#include <glib.h>

#include "nodes/store/memory_store.h"
#include "nodes/store/sqlite_store.h"

enum { ACCOUNTS = 6, HASHES = 200, STEPS = 30000, BYTES_MAX = 40000, STOP_NEVER = 1 << 30 };

static const int16_t NAME_SPACES[] = { 0, 2, 11, -10, INT16_MIN, INT16_MAX };

typedef struct Pair {
    Store *memory;
    Store *sqlite;
} Pair;

static Pair
pair_new(uint64_t bytes_max)
{
    char error[SQLITE_STORE_ERROR_BYTES];
    Pair pair = { memory_store_new(bytes_max),
                  sqlite_store_open(":memory:", bytes_max, SQLITE_STORE_SIMULATED, error) };

    g_assert_nonnull(pair.sqlite);
    return pair;
}

static void
pair_close(Pair *pair)
{
    pair->memory->ops->close(pair->memory);
    pair->sqlite->ops->close(pair->sqlite);
}

/* --- what a visit showed, as text --- */

typedef struct Seen {
    GString *text;
    int stop_after; /* visits */
} Seen;

static bool
note_visit(void *context, int64_t row, const StoreMessage *message)
{
    Seen *seen = context;
    Bytes data = packet_bytes(&message->data);
    g_autofree char *digest = g_compute_checksum_for_data(
        G_CHECKSUM_MD5, data.n > 0 ? data.p : (const uint8_t *)"", data.n);

    g_string_append_printf(seen->text, "%" G_GINT64_FORMAT " %02x%02x %d ", row,
                           message->account[0], message->account[ACCOUNT_BYTES - 1],
                           message->name_space);
    g_string_append_len(seen->text, (const char *)message->hash.p, (gssize)message->hash.n);
    g_string_append_printf(seen->text, " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
                           message->timestamp, message->expiry, digest);
    return --seen->stop_after > 0;
}

static char *
everything(Store *store)
{
    Seen seen = { g_string_new(NULL), STOP_NEVER };

    store->ops->each(store, note_visit, &seen);
    return g_string_free(seen.text, FALSE);
}

static char *
fetched(Store *store, const uint8_t *account, int16_t name_space, Bytes after, int stop)
{
    Seen seen = { g_string_new(NULL), stop };

    store->ops->fetch(store, account, name_space, after, note_visit, &seen);
    return g_string_free(seen.text, FALSE);
}

static void
check_totals(const Pair *pair)
{
    Store *a = pair->memory, *b = pair->sqlite;

    g_assert_cmpuint(a->ops->count(a), ==, b->ops->count(b));
    g_assert_cmpuint(a->ops->bytes(a), ==, b->ops->bytes(b));
    g_assert_cmpint(a->ops->first_expiry(a), ==, b->ops->first_expiry(b));
}

static void
check_everything(const Pair *pair)
{
    g_autofree char *a = everything(pair->memory);
    g_autofree char *b = everything(pair->sqlite);

    g_assert_cmpstr(a, ==, b);
    check_totals(pair);
}

/* --- the random program --- */

static uint32_t
below(GRand *rand, uint32_t n)
{
    return (uint32_t)g_rand_int_range(rand, 0, (gint32)n);
}

static void
account_of(uint32_t i, uint8_t ret[ACCOUNT_BYTES])
{
    memset(ret, (int)i, ACCOUNT_BYTES);
    ret[0] = i % 2 == 0 ? 0x05 : 0x03;
    ret[ACCOUNT_BYTES - 1] = (uint8_t)(i / 2); /* two prefixes of the same key */
}

/* Texts of the three lengths in use, a message's length being fixed by its number. */
static Bytes
hash_of(uint32_t i, char buffer[MESSAGE_HASH_MAX + 1])
{
    int length = i % 5 == 0 ? MESSAGE_HASH_MAX : i % 7 == 0 ? 1 + (int)i % 40 : 43;

    g_snprintf(buffer, MESSAGE_HASH_MAX + 1, "%0*u", length, i);
    return bytes_of_text(buffer);
}

static PutResult
put(Store *store, uint32_t account, int16_t name_space, Bytes hash, UnixMs timestamp,
    UnixMs expiry, Bytes data, bool extend)
{
    StoreMessage message = { .name_space = name_space,
                             .hash = hash,
                             .timestamp = timestamp,
                             .expiry = expiry,
                             .data = packet_of_bytes(data) };
    PutResult result;

    account_of(account, message.account);
    result = store->ops->put(store, &message, extend);
    packet_clear(&message.data);
    return result;
}

/* How often each answer came, so that the test knows that its program reached them. */
typedef struct Reached {
    unsigned put[PUT_FULL + 1];
    unsigned found, removed_before, swept, power_losses, set;
} Reached;

static void
step_put(const Pair *pair, GRand *rand, Bytes hash, UnixMs now, Reached *reached)
{
    static const uint8_t body[700] = "body";
    uint32_t account = below(rand, ACCOUNTS);
    int16_t name_space = NAME_SPACES[below(rand, G_N_ELEMENTS(NAME_SPACES))];
    UnixMs timestamp = now - below(rand, 50);
    UnixMs expiry = below(rand, 50) == 0 ? INT64_MAX : now + below(rand, 400);
    Bytes data = { body, below(rand, sizeof body) };
    bool extend = below(rand, 2) == 0;
    PutResult a =
        put(pair->memory, account, name_space, hash, timestamp, expiry, data, extend);
    PutResult b =
        put(pair->sqlite, account, name_space, hash, timestamp, expiry, data, extend);

    g_assert_cmpint(a, ==, b);
    reached->put[a]++;
}

static void
step_fetch(const Pair *pair, GRand *rand, Bytes hash, const uint8_t *account)
{
    int16_t name_space = NAME_SPACES[below(rand, G_N_ELEMENTS(NAME_SPACES))];
    Bytes after = below(rand, 3) == 0 ? (Bytes){ NULL, 0 } : hash;
    int stop = below(rand, 2) == 0 ? STOP_NEVER : 1 + (int)below(rand, 4);
    g_autofree char *a = fetched(pair->memory, account, name_space, after, stop);
    g_autofree char *b = fetched(pair->sqlite, account, name_space, after, stop);

    g_assert_cmpstr(a, ==, b);
}

static void
step_remove_before(const Pair *pair, GRand *rand, const uint8_t *account, UnixMs now,
                   Reached *reached)
{
    int32_t name_space = below(rand, 2) == 0
                             ? STORE_NAMESPACE_ALL
                             : NAME_SPACES[below(rand, G_N_ELEMENTS(NAME_SPACES))];
    UnixMs before = now - below(rand, 60);
    int stop = below(rand, 3) == 0 ? 2 : STOP_NEVER;
    bool quiet = below(rand, 3) == 0;
    Seen a = { g_string_new(NULL), stop }, b = { g_string_new(NULL), stop };
    uint64_t n = pair->memory->ops->remove_before(pair->memory, account, name_space, before,
                                                  quiet ? NULL : note_visit, &a);

    g_assert_cmpuint(n, ==,
                     pair->sqlite->ops->remove_before(pair->sqlite, account, name_space,
                                                      before, quiet ? NULL : note_visit,
                                                      &b));
    g_assert_cmpstr(a.text->str, ==, b.text->str);
    reached->removed_before += n > 0;
    g_string_free(a.text, TRUE);
    g_string_free(b.text, TRUE);
}

static void
step_questions(const Pair *pair, GRand *rand, Bytes hash, const uint8_t *account,
               UnixMs now, Reached *reached)
{
    Store *a = pair->memory, *b = pair->sqlite;
    UnixMs expiry = now + below(rand, 300);

    g_assert_cmpint(a->ops->has(a, hash), ==, b->ops->has(b, hash));
    g_assert_cmpint(a->ops->expiry(a, account, hash), ==, b->ops->expiry(b, account, hash));
    if (below(rand, 2) == 0) {
        bool set = a->ops->set_expiry(a, account, hash, expiry);

        g_assert_cmpint(set, ==, b->ops->set_expiry(b, account, hash, expiry));
        reached->set += set;
    } else {
        bool found = a->ops->remove(a, account, hash);

        g_assert_cmpint(found, ==, b->ops->remove(b, account, hash));
        reached->found += found;
    }
}

static void
step_sweep(const Pair *pair, UnixMs now, Reached *reached)
{
    uint64_t n = pair->memory->ops->sweep(pair->memory, now);

    g_assert_cmpuint(n, ==, pair->sqlite->ops->sweep(pair->sqlite, now));
    reached->swept += n > 0;
}

static void
step_power_loss(const Pair *pair, Reached *reached)
{
    g_autofree char *before = everything(pair->memory);
    g_autofree char *after = NULL;

    pair->memory->ops->power_loss(pair->memory);
    pair->sqlite->ops->power_loss(pair->sqlite);
    after = everything(pair->memory);
    reached->power_losses += strcmp(before, after) != 0;
}

static void
random_step(const Pair *pair, GRand *rand, UnixMs now, Reached *reached)
{
    char buffer[MESSAGE_HASH_MAX + 1];
    Bytes hash = hash_of(below(rand, HASHES), buffer);
    uint8_t account[ACCOUNT_BYTES];
    uint32_t choice = below(rand, 200);

    account_of(below(rand, ACCOUNTS), account);
    if (choice < 90)
        step_put(pair, rand, hash, now, reached);
    else if (choice < 130)
        step_fetch(pair, rand, hash, account);
    else if (choice < 190)
        step_questions(pair, rand, hash, account, now, reached);
    else if (choice < 193)
        step_remove_before(pair, rand, account, now, reached);
    else if (choice < 198)
        step_sweep(pair, now, reached);
    else
        step_power_loss(pair, reached);
}

static void
test_random_program(void)
{
    Pair pair = pair_new(BYTES_MAX);
    GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());
    Reached reached = { 0 };
    UnixMs now = 1000000;

    for (int i = 0; i < STEPS; i++) {
        now += below(rand, 4);
        random_step(&pair, rand, now, &reached);
        check_totals(&pair);
        if (i % 16 == 0)
            check_everything(&pair);
    }
    check_everything(&pair);
    for (int i = 0; i <= PUT_FULL; i++)
        g_assert_cmpuint(reached.put[i], >, 100);
    g_assert_cmpuint(reached.found, >, 100);
    g_assert_cmpuint(reached.set, >, 100);
    g_assert_cmpuint(reached.removed_before, >, 50);
    g_assert_cmpuint(reached.swept, >, 100);
    g_assert_cmpuint(reached.power_losses, >, 50);
    g_rand_free(rand);
    pair_close(&pair);
}

/* --- directed cases, each against both --- */

typedef void (*Case)(Store *store);

static void
with_both(gconstpointer data)
{
    Pair pair = pair_new(10000);
    Case run = *(const Case *)data;

    run(pair.memory);
    run(pair.sqlite);
    pair_close(&pair);
}

static PutResult
put_simple(Store *store, const char *hash, UnixMs expiry)
{
    return put(store, 0, 0, bytes_of_text(hash), 1, expiry, BYTES_LITERAL("x"), true);
}

static void
expect_rows(Store *store, const char *expected)
{
    g_autofree char *seen = everything(store);
    g_auto(GStrv) lines = g_strsplit(seen, "\n", -1);
    GString *rows = g_string_new(NULL);

    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);

        g_string_append_printf(rows, "%s:%s ", words[0], words[3]);
    }
    g_assert_cmpstr(rows->str, ==, expected);
    g_string_free(rows, TRUE);
}

static void
case_duplicate_in_another_namespace(Store *store)
{
    uint8_t account[ACCOUNT_BYTES];
    Bytes hash = BYTES_LITERAL("h");
    Bytes data = BYTES_LITERAL("x");
    g_autofree char *seen = NULL;

    account_of(0, account);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 100, data, true), ==, PUT_NEW);
    g_assert_cmpint(put(store, 0, 2, hash, 1, 100, data, true), ==, PUT_DUPLICATE);
    g_assert_cmpint(put(store, 1, 2, hash, 1, 90, data, true), ==, PUT_DUPLICATE);
    seen = fetched(store, account, 2, (Bytes){ NULL, 0 }, STOP_NEVER);
    g_assert_cmpstr(seen, ==, "");
    g_assert_cmpuint(store->ops->count(store), ==, 1);
}

static void
case_extend_or_not(Store *store)
{
    uint8_t account[ACCOUNT_BYTES], other[ACCOUNT_BYTES];
    Bytes hash = BYTES_LITERAL("h");
    Bytes data = BYTES_LITERAL("x");

    account_of(0, account);
    account_of(1, other);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 100, data, false), ==, PUT_NEW);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 200, data, false), ==, PUT_DUPLICATE);
    g_assert_cmpint(store->ops->expiry(store, account, hash), ==, 100);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 200, data, true), ==, PUT_EXTENDED);
    g_assert_cmpint(store->ops->expiry(store, account, hash), ==, 200);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 200, data, true), ==, PUT_DUPLICATE);
    g_assert_cmpint(put(store, 0, 0, hash, 1, 150, data, true), ==, PUT_DUPLICATE);
    g_assert_cmpint(store->ops->expiry(store, account, hash), ==, 200);
    g_assert_cmpint(store->ops->expiry(store, other, hash), ==, -1);
    g_assert_false(store->ops->set_expiry(store, other, hash, 300));
    g_assert_false(store->ops->remove(store, other, hash));
    g_assert_true(store->ops->set_expiry(store, account, hash, 50));
    g_assert_cmpint(store->ops->first_expiry(store), ==, 50);
}

static void
case_full(Store *store)
{
    static const uint8_t body[9000];
    uint64_t left = 10000 - store_message_bytes(1, sizeof body);
    Bytes rest = { body, left - store_message_bytes(1, 0) };
    Bytes too_much = { body, rest.n + 1 };

    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("a"), 1, 9, (Bytes){ body, 9000 }, true),
                    ==, PUT_NEW);
    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("b"), 1, 9, too_much, true), ==,
                    PUT_FULL);
    g_assert_false(store->ops->has(store, BYTES_LITERAL("b")));
    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("a"), 1, 9, too_much, true), ==,
                    PUT_DUPLICATE);
    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("b"), 1, 9, rest, true), ==, PUT_NEW);
    g_assert_cmpuint(store->ops->bytes(store), ==, 10000);
    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("c"), 1, 9, BYTES_LITERAL(""), true), ==,
                    PUT_FULL);
    g_assert_true(
        store->ops->remove(store, (const uint8_t[ACCOUNT_BYTES]){ 5 }, BYTES_LITERAL("a")));
    g_assert_cmpint(put(store, 0, 0, BYTES_LITERAL("c"), 1, 9, BYTES_LITERAL(""), true), ==,
                    PUT_NEW);
}

static void
expect_fetched(Store *store, const char *after, int n)
{
    uint8_t account[ACCOUNT_BYTES];
    g_autofree char *seen = NULL;
    int lines = 0;

    account_of(0, account);
    seen = fetched(store, account, 0, bytes_of_text(after), STOP_NEVER);
    for (const char *p = seen; *p != '\0'; p++)
        lines += *p == '\n';
    g_assert_cmpint(lines, ==, n);
}

static void
case_cursor(Store *store)
{
    put_simple(store, "a", 10);
    put_simple(store, "b", 30);
    put_simple(store, "c", 30);
    put(store, 0, 2, BYTES_LITERAL("d"), 1, 30, BYTES_LITERAL("x"), true);
    expect_fetched(store, "", 3);
    expect_fetched(store, "a", 2);
    expect_fetched(store, "c", 0);
    expect_fetched(store, "unknown", 3);
    expect_fetched(store, "d", 3); /* of another namespace */
    g_assert_cmpuint(store->ops->sweep(store, 10), ==, 1);
    expect_fetched(store, "a", 2); /* expired: everything that is left */
    put_simple(store, "e", 30);
    expect_fetched(store, "c", 1);
}

static void
case_rows_are_used_again(Store *store)
{
    uint8_t account[ACCOUNT_BYTES];

    account_of(0, account);
    put_simple(store, "a", 10);
    put_simple(store, "b", 20);
    put_simple(store, "c", 30);
    put_simple(store, "d", 40);
    expect_rows(store, "1:a 2:b 3:c 4:d ");
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("b")));
    put_simple(store, "e", 50);
    expect_rows(store, "1:a 3:c 4:d 5:e "); /* not in the middle */
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("d")));
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("e")));
    put_simple(store, "f", 60);
    expect_rows(store, "1:a 3:c 4:f "); /* but at the end */
    expect_fetched(store, "c", 1);
    g_assert_cmpuint(store->ops->sweep(store, 1000), ==, 3);
    put_simple(store, "g", 2000);
    expect_rows(store, "1:g ");
}

static void
case_sweep_boundary(Store *store)
{
    put_simple(store, "a", 10);
    put_simple(store, "b", 11);
    put_simple(store, "never", INT64_MAX);
    g_assert_cmpint(store->ops->first_expiry(store), ==, 10);
    g_assert_cmpuint(store->ops->sweep(store, 9), ==, 0);
    g_assert_cmpuint(store->ops->sweep(store, 10), ==, 1);
    g_assert_cmpint(store->ops->first_expiry(store), ==, 11);
    g_assert_cmpuint(store->ops->sweep(store, INT64_MAX), ==, 1);
    g_assert_cmpint(store->ops->first_expiry(store), ==, INT64_MAX);
    g_assert_true(store->ops->has(store, BYTES_LITERAL("never")));
}

/* The checkpoint is the 64th change; what came after it is undone, whatever it was. */
static void
case_power_loss(Store *store)
{
    uint8_t account[ACCOUNT_BYTES];
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    char text[8];

    account_of(0, account);
    for (int i = 0; i < STORE_CHECKPOINT_PUTS / 2; i++) {
        g_snprintf(text, sizeof text, "%02d", i);
        g_assert_cmpint(put_simple(store, text, 100 + i), ==, PUT_NEW);
        g_assert_true(store->ops->set_expiry(store, account, bytes_of_text(text), 200 + i));
    }
    before = everything(store);
    g_assert_cmpint(put_simple(store, "after", 7), ==, PUT_NEW);
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("00")));
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("after")));
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("31")));
    g_assert_cmpint(put_simple(store, "row of 31", 8), ==, PUT_NEW);
    g_assert_true(store->ops->remove(store, account, BYTES_LITERAL("row of 31")));
    g_assert_cmpint(put_simple(store, "row of 31 again", 8), ==, PUT_NEW);
    g_assert_cmpint(put_simple(store, "05", 900), ==, PUT_EXTENDED);
    g_assert_true(store->ops->set_expiry(store, account, BYTES_LITERAL("06"), 3));
    g_assert_cmpuint(store->ops->sweep(store, 3), ==, 1);
    store->ops->power_loss(store);
    after = everything(store);
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpint(store->ops->first_expiry(store), ==, 200);
    store->ops->power_loss(store); /* again: nothing more to lose */
    g_assert_cmpint(put_simple(store, "safe", 7), ==, PUT_NEW);
    store->ops->checkpoint(store);
    store->ops->power_loss(store);
    g_assert_cmpuint(store->ops->count(store), ==, STORE_CHECKPOINT_PUTS / 2 + 1);
}

/* One call is never split: a removal of many rows ends with a checkpoint, and what came
 * before it since the last one is safe too. */
static void
case_large_removal_is_a_checkpoint(Store *store)
{
    uint8_t account[ACCOUNT_BYTES];
    char text[8];

    account_of(0, account);
    for (int i = 0; i < STORE_CHECKPOINT_PUTS / 2 - 1; i++) {
        g_snprintf(text, sizeof text, "%02d", i);
        put(store, 0, 0, bytes_of_text(text), 1, 5, BYTES_LITERAL(""), true);
    }
    put_simple(store, "stays", 9);
    g_assert_cmpuint(store->ops->sweep(store, 5), ==, STORE_CHECKPOINT_PUTS / 2 - 1);
    store->ops->power_loss(store); /* 63 changes: all undone */
    g_assert_cmpuint(store->ops->count(store), ==, 0);
    for (int i = 0; i < STORE_CHECKPOINT_PUTS / 2; i++) {
        g_snprintf(text, sizeof text, "%02d", i);
        put(store, 0, 0, bytes_of_text(text), 1, 5, BYTES_LITERAL(""), true);
    }
    put_simple(store, "stays", 9);
    g_assert_cmpuint(store->ops->sweep(store, 5), ==, STORE_CHECKPOINT_PUTS / 2);
    store->ops->power_loss(store); /* 65 changes: a checkpoint after the sweep */
    expect_rows(store, "33:stays ");
}

static const struct {
    const char *name;
    Case run;
} CASES[] = {
    { "/store/duplicate-in-another-namespace", case_duplicate_in_another_namespace },
    { "/store/extend-or-not", case_extend_or_not },
    { "/store/full", case_full },
    { "/store/cursor", case_cursor },
    { "/store/rows-are-used-again", case_rows_are_used_again },
    { "/store/sweep-boundary", case_sweep_boundary },
    { "/store/power-loss", case_power_loss },
    { "/store/large-removal-is-a-checkpoint", case_large_removal_is_a_checkpoint },
};

static void
test_empty_memory_store_is_small(void)
{
    Store *store = memory_store_new(1 << 20);

    g_assert_cmpuint(memory_store_footprint(store), <, 512);
    for (int i = 0; i < STORE_CHECKPOINT_PUTS / 2; i++) {
        g_assert_cmpint(put_simple(store, "a", 5), ==, PUT_NEW);
        g_assert_cmpuint(store->ops->sweep(store, 5), ==, 1);
    }
    g_assert_cmpuint(memory_store_footprint(store), <, 512);
    store->ops->close(store);
}

/* Two stores that are given one body hold one body; a small part of a blob is copied. */
static void
test_memory_stores_share_bodies(void)
{
    static const uint8_t batch[1000];
    Store *stores[2] = { memory_store_new(1 << 20), memory_store_new(1 << 20) };
    Packet body = packet_of_bytes((Bytes){ batch, sizeof batch });
    StoreMessage message = { .hash = BYTES_LITERAL("large"), .expiry = 5 };

    for (int i = 0; i < 2; i++) {
        message.hash = BYTES_LITERAL("large");
        message.data = body;
        g_assert_cmpint(stores[i]->ops->put(stores[i], &message, false), ==, PUT_NEW);
        message.hash = BYTES_LITERAL("small");
        message.data.length = 10;
        g_assert_cmpint(stores[i]->ops->put(stores[i], &message, false), ==, PUT_NEW);
    }
    g_assert_cmpuint(body.blob->refs, ==, 3);
    stores[0]->ops->close(stores[0]);
    g_assert_cmpuint(body.blob->refs, ==, 2);
    stores[1]->ops->close(stores[1]);
    g_assert_true(blob_is_unique(body.blob));
    packet_clear(&body);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/random-program", test_random_program);
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++)
        g_test_add_data_func(CASES[i].name, &CASES[i].run, with_both);
    g_test_add_func("/store/empty-memory-store-is-small", test_empty_memory_store_is_small);
    g_test_add_func("/store/memory-stores-share-bodies", test_memory_stores_share_bodies);
    return g_test_run();
}
