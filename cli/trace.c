/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed trace: what is in a record of uptimes, or the same in our own format. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>

#include "scenarios/data_file.h"
#include "scenarios/trace_file.h"
#include "sim/fault/trace_statistics.h"

static const char description[] =
    "Reads whatever churn.trace takes (docs/traces.md): nodes.csv beside up.csv, our own "
    "CSV,\n"
    "Godfrey's .avt, OverSim, a folder of the Failure Trace Archive or its "
    "event_trace.tab,\n"
    "a Tor consensus or a folder of them.  Prints what is in it; with --csv the record "
    "itself\n"
    "as t_us,node,event,country,network.  Exit codes: 0 fine; 2 it cannot be read.\n\n"
    "Examples:\n"
    "  swarmbed trace scenarios/data/tor-relays-2026-nodes.csv.gz\n"
    "  swarmbed trace --json tor-relays-2026-nodes.csv.gz\n"
    "  swarmbed trace --csv scenarios/data/tor-relays-2026-nodes.csv.gz >relays.csv\n";

/* In the unit in which it is at least 2, or in seconds. */
static char *
duration_text(int64_t us)
{
    static const struct {
        const char *name;
        double us;
    } units[] = { { "d", 86400e6 }, { "h", 3600e6 }, { "min", 60e6 } };

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if ((double)us >= 2 * units[i].us)
            return g_strdup_printf("%.4g %s", (double)us / units[i].us, units[i].name);
    return g_strdup_printf("%.4g s", (double)us / 1e6);
}

static void
print_text(const TraceFile *file, const TraceStatistics *s)
{
    g_autofree char *span = duration_text(s->span_us);
    g_autofree char *session = duration_text(s->session_median_us);
    g_autofree char *outage = duration_text(s->outage_median_us);

    printf("format:          %s\n", trace_format_name(file->format));
    printf("nodes:           %u\n", s->servers);
    printf("span:            %s\n", span);
    printf("up share:        %.2f %%\n", 100 * s->up_share);
    printf("up at the start: %u\n", s->up_at_start);
    printf("up at the end:   %u\n", s->up_at_end);
    printf("sessions:        %u, median %s\n", s->sessions, session);
    printf("outages:         median %s\n", outage);
    printf("countries:       %u\n", s->countries);
    printf("networks:        %u\n", s->networks);
    if (file->format == TRACE_FORMAT_TOR)
        printf("consensuses:     %u\n", file->consensuses);
    if (file->format == TRACE_FORMAT_OVERSIM)
        printf("lines ignored:   %" G_GUINT64_FORMAT "\n", file->ignored);
}

static void
print_json(const TraceFile *file, const TraceStatistics *s)
{
    json_t *out = json_pack(
        "{s:s,s:I,s:I,s:f,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "format",
        trace_format_name(file->format), "nodes", (json_int_t)s->servers, "span_us",
        (json_int_t)s->span_us, "up_share", s->up_share, "up_at_start",
        (json_int_t)s->up_at_start, "up_at_end", (json_int_t)s->up_at_end, "sessions",
        (json_int_t)s->sessions, "session_median_us", (json_int_t)s->session_median_us,
        "outage_median_us", (json_int_t)s->outage_median_us, "countries",
        (json_int_t)s->countries, "networks", (json_int_t)s->networks, "consensuses",
        (json_int_t)file->consensuses, "ignored_lines", (json_int_t)file->ignored);

    json_dumpf(out, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(out);
}

static void
print_csv(const UptimeTrace *trace)
{
    Buffer text = BUFFER_EMPTY;

    trace_write_csv(trace, &text);
    fwrite(text.p, 1, text.n, stdout);
    buffer_clear(&text);
}

int
cli_trace(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    gboolean csv = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, "Print the record as CSV", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
        G_OPTION_ENTRY_NULL
    };
    TraceFile file;
    TraceStatistics statistics;
    int code;

    if (!cli_options(entries, "FILE", "What is in an uptime trace.", description, &argc,
                     &argv, &code))
        return code;
    if (argc != 2)
        return cli_fail_text(EXIT_BAD_INPUT, "trace: expected one file or folder; see "
                                             "swarmbed trace --help");
    if (csv && json)
        return cli_fail_text(EXIT_BAD_INPUT, "trace: expected --csv or --json, not both");
    if (!g_file_test(argv[1], G_FILE_TEST_EXISTS))
        path = data_file_find(".", argv[1]);
    if (!trace_file_read(path != NULL ? path : argv[1], &file, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    statistics = trace_statistics(file.trace);
    if (csv)
        print_csv(file.trace);
    else if (json)
        print_json(&file, &statistics);
    else
        print_text(&file, &statistics);
    trace_file_clear(&file);
    return EXIT_FINE;
}
