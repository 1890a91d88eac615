/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed explain: one message's life as text. */
#include "cli/cli.h"
#include "results/record/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char description[] =
    "A message is named CLIENT:NUMBER (the NUMBER-th message that this client wrote), or "
    "by\n"
    "its id as a number.  Without MESSAGE the recorded ones are listed, lost ones "
    "first.\n\n"
    "Examples:\n"
    "  swarmbed explain results/runs/NAME/results.db\n"
    "  swarmbed explain results/runs/NAME/results.db 17:3 --seed 2\n";

static gboolean
parse_message(const char *text, uint64_t *ret)
{
    char *end;
    uint64_t a = g_ascii_strtoull(text, &end, 10);

    if (!g_ascii_isdigit(text[0]))
        return FALSE;
    if (*end == ':' && g_ascii_isdigit(end[1]))
        a = a << 32 | (g_ascii_strtoull(end + 1, &end, 10) & 0xffffffff);
    *ret = a;
    return *end == '\0';
}

static void
print_time(double t_s)
{
    double day = floor(t_s / 86400);
    double rest = t_s - day * 86400;
    int hour = (int)(rest / 3600);
    int minute = (int)(rest / 60) % 60;

    printf("  day %.0f %02d:%02d:%06.3f  ", day, hour, minute, fmod(rest, 60));
}

static int
explain_one(RecordReader *reader, uint32_t run, uint64_t id)
{
    RecordMessage m;
    g_autoptr(GArray) events = NULL;

    if (!record_reader_message(reader, run, id, &m, &events))
        return cli_fail_text(EXIT_BAD_INPUT,
                             "this message's life was not recorded (see the "
                             "key record.messages)");
    printf("message %" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ": %s%s%s\n", id >> 32,
           id & 0xffffffff, m.fate, m.cause[0] != '\0' ? ", " : "", m.cause);
    if (m.delivered_s >= 0)
        printf("delivered %.3f s after it was written\n", m.delivered_s - m.sent_s);
    for (guint i = 0; i < events->len; i++) {
        const RecordEvent *e = &g_array_index(events, RecordEvent, i);

        print_time(e->t_s);
        puts(e->what);
    }
    return EXIT_FINE;
}

static void
list_messages(RecordReader *reader, uint32_t run)
{
    g_autoptr(GArray) messages = record_reader_messages(reader, run, 50);

    for (guint i = 0; i < messages->len; i++) {
        const RecordMessage *m = &g_array_index(messages, RecordMessage, i);

        printf("%6" G_GUINT64_FORMAT ":%-6" G_GUINT64_FORMAT " %-26s %s\n",
               m->message >> 32, m->message & 0xffffffff, m->fate, m->cause);
    }
    printf("%u of %" G_GUINT64_FORMAT " recorded lives\n", messages->len,
           record_reader_message_count(reader));
}

static int
explain(const char *path, const char *message, gint64 seed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecordReader) reader = record_reader_open(path, &error);
    const GArray *runs;
    uint64_t id;

    if (reader == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    if (message != NULL && !parse_message(message, &id))
        return cli_fail_text(EXIT_BAD_INPUT, "explain: expected CLIENT:NUMBER or a number");
    runs = record_reader_runs(reader);
    for (guint i = 0; i < runs->len; i++) {
        const RecordRun *run = &g_array_index(runs, RecordRun, i);

        if (seed >= 0 && run->facts.seed != (uint64_t)seed)
            continue;
        if (message != NULL)
            return explain_one(reader, i, id);
        list_messages(reader, i);
        return record_reader_check(reader, &error) ? EXIT_FINE
                                                   : cli_fail(EXIT_BAD_INPUT, error);
    }
    return cli_fail_text(EXIT_BAD_INPUT, "explain: the database has no such run");
}

int
cli_explain(int argc, char **argv)
{
    gint64 seed = -1;
    const GOptionEntry entries[] = { { "seed", 0, 0, G_OPTION_ARG_INT64, &seed,
                                       "Of the run (else the first)", "N" },
                                     G_OPTION_ENTRY_NULL };
    int code;

    if (!cli_options(entries, "DATABASE [MESSAGE]", "Tell one message's life.", description,
                     &argc, &argv, &code))
        return code;
    if (argc != 2 && argc != 3)
        return cli_fail_text(EXIT_BAD_INPUT,
                             "explain: expected a database and a message; see "
                             "swarmbed explain --help");
    return explain(argv[1], argc == 3 ? argv[2] : NULL, seed);
}
