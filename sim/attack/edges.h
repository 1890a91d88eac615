/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two edges of the network as corrupted parties saw them: requests that clients'
 * addresses sent in, and requests that came out and named an account.  Attacks that do not
 * follow a request through its hops work on these alone (science 2.3, 2.4).
 *
 * Everything in this room is made of observations; who it really was is known to the one
 * who scores, by the place of the record. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "nodes/base/time.h"
#include "sim/adversary/observation.h"

/* A client's address sent an onion request to a guard: seen by the guard, or on the line.
 */
typedef struct Sending {
    Time at;         /* first */
    uint32_t client; /* place in Edges.client_ip */
    uint32_t bytes;
    size_t record; /* place among the records that the edges were made of */
} Sending;

/* An onion request that ended at a node and named an account. */
typedef struct Arrival {
    Time at;          /* first */
    uint32_t account; /* as in the records: from 1 on */
    uint32_t bytes;
    bool store; /* else it reads */
    size_t record;
} Arrival;

typedef struct Edges {
    uint32_t *client_ip; /* addresses that sent something, ascending */
    uint32_t n_clients;
    Sending *sendings; /* in order of time */
    size_t n_sendings;
    Arrival *arrivals; /* in order of time */
    size_t n_arrivals;
    uint32_t accounts; /* numbers of accounts are at most this */
} Edges;

/* @observers: the log's table, that the records' observers are places in.  To be cleared.
 */
void edges_of(const Observation *records, size_t n, const Observer *observers, Edges *ret);
void edges_clear(Edges *edges);

/* The place of an address, or UINT32_MAX. */
uint32_t edges_client(const Edges *edges, uint32_t ip);

/* Time cut into windows of one length. */
typedef struct Windows {
    Time start;
    Duration length;
    uint32_t count;
} Windows;

/* UINT32_MAX: in none. */
uint32_t window_of(const Windows *windows, Time at);
