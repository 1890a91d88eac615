/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scenario: one INI file that asks one question (design 5).  Every key stands in one
 * table (keys.c) with type, unit, range, default and a line of help; the loader, `swarmbed
 * check`, the reference page and shell completion all come from it. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "clients/session/session.h"
#include "clients/workload/workload.h"
#include "nodes/outside/file_server.h"
#include "nodes/outside/open_group_server.h"
#include "nodes/outside/push_server.h"
#include "nodes/outside/web_server.h"
#include "nodes/registry/registry.h"
#include "nodes/service/service.h"
#include "scenarios/adversary_section.h"
#include "scenarios/fault_section.h"
#include "scenarios/rounds.h"
#include "sim/fault/churn.h"
#include "sim/net/net.h"

typedef enum CryptoMode { CRYPTO_REAL, CRYPTO_NULL } CryptoMode;
typedef enum StoreMode { STORE_MEMORY, STORE_SQLITE } StoreMode;
typedef enum Preset { PRESET_2020, PRESET_2024, PRESET_2025 } Preset;

typedef enum RepairMode { REPAIR_PARALLEL, REPAIR_SERIAL } RepairMode;

/* Closed forms (results/exact) by name, in the order of ValidateForm. */
#define VALIDATE_FORMS                                                                     \
    "none|no-repair|time-to-loss|availability|all-down|repair|shocks|mass-exit|"           \
    "ttl-loss|queue|path-compromise|outages|growth|credit|guard-rotation|exposure|"        \
    "intersection|predecessor|disclosure|entropy|timing|cadence|denial|frontier|"          \
    "eclipse|sybil|polling"

typedef enum ValidateForm {
    VALIDATE_NONE,
    VALIDATE_NO_REPAIR,       /* survival, loss, copies */
    VALIDATE_TIME_TO_LOSS,    /* mttdl, time_to_loss */
    VALIDATE_AVAILABILITY,    /* availability */
    VALIDATE_ALL_DOWN,        /* all_down, all_down_gap */
    VALIDATE_REPAIR,          /* loss, survival, mttdl */
    VALIDATE_SHOCKS,          /* loss, survival */
    VALIDATE_MASS_EXIT,       /* dissolved, steals, survival; under the real swarm rules */
    VALIDATE_TTL_LOSS,        /* loss, survival, retrieved: of people away */
    VALIDATE_QUEUE,           /* sojourn, wait, sojourn_quantile */
    VALIDATE_PATH_COMPROMISE, /* first_and_last, ..., swarm_all; world_compromise.c */
    VALIDATE_OUTAGES,         /* all_down, any_down, swarms_down: at a shock */
    VALIDATE_GROWTH,          /* swarms, size_N, share_min, share_max, share_cv */
    VALIDATE_CREDIT,          /* decommissioned, deregistered */
    VALIDATE_GUARD_ROTATION,  /* compromised, guard_met, rotations_mean */
    VALIDATE_EXPOSURE,        /* exposed, exposure_set */
    VALIDATE_INTERSECTION,    /* rounds, rounds_quantile, set; of people in rounds */
    VALIDATE_PREDECESSOR,     /* rounds, rounds_quantile */
    VALIDATE_DISCLOSURE,      /* rounds, found, contacts_seen */
    VALIDATE_ENTROPY,         /* others, right, entropy, and more */
    VALIDATE_TIMING,          /* auc, windows_needed */
    VALIDATE_CADENCE,         /* auc, right, precision_at_base; without a form */
    VALIDATE_DENIAL,          /* compromised, usable; used_compromised */
    VALIDATE_FRONTIER,        /* linked, linked_year: of histories; without a form */
    VALIDATE_ECLIPSE,         /* eclipsed */
    VALIDATE_SYBIL,           /* camped, camp_registrations, camp_time */
    VALIDATE_POLLING          /* poll_delay, poll_delay_quantile, polls_to_find */
} ValidateForm;

typedef struct ValidateConfig {
    int32_t form;   /* ValidateForm */
    int32_t moment; /* ValidateMoment */
    int32_t estimate;
    uint32_t probes, at_least;
    uint32_t trajectories; /* of splitting, at each level */
    double quantile;
    double rate; /* of the load on node 0, a second */
    uint32_t rotations;
    uint32_t after, sightings, draws;
    double deviations, links, base;
    double exodus;
    Duration window;
    bool shuffled; /* the truth, as a control */
    bool sizes;    /* requests are told apart by their lengths too */
} ValidateConfig;

