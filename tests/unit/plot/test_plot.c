/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "results/plot/plot.h"
#include "tests/lib/experiment.h"
#include "tests/lib/folder.h"

static RecordReader *
open_reader(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    RecordReader *reader = record_reader_open(folder->database, &error);

    g_assert_no_error(error);
    return reader;
}

static void
collect_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data,
             GError **error)
{
    (void)context;
    (void)error;
    g_string_append_len(data, text, (gssize)length);
    g_string_append_c(data, '\n');
}

/* The text of a well-formed SVG. */
static char *
text_of_svg(const Folder *folder, const char *name)
{
    static const GMarkupParser parser = { .text = collect_text };
    g_autofree char *file = g_strconcat(name, ".svg", NULL);
    g_autofree char *svg = folder_read(folder, file, NULL);
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new(NULL);
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, text, NULL);

    g_assert_true(g_markup_parse_context_parse(context, svg, -1, &error));
    g_assert_true(g_markup_parse_context_end_parse(context, &error));
    g_assert_no_error(error);
    g_markup_parse_context_free(context);
    return g_string_free(text, FALSE);
}

/* The PNG is one, whole, and 1200 pixels wide. */
static void
assert_png(const Folder *folder, const char *name)
{
    static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    static const guint8 end[] = { 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
    g_autofree char *file = g_strconcat(name, ".png", NULL);
    gsize length;
    g_autofree char *png = folder_read(folder, file, &length);
    guint32 width;

    g_assert_cmpuint(length, >, 1000);
    g_assert_cmpmem(png, 8, signature, 8);
    g_assert_cmpmem(png + length - 8, 8, end, 8);
    memcpy(&width, png + 16, 4);
    g_assert_cmpuint(GUINT32_FROM_BE(width), ==, 1200);
}

static void
assert_says(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        g_error("\"%s\" is not in: %s", words, text);
}

static void
test_every_chart(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    experiment_write(folder->database, 3, "churn", "stranded");
    reader = open_reader(folder);
    for (size_t i = 0; plot_chart(i) != NULL; i++) {
        const PlotChart *chart = plot_chart(i);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        g_assert_cmpint(plot_draw(reader, chart, folder->path, &error), ==, PLOT_DRAWN);
        g_assert_no_error(error);
        assert_png(folder, chart->name);
        text = text_of_svg(folder, chart->name);
        assert_says(text, chart->question);
        assert_says(text, "churn: 3 runs, seeds 1-3, commit 0123456789ab");
    }
}

static void
assert_drawn_saying(const Folder *folder, RecordReader *reader, const char *name,
                    const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    PlotOutcome outcome;
    size_t i = 0;

    while (strcmp(plot_chart(i)->name, name) != 0)
        i++;
    outcome = plot_draw(reader, plot_chart(i), folder->path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(outcome, ==, PLOT_DRAWN);
    text = text_of_svg(folder, name);
    for (; *words != NULL; words++)
        assert_says(text, *words);
}

static void
test_what_charts_say(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    experiment_write(folder->database, 1, "churn", "replicas stranded outside the swarm");
    reader = open_reader(folder);
    assert_drawn_saying(
        folder, reader, "fates",
        (const char *const[]){
            "delivered", "pending at the end", "expired unread", "never accepted", "lost",
            "no replica left", "replicas stranded outside the swarm",
            "sent at, days since the start", "churn: 1 run, seed 1, commit", NULL });
    assert_drawn_saying(folder, reader, "replicas",
                        (const char *const[]){ "at most one copy", "no copy",
                                               "age of the message, days",
                                               "one run has no band", NULL });
    assert_drawn_saying(folder, reader, "network",
                        (const char *const[]){ "active by the chain",
                                               "decommissioned nodes", "swarms",
                                               "stored by all nodes, MB", NULL });
    assert_drawn_saying(folder, reader, "load",
                        (const char *const[]){ "traffic over the run, MB",
                                               "node, from the busiest", NULL });
}

/* Names come from scenarios and programs; gnuplot runs commands in some of its strings. */
static void
test_hostile_names(Folder *folder, gconstpointer data)
{
    g_autofree char *proof = g_build_filename(folder->path, "proof", NULL);
    g_autofree char *cause = g_strdup_printf("'\n!touch %s\n'`touch %s`", proof, proof);
    g_autofree char *name =
        g_strdup_printf("`touch %s`\"';system('touch %s')<b>&\xff", proof, proof);
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    experiment_write(folder->database, 1, name, cause);
    reader = open_reader(folder);
    assert_drawn_saying(folder, reader, "fates",
                        (const char *const[]){ "<b>&", "\u2019 !touch", NULL });
    g_assert_false(g_file_test(proof, G_FILE_TEST_EXISTS));
}

static void
commit(Recorder *recorder, uint64_t seed)
{
    RunFacts facts = { .seed = seed };
    g_autoptr(GError) error = NULL;

    recorder_run_commit(recorder, &facts, &error);
    g_assert_no_error(error);
}

static void
test_nothing_recorded(Folder *folder, gconstpointer data)
{
    Recorder *recorder = recorder_open(folder->database, "s", "t", "c", NULL);

    (void)data;
    for (uint64_t runs = 0; runs < 2; runs++) {
        g_autoptr(RecordReader) reader = open_reader(folder);

        for (size_t i = 0; plot_chart(i) != NULL; i++)
            g_assert_cmpint(plot_draw(reader, plot_chart(i), folder->path, NULL), ==,
                            PLOT_NOTHING_RECORDED);
        recorder_run_begin(recorder, runs + 1);
        commit(recorder, runs + 1);
    }
    recorder_close(recorder);
}

/* One point, all zero, no width: nothing for gnuplot to find a range in. */
static void
test_almost_nothing(Folder *folder, gconstpointer data)
{
    Recorder *recorder = recorder_open(folder->database, "s", "t", "c", NULL);
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    recorder_run_begin(recorder, 1);
    recorder_series(recorder, "nodes_up", 0, 0);
    recorder_bin(recorder, "sent:delivered", 0, 60, 0);
    recorder_bin(recorder, "sent:lost", 60, 120, 1);
    recorder_bin(recorder, "replicas_0", 0, 60, 0);
    recorder_bin(recorder, "survival_by_age", 0, 60, 0);
    recorder_bin(recorder, "latency_s", 0, 1, 1);
    recorder_node(recorder, 0, "cpu_s", 0);
    commit(recorder, 1);
    recorder_close(recorder);
    reader = open_reader(folder);
    for (size_t i = 0; plot_chart(i) != NULL; i++) {
        g_autoptr(GError) error = NULL;
        PlotOutcome outcome = plot_draw(reader, plot_chart(i), folder->path, &error);

        g_assert_no_error(error);
        g_assert_cmpint(outcome, ==, PLOT_DRAWN);
        assert_png(folder, plot_chart(i)->name);
    }
}

/* Two sizes, two laws, and two keys that always change together: a run of each. */
static void
write_sweep(const Folder *folder, const RecordPlot *plot)
{
    static const char *const sizes[] = { "3", "7" };
    static const char *const laws[] = { "exponential(14d)",
                                        "weibull(shape=0.59, mean=14d)" };
    static const char *const repair[][2] = { { "0s", "no-repair" }, { "6h", "repair" } };
    Recorder *recorder = recorder_open(folder->database, "sweep", "t", "c", NULL);

    g_assert_true(recorder_describe(recorder, "loss", NULL, 0, plot, 1, NULL));
    for (uint32_t i = 0; i < 8; i++) {
        const RecordSetting settings[] = { { "swarm.size", sizes[i & 1] },
                                           { "churn.life", laws[i >> 1 & 1] },
                                           { "repair.anti_entropy", repair[i >> 2][0] },
                                           { "validate.form", repair[i >> 2][1] } };

        recorder_variant(recorder, i, "", settings, G_N_ELEMENTS(settings));
        recorder_run_begin(recorder, 1);
        recorder_metric(recorder, "loss", 0.25 / (i + 1), "1");
        recorder_metric(recorder, "loss.exact", 0.3 / (i + 1), "1");
        recorder_metric(recorder, "repair_bytes", 8e6 * i, "bytes");
        commit(recorder, 1);
    }
    recorder_close(recorder);
}

/* Curves are told apart by whole names, of no more keys than it takes. */
static void
test_sweep(Folder *folder, gconstpointer data)
{
    const RecordPlot plot = { "loss", "Which size?", "swarm.size", "loss, repair_bytes", "",
                              "y" };
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) plots = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    PlotOutcome outcome;

    (void)data;
    write_sweep(folder, &plot);
    reader = open_reader(folder);
    plots = record_reader_plots(reader);
    outcome =
        plot_draw_sweep(reader, &g_array_index(plots, RecordPlot, 0), folder->path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(outcome, ==, PLOT_DRAWN);
    assert_png(folder, "loss");
    text = text_of_svg(folder, "loss");
    assert_says(text, "exponential(14d), anti_entropy 0s\n");
    assert_says(text, "exponential(14d), anti_entropy 6h\n");
    assert_says(text, "weibull(shape=0.59, mean=14d), \n");
    assert_says(text, "anti_entropy 6h\n");
    assert_says(text, "repair_bytes, MB");
    assert_says(text, "dashed: closed form");
    g_assert_null(strstr(text, "form repair"));
    g_assert_null(strstr(text, "\u2026"));
}

static void
test_no_folder(Folder *folder, gconstpointer data)
{
    g_autofree char *nowhere = g_build_filename(folder->path, "nowhere", NULL);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    experiment_write(folder->database, 1, "s", "c");
    reader = open_reader(folder);
    g_assert_cmpint(plot_draw(reader, plot_chart(0), nowhere, &error), ==, PLOT_FAILED);
    assert_says(error->message, "cannot write figure ");
    assert_says(error->message, nowhere);
}

static void
test_no_gnuplot(Folder *folder, gconstpointer data)
{
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    experiment_write(folder->database, 1, "s", "c");
    reader = open_reader(folder);
    g_setenv("PATH", folder->path, TRUE);
    g_assert_cmpint(plot_draw(reader, plot_chart(0), folder->path, &error), ==,
                    PLOT_FAILED);
    g_setenv("PATH", path, TRUE);
    assert_says(error->message, "gnuplot is not installed (Debian: gnuplot-nox)");
}

#define ADD(name, function)                                                                \
    g_test_add("/plot/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("no-gnuplot", test_no_gnuplot);
    ADD("every-chart", test_every_chart);
    ADD("what-charts-say", test_what_charts_say);
    ADD("hostile-names", test_hostile_names);
    ADD("nothing-recorded", test_nothing_recorded);
    ADD("almost-nothing", test_almost_nothing);
    ADD("sweep", test_sweep);
    ADD("no-folder", test_no_folder);
    return g_test_run();
}
