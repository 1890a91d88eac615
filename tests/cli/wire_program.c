/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/wire_program.h"

#include <gio/gio.h>

WireRun
wire_run_bytes(const char *verb, gboolean lines, const void *input, gsize n)
{
    const char *program = g_getenv("SWARMBED");
    const char *argv[] = { program, "wire", verb, lines ? "--lines" : NULL, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GBytes) in = g_bytes_new(input, n), out = NULL;
    gsize size;
    const char *text;

    g_assert_nonnull(program);
    process = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
    g_assert_no_error(error);
    g_subprocess_communicate(process, in, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_exited(process)); /* and did not crash */
    text = g_bytes_get_data(out, &size);
    return (WireRun){ size > 0 ? g_strndup(text, size) : g_strdup(""),
                      g_subprocess_get_exit_status(process) };
}

void
wire_run_clear(WireRun *run)
{
    g_free(run->out);
    run->out = NULL;
}

WireBatch
wire_batch(const char *verb)
{
    return (WireBatch){ verb, g_string_new(NULL), 0 };
}

void
wire_batch_add(WireBatch *batch, json_t *in)
{
    char *text = json_dumps(in, JSON_COMPACT);

    g_assert_nonnull(text);
    g_string_append(batch->input, text);
    g_string_append_c(batch->input, '\n');
    batch->n++;
    free(text);
    json_decref(in);
}

json_t *
wire_batch_run(WireBatch *batch)
{
    WireRun run = wire_run_bytes(batch->verb, TRUE, batch->input->str, batch->input->len);
    g_auto(GStrv) lines = g_strsplit(run.out, "\n", -1);
    json_t *answers = json_array();
    gboolean refused = FALSE;

    g_assert_cmpuint(g_strv_length(lines), ==, batch->n + 1);
    for (guint i = 0; i < batch->n; i++) {
        json_t *answer = json_loads(lines[i], 0, NULL);

        g_assert_true(json_is_object(answer));
        refused |= json_object_get(answer, "error") != NULL;
        json_array_append_new(answers, answer);
    }
    g_assert_cmpint(run.status, ==, refused ? 1 : 0);
    wire_run_clear(&run);
    g_string_free(batch->input, TRUE);
    return answers;
}

json_t *
wire_ask(const char *verb, json_t *in)
{
    char *text = json_dumps(in, JSON_INDENT(2));
    WireRun run = wire_run_bytes(verb, FALSE, text, strlen(text));
    json_t *answer = json_loads(run.out, 0, NULL);

    g_assert_true(json_is_object(answer));
    g_assert_true(g_str_has_suffix(run.out, "}\n"));
    g_assert_cmpint(run.status, ==, json_object_get(answer, "error") != NULL ? 1 : 0);
    wire_run_clear(&run);
    free(text);
    json_decref(in);
    return answer;
}

const char *
wire_answer(const json_t *answer, const char *key)
{
    const json_t *error = json_object_get(answer, "error");

    if (error != NULL)
        g_error("refused: %s", json_string_value(error));
    return json_string_value(json_object_get(answer, key));
}
