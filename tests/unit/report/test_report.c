/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page: whole, well-formed, without the network, and nothing in it is more than text.
 */
#include <gio/gio.h>
#include <string.h>

#include "results/report/html.h"
#include "results/report/report.h"
#include "tests/lib/experiment.h"
#include "tests/lib/folder.h"

static const char *const figures[] = { "fates",   "replicas", "survival",
                                       "latency", "network",  "load" };

static void
assert_says(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        g_error("\"%s\" is not there", words);
}

static char *
write_report(const Folder *folder, const char *question)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = report_write(folder->database, folder->path, question, &error);

    g_assert_no_error(error);
    g_assert_true(g_str_has_suffix(path, "/report.html"));
    return folder_read(folder, "report.html", NULL);
}

/* xmllint is a stricter reader than browsers are. */
static void
assert_well_formed(const Folder *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_autofree char *said = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) lint =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, "xmllint", "--noout",
                         "--nonet", path, NULL);

    g_assert_no_error(error);
    g_subprocess_communicate_utf8(lint, NULL, NULL, NULL, &said, NULL);
    if (!g_subprocess_get_successful(lint))
        g_error("%s: %s", name, said);
}

static void
check_parts(const Folder *folder, const char *page)
{
    assert_well_formed(folder, "report.html");
    assert_says(page, "<h1>churn</h1>");
    assert_says(page,
                "<p class=\"question\">Does churn lose messages?\nExpected: few.</p>");
    assert_says(page, "<dt>seeds</dt><dd>1-3</dd>");
    assert_says(page, "<dt>commit</dt><dd>0123456789ab</dd>");
    assert_says(page, "<dt>computing time of all runs</dt><dd>5.3 min</dd>");
    assert_says(page, "<tr><td>delivery_ratio</td><td>0.93");
    assert_says(page, "<td>3</td><td>count</td></tr>");
    assert_says(page, "<tr><td>acknowledged_never_stored</td><td>0</td><td>0</td><td></td>"
                      "<td>below 0.00178 %</td></tr>");
    assert_says(page, "<tr><td>replicas stranded outside the swarm</td>");
    assert_says(page, "<tr><td>storage_rpc</td><td>answer</td><td>2,100,006</td></tr>");
    assert_says(page, "<td class=\"hash\">0a437e68e9ab41e2");
    assert_says(page, "Each country gets a cluster of latency hosts from the seed");
    assert_says(page, "name = &lt;made-up&gt;");
    assert_says(
        page,
        "<a download=\"metrics.csv\" href=\"data:text/csv;charset=utf-8,"
        "variant%2Cseed%2Cposition%2Cname%2Cvalue%2Cunit%0A0%2C1%2C0%2Cdelivery_ratio");
}

static void
check_figures(const Folder *folder, const char *page)
{
    guint count = 0;

    for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
        g_autofree char *svg = g_strconcat(figures[i], ".svg", NULL);
        g_autofree char *png = g_strconcat(figures[i], ".png", NULL);
        g_autofree char *canvas = g_strdup_printf("<g id=\"%s_canvas\">", figures[i]);
        g_autofree char *picture = folder_read(folder, png, NULL);

        assert_well_formed(folder, svg);
        assert_says(page, canvas);
        g_assert_cmpmem(picture, 4, "\x89PNG", 4);
    }
    for (const char *p = page; (p = strstr(p, "<figure>\n<svg role=\"img\"")) != NULL; p++)
        count++;
    g_assert_cmpuint(count, ==, G_N_ELEMENTS(figures));
}

/* The only addresses are names of XML's; nothing is loaded, no program runs. */
static void
check_no_network(const char *page)
{
    g_autoptr(GRegex) address = NULL, program = NULL;
    g_autofree char *rest = NULL;

    address =
        g_regex_new("xmlns(:xlink)?=\"http://www\\.w3\\.org/[a-z0-9/]*\"", 0, 0, NULL);
    rest = g_regex_replace_literal(address, page, -1, 0, "", 0, NULL);
    g_assert_null(strstr(rest, "://"));
    g_assert_null(strstr(rest, "src=\""));
    g_assert_null(strstr(rest, "url("));
    program = g_regex_new("<script|<iframe|<object|<link|\\son[a-z]+=", G_REGEX_CASELESS, 0,
                          NULL);
    g_assert_false(g_regex_match(program, rest, 0, NULL));
    assert_says(page, "default-src 'none'");
}

