/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/score/truth_file.h"

#include "offline/table/csv_table.h"

typedef enum TruthColumn {
    TRUTH_ROW,
    TRUTH_PERSON,
    TRUTH_REQUEST,
    TRUTH_ACCOUNT_OF,
    TRUTH_MESSAGE,
    TRUTH_AUTHOR,
    TRUTH_RECIPIENT,
    TRUTH_COLUMNS
} TruthColumn;

static const char *const columns[TRUTH_COLUMNS + 1] = { "row",        "person",  "request",
                                                        "account_of", "message", "author",
                                                        "recipient",  NULL };

typedef struct Reading {
    CsvTable *table;
    GArray *rows; /* TruthRow */
    GHashTable *writes;
    uint32_t people;
} Reading;

static bool
read_person(Reading *r, int column, uint32_t *ret, GError **error)
{
    uint64_t number;

    if (csv_table_field(r->table, column)[0] == '\0') {
        *ret = TRUTH_FILE_NOBODY;
        return true;
    }
    if (!csv_table_number(r->table, column, TRUTH_FILE_PEOPLE_MAX - 1, &number, error))
        return false;
    *ret = (uint32_t)number;
    r->people = MAX(r->people, *ret + 1);
    return true;
}

/* Copies for one's own devices (message 0) are no letters. */
static bool
read_letter(Reading *r, GError **error)
{
    uint32_t author, recipient;
    uint64_t message, *key;

    if (csv_table_field(r->table, TRUTH_MESSAGE)[0] == '\0')
        return true;
    if (!csv_table_number(r->table, TRUTH_MESSAGE, UINT64_MAX, &message, error) ||
        !read_person(r, TRUTH_AUTHOR, &author, error) ||
        !read_person(r, TRUTH_RECIPIENT, &recipient, error))
        return false;
    if (message == 0 || author == TRUTH_FILE_NOBODY || recipient == TRUTH_FILE_NOBODY)
        return true;
    key = g_new(uint64_t, 1);
    *key = (uint64_t)author << 32 | recipient;
    (void)g_hash_table_add(r->writes, key);
    return true;
}

static bool
read_row(Reading *r, GError **error)
{
    TruthRow row;
    uint64_t number;

    if (!csv_table_number(r->table, TRUTH_ROW, UINT64_MAX, &number, error))
        return false;
    if (number != r->rows->len)
        return csv_table_fail(r->table, TRUTH_ROW, "rows from 0 on, one after the other",
                              error);
    if (!read_person(r, TRUTH_PERSON, &row.person, error) ||
        !csv_table_number(r->table, TRUTH_REQUEST, UINT64_MAX, &row.request, error) ||
        !read_person(r, TRUTH_ACCOUNT_OF, &row.account_of, error) || !read_letter(r, error))
        return false;
    g_array_append_val(r->rows, row);
    return true;
}

bool
truth_file_read(const char *path, TruthFile *ret, GError **error)
{
    g_autoptr(CsvTable) table = csv_table_open(path, columns, error);
    g_autoptr(GError) fault = NULL;
    Reading r = { .table = table };
    TruthFile truth;

    if (table == NULL)
        return false;
    r.rows = g_array_new(FALSE, FALSE, sizeof(TruthRow));
    r.writes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    while (csv_table_next(table, &fault) && read_row(&r, &fault))
        ;
    truth.n = r.rows->len;
    truth.rows = (TruthRow *)(void *)g_array_free(r.rows, FALSE);
    truth.writes = r.writes;
    truth.people = r.people;
    if (fault == NULL) {
        *ret = truth;
        return true;
    }
    truth_file_clear(&truth);
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

void
truth_file_clear(TruthFile *truth)
{
    g_free(truth->rows);
    g_hash_table_unref(truth->writes);
    *truth = (TruthFile){ 0 };
}

bool
truth_file_writes(const TruthFile *truth, uint32_t author, uint32_t recipient)
{
    const uint64_t key = (uint64_t)author << 32 | recipient;

    return g_hash_table_contains(truth->writes, &key);
}
