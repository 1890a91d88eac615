/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An event is one byte (what) and three numbers: nanoseconds since the event before, who,
 * and the detail.  A number is little-endian in groups of seven bits, the eighth says that
 * more follow (LEB128); of signed ones the sign comes lowest (zigzag). */
#include "sim/measure/life.h"
#include "nodes/base/memory.h"

#include <stddef.h>

enum {
    NUMBER_BYTES_MAX = 10,
    EVENT_BYTES_MAX = 1 + 3 * NUMBER_BYTES_MAX,
    GROWTH_BYTES = 48
};

struct Life {
    Time last; /* event */
    uint32_t length, capacity;
    uint8_t bytes[];
};

static uint64_t
zigzag(uint64_t n)
{
    return n << 1 ^ -(n >> 63);
}

static uint64_t
unzigzag(uint64_t n)
{
    return n >> 1 ^ -(n & 1);
}

static uint8_t *
put_number(uint8_t *p, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        *p++ = (uint8_t)(n | 0x80);
    *p++ = (uint8_t)n;
    return p;
}

static uint64_t
take_number(LifeReader *r)
{
    uint64_t n = 0;
    unsigned shift = 0;

    for (; *r->at & 0x80; shift += 7)
        n |= (uint64_t)(*r->at++ & 0x7f) << shift;
    return n | (uint64_t)*r->at++ << shift;
}

static Life *
with_room(Life *life)
{
    uint32_t length = life == NULL ? 0 : life->length;
    uint32_t capacity = length + GROWTH_BYTES;

    if (life != NULL && life->capacity - life->length >= EVENT_BYTES_MAX)
        return life;
    /* Half as much again where it has become long. */
    if (length > 4 * GROWTH_BYTES)
        capacity = length + length / 2;
    life = memory_resized(life, 1, offsetof(Life, bytes) + capacity);
    if (length == 0)
        *life = (Life){ 0 };
    life->capacity = capacity;
    return life;
}

void
life_add(Life **life, const LifeEvent *event)
{
    Life *l = *life = with_room(*life);
    uint8_t *p = l->bytes + l->length;

    *p++ = event->what;
    p = put_number(p, zigzag((uint64_t)event->at - (uint64_t)l->last));
    p = put_number(p, event->who);
    p = put_number(p, zigzag(event->detail));
    l->length = (uint32_t)(p - l->bytes);
    l->last = event->at;
}

LifeReader
life_read(const Life *life)
{
    if (life == NULL)
        return (LifeReader){ 0 };
    return (LifeReader){ life->bytes, life->bytes + life->length, 0 };
}

bool
life_next(LifeReader *r, LifeEvent *ret)
{
    if (r->at == r->end)
        return false;
    ret->what = *r->at++;
    r->time = (Time)((uint64_t)r->time + unzigzag(take_number(r)));
    ret->at = r->time;
    ret->who = (uint32_t)take_number(r);
    ret->detail = unzigzag(take_number(r));
    return true;
}
