/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/field25519.h"

enum { LIMBS = 5, LIMB_BITS = 51 };

#define LIMB_MASK ((UINT64_C(1) << LIMB_BITS) - 1)

__extension__ typedef unsigned __int128 Wide;

/* Five limbs of 51 bits, least significant first; each may be a little above. */
typedef struct Field {
    uint64_t limb[LIMBS];
} Field;

static uint64_t
load_u64le(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

/* The highest bit does not count, as in X25519. */
static Field
field_load(const uint8_t p[KEY_BYTES])
{
    uint64_t a = load_u64le(p), b = load_u64le(p + 8), c = load_u64le(p + 16),
             d = load_u64le(p + 24);

    return (Field){ { a & LIMB_MASK, (a >> 51 | b << 13) & LIMB_MASK,
                      (b >> 38 | c << 26) & LIMB_MASK, (c >> 25 | d << 39) & LIMB_MASK,
                      d >> 12 & LIMB_MASK } };
}

/* Move what is above 51 bits upwards; from the top it comes back times 19. */
static void
field_carry(Field *f)
{
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = f->limb[i] >> LIMB_BITS;

        f->limb[i] &= LIMB_MASK;
        f->limb[(i + 1) % LIMBS] += i + 1 < LIMBS ? carry : 19 * carry;
    }
}

static Field
field_multiply(const Field *a, const Field *b)
{
    Wide sum[LIMBS] = { 0 };
    Field product;
    uint64_t carry = 0;

    for (int i = 0; i < LIMBS; i++)
        for (int j = 0; j < LIMBS; j++)
            sum[(i + j) % LIMBS] +=
                (Wide)a->limb[i] * b->limb[j] * (i + j < LIMBS ? 1 : 19);
    for (int i = 0; i < LIMBS; i++) {
        sum[i] += carry;
        product.limb[i] = (uint64_t)sum[i] & LIMB_MASK;
        carry = (uint64_t)(sum[i] >> LIMB_BITS);
    }
    product.limb[0] += 19 * carry;
    field_carry(&product);
    return product;
}

/* a^(p - 2), p - 2 = 2^255 - 21: all bits are set but 2 and 4. */
static Field
field_invert(const Field *a)
{
    Field power = *a;

    for (int bit = 253; bit >= 0; bit--) {
        power = field_multiply(&power, &power);
        if (bit != 2 && bit != 4)
            power = field_multiply(&power, a);
    }
    return power;
}

/* Below p, little endian. */
static void
field_store(Field f, uint8_t ret[KEY_BYTES])
{
    Field above;

    field_carry(&f);
    field_carry(&f);
    above = f;
    above.limb[0] += 19; /* at least p exactly when this has bit 255 */
    for (int i = 0; i + 1 < LIMBS; i++) {
        above.limb[i + 1] += above.limb[i] >> LIMB_BITS;
        above.limb[i] &= LIMB_MASK;
    }
    if (above.limb[LIMBS - 1] >> LIMB_BITS != 0) {
        above.limb[LIMBS - 1] &= LIMB_MASK;
        f = above;
    }
    for (int i = 0; i < KEY_BYTES; i++) {
        int limb = i * 8 / LIMB_BITS, shift = i * 8 % LIMB_BITS;
        uint64_t bits = f.limb[limb] >> shift;

        if (shift > LIMB_BITS - 8 && limb + 1 < LIMBS)
            bits |= f.limb[limb + 1] << (LIMB_BITS - shift);
        ret[i] = (uint8_t)bits;
    }
}

void
edwards_of_x25519(const uint8_t x25519_pk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    Field u = field_load(x25519_pk), above = u, below = u, y;

    above.limb[0] += 1;
    below.limb[0] += LIMB_MASK - 18 - 1; /* p - 1, limb by limb */
    for (int i = 1; i < LIMBS; i++)
        below.limb[i] += LIMB_MASK;
    field_carry(&below);
    above = field_invert(&above);
    y = field_multiply(&below, &above);
    field_store(y, ret);
}
