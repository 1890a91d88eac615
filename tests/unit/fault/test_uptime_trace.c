/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/fault/uptime_trace.h"

#define NODES                                                                              \
    "node,country,latitude,longitude,network\n"                                            \
    "0,DE,50.1,8.7,3\n"                                                                    \
    "1,,,,0\n"                                                                             \
    "7,US,42.4,-71.1,3\n"
#define UP                                                                                 \
    "node,up_from_s,up_to_s\n"                                                             \
    "0,0,100\n"                                                                            \
    "0,150,400\n"                                                                          \
    "7,20,300\n"

static void
test_parse(void)
{
    UptimeTrace *trace = NULL;
    size_t line = 0;
    bool in_up = false;
    const char *error = NULL;

    g_assert_cmpint(uptime_trace_parse(BYTES_LITERAL(NODES), BYTES_LITERAL(UP), &trace,
                                       &line, &in_up, &error),
                    ==, ST_OK);
    g_assert_cmpuint(trace->n_servers, ==, 2); /* node 1 was never up */
    g_assert_cmpuint(trace->servers[0].id, ==, 0);
    g_assert_cmpstr(trace->servers[0].country, ==, "DE");
    g_assert_cmpuint(trace->servers[0].network, ==, 3);
    g_assert_cmpuint(trace->servers[0].first, ==, 0);
    g_assert_cmpuint(trace->servers[0].n, ==, 2);
    g_assert_cmpuint(trace->servers[1].id, ==, 7);
    g_assert_cmpuint(trace->servers[1].first, ==, 2);
    g_assert_cmpuint(trace->servers[1].n, ==, 1);
    g_assert_cmpuint(trace->n_intervals, ==, 3);
    g_assert_cmpint(trace->intervals[1].from_us, ==, 150000000);
    g_assert_cmpint(trace->intervals[1].to_us, ==, 400000000);
    g_assert_cmpint(trace->end_us, ==, 400000000);
    uptime_trace_free(trace);
    uptime_trace_free(NULL);
}

static void
check_refused(const char *nodes, const char *up, Status status, size_t line, bool in_up)
{
    UptimeTrace *trace = NULL;
    size_t at = 0;
    bool seen_in_up = !in_up;
    const char *error = NULL;

    g_assert_cmpint(uptime_trace_parse(bytes_of_text(nodes), bytes_of_text(up), &trace, &at,
                                       &seen_in_up, &error),
                    ==, status);
    g_assert_null(trace);
    g_assert_cmpuint(at, ==, line);
    g_assert_true(seen_in_up == in_up);
    g_assert_nonnull(error);
}

static void
test_bad_lines_are_named(void)
{
    static const struct {
        const char *line;
        Status status;
    } BAD_NODES[] = { { "", ST_MALFORMED },
                      { "8", ST_MALFORMED },
                      { "8,US,1,2", ST_MALFORMED },
                      { "8,US,1,2,3,4", ST_MALFORMED },
                      { "8,usa,1,2,3", ST_MALFORMED },
                      { "8,us,1,2,3", ST_MALFORMED },
                      { "x,US,1,2,3", ST_MALFORMED },
                      { "-8,US,1,2,3", ST_MALFORMED },
                      { "8,US,1,2,", ST_MALFORMED },
                      { "7,US,1,2,3", ST_MALFORMED },
                      { "4294967296,US,1,2,3", ST_RANGE },
                      { "8,US,1,2,4294967296", ST_RANGE } },
      BAD_UP[] = { { "", ST_MALFORMED },
                   { "7,500", ST_MALFORMED },
                   { "7,500,600,700", ST_MALFORMED },
                   { "7,500,x", ST_MALFORMED },
                   { "7,500,500", ST_RANGE },
                   { "7,500,499", ST_RANGE },
                   { "7,299,499", ST_MALFORMED },
                   { "7,300,499", ST_MALFORMED },
                   { "7,500,999999999999", ST_RANGE },
                   { "7,500,9999999999999", ST_MALFORMED },
                   { "8,500,600", ST_MALFORMED },
                   { "1,500,600", ST_MALFORMED } };

    for (size_t i = 0; i < G_N_ELEMENTS(BAD_NODES); i++) {
        g_autofree char *nodes = g_strconcat(NODES, BAD_NODES[i].line, "\n", NULL);

        check_refused(nodes, UP, BAD_NODES[i].status, 5, false);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(BAD_UP); i++) {
        g_autofree char *up = g_strconcat(UP, BAD_UP[i].line, "\n", NULL);

        check_refused(NODES, up, BAD_UP[i].status, 5, true);
    }
    check_refused("", UP, ST_MALFORMED, 1, false);
    check_refused("node\n", UP, ST_MALFORMED, 1, false);
    check_refused(NODES, "", ST_MALFORMED, 1, true);
    check_refused(NODES, "node,up_to_s,up_from_s\n", ST_MALFORMED, 1, true);
}

/* Files cut off anywhere, and lines that end as on other systems: no crash, no leak. */
static void
test_truncated(void)
{
    UptimeTrace *trace = NULL;
    size_t line;
    bool in_up;
    const char *error;
    unsigned good = 0;

    for (size_t n = 0; n < strlen(NODES); n++)
        if (uptime_trace_parse((Bytes){ (const uint8_t *)NODES, n }, BYTES_LITERAL(UP),
                               &trace, &line, &in_up, &error) == ST_OK) {
            uptime_trace_free(trace);
            good++;
        }
    g_assert_cmpuint(good, ==, 1); /* without the last line's end */
    good = 0;
    for (size_t n = 0; n < strlen(UP); n++)
        if (uptime_trace_parse(BYTES_LITERAL(NODES), (Bytes){ (const uint8_t *)UP, n },
                               &trace, &line, &in_up, &error) == ST_OK) {
            uptime_trace_free(trace);
            good++;
        }
    /* lines cut where a shorter number still ends after its interval's beginning, or after
     * whole lines */
    g_assert_cmpuint(good, ==, 10);
    g_assert_cmpint(
        uptime_trace_parse(
            BYTES_LITERAL("node,country,latitude,longitude,network\r\n0,,,,0\r\n"),
            BYTES_LITERAL("node,up_from_s,up_to_s\r\n0,0,9\r\n"), &trace, &line, &in_up,
            &error),
        ==, ST_OK);
    uptime_trace_free(trace);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/uptime-trace-parse", test_parse);
    g_test_add_func("/fault/uptime-trace-bad-lines", test_bad_lines_are_named);
    g_test_add_func("/fault/uptime-trace-truncated", test_truncated);
    return g_test_run();
}
