/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/trace_file.h"

#include <stdlib.h>

#include "scenarios/data_file.h"
#include "scenarios/unpack.h"
#include "sim/fault/trace_tor.h"

enum { FOLDERS_DEEP_MAX = 4 };

#define FAIL(error, ...)                                                                   \
    (g_set_error(error, g_quark_from_static_string("swarmbed-trace"), 1, __VA_ARGS__),     \
     false)

static Bytes
bytes_of(GBytes *bytes)
{
    gsize n = 0;
    const uint8_t *p = bytes == NULL ? NULL : g_bytes_get_data(bytes, &n);

    return (Bytes){ p, n };
}

static bool
fail_line(const char *path, TraceError why, GError **error)
{
    return FAIL(error, "%s:%zu: %s", path, why.line, why.text);
}

/* A path that differs in its last @from, which becomes @to; NULL when there is no @from. */
static char *
companion(const char *path, const char *from, const char *to)
{
    const char *mark = g_strrstr(path, from);

    if (mark == NULL || strchr(mark, G_DIR_SEPARATOR) != NULL)
        return NULL;
    return g_strdup_printf("%.*s%s%s", (int)(mark - path), path, to, mark + strlen(from));
}

/* --- formats of one file or two --- */

static bool
read_pair(const char *path, Bytes nodes, TraceFile *ret, GError **error)
{
    g_autofree char *up_path = companion(path, "nodes.csv", "up.csv");
    g_autoptr(GBytes) up = NULL;
    TraceError why;
    bool in_up;

    if (up_path == NULL)
        return FAIL(error, "%s: expected a name that ends in nodes.csv or nodes.csv.gz",
                    path);
    up = data_file_read(up_path, error);
    if (up == NULL)
        return false;
    if (uptime_trace_parse(nodes, bytes_of(up), &ret->trace, &why.line, &in_up,
                           &why.text) == ST_OK)
        return true;
    return fail_line(in_up ? up_path : path, why, error);
}

static bool
parse_fta(const char *path, Bytes events, const char *nodes_path, GBytes *nodes,
          TraceFile *ret, GError **error)
{
    TraceError why;
    bool in_nodes;

    ret->format = TRACE_FORMAT_FTA;
    if (trace_parse_fta(events, bytes_of(nodes), &ret->trace, &in_nodes, &why) == ST_OK)
        return true;
    return fail_line(in_nodes ? nodes_path : path, why, error);
}

static bool
read_fta(const char *path, Bytes events, TraceFile *ret, GError **error)
{
    g_autofree char *nodes_path = companion(path, "event_trace.tab", "node.tab");
    g_autoptr(GBytes) nodes = NULL;

    if (nodes_path != NULL && g_file_test(nodes_path, G_FILE_TEST_IS_REGULAR)) {
        nodes = data_file_read(nodes_path, error);
        if (nodes == NULL)
            return false;
    }
    return parse_fta(path, events, nodes_path, nodes, ret, error);
}

static bool
finish_tor(TorRecord *record, const char *path, TraceFile *ret, GError **error)
{
    Status status = tor_record_finish(record, &ret->trace);

    ret->format = TRACE_FORMAT_TOR;
    ret->consensuses = tor_record_count(record);
    if (status == ST_NOT_FOUND)
        return FAIL(error, "%s: expected consensuses with relays that are Running", path);
    if (status != ST_OK)
        return FAIL(error, "%s: expected fewer relays and sessions", path);
    return true;
}

static bool
read_consensus(const char *path, Bytes text, TraceFile *ret, GError **error)
{
    TorRecord *record = tor_record_new();
    TraceError why;
    bool ok = tor_record_add(record, text, &why) == ST_OK;

    ok = ok ? finish_tor(record, path, ret, error) : fail_line(path, why, error);
    tor_record_free(record);
    return ok;
}

static bool
read_text(const char *path, Bytes text, TraceFile *ret, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    TraceError why;
    Status status = ST_OK;

    unpack_strip_suffix(name);
    ret->format = trace_format_of(name, text);
    switch (ret->format) {
    case TRACE_FORMAT_PAIR:
        return read_pair(path, text, ret, error);
    case TRACE_FORMAT_CSV:
        status = trace_parse_csv(text, &ret->trace, &why);
        break;
    case TRACE_FORMAT_AVT:
        status = trace_parse_avt(text, &ret->trace, &why);
        break;
    case TRACE_FORMAT_OVERSIM:
        status = trace_parse_oversim(text, &ret->trace, &ret->ignored, &why);
        break;
    case TRACE_FORMAT_FTA:
        return read_fta(path, text, ret, error);
    case TRACE_FORMAT_TOR:
        return read_consensus(path, text, ret, error);
    case TRACE_FORMAT_UNKNOWN:
    case TRACE_FORMATS:
        return FAIL(
            error,
            "%s:1: expected an uptime trace: nodes.csv with up.csv, t_us,node,event, "
            ".avt, event_trace.tab, a Tor consensus, or lines of OverSim",
            path);
    }
    return status == ST_OK || fail_line(path, why, error);
}