/* What the processing of one input takes. */
typedef enum CostLaw { COST_FIXED, COST_EXPONENTIAL } CostLaw;

typedef enum ValidateMoment { VALIDATE_STEADY, VALIDATE_END } ValidateMoment;
typedef enum ValidateEstimate {
    VALIDATE_AUTO,
    VALIDATE_COUNTED,
    VALIDATE_REGROUPED,
    VALIDATE_SPLITTING
} ValidateEstimate;

/* A file that a key names, as text: resolved against the scenario's folder. */
typedef char *FilePath;

typedef struct Scenario {
    char *path, *name;      /* of the file; the name is its path without .ini, from the last
                             * "scenarios/" on where there is one */
    char *question;         /* the head comment */
    char *folder;           /* where it is, for files it names */
    GPtrArray *study_lines; /* StudyLine: what study_new() reads (study.h) */

    /* [scenario] */
    Duration duration; /* people write for so long */
    Duration drain;    /* then they only poll */
    int32_t crypto;    /* CryptoMode */
    int32_t store;     /* StoreMode */
    uint64_t seed;
    Duration start_unix; /* seconds since 1970, as a number of nanoseconds */

    /* [network] */
    uint32_t nodes;
    NetConfig net;
    FilePath rtt;      /* "": constant latency */
    int32_t rtt_unit;  /* RttUnit */
    FilePath topology; /* "": none; else instead of rtt */
    double node_speed, client_speed;
    uint32_t hosters; /* synthetic ones */
    uint32_t hoster_subnets;
    double hoster_exponent;
    Duration cost_x25519, cost_sign, cost_verify, cost_store_put, cost_store_get,
        cost_request, cost_work;
    int32_t cost_law; /* CostLaw */

    /* [swarm] */
    ChainConfig chain;
    bool grown;
    uint32_t swarm_target; /* 0: chain.sizes as written; else they follow from it */

    /* [protocol] */
    int32_t preset; /* Preset: whose defaults these are */
    ServiceConfig service;
    uint64_t store_bytes;

    /* [client] */
    uint32_t clients;
    SessionConfig session;
    double second_devices; /* share of people that restore their account on another one, */
    Duration second_device_within; /* at a time up to this */

    /* [outside] */
    FileServerConfig file_server;
    bool push; /* clients have themselves woken by a push server */
    PushServerConfig push_server;
    uint32_t program_bytes; /* what a device fetches before its client runs; 0: nothing */
    OpenGroupConfig open_group;
    double outside_speed;

    /* [workload] */
    WorkloadConfig workload;
    double group_changes;   /* of members, per closed group and day */
    FilePath message_trace; /* "": the workload */

    /* [churn] */
    ChurnConfig churn;
    Duration churn_start;
    FilePath trace; /* "": laws */
    double arrivals_per_day;
    bool replace_departed; /* each departed node is replaced by a new one */
    Duration replace_after;

    /* [repair] */
    Law repair_delay; /* never: nobody comes back */
    int32_t repair_mode;

    /* [fault] */
    uint32_t wrong_keys; /* so many nodes hold keys that are not the registered ones */
    Duration exit_at;    /* a share of the nodes leaves for good then; 0: never */
    double exit_share;
    Duration all_dead_at;              /* every node's host dies then; 0: never */
    FaultSection faults[SECTIONS_MAX]; /* [fault NAME] */
    uint32_t n_faults;

    double absent_share;
    double put_lost;
    uint32_t put_lost_every;

    /* [adversary] */
    AdversarySection adversaries[SECTIONS_MAX]; /* [adversary NAME] */
    uint32_t n_adversaries;
    /* [rounds] */
    RoundsConfig rounds;

    /* [validate] */
    ValidateConfig validate;

    /* [record] */
    Duration record_interval, age_bin, sent_bin, late_after;
    uint32_t record_messages; /* lives of at most so many messages go to the database */
} Scenario;

/* Load @path, apply @overrides ("section.key=value", NULL-terminated, may be NULL).  NULL
 * with one clear sentence in @error: file, line, key, what was expected, nearest known
 * name. */
Scenario *scenario_load(const char *path, char *const *overrides, GError **error);
void scenario_free(Scenario *scenario);

/* The resolved scenario as INI text, every key with its value (also the defaults), the seed
 * left out: runs of one experiment differ in it. */
char *scenario_text(const Scenario *scenario);
/* The reference of all keys, for `swarmbed check --keys`. */
char *scenario_reference(void);
/* Forecast: people's messages, polls, events, memory and time, as text. */
char *scenario_forecast(const Scenario *scenario);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)
