/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The expected orders were made with std::sort of GNU libstdc++ 12.2 over the same inputs
 * with a comparison of sizes alone. */
#include <glib.h>

#include "nodes/swarm/introsort.h"

typedef struct ExpectedOrder {
    int kind;
    uint32_t n;
    uint64_t fold; /* FNV-like fold of the indexes in sorted order */
} ExpectedOrder;

static const ExpectedOrder expected_orders[] = {
    { 0, 2, 0x08328707b4eb6e3a },   { 0, 16, 0x7abfe1b84abcc5ef },
    { 0, 17, 0x8630c722499ec237 },  { 0, 18, 0xa85a67d9f2574654 },
    { 0, 33, 0x29aed030893a1e4b },  { 0, 100, 0x721282abb0e98683 },
    { 0, 285, 0x344bce0e417d630d }, { 0, 2285, 0x21d0a83250ca800d },
    { 1, 2, 0x08328707b4eb6e3a },   { 1, 16, 0x316eac9ef08423cf },
    { 1, 17, 0x61ebded3f989b175 },  { 1, 18, 0x6e871166946d1256 },
    { 1, 33, 0xc200ea0df40a9235 },  { 1, 100, 0x52416f52f485dc91 },
    { 1, 285, 0x870b68bca8100d6b }, { 1, 2285, 0x1aa90127055fd4bf },
    { 2, 2, 0x082f2207b4e88cc4 },   { 2, 16, 0xa961d790f19d96a5 },
    { 2, 17, 0x11597f9b8d624b3f },  { 2, 18, 0x6dd118498aad6104 },
    { 2, 33, 0xf70792b1d4e7985f },  { 2, 100, 0x644931484736d1d9 },
    { 2, 285, 0xe59eefdec80c56df }, { 2, 2285, 0x0e008a1bb39e567f },
    { 3, 2, 0x08328707b4eb6e3a },   { 3, 16, 0xe48007c6aa89204d },
    { 3, 17, 0xa559aa278bcc419f },  { 3, 18, 0xaec491c278f4fa9e },
    { 3, 33, 0x2eff75f8012a9507 },  { 3, 100, 0xc9830704f10447f3 },
    { 3, 285, 0xc09b4d4fb533acc1 }, { 3, 2285, 0x28acb657346064dd },
};

/* An order (McIlroy's adversary played against this quicksort) whose parts stay so uneven
 * that the depth runs out and the heapsort takes over. */
static const uint8_t deep_order[100] = {
    93, 1,  71, 3,  85, 5,  69, 7,  100, 9,  67, 11, 83, 13, 65, 15, 91, 17, 63, 19,
    81, 21, 24, 23, 98, 96, 94, 92, 90,  88, 86, 84, 82, 80, 78, 76, 74, 72, 70, 68,
    66, 64, 95, 79, 89, 77, 97, 75, 87,  73, 0,  2,  4,  6,  8,  10, 12, 14, 16, 18,
    20, 22, 62, 59, 60, 57, 58, 55, 56,  53, 54, 51, 52, 49, 50, 47, 48, 45, 46, 43,
    44, 41, 42, 39, 40, 37, 38, 35, 36,  33, 34, 31, 32, 29, 30, 27, 28, 25, 26, 61
};

typedef struct ExpectedDeep {
    uint32_t cap; /* larger sizes count as this, so that there are ties */
    uint64_t fold;
} ExpectedDeep;

static const ExpectedDeep expected_deep[] = {
    { 24, 0xfe2b403b8b8c1241 },
    { 40, 0xb34a47c8d94e1e63 },
    { 60, 0xc23d11e860e1487b },
    { 100, 0x006c9d372b87429f },
};

static uint64_t
fold_order(const SizedSwarm *a, size_t n)
{
    uint64_t fold = 14695981039346656037U;

    for (size_t i = 0; i < n; i++)
        fold = (fold ^ a[i].index) * 1099511628211U;
    return fold;
}

static uint64_t
xorshift(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

static uint32_t
size_of_kind(int kind, uint64_t x, uint32_t i, uint32_t n)
{
    switch (kind) {
    case 0:
        return (uint32_t)(x % 4);
    case 1:
        return (uint32_t)(5 + (x >> 20) % 40 / 10); /* what swarms look like */
    case 2:
        return n - i;
    default:
        return i % 7;
    }
}

static void
test_orders_as_libstdcxx(void)
{
    for (size_t e = 0; e < G_N_ELEMENTS(expected_orders); e++) {
        const ExpectedOrder *expected = &expected_orders[e];
        g_autofree SizedSwarm *a = g_new0(SizedSwarm, expected->n);
        uint64_t x = 88172645463325252U;

        for (uint32_t i = 0; i < expected->n; i++) {
            x = xorshift(x);
            a[i] = (SizedSwarm){ size_of_kind(expected->kind, x, i, expected->n), i };
        }
        introsort_by_size(a, expected->n);
        g_assert_cmphex(fold_order(a, expected->n), ==, expected->fold);
    }
}

static void
test_deep_order_takes_the_heapsort(void)
{
    for (size_t e = 0; e < G_N_ELEMENTS(expected_deep); e++) {
        SizedSwarm a[G_N_ELEMENTS(deep_order)];

        for (uint32_t i = 0; i < G_N_ELEMENTS(a); i++)
            a[i] = (SizedSwarm){ MIN(deep_order[i], expected_deep[e].cap), i };
        introsort_by_size(a, G_N_ELEMENTS(a));
        for (size_t i = 1; i < G_N_ELEMENTS(a); i++)
            g_assert_cmpuint(a[i - 1].size, <=, a[i].size);
        g_assert_cmphex(fold_order(a, G_N_ELEMENTS(a)), ==, expected_deep[e].fold);
    }
}

static void
test_nothing_and_one(void)
{
    SizedSwarm one = { 5, 9 };

    introsort_by_size(NULL, 0);
    introsort_by_size(&one, 1);
    g_assert_cmpuint(one.size, ==, 5);
    g_assert_cmpuint(one.index, ==, 9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swarm/introsort/orders-as-libstdcxx", test_orders_as_libstdcxx);
    g_test_add_func("/swarm/introsort/deep-order-takes-the-heapsort",
                    test_deep_order_takes_the_heapsort);
    g_test_add_func("/swarm/introsort/nothing-and-one", test_nothing_and_one);
    return g_test_run();
}
