/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers for people, the same in every language setting.  Texts are new: g_free().  Used
 * inside report and compare. */
#pragma once

#include <stdint.h>

#include "results/report/summary.h"

/* 1,234,567 */
char *format_count(uint64_t count);
/* In its unit, scaled where the unit has larger ones: "12.3 MB", "4.56 s", "0.9987".  An em
 * dash for NAN. */
char *format_value(double value, const char *unit);
/* A share of 0 to 1 as per cent, with digits enough to tell it from 0 and from 100. */
char *format_share(double share);
/* "2.5 h", "14 d" */
char *format_duration(double seconds);

/* Value, low and high of a metric as texts; low and high are empty for one run. */
typedef struct IntervalText {
    char *value, *low, *high;
} IntervalText;

IntervalText format_metric(const MetricSummary *metric);
/* Where the count is 0: value "0", low empty, high "below BOUND". */
IntervalText format_share_summary(const ShareSummary *share);
void interval_text_clear(IntervalText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntervalText, interval_text_clear)
