/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hashed index of the memory store against a plain array of what was put in. */
#include <glib.h>

#include "nodes/store/memory_index.h"

enum { VALUES = 3000 };

/* Hashes that collide in the slot, in the tag, or in both. */
static uint32_t
hash_of(uint32_t value)
{
    return value % 7 == 0 ? 0xffff0001
                          : value * UINT32_C(0x9e3779b1) % 97 << 20 | value % 5;
}

/* How often @value is offered for its hash, and how many others are. */
static void
look_up(const MemoryIndex *index, uint32_t hash, uint32_t value, uint32_t *ret_hits,
        uint32_t *ret_others)
{
    uint32_t at = hash, i;

    *ret_hits = *ret_others = 0;
    while ((i = memory_index_next(index, hash, &at)) != MEMORY_NONE) {
        *ret_hits += i == value;
        *ret_others += hash_of(i) != hash;
    }
}

static void
put_all(MemoryIndex *index, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!memory_index_add(index, hash_of(i), i)) {
            memory_index_reset(index, i + 1, i);
            for (uint32_t j = 0; j <= i; j++)
                g_assert_true(memory_index_add(index, hash_of(j), j));
        }
}

static void
test_every_value_is_found_once(void)
{
    MemoryIndex index = { 0 };
    uint32_t hits, others, wrong = 0;

    put_all(&index, VALUES);
    g_assert_cmpuint(index.used, ==, VALUES);
    for (uint32_t i = 0; i < VALUES; i++) {
        look_up(&index, hash_of(i), i, &hits, &others);
        g_assert_cmpuint(hits, ==, 1);
        wrong += others;
    }
    /* All hashes differ in their upper twelve bits or in nothing that a tag sees. */
    g_assert_cmpuint(wrong, <, VALUES * VALUES / 97);
    look_up(&index, 0x12300000, 0, &hits, &others);
    g_assert_cmpuint(hits + others, <, VALUES / 10);
    memory_index_clear(&index);
    g_assert_cmpuint(memory_index_bytes(&index), ==, 0);
}

static void
test_an_empty_index_holds_nothing_and_takes_nothing(void)
{
    MemoryIndex index = { 0 };
    uint32_t at = 5;

    g_assert_cmpuint(memory_index_next(&index, 5, &at), ==, MEMORY_NONE);
    g_assert_false(memory_index_add(&index, 5, 0));
    memory_index_reset(&index, 1, 0);
    g_assert_true(memory_index_add(&index, 5, 0));
    at = 5;
    g_assert_cmpuint(memory_index_next(&index, 5, &at), ==, 0);
    g_assert_cmpuint(memory_index_next(&index, 5, &at), ==, MEMORY_NONE);
    memory_index_clear(&index);
}

/* A value beyond what the slots have bits for is refused, however empty they are. */
static void
test_values_that_do_not_fit_are_refused(void)
{
    MemoryIndex index = { 0 };

    memory_index_reset(&index, 1, 100);
    g_assert_true(memory_index_add(&index, UINT32_MAX, index.value_mask - 1));
    g_assert_false(memory_index_add(&index, UINT32_MAX, index.value_mask));
    memory_index_reset(&index, 1, UINT32_MAX - 1);
    g_assert_true(memory_index_add(&index, UINT32_MAX, UINT32_MAX - 2));
    memory_index_clear(&index);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/index/every-value-is-found-once",
                    test_every_value_is_found_once);
    g_test_add_func("/store/index/an-empty-index-holds-nothing-and-takes-nothing",
                    test_an_empty_index_holds_nothing_and_takes_nothing);
    g_test_add_func("/store/index/values-that-do-not-fit-are-refused",
                    test_values_that_do_not_fit_are_refused);
    return g_test_run();
}
