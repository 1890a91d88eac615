/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other people's uptime records: each format's small example, its bad lines, and which
 * format a file is taken for. */
#include <glib.h>

#include "sim/fault/trace_formats.h"
#include "sim/fault/trace_statistics.h"

typedef Status (*Parse)(Bytes text, UptimeTrace **ret, TraceError *ret_error);

static Status
parse_oversim(Bytes text, UptimeTrace **ret, TraceError *ret_error)
{
    uint64_t ignored;

    return trace_parse_oversim(text, ret, &ignored, ret_error);
}

static Status
parse_fta(Bytes text, UptimeTrace **ret, TraceError *ret_error)
{
    bool in_nodes = true;
    Status status = trace_parse_fta(text, (Bytes){ NULL, 0 }, ret, &in_nodes, ret_error);

    g_assert_true(status == ST_OK || !in_nodes);
    return status;
}

/* "id country network: from-to from-to; ..." with times in seconds. */
static char *
text_of(const UptimeTrace *trace)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (uint32_t i = 0; i < trace->n_servers; i++) {
        const TracedServer *server = &trace->servers[i];

        g_string_append_printf(text, "%u %s %u:", server->id, server->country,
                               server->network);
        for (uint32_t k = 0; k < server->n; k++)
            g_string_append_printf(
                text, " %g-%g", (double)trace->intervals[server->first + k].from_us / 1e6,
                (double)trace->intervals[server->first + k].to_us / 1e6);
        g_string_append(text, "; ");
    }
    g_string_append_printf(text, "end %g", (double)trace->end_us / 1e6);
    return g_strdup(text->str);
}

static void
assert_reads(Parse parse, const char *text, const char *expected)
{
    UptimeTrace *trace = NULL;
    TraceError why = { 0 };
    g_autofree char *got = NULL;

    if (parse(bytes_of_text(text), &trace, &why) != ST_OK)
        g_error("line %zu: %s", why.line, why.text);
    got = text_of(trace);
    g_assert_cmpstr(got, ==, expected);
    uptime_trace_free(trace);
}

typedef struct Bad {
    Parse parse;
    const char *text;
    size_t line;
    const char *expected; /* must be in the reason */
} Bad;

static void
assert_refused(const Bad *bad)
{
    UptimeTrace *trace = NULL;
    TraceError why = { 0 };

    g_test_message("%s", bad->text);
    g_assert_cmpint(bad->parse(bytes_of_text(bad->text), &trace, &why), !=, ST_OK);
    g_assert_null(trace);
    g_assert_cmpuint(why.line, ==, bad->line);
    g_assert_nonnull(strstr(why.text, bad->expected));
}

static void
test_csv(void)
{
    assert_reads(
        trace_parse_csv,
        "# anything\n# units: us; horizon_us: 10000000\nt_us,node,event\n"
        "3000000,7,up\n2500000,7,down\n0,7,up\n4000000,12,join\n6000000,11,leave\r\n",
        "7  0: 0-2.5 3-10; 11  1: 0-6; 12  2: 4-10; end 10");
    /* names that are no numbers are ranked, shorter ones first */
    assert_reads(trace_parse_csv,
                 "t_us,node,event,country,network\n1000000,beta,join,,\n"
                 "0,alpha,up,DE,5\n2000000,beta,leave,FR,9\n3000000,gam,join,,\n"
                 "4000000,gam,leave,,\n",
                 "0  10: 3-4; 1 FR 9: 1-2; 2 DE 5: 0-4; end 4");
    /* it leaves and joins again; what touches is one; what is empty is none */
    assert_reads(trace_parse_csv,
                 "t_us,node,event\n#horizon_us=9000000\n1000000,1,join\n2000000,1,leave\n"
                 "5000000,1,join\n6000000,1,down\n6000000,1,up\n7000000,2,join\n"
                 "7000000,2,leave\n",
                 "1  0: 1-2 5-9; end 9");
    assert_reads(trace_parse_csv, "t_us,node,event\n", "end 0");
}

