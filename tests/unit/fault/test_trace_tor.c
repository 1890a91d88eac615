/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records made of Tor's consensuses. */
#include <glib.h>

#include "sim/fault/trace_tor.h"

/* Identities of twenty bytes of 1, 2 and 3. */
#define ONE "AQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define TWO "AgICAgICAgICAgICAgICAgICAgI"
#define THREE "AwMDAwMDAwMDAwMDAwMDAwMDAwM"
#define RELAY(id, ip, flags)                                                               \
    "r nick " id " ZGRkZGRkZGRkZGRkZGRkZGRkZGQ 2026-01-01 00:11:12 " ip " 9001 0\n"        \
    "s " flags "\nv Tor 0.4.8.10\nw Bandwidth=1000\np reject 1-65535\n"
#define UP(id) RELAY(id, "198.51.100.7", "Fast Running Valid")
#define HOUR_OF(hour) "network-status-version 3\nvalid-after 2026-01-01 " hour ":00:00\n"

static void
add(TorRecord *record, const char *text)
{
    TraceError why = { 0 };

    if (tor_record_add(record, bytes_of_text(text), &why) != ST_OK)
        g_error("line %zu: %s", why.line, why.text);
}

/* "from-to from-to; ..." in hours, a relay each. */
static char *
sessions(TorRecord *record)
{
    g_autoptr(GString) text = g_string_new(NULL);
    UptimeTrace *trace = NULL;

    g_assert_cmpint(tor_record_finish(record, &trace), ==, ST_OK);
    for (uint32_t i = 0; i < trace->n_servers; i++) {
        const TracedServer *server = &trace->servers[i];

        g_assert_cmpuint(server->id, ==, i);
        for (uint32_t k = 0; k < server->n; k++)
            g_string_append_printf(
                text, "%s%g-%g", k == 0 ? "" : " ",
                (double)trace->intervals[server->first + k].from_us / 3600e6,
                (double)trace->intervals[server->first + k].to_us / 3600e6);
        g_string_append_printf(text, "; ");
    }
    g_string_append_printf(text, "end %g", (double)trace->end_us / 3600e6);
    uptime_trace_free(trace);
    return g_strdup(text->str);
}

static const char *const hours[] = {
    HOUR_OF("00") UP(ONE) UP(TWO),
    HOUR_OF("01") UP(ONE) RELAY(TWO, "198.51.100.7", "Fast Valid") UP(THREE),
    HOUR_OF("02") UP(ONE) UP(TWO) UP(THREE),
    HOUR_OF("03") UP(TWO),
};

static void
test_sessions_in_any_order(void)
{
    static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 1, 0, 2 }, { 2, 3, 1, 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        TorRecord *record = tor_record_new();
        g_autofree char *text = NULL;

        for (size_t k = 0; k < 4; k++)
            add(record, hours[orders[i][k]]);
        g_assert_cmpuint(tor_record_count(record), ==, 4);
        text = sessions(record);
        g_assert_cmpstr(text, ==, "0-3; 0-1 2-4; 1-3; end 4");
        tor_record_free(record);
    }
}

/* One that is missing ends no session; one that is there twice is one; several in one text;
 * a microdescriptor consensus has no digests. */
static void
test_rows(void)
{
    TorRecord *record = tor_record_new();
    g_autofree char *text = NULL;

    add(record, HOUR_OF("00") UP(ONE) UP(TWO) HOUR_OF("05") UP(ONE) UP(ONE));
    add(record, HOUR_OF("05") UP(THREE));
    add(record, HOUR_OF("06") "r nick " ONE " 2026-01-01 00:11:12 198.51.100.7 9001 0\n"
                              "s Running\n");
    text = sessions(record);
    g_assert_cmpstr(text, ==, "0-7; 0-1; 5-6; end 7");
    tor_record_free(record);
}

static void
test_networks_and_dates(void)
{
    TorRecord *record = tor_record_new();
    UptimeTrace *trace = NULL;

    /* over the end of a February with 29 days */
    add(record, "valid-after 2024-02-28 23:00:00\n" RELAY(ONE, "10.1.2.3", "Running"));
    add(record, "valid-after 2024-03-01 00:00:00\n" RELAY(ONE, "10.2.2.3", "Running")
                    RELAY(TWO, "10.1.9.9", "Running") RELAY(THREE, "unknown", "Running"));
    g_assert_cmpint(tor_record_finish(record, &trace), ==, ST_OK);
    g_assert_cmpint(trace->end_us, ==, 26 * INT64_C(3600000000));
    g_assert_cmpuint(trace->servers[0].network, ==, 10 << 8 | 1);
    g_assert_cmpuint(trace->servers[1].network, ==, 10 << 8 | 1);
    g_assert_cmpuint(trace->servers[2].network, >, 10 << 8 | 1);
    uptime_trace_free(trace);
    tor_record_free(record);
}

static void
test_bad_lines_are_named(void)
{
    static const struct {
        const char *text;
        size_t line;
        const char *expected;
    } bad[] = {
        { "", 1, "valid-after" },
        { "network-status-version 3\n", 1, "valid-after" },
        { "valid-after 2026-01-01\n", 1, "YYYY-MM-DD" },
        { "valid-after 2026-13-01 00:00:00\n", 1, "YYYY-MM-DD" },
        { "valid-after 1969-12-31 00:00:00\n", 1, "YYYY-MM-DD" },
        { "valid-after 2026-01-01 24:00:00\n", 1, "YYYY-MM-DD" },
        { "a\n" UP(ONE), 2, "valid-after before" },
        { HOUR_OF("00") "r nick short x 2026-01-01 00:11:12 1.2.3.4 9001 0\n", 3,
          "identity" },
        { HOUR_OF("00") "r nick " ONE " 2026-01-01\n", 3, "identity" },
        { HOUR_OF("00") "r nick AQEBAQEBAQEBAQEBAQEBAQEBAQ= x d t 1.2.3.4 1 0\n", 3,
          "identity" },
        { HOUR_OF("00") "s Running\n", 3, "r before s" },
        { HOUR_OF("00") UP(ONE) "s Running\n", 8, "r before s" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        TorRecord *record = tor_record_new();
        TraceError why = { 0 };

        g_assert_cmpint(tor_record_add(record, bytes_of_text(bad[i].text), &why), ==,
                        ST_MALFORMED);
        g_assert_cmpuint(why.line, ==, bad[i].line);
        g_assert_nonnull(strstr(why.text, bad[i].expected));
        tor_record_free(record);
    }
}

static void
test_nobody_running(void)
{
    TorRecord *record = tor_record_new();
    UptimeTrace *trace = NULL;

    add(record, HOUR_OF("00") RELAY(ONE, "10.1.2.3", "Valid"));
    g_assert_cmpint(tor_record_finish(record, &trace), ==, ST_NOT_FOUND);
    g_assert_null(trace);
    tor_record_free(record);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/trace-tor/sessions", test_sessions_in_any_order);
    g_test_add_func("/fault/trace-tor/rows", test_rows);
    g_test_add_func("/fault/trace-tor/networks-and-dates", test_networks_and_dates);
    g_test_add_func("/fault/trace-tor/bad-lines", test_bad_lines_are_named);
    g_test_add_func("/fault/trace-tor/nobody-running", test_nobody_running);
    return g_test_run();
}
