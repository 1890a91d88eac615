/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of a trial only. */
#pragma once

#include "clients/live/client.h"
#include "scenarios/world_stage.h"
#include "testbed/testbed.h"
#include "testbed/trial/trial.h"

typedef struct TrialPerson {
    Trial *trial;
    uint32_t index;
    LiveClient *client;
} TrialPerson;

struct Trial {
    TrialSpec spec;
    Testbed *testbed;
    WorldStage stage;
    World *world;
    TrialPerson *people;
    char *server_ip; /* as clients know the servers; NULL: there are none */
    bool *started;   /* by node: not for the first time any more */
    NodeListMemo list_memo;
    GQueue events;  /* Stated: what was stated and the world does not know yet */
    Time began;     /* as live_now; 0: not yet */
    GSource *alarm; /* when something comes next */
    guint watch;    /* looks whether it is interrupted */
    Time ended;
    uint64_t sent, opened; /* messages, so far */
};

/* trial_stage.c: what the world does to them. */
void trial_stage_init(Trial *trial);

/* trial_events.c: what they state; taken down now, told to the world when it is its turn,
 * as those who state it must not be called from within. */
void trial_person_noted(void *person, const Note *note);
void trial_chain_noted(void *trial, const Note *note);
void trial_node_told(void *trial, uint32_t node, const char *line);
/* Tell the world what was stated until now, and let it go on to now. */
void trial_events_advance(Trial *trial, Time now);
void trial_events_clear(Trial *trial);
