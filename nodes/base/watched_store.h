/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A store around a store, that tells whoever measures of every put, and of what a power cut
 * undid.  Protocol code does not know that it is there. */
#pragma once

#include "nodes/base/store.h"
#include "nodes/base/time.h"

/* What was written is safe at the latest so much later: Linux writes back what has been
 * dirty for 30 s (vm.dirty_expire_centisecs), whether SQLite asks or not. */
#define STORE_WRITE_BACK (30 * SECOND)

typedef void (*StoreWatcher)(void *context, uint32_t node, const StoreMessage *message,
                             PutResult result);

/* A message that was put is gone: power was cut before it was safe on the disk. */
typedef void (*StoreDropWatcher)(void *context, uint32_t node, Bytes hash);

typedef struct WatchedStore {
    Store store; /* first: a Store* is a WatchedStore* */
    Store *inner;
    StoreWatcher watcher;
    StoreDropWatcher drop_watcher;
    void *context;
    uint32_t node;
    /* Whether the disk loses this put though it says that all went well; NULL: it does not.
     */
    bool (*loses)(void *context, uint32_t node);
    Time (*now)(void *context); /* NULL: nothing is written back by itself */
    Time dirty_since;           /* of the oldest put that is not written back; -1: none */
} WatchedStore;

/* On caller memory; @inner is borrowed (store_close does nothing to it).  @loses and
 * @now may be set afterwards.  The watchers are not told of a put that was lost. */
void watched_store_init(WatchedStore *watched, Store *inner, StoreWatcher watcher,
                        StoreDropWatcher drop_watcher, void *context, uint32_t node);
