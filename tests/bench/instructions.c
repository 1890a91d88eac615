/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-instructions WORK: fixed pieces of work for instructions.sh, which counts the
 * instructions inside of `counted` alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hold.h"
#include "bench/operations.h"
#include "bench/world_run.h"
#include "nodes/crypto/crypto.h"

typedef struct Work {
    const char *name;
    OperationSpec operation; /* with times > 0, or */
    HoldSpec hold;           /* with events > 0, or */
    WorldSpec world;
} Work;

static const Work works[] = {
    { .name = "peel", .operation = { OPERATION_PEEL, false, 200 } },
    { .name = "store", .operation = { OPERATION_STORE, false, 200 } },
    { .name = "retrieve", .operation = { OPERATION_RETRIEVE, false, 200 } },
    { .name = "retrieve-ten", .operation = { OPERATION_RETRIEVE_TEN, false, 200 } },
    { .name = "push", .operation = { OPERATION_PUSH, false, 1000 } },
    { .name = "hold-queue", .hold = { HOLD_LADDER, 1000, 20000 } },
    { .name = "hold-messages", .hold = { HOLD_MESSAGES, 1000, 20000 } },
    { .name = "network",
      .world = { .scenario = "metropolis",
                 .set = { "network.nodes=40", "client.clients=40", "scenario.duration=110s",
                          "scenario.drain=10s", "client.poll_interval=10s",
                          "workload.presence=always",
                          "workload.messages_per_day=2000" } } },
};

/* Valgrind knows it by its name: it must be there, once. */
bool counted(const Work *work, OperationBed *bed);

__attribute__((noinline)) bool
counted(const Work *work, OperationBed *bed)
{
    Measured measured = { 0 };

    if (bed != NULL) {
        operation_perform(bed);
        return true;
    }
    if (work->hold.events > 0)
        return hold_measure(&work->hold, &measured);
    return world_measure(&work->world, &measured);
}

int
main(int argc, char **argv)
{
    if (argc != 2 || crypto_setup() != ST_OK)
        return 2;
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        OperationBed *bed = NULL;
        bool fine;

        if (strcmp(argv[1], "--list") == 0) {
            puts(works[i].name);
            continue;
        }
        if (strcmp(argv[1], works[i].name) != 0)
            continue;
        if (works[i].operation.times > 0)
            bed = operation_prepare(&works[i].operation);
        fine = counted(&works[i], bed);
        if (bed != NULL)
            operation_free(bed);
        return fine ? 0 : 1;
    }
    return strcmp(argv[1], "--list") == 0 ? 0 : 2;
}
