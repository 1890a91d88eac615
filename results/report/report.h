/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people read: the summary on the terminal, the JSON object, tables as CSV, and the
 * one-page HTML report with its plots inside.  The command line calls exactly these. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* Texts below are new (g_free); NULL with @error set when the database cannot be read. */

/* {scenario, database, runs [{seed, trace_hash, wall_s, events, peak_rss_bytes, metrics
 * {name: number}}], metrics {name: {value, low, high, runs, unit, standard_error}}},
 * indented.  A metric that is held against a closed form has exact and within (4 standard
 * errors) too.
 * Of a sweep: {scenario, database, variants [{label, settings {key: value}, runs,
 * metrics}]}.  With expectations: expectations [{text, metric, variant, verdict, value,
 * low, high}]. */
char *report_json(const char *database, GError **error);
/* For the terminal: nodes, clients, messages and their fates with causes, the main metrics
 * with intervals, the trace hash of each run. */
char *report_summary_text(const char *database, GError **error);
/* Hold the runs against what their scenario expects.  *ret_unmet: a line for each
 * expectation that is not met, new; NULL when all are. */
bool report_judge(const char *database, char **ret_unmet, GError **error);
/* One table ("metrics", "series", "bins", "counts", "nodes", "messages", "runs"). */
char *report_csv(const char *database, const char *table, GError **error);
/* Make the plots (SVG and PNG) and the report in @folder; the report's path.  @question:
 * the scenario's head comment, or NULL. */
char *report_write(const char *database, const char *folder, const char *question,
                   GError **error);
