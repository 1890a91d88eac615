/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One storage node alone against a port that records, for tests of its duties. */
#pragma once

#include "nodes/service/service.h"
#include "tests/lib/recording_port.h"

#define EPOCH INT64_C(1700000000000)
#define CHAIN_ADDRESS address_of(0x7f000001, 1)
#define A UINT64_C(0x4000000000000000)

enum { NODES = 12 };

typedef struct World {
    RecordingPort *port;
    Crypto crypto;
    ServiceConfig config;
    Ed25519Pair identity[NODES];
    NodeRecord records[NODES]; /* number 0 is the node; by legacy key, too */
    UnixMs proofs[NODES];
    ServiceNode *node;
    uint64_t height;
} World;

void duty_set_up(World *world, gconstpointer data);
void duty_tear_down(World *world, gconstpointer data);

/* Start it (again) with tests and proofs, or without. */
void duty_begin(World *world, bool tests, bool proofs);
/* A block with the first @n records; node 0 validates when @validates, all are workers. */
void duty_block(World *world, size_t n, bool validates);

/* What is wrong with a node that is tested. */
typedef enum Badness {
    BAD_SILENT,
    BAD_KEY,
    BAD_PONG,
    BAD_HTTPS_ONLY,
    BAD_OMQ_ONLY,
} Badness;

/* Answer a ping, badly when @bad. */
void duty_end_ping(World *world, const SentMessage *sent, bool bad, Badness how);
/* Run to @until; every ping is answered at once, well but for those of @bad (-1: none). */
void duty_run(World *world, Time until, int bad, Badness how);
/* The record at an address, or -1. */
int duty_number_at(const World *world, Address to);
/* How often this node was tested, by the record. */
guint duty_tests_of(const World *world, int number);

/* Proofs of all that are made now. */
void duty_fresh_proofs(World *world);
/* A block in which node 0 validates; the votes sent are these, as "3- 4+". */
void duty_assert_votes(World *world, const char *expected);
