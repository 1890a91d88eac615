/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Schedules replayed from a record: a tiny one by hand, and the Tor relays that are shipped
 * in scenarios/data. */
#include <gio/gio.h>
#include <glib.h>

#include "sim/fault/churn.h"

static UptimeTrace *
trace_of(Bytes nodes, Bytes up)
{
    UptimeTrace *trace = NULL;
    size_t line = 0;
    bool in_up = false;
    const char *error = "";

    if (uptime_trace_parse(nodes, up, &trace, &line, &in_up, &error) != ST_OK)
        g_error("%s:%zu: %s", in_up ? "up" : "nodes", line, error);
    return trace;
}

/* Four servers: 3 is down at 50 s, 4 appears at 60 s. */
static UptimeTrace *
tiny_trace(void)
{
    return trace_of(BYTES_LITERAL("node,country,latitude,longitude,network\n"
                                  "1,,,,1\n2,,,,2\n3,,,,3\n4,,,,4\n"),
                    BYTES_LITERAL("node,up_from_s,up_to_s\n"
                                  "1,0,100\n1,120,300\n1,310,1000\n"
                                  "2,10,80\n2,200,400\n"
                                  "3,0,40\n3,90,1000\n"
                                  "4,60,70\n4,75,95\n"));
}

/* The schedule as text: kind and seconds. */
static char *
schedule(Churn *churn, uint32_t node)
{
    static const char *const NAMES[] = { "process", "host", "returns", "departs", "exits" };
    GString *text = g_string_new(NULL);
    Fault fault;

    while ((fault = churn_next(churn, node)).kind != FAULT_NONE)
        g_string_append_printf(text, "%s %g, ", NAMES[fault.kind], (double)fault.at / 1e9);
    return g_string_free(text, FALSE);
}

static void
test_tiny_trace(void)
{
    UptimeTrace *trace = tiny_trace();
    ChurnConfig config = { .trace = trace, .trace_window = 50 * SECOND };
    Churn *churn = NULL;

    g_assert_cmpint(churn_new(&config, 2, 1, DAY, &churn), ==, ST_OK);
    for (uint32_t i = 0; i < 2; i++) {
        g_autofree char *text = schedule(churn, i);

        if (churn_traced(churn, i) == 0)
            g_assert_cmpstr(text, ==, "host 50, returns 70, host 250, returns 260, ");
        else
            g_assert_cmpstr(text, ==, "host 30, returns 150, departs 350, ");
    }
    g_assert_cmpint(churn_traced(churn, 0) + churn_traced(churn, 1), ==, 1); /* 0 and 1 */
    churn_add(churn, 2, 500 * SECOND);
    churn_add(churn, 3, 600 * SECOND);
    for (uint32_t i = 2; i < 4; i++) {
        g_autofree char *text = schedule(churn, i);

        if (churn_traced(churn, i) == 1) /* appeared at 10 s; arrives at 500 or 600 */
            g_assert_cmpstr(text, ==,
                            i == 2 ? "host 570, returns 690, departs 890, "
                                   : "host 670, returns 790, departs 990, ");
        else
            g_assert_cmpstr(text, ==,
                            i == 2 ? "host 510, returns 515, departs 535, "
                                   : "host 610, returns 615, departs 635, ");
    }
    churn_free(churn);
    churn = NULL;
    g_assert_cmpint(churn_new(&config, 3, 1, DAY, &churn), ==, ST_RANGE); /* two are up */
    g_assert_null(churn);
    uptime_trace_free(trace);
}

static void
test_horizon_and_announced_exits(void)
{
    UptimeTrace *trace = tiny_trace();
    ChurnConfig config = { .trace = trace, .trace_window = 90 * SECOND };
    Churn *churn = NULL;
    bool seen[4] = { false };

    /* At 90 s servers 1, 3 and 4 are up; the horizon cuts the schedules. */
    config.exits_announced = true;
    g_assert_cmpint(churn_new(&config, 3, 1, 30 * SECOND, &churn), ==, ST_OK);
    for (uint32_t i = 0; i < 3; i++) {
        g_autofree char *text = schedule(churn, i);
        int64_t server = churn_traced(churn, i);

        g_assert_false(seen[server]);
        seen[server] = true;
        g_assert_cmpstr(text, ==,
                        server == 0   ? "host 10, "
                        : server == 2 ? ""
                                      : "exits 5, ");
    }
    churn_free(churn);
    uptime_trace_free(trace);
}

/* --- the record that is shipped --- */

