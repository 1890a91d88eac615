/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A store around a store, that tells whoever measures of every put, and of what a power cut
 * undid.  Protocol code does not know that it is there. */
#pragma once

#include "nodes/base/store.h"

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
} WatchedStore;

/* On caller memory; @inner is borrowed (store_close does nothing to it). */
void watched_store_init(WatchedStore *watched, Store *inner, StoreWatcher watcher,
                        StoreDropWatcher drop_watcher, void *context, uint32_t node);
