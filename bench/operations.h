/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node does for one request, each operation alone. */
#pragma once

#include "bench/measure.h"

typedef enum Operation {
    OPERATION_PEEL,         /* one onion layer with every byte: a guard's */
    OPERATION_STORE,        /* a client's store of 500 bytes */
    OPERATION_RETRIEVE,     /* a signed poll that finds nothing new */
    OPERATION_RETRIEVE_TEN, /* a signed poll that finds ten messages */
    OPERATION_PUSH,         /* one of a hundred messages that a peer pushes */
    OPERATIONS
} Operation;

const char *operation_name(Operation operation);

typedef struct OperationSpec {
    Operation operation;
    bool real; /* cryptography */
    uint32_t times;
} OperationSpec;

/* Field of a Measured.  Its check is what the node answered, in bytes and answers. */
enum { OPERATIONS_PER_S };

/* As BenchCase.measure of an OperationSpec; per second of CPU time. */
bool operation_measure(const void *spec, Measured *ret);

/* The same in two steps, for whoever counts instructions of the second alone. */
typedef struct OperationBed OperationBed;
OperationBed *operation_prepare(const OperationSpec *spec);
void operation_perform(OperationBed *bed);
void operation_free(OperationBed *bed);
