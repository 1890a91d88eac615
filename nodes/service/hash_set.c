/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/hash_set.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(MESSAGE_HASH_MAX <= UINT8_MAX, "HashEntry.n counts a hash");

HashEntry *
hash_set_add(HashSet *set, int16_t name_space, Bytes hash)
{
    HashEntry *entry;

    assert(hash.n <= MESSAGE_HASH_MAX);
    if (set->n == set->capacity) {
        set->capacity = set->capacity == 0 ? 8 : set->capacity * 2;
        set->entries = realloc(set->entries, set->capacity * sizeof *set->entries);
        if (set->entries == NULL)
            abort();
    }
    entry = &set->entries[set->n++];
    *entry = (HashEntry){ .name_space = name_space, .n = (uint8_t)hash.n };
    memcpy(entry->hash, hash.p, hash.n);
    return entry;
}

static int
compare_entries(const void *a, const void *b)
{
    const HashEntry *left = a, *right = b;
    size_t n = left->n < right->n ? left->n : right->n;
    int order = memcmp(left->hash, right->hash, n);

    return order != 0 ? order : (int)left->n - (int)right->n;
}

void
hash_set_sort(HashSet *set)
{
    if (set->n > 1)
        qsort(set->entries, set->n, sizeof *set->entries, compare_entries);
}

void
hash_set_unique(HashSet *set)
{
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++)
        if (n == 0 || compare_entries(&set->entries[n - 1], &set->entries[i]) != 0)
            set->entries[n++] = set->entries[i];
    set->n = n;
}

bool
hash_set_has(const HashSet *set, Bytes hash)
{
    HashEntry key = { .n = (uint8_t)hash.n };

    if (set->n == 0 || hash.n > MESSAGE_HASH_MAX)
        return false;
    memcpy(key.hash, hash.p, hash.n);
    return bsearch(&key, set->entries, set->n, sizeof *set->entries, compare_entries) !=
           NULL;
}

void
hash_set_append_all(const HashSet *set, Buffer *text)
{
    for (size_t i = 0; i < set->n; i++)
        buffer_append_bytes(text, hash_entry_text(&set->entries[i]));
}

void
hash_set_write_list(const HashSet *set, EntryWriter *entry)
{
    entry_list_begin(entry);
    for (size_t i = 0; i < set->n; i++)
        entry_list_text(entry, hash_entry_text(&set->entries[i]));
    entry_list_end(entry);
}

/* --- by namespace: keys are decimal texts, and stand in the order of texts -------- */

enum { NAMESPACE_TEXT_BYTES = 8 };

static void
namespace_text(int16_t name_space, char ret[NAMESPACE_TEXT_BYTES])
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_i64_decimal(&text, name_space);
    assert(text.n < NAMESPACE_TEXT_BYTES);
    memcpy(ret, text.p, text.n);
    ret[text.n] = '\0';
    buffer_clear(&text);
}

static int
compare_by_namespace(const void *a, const void *b)
{
    const HashEntry *left = a, *right = b;
    char left_text[NAMESPACE_TEXT_BYTES], right_text[NAMESPACE_TEXT_BYTES];

    if (left->name_space == right->name_space)
        return compare_entries(a, b);
    namespace_text(left->name_space, left_text);
    namespace_text(right->name_space, right_text);
    return strcmp(left_text, right_text);
}

void
hash_set_write_by_namespace(HashSet *set, EntryWriter *entry)
{
    char text[NAMESPACE_TEXT_BYTES];

    if (set->n > 1)
        qsort(set->entries, set->n, sizeof *set->entries, compare_by_namespace);
    entry_dict_begin(entry);
    for (size_t i = 0; i < set->n; i++) {
        bool first = i == 0 || set->entries[i].name_space != set->entries[i - 1].name_space;

        if (first && i > 0)
            entry_list_end(entry);
        if (first) {
            namespace_text(set->entries[i].name_space, text);
            entry_key(entry, text);
            entry_list_begin(entry);
        }
        entry_list_text(entry, hash_entry_text(&set->entries[i]));
    }
    if (set->n > 0)
        entry_list_end(entry);
    entry_dict_end(entry);
}

void
hash_set_clear(HashSet *set)
{
    free(set->entries);
    *set = HASH_SET_EMPTY;
}