static void
test_page(Folder *folder, gconstpointer data)
{
    g_autofree char *page = NULL;

    (void)data;
    experiment_write(folder->database, 3, "churn", "replicas stranded outside the swarm");
    page = write_report(folder, NULL);
    check_parts(folder, page);
    check_figures(folder, page);
    check_no_network(page);
}

static void
test_hostile_names(Folder *folder, gconstpointer data)
{
    g_autofree char *page = NULL;

    (void)data;
    experiment_write(folder->database, 1, "</title><script>a('&')\xff\x01",
                     "<img src=\"x\" onerror='b()'/>\x02");
    page = write_report(folder, "# <b>why?</b>\n# because & so\n");
    assert_well_formed(folder, "report.html");
    g_assert_null(strstr(page, "<script"));
    g_assert_null(strstr(page, "<img"));
    assert_says(page, "<h1>&lt;/title&gt;&lt;script&gt;a(&#39;&amp;&#39;)");
    assert_says(page,
                "<p class=\"question\">&lt;b&gt;why?&lt;/b&gt;\nbecause &amp; so</p>");
}

static void
test_no_run(Folder *folder, gconstpointer data)
{
    g_autofree char *page = NULL;

    (void)data;
    experiment_write(folder->database, 0, "churn", "c");
    page = write_report(folder, "plain words");
    assert_well_formed(folder, "report.html");
    assert_says(page, "No run is finished.");
    assert_says(page, "<p class=\"question\">plain words</p>");
}

/* The numbers are worth reading without figures. */
static void
test_no_gnuplot(Folder *folder, gconstpointer data)
{
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autofree char *page = NULL;

    (void)data;
    experiment_write(folder->database, 1, "churn", "c");
    g_setenv("PATH", folder->path, TRUE);
    page = write_report(folder, NULL);
    g_setenv("PATH", path, TRUE);
    assert_well_formed(folder, "report.html");
    assert_says(page, "gnuplot is not installed (Debian: gnuplot-nox)");
    assert_says(page, "<tr><td>delivery_ratio</td>");
    g_assert_null(strstr(page, "<figure>"));
}

static void
test_new_folder(Folder *folder, gconstpointer data)
{
    g_autofree char *below_a_file = g_build_filename(folder->database, "x", NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    experiment_write(folder->database, 1, "churn", "c");
    g_assert_null(report_write(folder->database, below_a_file, NULL, &error));
    assert_says(error->message, "cannot make the folder ");
}

static void
test_svg_element(void)
{
    g_autofree char *element = html_svg_element(
        "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 1 1\">\n<title>fates</title>\n"
        "<defs>\n<circle id='gpDot'/></defs>\n<g id=\"gnuplot_canvas\">"
        "<g><title>fates_plot_3</title></g><g><title>lost &amp; found</title></g></g>\n"
        "</svg>\n\n",
        "fates", "What \"became\"?");

    g_assert_cmpstr(element, ==,
                    "<svg role=\"img\" aria-label=\"What &quot;became&quot;?\" \n "
                    "viewBox=\"0 0 1 1\">\n\n<g id=\"fates_canvas\"><g></g>"
                    "<g><title>lost &amp; found</title></g></g>\n</svg>");
    g_assert_null(html_svg_element("", "fates", ""));
    g_assert_null(html_svg_element("<svg >", "fates", ""));
    g_assert_null(html_svg_element("<svg >\xff</svg>", "fates", ""));
}

#define ADD(name, function)                                                                \
    g_test_add("/report/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("no-gnuplot", test_no_gnuplot);
    ADD("page", test_page);
    ADD("hostile-names", test_hostile_names);
    ADD("no-run", test_no_run);
    ADD("new-folder", test_new_folder);
    g_test_add_func("/report/svg-element", test_svg_element);
    return g_test_run();
}