static GBytes *
unpacked(const char *name)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SWARMBED_SOURCE"), "scenarios", "data", name, NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GFileInputStream) packed = g_file_read(file, NULL, &error);
    g_autoptr(GConverter) unzip =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_autoptr(GInputStream) in = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

    g_assert_no_error(error);
    in = g_converter_input_stream_new(G_INPUT_STREAM(packed), unzip);
    g_output_stream_splice(out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
    g_assert_no_error(error);
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
}

static Bytes
bytes_of(GBytes *bytes)
{
    gsize n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);

    return (Bytes){ p, n };
}

static UptimeTrace *
tor_relays(void)
{
    g_autoptr(GBytes) nodes = unpacked("tor-relays-2026-nodes.csv.gz");
    g_autoptr(GBytes) up = unpacked("tor-relays-2026-up.csv.gz");

    return trace_of(bytes_of(nodes), bytes_of(up));
}

static int
compare_times(const void *a, const void *b)
{
    Time x = *(const Time *)a, y = *(const Time *)b;

    return (x > y) - (x < y);
}

/* A quantile in hours; sorts. */
static double
quantile_h(GArray *times, double share)
{
    qsort(times->data, times->len, sizeof(Time), compare_times);
    return (double)g_array_index(times, Time, (guint)(times->len * share)) / 3600e9;
}

/* The outages of all nodes: half under 3.4 h, 90 % under 23 h, 99 % under 459 h (README of
 * the data). */
static void
test_tor_relays_parse(void)
{
    UptimeTrace *trace = tor_relays();
    g_autoptr(GArray) outages = g_array_new(FALSE, FALSE, sizeof(Time));

    g_assert_cmpuint(trace->n_servers, ==, 25368);
    g_assert_cmpuint(trace->n_intervals, ==, 81843);
    g_assert_cmpint(trace->end_us, ==, 8767898000000);
    for (uint32_t i = 0; i < trace->n_servers; i++)
        for (uint32_t k = 1; k < trace->servers[i].n; k++) {
            const UptimeInterval *interval = &trace->intervals[trace->servers[i].first + k];
            Time length = (interval[0].from_us - interval[-1].to_us) * MICROSECOND;

            g_array_append_val(outages, length);
        }
    g_assert_cmpfloat_with_epsilon(quantile_h(outages, 0.5), 3.4, 0.05);
    g_assert_cmpfloat_with_epsilon(quantile_h(outages, 0.9), 23, 0.5);
    g_assert_cmpfloat_with_epsilon(quantile_h(outages, 0.99), 459, 0.5);
    uptime_trace_free(trace);
}

/* The 10,039 nodes in service at the start: up 85.8 % of the record, 22.7 % not back by its
 * end, half of their outages under 3.1 h. */
static void
test_tor_relays_replayed(void)
{
    enum { IN_SERVICE = 10039 };
    UptimeTrace *trace = tor_relays();
    ChurnConfig config = { .trace = trace };
    Time end = trace->end_us * MICROSECOND;
    g_autoptr(GArray) outages = g_array_new(FALSE, FALSE, sizeof(Time));
    Churn *churn = NULL;
    double up = 0;
    unsigned gone = 0;

    g_assert_cmpint(churn_new(&config, IN_SERVICE + 1, 7, end, &churn), ==, ST_RANGE);
    g_assert_cmpint(churn_new(&config, IN_SERVICE, 7, end, &churn), ==, ST_OK);
    for (uint32_t i = 0; i < IN_SERVICE; i++) {
        Time since = 0;
        Fault fault;

        while ((fault = churn_next(churn, i)).kind == FAULT_HOST_STOPS ||
               fault.kind == FAULT_RETURNS) {
            Time length = fault.at - since;

            if (fault.kind == FAULT_HOST_STOPS)
                up += (double)length;
            else
                g_array_append_val(outages, length);
            since = fault.at;
        }
        up += (double)(fault.at - since);
        gone += fault.kind == FAULT_DEPARTS;
    }
    g_assert_cmpfloat_with_epsilon(up / (double)end / IN_SERVICE, 0.858, 0.0005);
    g_assert_cmpfloat_with_epsilon(gone / (double)IN_SERVICE, 0.227, 0.0005);
    g_assert_cmpfloat_with_epsilon(quantile_h(outages, 0.5), 3.1, 0.05);
    churn_free(churn);
    uptime_trace_free(trace);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/trace-tiny", test_tiny_trace);
    g_test_add_func("/fault/trace-horizon", test_horizon_and_announced_exits);
    g_test_add_func("/fault/trace-tor-relays-parse", test_tor_relays_parse);
    g_test_add_func("/fault/trace-tor-relays-replayed", test_tor_relays_replayed);
    return g_test_run();
}
