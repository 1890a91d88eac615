/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench operations. */
#include "bench/bench.h"
#include "bench/operations.h"
#include "bench/rows.h"

bool
bench_operations(const BenchOptions *o, json_t *results, GError **error)
{
    OperationSpec specs[2 * OPERATIONS];
    BenchCase cases[2 * OPERATIONS];
    json_t *rows = json_array();
    bool fine;

    json_object_set_new(results, "operations", rows);
    for (unsigned i = 0; i < 2 * OPERATIONS; i++) {
        bool real = i >= OPERATIONS;

        specs[i] = (OperationSpec){ (Operation)(i % OPERATIONS), real,
                                    (real ? 2000 : 10000) / (o->quick ? 10 : 1) };
        cases[i] = (BenchCase){ .measure = operation_measure, .what = &specs[i] };
    }
    fine = bench_measure(o, "operations", cases, G_N_ELEMENTS(cases), error);
    for (unsigned i = 0; fine && i < G_N_ELEMENTS(cases); i++) {
        json_t *row = row_new(rows);

        row_text(row, "operation", operation_name(specs[i].operation));
        row_text(row, "cryptography", specs[i].real ? "real" : "null");
        row_field(row, "operations_per_s", &cases[i], o->runs, OPERATIONS_PER_S);
    }
    bench_cases_clear(cases, G_N_ELEMENTS(cases));
    return fine;
}
