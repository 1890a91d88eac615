/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/control.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

enum { WORDS_MAX = 4096 };

struct Control {
    GSocketService *service;
    char *path;
    ControlReceive receive;
    void *context;
};

struct ControlRequest {
    Control *control;
    GSocketConnection *connection;
    GDataInputStream *in;
};

static bool
path_fits(const char *path, GError **error)
{
    struct sockaddr_un address;

    if (strlen(path) < sizeof address.sun_path)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                "%s: expected a --dir whose name is shorter: this is too long for a socket",
                path);
    return false;
}

void
control_answer(ControlRequest *request, const char *text)
{
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(request->connection));

    /* Who does not wait for its answer need not get it. */
    (void)g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL);
    (void)g_io_stream_close(G_IO_STREAM(request->connection), NULL, NULL);
    g_object_unref(request->in);
    g_object_unref(request->connection);
    g_free(request);
}

static void
line_read(GObject *source, GAsyncResult *result, gpointer context)
{
    ControlRequest *request = context;
    g_autofree char *line = g_data_input_stream_read_line_finish(
        G_DATA_INPUT_STREAM(source), result, NULL, NULL);
    g_auto(GStrv) words = NULL;

    if (line == NULL) {
        control_answer(request, "error: expected a line\n");
        return;
    }
    words = g_strsplit(line, " ", WORDS_MAX);
    request->control->receive(request->control->context, request, words);
}

static gboolean
incoming(GSocketService *service, GSocketConnection *connection, GObject *source,
         gpointer context)
{
    ControlRequest *request = g_new0(ControlRequest, 1);

    (void)service;
    (void)source;
    request->control = context;
    request->connection = g_object_ref(connection);
    request->in =
        g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(request->in), FALSE);
    g_data_input_stream_read_line_async(request->in, G_PRIORITY_DEFAULT, NULL, line_read,
                                        request);
    return TRUE;
}

/* A socket that nobody listens at was left by a testbed that was killed. */
static bool
is_alive(const char *path)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);

    return connection != NULL;
}

Control *
control_new(const char *path, ControlReceive receive, void *context, GError **error)
{
    g_autoptr(GSocketService) service = NULL;
    g_autoptr(GSocketAddress) address = NULL;
    Control *control;

    if (!path_fits(path, error))
        return NULL;
    if (is_alive(path)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "%s: a testbed runs there already", path);
        return NULL;
    }
    (void)g_unlink(path);
    service = g_socket_service_new();
    address = g_unix_socket_address_new(path);
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service), address,
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                       NULL, NULL, error))
        return NULL;
    control = g_new0(Control, 1);
    control->service = g_steal_pointer(&service);
    control->path = g_strdup(path);
    control->receive = receive;
    control->context = context;
    g_signal_connect(control->service, "incoming", G_CALLBACK(incoming), control);
    return control;
}

void
control_free(Control *control)
{
    if (control == NULL)
        return;
    g_socket_service_stop(control->service);
    g_socket_listener_close(G_SOCKET_LISTENER(control->service));
    g_object_unref(control->service);
    (void)g_unlink(control->path);
    g_free(control->path);
    g_free(control);
}

static char *
read_all(GInputStream *in, GError **error)
{
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

    if (g_output_stream_splice(out, in, G_OUTPUT_STREAM_SPLICE_NONE, NULL, error) < 0 ||
        !g_output_stream_write_all(out, "", 1, NULL, NULL, error) ||
        !g_output_stream_close(out, NULL, error))
        return NULL;
    return g_memory_output_stream_steal_data(G_MEMORY_OUTPUT_STREAM(out));
}

char *
control_ask(const char *path, const char *line, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = NULL;
    g_autoptr(GSocketConnection) connection = NULL;
    g_autofree char *text = g_strconcat(line, "\n", NULL);

    if (!path_fits(path, error))
        return NULL;
    address = g_unix_socket_address_new(path);
    connection = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    if (connection == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: no testbed runs there",
                    path);
        return NULL;
    }
    if (!g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                   text, strlen(text), NULL, NULL, error))
        return NULL;
    return read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection)), error);
}