static void
test_avt(void)
{
    assert_reads(trace_parse_avt,
                 "1\t2 100 3700 7300 10900\n\n2 1 1900 9100 \n5\t0\n# no node\n",
                 "1  0: 0-3600 7200-10800; 2  1: 1800-9000; end 10800");
    assert_reads(trace_parse_avt, "9 4 50 60 0 10 10 20 7 7\r\n",
                 "9  0: 0-20 50-60; end 60");
    /* overlapping ones are one */
    assert_reads(trace_parse_avt, "1 2 0 100 50 200\n", "1  0: 0-200; end 200");
}

static void
test_oversim(void)
{
    UptimeTrace *trace = NULL;
    TraceError why;
    uint64_t ignored = 0;
    g_autofree char *got = NULL;

    g_assert_cmpint(trace_parse_oversim(
                        BYTES_LITERAL("0 1 JOIN\n0.5 2 JOIN\n1 0 CONNECT_NODETYPES 0 1\n"
                                      "12 1 PUT k v\n20.25 2 LEAVE\n30 2 JOIN\n"
                                      "60 0 DISCONNECT_NODETYPES 0 1\n"),
                        &trace, &ignored, &why),
                    ==, ST_OK);
    got = text_of(trace);
    g_assert_cmpstr(got, ==, "1  0: 0-60; 2  1: 0.5-20.25 30-60; end 60");
    g_assert_cmpuint(ignored, ==, 3);
    uptime_trace_free(trace);
}

#define FTA_HEADER                                                                         \
    "# event_id\tcomponent_id\tnode_id\tplatform_id\tnode_name\tevent_type"                \
    "\tevent_start_time\tevent_stop_time\tevent_end_reason\n"

static void
test_fta(void)
{
    static const char events[] =
        FTA_HEADER "4\t1\t2\t1\tb\t1\t1134514000\t1134514800.5\tNULL\n"
                   "1\t1\t1\t1\ta\t1\t1134514000.0\t1134514600.0\t0\n"
                   "2\t1\t1\t1\ta\t0\t1134514600\t1134515000\tNULL\n"
                   "3\t1\t1\t1\ta\t1\t 1134515000 \tNULL\tNULL\n"
                   "5\t1\t3\t1\tc\t0\t1134514000\t1134516000\tNULL\n"
                   "6\t2\t2\t1\tb\t1\t1134514700\t1134515400\tNULL\n";
    static const char nodes[] = "#node_id\tplatform_id\tnode_name\tnode_ip\tnode_location\n"
                                "1\t1\ta\t192.0.2.1\tBerlin, DE\n2\t1\tb\tNULL\tEarth\n";
    UptimeTrace *trace = NULL;
    TraceError why = { 0 };
    bool in_nodes = false;
    g_autofree char *got = NULL;

    assert_reads(parse_fta, events, "1  0: 0-600 1000-2000; 2  1: 0-1400; end 2000");
    /* without a header, and with another order of columns */
    assert_reads(parse_fta, events + strlen(FTA_HEADER),
                 "1  0: 0-600 1000-2000; 2  1: 0-1400; end 2000");
    assert_reads(parse_fta,
                 "#event_stop_time\tevent_start_time\tevent_type\tnode_id\n20\t10\t1\t8\n",
                 "8  0: 0-10; end 10");
    assert_reads(parse_fta,
                 "\nnode_id\tevent_type\tevent_stop_time\tevent_start_time\n8\t1\t20\t10\n",
                 "8  0: 0-10; end 10");
    g_assert_cmpint(trace_parse_fta(bytes_of_text(events), bytes_of_text(nodes), &trace,
                                    &in_nodes, &why),
                    ==, ST_OK);
    got = text_of(trace);
    /* 192.0 is 0xc000 */
    g_assert_cmpstr(got, ==, "1 DE 49152: 0-600 1000-2000; 2  49154: 0-1400; end 2000");
    uptime_trace_free(trace);
    trace = NULL;
    g_assert_cmpint(trace_parse_fta(bytes_of_text(events), BYTES_LITERAL("1\n\t2\n"),
                                    &trace, &in_nodes, &why),
                    ==, ST_MALFORMED);
    g_assert_true(in_nodes && trace == NULL);
    g_assert_cmpuint(why.line, ==, 2);
}

