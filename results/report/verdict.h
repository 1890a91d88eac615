/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a scenario expects, held against its runs.  An expectation is met when the whole
 * interval keeps it, fails when none of it does, and is undecided in between (more seeds
 * decide).  "= X" asks that X lies in the interval.  One run has no interval: its value
 * alone is judged.  Used inside report only. */
#pragma once

#include "results/record/reader.h"
#include "results/stats/stats.h"

typedef enum Verdict {
    VERDICT_MET,
    VERDICT_FAILED,
    VERDICT_UNDECIDED,
    VERDICT_NOT_MEASURED /* no run has the metric */
} Verdict;

typedef struct Judgement {
    guint variant; /* place in record_reader_variants() */
    RecordExpectation expectation;
    StatsInterval interval;
    const char *unit; /* of the metric; "" when not measured */
    Verdict verdict;
} Judgement;

/* Judgement for each variant and expectation; looks at the first variant afterwards. */
GArray *verdicts_of(RecordReader *reader);
/* "met", "failed", ... */
const char *verdict_name(Verdict verdict);
/* One line: what was expected, what there is, why it is not met; new. */
char *judgement_text(RecordReader *reader, const Judgement *judgement);
