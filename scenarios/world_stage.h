/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a world plays when it is not simulated: its nodes and clients are real ones, on
 * real sockets, in somebody else's hands.  People, faults, churn, the ledger and what is
 * recorded are the world's as ever; its host then has no actors of its own but deputies,
 * which pass on what the world does to them, and its time is real time since world_begin.
 *
 * What real nodes and clients state comes back through world_stage_*; call
 * world_run_until(now) before, so that it is told at the right time. */
#pragma once

#include "scenarios/world.h"

typedef struct WorldStage {
    void *context;
    UnixMs unix_ms_start; /* wall clock at time 0 */
    /* As registered; in no swarm. */
    void (*record)(void *context, uint32_t node, NodeRecord *ret);
    Snapshot *(*snapshot)(void *context); /* of the chain, now; borrowed */
    void (*tell_chain)(void *context, Packet *order);
    /* It is up from now on; @empty: it lost its disk.  First for all of them at the start.
     */
    void (*start_node)(void *context, uint32_t node, bool empty);
    /* It dies: its process (connections are refused), or its host (silence). */
    void (*stop_node)(void *context, uint32_t node, bool whole_host);
    /* Servers beyond the onion, with these rooms (NULL at the end), as clients are to know
     * them: hosts are borrowed, and outlive the world.  Where the scenario wants them,
     * before any client. */
    void (*servers)(void *context, const char *const *room, SessionServer *ret_file_server,
                    SessionServer *ret_open_group);
    /* A client, offline; told orders of clients/session (KIND_TELL) from time 0 on. */
    void (*make_person)(void *context, uint32_t person, const uint8_t seed[KEY_BYTES],
                        const SessionConfig *config);
    void (*tell_person)(void *context, uint32_t person, Packet *order);
    /* Wall clocks are so much off from now on. */
    void (*skew_node)(void *context, uint32_t node, int64_t ms);
    void (*skew_person)(void *context, uint32_t person, int64_t ms);
    /* Whoever differs in a bit of their groups cannot reach each other; the chain is in
     * group 0 for people, and for nodes as far as the bits of @chain go. */
    void (*divide)(void *context, const uint32_t *node_groups,
                   const uint32_t *person_groups, uint32_t chain);
    /* Everything that nodes and clients send is late by so much; @lost: it is lost. */
    void (*hinder)(void *context, Duration delay, bool lost);
} WorldStage;

/* Whether everything that the scenario asks for can be done there; false with @error: one
 * sentence about the first thing that cannot. */
bool world_stage_fits(const Scenario *scenario, GError **error);

/* Does anybody in it send files, or write in rooms? */
bool world_stage_wants_servers(const Scenario *scenario, const WorldData *data);

/* A node's store took a message, or had it. */
void world_stage_put(World *world, uint32_t node, const StoreMessage *message, bool extend);
/* What they state. */
void world_stage_node_note(World *world, uint32_t node, const Note *note);
void world_stage_person_note(World *world, uint32_t person, const Note *note);
void world_stage_chain_note(World *world, const Note *note);
/* What disks hold at the end: @stores by node, NULL where there is none. */
void world_stage_audit(World *world, Store *const *stores);
