/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Synthetic people: when they are there, to whom they write, when and how much (science
 * 4.1).  Pure and seeded: a person's choices hang on (seed, person, number of the choice)
 * alone, so that variants of a scenario share their luck; only whom it knows hangs on the
 * number of people too.  Knows no client and no network.
 *
 * The model: a person begins conversations at random (Poisson, by its daily rhythm in its
 * time zone), each with one contact, picked with weight 1/rank, and some of them at once.
 * People in sessions write within them only: a conversation ends with the session that it
 * began in, what was not yet written is dropped, and more conversations begin instead, so
 * that the mean of messages a day holds whatever the sessions are.  Who comes rarely writes
 * as much as the others while online, so less a day.  At time 0, midnight UTC, everybody is
 * where the long run would have them.  Of conversations a share is with a closed group or a
 * room instead of a contact, for people who are in any. */
#pragma once

#include "nodes/base/time.h"

#include "clients/workload/circles.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Presence {
    PRESENCE_ALWAYS,  /* online all the time */
    PRESENCE_SESSIONS /* sessions a day, with a daily rhythm, of exponential length */
} Presence;

typedef struct WorkloadConfig {
    uint32_t people;
    double contacts;         /* mean of the log-normal number of contacts, which is rounded
                              * to 1 .. min(people - 1, 1024) */
    double contacts_sigma;   /* 1.0 */
    int32_t contact_graph;   /* ContactGraph */
    double contact_rewire;   /* small world: 0.1 */
    double messages_per_day; /* mean over people */
    double
        messages_dispersion; /* gamma shape of the mean over people (0.5); 0: all alike */
    double burst;            /* mean messages in a conversation (geometric) that nothing
                              * cuts short; >= 1 */
    Duration burst_gap;      /* median gap within it (log-normal, sigma 1.5) */
    double text_median_bytes, text_sigma; /* log-normal; capped at text_max_bytes */
    uint32_t text_max_bytes;              /* 2 000 */
    /* Of the messages, so many are attachments, so many of those images, and so many are
     * voice messages. */
    double attachment_share, image_share, voice_share;
    double file_median_bytes, file_sigma; /* log-normal; capped at file_max_bytes */
    uint32_t file_max_bytes;
    Duration voice_mean, voice_max; /* exponential, at least a second */
    uint32_t voice_bytes_per_s;     /* 6 570 */
    CirclesConfig circles;
    double group_share, room_share; /* of conversations, of those who are in any */
    Presence presence;
    double rare_share;       /* of people: they come seldom, whatever the hour, */
    Duration rare_off;       /* exponential time between their sessions, mean */
    double sessions_per_day; /* mean; sessions that fill the day: always online */
    Duration session_mean;   /* length */
    double always_share;     /* share of people that are always online */
    Duration ramp;           /* who is online at time 0 comes within so long */
    double diurnal;          /* 0: flat; 1: strong daily rhythm by time zone; not beyond */
} WorkloadConfig;

typedef enum ContactGraph { CONTACTS_CONFIGURATION, CONTACTS_SMALL_WORLD } ContactGraph;

typedef enum PersonActionKind {
    PERSON_COMES,  /* online */
    PERSON_GOES,   /* offline */
    PERSON_WRITES, /* to one contact; always while online */
    PERSON_RESTS   /* nothing more before the horizon */
} PersonActionKind;

/* What is written. */
typedef enum PersonContent {
    PERSON_TEXT,
    PERSON_IMAGE,
    PERSON_FILE,
    PERSON_VOICE
} PersonContent;

/* Where it is written to. */
typedef enum PersonPlace {
    PERSON_TO_CONTACT,
    PERSON_TO_GROUP, /* a closed one */
    PERSON_TO_ROOM
} PersonPlace;

typedef struct PersonAction {
    uint8_t kind;    /* PersonActionKind */
    uint8_t content; /* WRITES: PersonContent */
    uint8_t place;   /* WRITES: PersonPlace */
    Time at;
    uint64_t message; /* WRITES: logical id = person << 32 | number, from 1 */
    uint32_t to;      /* WRITES: another person, */
    uint32_t circle;  /* or TO_GROUP, TO_ROOM: which one */
    uint32_t bytes;   /* WRITES: of the text, or of the file */
} PersonAction;

typedef struct Workload Workload;

/* People with their contacts.  Writing ends at @write_until; presence goes on to @horizon.
 */
Workload *workload_new(const WorkloadConfig *config, uint64_t seed, Time write_until,
                       Time horizon);
void workload_free(Workload *workload);
/* The next action of a person after its last one, in time order (the first call gives the
 * first; an always-online person comes at a time drawn within ramp). */
PersonAction workload_next(Workload *workload, uint32_t person);
/* How many contacts (0 only for somebody alone), and the i-th: the one of rank i + 1. */
size_t workload_contacts(const Workload *workload, uint32_t person);
uint32_t workload_contact(const Workload *workload, uint32_t person, size_t i);
/* Closed groups and rooms (borrowed). */
const Circles *workload_circles(const Workload *workload);
/* Expected messages of all these people per day, for forecasts. */
double workload_messages_per_day(const Workload *workload);