static void
test_bad_lines_are_named(void)
{
    static const Bad bad[] = {
        { trace_parse_csv, "", 1, "t_us,node,event is expected" },
        { trace_parse_csv, "t_us,node\n", 1, "t_us,node,event" },
        { trace_parse_csv, "t_us,node,event\n0,1\n", 2, "three fields" },
        { trace_parse_csv, "t_us,node,event\n0,1,up,x\n", 2, "three fields" },
        { trace_parse_csv, "t_us,node,event,country,network\n0,1,up\n", 2, "five fields" },
        { trace_parse_csv, "t_us,node,event\n-1,1,up\n", 2, "microseconds" },
        { trace_parse_csv, "t_us,node,event\n1.5,1,up\n", 2, "microseconds" },
        { trace_parse_csv, "t_us,node,event\n99999999999999999999,1,up\n", 2, "time" },
        { trace_parse_csv, "t_us,node,event\n9223372036854776,1,up\n", 2, "time" },
        { trace_parse_csv, "t_us,node,event\n0,,up\n", 2, "name" },
        { trace_parse_csv, "t_us,node,event\n0,1,move\n", 2, "up, down, join or leave" },
        { trace_parse_csv, "t_us,node,event\n0,1,up\n\n5,1,up\n", 4, "down is expected" },
        { trace_parse_csv, "t_us,node,event\n5,1,down\n4,1,down\n", 2, "up is expected" },
        { trace_parse_csv, "t_us,node,event\n0,1,up\n5,1,join\n", 3, "not there yet" },
        { trace_parse_csv, "t_us,node,event\n5,1,leave\n6,1,up\n", 3, "join" },
        { trace_parse_csv, "t_us,node,event\n5,1,leave\n6,1,leave\n", 3, "not left" },
        { trace_parse_csv, "# units: ms\nt_us,node,event\n", 1, "units: us" },
        { trace_parse_csv, "# horizon_us: soon\nt_us,node,event\n", 1, "horizon" },
        { trace_parse_csv, "# horizon_us: 4\nt_us,node,event\n5,1,up\n", 1, "horizon" },
        { trace_parse_csv, "t_us,node,event,country,network\n0,1,up,de,\n", 2, "country" },
        { trace_parse_csv, "t_us,node,event,country,network\n0,1,up,,4294967296\n", 2,
          "network" },
        { trace_parse_avt, "", 1, "up is expected" },
        { trace_parse_avt, "1 0\n2 0\n", 2, "up is expected" },
        { trace_parse_avt, "1\n", 1, "number of intervals" },
        { trace_parse_avt, "1 x\n", 1, "number of intervals" },
        { trace_parse_avt, "1 1 0 5\n2 2 0 5 7\n", 2, "as many" },
        { trace_parse_avt, "1 1 0 5 7\n", 1, "no more" },
        { trace_parse_avt, "1 1 5 0\n", 1, "after its start" },
        { trace_parse_avt, "1 1 a 5\n", 1, "in seconds" },
        { trace_parse_avt, "1 1 0 9223372037\n", 1, "in seconds" },
        { parse_oversim, "", 1, "JOIN is expected" },
        { parse_oversim, "5 1 GET k\n", 1, "JOIN is expected" },
        { parse_oversim, "0 1 JOIN\n5 1\n", 2, "a node and a word" },
        { parse_oversim, "0 1 JOIN\nx 1 LEAVE\n", 2, "time in seconds" },
        { parse_oversim, "0 1 JOIN\n5. 1 LEAVE\n", 2, "time in seconds" },
        { parse_oversim, "0 1 JOIN\n5 1 JOIN\n", 2, "not there yet" },
        { parse_fta, "", 1, "type 1" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t0\t5\t6\tNULL\n", 2, "type 1" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t1\t5\tNULL\tNULL\n", 2, "type 1" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t1\t5\n", 2, "between tabs" },
        { parse_fta, "#node_id\tevent_type\n1\t1\n", 2, "between tabs" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t2\t5\t6\tNULL\n", 2, "event_type 0 or 1" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t1\tNULL\t6\tNULL\n", 2,
          "event_start_time" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t1\t5\tx\tNULL\n", 2, "or NULL" },
        { parse_fta, FTA_HEADER "1\t1\t1\t1\ta\t1\t5\t4\tNULL\n", 2,
          "event_stop_time after" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(&bad[i]);
}

static void
test_formats_are_told_apart(void)
{
    static const struct {
        const char *name, *text;
        TraceFormat format;
    } cases[] = {
        { "tor-nodes.csv", "", TRACE_FORMAT_PAIR },
        { "x", "node,country,latitude,longitude,network\n", TRACE_FORMAT_PAIR },
        { "PlanetLab.avt", "", TRACE_FORMAT_AVT },
        { "x", "1 2 3 4 5 6\n", TRACE_FORMAT_AVT },
        { "x", "host.example\t0\n", TRACE_FORMAT_AVT },
        { "event_trace.tab", "", TRACE_FORMAT_FTA },
        { "x", FTA_HEADER, TRACE_FORMAT_FTA },
        { "x", &FTA_HEADER[2], TRACE_FORMAT_FTA },
        { "2026-01-01-00-00-00-consensus", "", TRACE_FORMAT_TOR },
        { "x", "@type network-status-consensus-3 1.0\n", TRACE_FORMAT_TOR },
        { "x", "network-status-version 3 microdesc\n", TRACE_FORMAT_TOR },
        { "x.trace", "0.5 1 JOIN\n", TRACE_FORMAT_OVERSIM },
        { "x", "\n# comment\n0 0 CONNECT_NODETYPES 0 1\n", TRACE_FORMAT_OVERSIM },
        { "x", "# units: us\nt_us,node,event\n", TRACE_FORMAT_CSV },
        { "x", "", TRACE_FORMAT_UNKNOWN },
        { "x", "# comment\n", TRACE_FORMAT_UNKNOWN },
        { "x.csv", "time,node\n", TRACE_FORMAT_UNKNOWN },
        { "x", "once upon a time\n1 2 3 4\n", TRACE_FORMAT_UNKNOWN },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(
            trace_format_name(trace_format_of(cases[i].name, bytes_of_text(cases[i].text))),
            ==, trace_format_name(cases[i].format));
}

static void
test_statistics(void)
{
    UptimeTrace *trace = NULL;
    TraceError why;
    TraceStatistics s;

    g_assert_cmpint(
        trace_parse_csv(BYTES_LITERAL("#horizon_us=100\nt_us,node,event,country,network\n"
                                      "0,1,up,DE,4\n40,1,down,,\n50,1,up,,\n60,1,down,,\n"
                                      "90,1,up,,\n20,2,join,FR,4\n100,3,leave,DE,7\n"),
                        &trace, &why),
        ==, ST_OK);
    s = trace_statistics(trace);
    g_assert_cmpuint(s.servers, ==, 3);
    g_assert_cmpuint(s.sessions, ==, 5);
    g_assert_cmpint(s.span_us, ==, 100);
    /* 40 + 10 + 10, 80 and 100 of 100 each */
    g_assert_cmpfloat_with_epsilon(s.up_share, 0.8, 1e-12);
    g_assert_cmpuint(s.up_at_start, ==, 2);
    g_assert_cmpuint(s.up_at_end, ==, 3);
    g_assert_cmpint(s.session_median_us, ==, 40); /* of 10 10 40 80 100 */
    g_assert_cmpint(s.outage_median_us, ==, 20);  /* of 10 30 */
    g_assert_cmpuint(s.countries, ==, 2);
    g_assert_cmpuint(s.networks, ==, 2);
    uptime_trace_free(trace);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/trace-formats/csv", test_csv);
    g_test_add_func("/fault/trace-formats/avt", test_avt);
    g_test_add_func("/fault/trace-formats/oversim", test_oversim);
    g_test_add_func("/fault/trace-formats/fta", test_fta);
    g_test_add_func("/fault/trace-formats/bad-lines", test_bad_lines_are_named);
    g_test_add_func("/fault/trace-formats/told-apart", test_formats_are_told_apart);
    g_test_add_func("/fault/trace-formats/statistics", test_statistics);
    return g_test_run();
}
