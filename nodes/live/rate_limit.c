/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/rate_limit.h"

#define CLEAN_INTERVAL (10 * SECOND)

typedef struct Bucket {
    double tokens;
    Time at; /* when it had them */
} Bucket;

void
rate_limit_init(RateLimit *limit)
{
    *limit = (RateLimit){ .buckets = g_hash_table_new_full(NULL, NULL, NULL, g_free) };
}

void
rate_limit_clear(RateLimit *limit)
{
    g_clear_pointer(&limit->buckets, g_hash_table_unref);
}

static void
fill(Bucket *bucket, Time now)
{
    double come = (double)(now - bucket->at) / SECOND * RATE_PER_S;

    bucket->tokens = MIN(RATE_BUCKET, bucket->tokens + come);
    bucket->at = now;
}

static gboolean
is_full(gpointer ip, gpointer value, gpointer context)
{
    Bucket *bucket = value;

    (void)ip;
    fill(bucket, *(const Time *)context);
    return bucket->tokens >= RATE_BUCKET;
}

static Bucket *
bucket_of(RateLimit *limit, uint32_t ip, Time now)
{
    Bucket *bucket = g_hash_table_lookup(limit->buckets, GUINT_TO_POINTER(ip));

    if (bucket != NULL || g_hash_table_size(limit->buckets) >= RATE_CLIENTS_MAX)
        return bucket;
    bucket = g_new(Bucket, 1);
    *bucket = (Bucket){ RATE_BUCKET, now };
    g_hash_table_insert(limit->buckets, GUINT_TO_POINTER(ip), bucket);
    return bucket;
}

bool
rate_limit_take(RateLimit *limit, uint32_t ip, Time now)
{
    Bucket *bucket;

    if (now - limit->cleaned >= CLEAN_INTERVAL) {
        g_hash_table_foreach_remove(limit->buckets, is_full, &now);
        limit->cleaned = now;
    }
    bucket = bucket_of(limit, ip, now);
    if (bucket == NULL)
        return false;
    fill(bucket, now);
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}