static bool
read_file(const char *path, TraceFile *ret, GError **error)
{
    g_autoptr(GBytes) text = data_file_read(path, error);

    return text != NULL && read_text(path, bytes_of(text), ret, error);
}

/* --- folders --- */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What a folder holds, in order; NULL with @error set. */
static GPtrArray *
list_folder(const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (dir == NULL)
        return NULL;
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(entries, g_build_filename(path, name, NULL));
    g_ptr_array_sort(entries, compare_texts);
    return g_steal_pointer(&entries);
}

static bool
is_consensus(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    unpack_strip_suffix(name);
    return g_str_has_suffix(name, "-consensus") ||
           g_str_has_suffix(name, "-consensus-microdesc");
}

/* Every consensus in a folder and those below. */
static bool
add_folder(TorRecord *record, const char *path, unsigned deep, GError **error)
{
    g_autoptr(GPtrArray) entries = list_folder(path, error);

    if (entries == NULL)
        return false;
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = entries->pdata[i];
        g_autoptr(GBytes) text = NULL;
        TraceError why;

        if (g_file_test(entry, G_FILE_TEST_IS_DIR)) {
            if (deep < FOLDERS_DEEP_MAX && !add_folder(record, entry, deep + 1, error))
                return false;
            continue;
        }
        if (!is_consensus(entry))
            continue;
        text = data_file_read(entry, error);
        if (text == NULL)
            return false;
        if (tor_record_add(record, bytes_of(text), &why) != ST_OK)
            return fail_line(entry, why, error);
    }
    return true;
}

/* The archive's table in this folder, plain or packed; NULL when there is none. */
static char *
find_event_trace(const char *folder)
{
    static const char *const names[] = { "event_trace.tab", "event_trace.tab.gz",
                                         "event_trace.tab.xz" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

static bool
read_folder(const char *path, TraceFile *ret, GError **error)
{
    g_autofree char *event_trace = find_event_trace(path);
    TorRecord *record;
    bool ok;

    if (event_trace != NULL)
        return read_file(event_trace, ret, error);
    record = tor_record_new();
    ok = add_folder(record, path, 0, error);
    if (ok && tor_record_count(record) == 0)
        ok = FAIL(
            error,
            "%s: expected a folder with event_trace.tab, or with files whose names end "
            "in -consensus",
            path);
    ok = ok && finish_tor(record, path, ret, error);
    tor_record_free(record);
    return ok;
}

/* --- archives --- */

/* A .tar of consensuses, or of a folder of the Failure Trace Archive. */
typedef struct Archive {
    TorRecord *record;
    char *events_path, *nodes_path;
    GBytes *events, *nodes;
} Archive;

static bool
wants_entry(void *context, const char *entry)
{
    g_autofree char *name = g_path_get_basename(entry);

    (void)context;
    return is_consensus(name) || strcmp(name, "event_trace.tab") == 0 ||
           strcmp(name, "node.tab") == 0;
}

static bool
read_entry(void *context, const char *entry, GBytes *content, GError **error)
{
    Archive *archive = context;
    bool is_events = g_str_has_suffix(entry, "event_trace.tab");
    GBytes **table = is_events ? &archive->events : &archive->nodes;
    char **path = is_events ? &archive->events_path : &archive->nodes_path;
    TraceError why;

    if (is_consensus(entry))
        return tor_record_add(archive->record, bytes_of(content), &why) == ST_OK ||
               fail_line(entry, why, error);
    if (*table != NULL)
        return FAIL(error, "%s: expected one such table in the archive", entry);
    *table = g_bytes_ref(content);
    *path = g_strdup(entry);
    return true;
}

static bool
read_archive(const char *path, TraceFile *ret, GError **error)
{
    Archive archive = { .record = tor_record_new() };
    const UnpackVisitor visitor = { wants_entry, read_entry, &archive };
    bool ok = unpack_archive(path, TRACE_TEXT_MAX, &visitor, error);

    if (ok && archive.events != NULL)
        ok = parse_fta(archive.events_path, bytes_of(archive.events), archive.nodes_path,
                       archive.nodes, ret, error);
    else if (ok && tor_record_count(archive.record) > 0)
        ok = finish_tor(archive.record, path, ret, error);
    else if (ok)
        ok = FAIL(error,
                  "%s: expected an archive with event_trace.tab, or with files whose names "
                  "end in -consensus",
                  path);
    tor_record_free(archive.record);
    g_clear_pointer(&archive.events, g_bytes_unref);
    g_clear_pointer(&archive.nodes, g_bytes_unref);
    g_free(archive.events_path);
    g_free(archive.nodes_path);
    return ok;
}

bool
trace_file_read(const char *path, TraceFile *ret, GError **error)
{
    TraceFile file = { 0 };
    bool ok;

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        ok = read_folder(path, &file, error);
    else if (unpack_is_archive(path))
        ok = read_archive(path, &file, error);
    else
        ok = read_file(path, &file, error);
    if (!ok)
        return false;
    *ret = file;
    return true;
}

void
trace_file_clear(TraceFile *file)
{
    uptime_trace_free(file->trace);
    *file = (TraceFile){ 0 };
}
