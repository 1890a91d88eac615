/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/score/guesses.h"

#include "offline/table/csv_table.h"

/* Names by their first line. */
typedef struct Names {
    GHashTable *places; /* name -> 1 + place */
    GArray *looked;     /* Looked */
} Names;

typedef struct Reading {
    CsvTable *table;
    Names addresses, targets;
    GArray *pairs; /* GuessedPair */
    Relation relation;
    bool has_relation;
} Reading;

static Names
names_new(void)
{
    return (Names){ g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                    g_array_new(FALSE, FALSE, sizeof(Looked)) };
}

static uint32_t
place_of(Names *names, const char *name, uint64_t row)
{
    gpointer place = g_hash_table_lookup(names->places, name);
    Looked looked = { row };

    if (place != NULL)
        return GPOINTER_TO_UINT(place) - 1;
    g_array_append_val(names->looked, looked);
    (void)g_hash_table_insert(names->places, g_strdup(name),
                              GUINT_TO_POINTER(names->looked->len));
    return names->looked->len - 1;
}

static bool
read_relation(Reading *r, GError **error)
{
    Relation relation;

    if (!relation_named(csv_table_field(r->table, GUESS_RELATION), &relation))
        return csv_table_fail(r->table, GUESS_RELATION, "owns, writes or same", error);
    if (r->has_relation && relation != r->relation)
        return csv_table_fail(r->table, GUESS_RELATION, "that of the lines before", error);
    r->relation = relation;
    r->has_relation = true;
    return true;
}

/* One end; *ret_there: the line names it. */
static bool
read_end(const Reading *r, int name, int row, bool *ret_there, uint64_t *ret_row,
         GError **error)
{
    *ret_there = csv_table_field(r->table, name)[0] != '\0';
    return !*ret_there || csv_table_number(r->table, row, UINT64_MAX, ret_row, error);
}

static bool
read_guess(Reading *r, GError **error)
{
    const CsvTable *t = r->table;
    bool has_address, has_target;
    GuessedPair pair = { 0 };
    uint32_t ip;

    if (!read_relation(r, error) || !csv_table_ip(t, GUESS_ADDRESS, &ip, error) ||
        !read_end(r, GUESS_ADDRESS, GUESS_ADDRESS_ROW, &has_address, &pair.address_row,
                  error) ||
        !read_end(r, GUESS_TARGET, GUESS_TARGET_ROW, &has_target, &pair.target_row, error))
        return false;
    if (!has_address && !has_target)
        return csv_table_fail(t, GUESS_TARGET, "an address, a target or both", error);
    if (has_address && has_target && !csv_table_real(t, GUESS_SCORE, &pair.score, error))
        return false;
    if (has_address)
        pair.address =
            place_of(&r->addresses, csv_table_field(t, GUESS_ADDRESS), pair.address_row);
    if (has_target)
        pair.target =
            place_of(&r->targets, csv_table_field(t, GUESS_TARGET), pair.target_row);
    if (has_address && has_target)
        g_array_append_val(r->pairs, pair);
    return true;
}

static Looked *
take(Names *names, uint32_t *ret_n)
{
    *ret_n = names->looked->len;
    g_hash_table_unref(names->places);
    return (Looked *)(void *)g_array_free(names->looked, FALSE);
}

bool
guesses_read(const char *path, Guesses *ret, GError **error)
{
    g_autoptr(CsvTable) table = csv_table_open(path, guess_columns, error);
    g_autoptr(GError) fault = NULL;
    Reading r = { .table = table };
    Guesses guesses = { 0 };

    if (table == NULL)
        return false;
    r.addresses = names_new();
    r.targets = names_new();
    r.pairs = g_array_new(FALSE, FALSE, sizeof(GuessedPair));
    while (csv_table_next(table, &fault) && read_guess(&r, &fault))
        ;
    guesses.relation = r.relation;
    guesses.n = r.pairs->len;
    guesses.pairs = (GuessedPair *)(void *)g_array_free(r.pairs, FALSE);
    guesses.addresses = take(&r.addresses, &guesses.n_addresses);
    guesses.targets = take(&r.targets, &guesses.n_targets);
    if (fault == NULL) {
        *ret = guesses;
        return true;
    }
    guesses_clear(&guesses);
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

void
guesses_clear(Guesses *guesses)
{
    g_free(guesses->addresses);
    g_free(guesses->targets);
    g_free(guesses->pairs);
    *guesses = (Guesses){ 0 };
}
