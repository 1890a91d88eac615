/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Driving the built program's `wire` from tests. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* What the program at $SWARMBED said to this input. */
typedef struct WireRun {
    char *out;
    int status;
} WireRun;

WireRun wire_run_bytes(const char *verb, gboolean lines, const void *input, gsize n);
void wire_run_clear(WireRun *run);

/* Objects waiting to be put to one verb, in one call of the program. */
typedef struct WireBatch {
    const char *verb;
    GString *input;
    guint n;
} WireBatch;

WireBatch wire_batch(const char *verb);
/* Takes @in. */
void wire_batch_add(WireBatch *batch, json_t *in);
/* The answers, one for each; ends the batch.  Checks that the exit status is 1 if and only
 * if one was refused. */
json_t *wire_batch_run(WireBatch *batch);
/* The same for one object, with and without --lines.  Takes @in; the answer is new. */
json_t *wire_ask(const char *verb, json_t *in);

/* Text of an answer's member; ends the test when it was refused. */
const char *wire_answer(const json_t *answer, const char *key);
#define assert_answer(answer, key, expected)                                               \
    g_assert_cmpstr(wire_answer((answer), (key)), ==, (expected))
#define assert_error(answer, expected)                                                     \
    g_assert_cmpstr(json_string_value(json_object_get((answer), "error")), ==, (expected))
#define assert_refused(answer) g_assert_nonnull(json_object_get((answer), "error"))
