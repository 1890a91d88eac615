/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A body that is announced too large is refused at the headers.  libsoup answers only when
 * it has read a body to its end, so the answer is written past it; then a little of what
 * comes is read, so that the other side sees the answer before the connection is reset. */
#include "nodes/live/door_internal.h"

enum { LINGER_S = 5, DRAIN_BYTES = 16384 };

static const char answer[] = "HTTP/1.1 413 Request Entity Too Large\r\n"
                             "Server: swarmbed\r\n"
                             "Content-Type: text/plain\r\n"
                             "Content-Length: 22\r\n"
                             "Connection: close\r\n\r\n" DOOR_TOO_LARGE;

typedef struct Refusal {
    GIOStream *stream;
    GCancellable *cancellable;
    guint timer;
    gsize drained;
    char bytes[DRAIN_BYTES];
} Refusal;

static void
refusal_free(Refusal *refusal)
{
    if (refusal->timer != 0)
        g_source_remove(refusal->timer);
    g_io_stream_close(refusal->stream, NULL, NULL);
    g_object_unref(refusal->stream);
    g_object_unref(refusal->cancellable);
    g_free(refusal);
}

static gboolean
time_is_up(gpointer context)
{
    Refusal *refusal = context;

    refusal->timer = 0;
    g_cancellable_cancel(refusal->cancellable);
    return G_SOURCE_REMOVE;
}

static void drain(Refusal *refusal);

static void
drained(GObject *source, GAsyncResult *result, gpointer context)
{
    Refusal *refusal = context;
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

    if (n > 0)
        refusal->drained += (gsize)n;
    if (n > 0 && refusal->drained <= DOOR_BODY_EXCESS)
        drain(refusal);
    else
        refusal_free(refusal);
}

static void
drain(Refusal *refusal)
{
    g_input_stream_read_async(g_io_stream_get_input_stream(refusal->stream), refusal->bytes,
                              sizeof refusal->bytes, G_PRIORITY_LOW, refusal->cancellable,
                              drained, refusal);
}

static void
written(GObject *source, GAsyncResult *result, gpointer context)
{
    if (g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL))
        drain(context);
    else
        refusal_free(context);
}

void
door_refuse(GIOStream *stream)
{
    Refusal *refusal = g_new0(Refusal, 1);

    refusal->stream = stream;
    refusal->cancellable = g_cancellable_new();
    refusal->timer = g_timeout_add_seconds(LINGER_S, time_is_up, refusal);
    g_output_stream_write_all_async(g_io_stream_get_output_stream(stream), answer,
                                    sizeof answer - 1, G_PRIORITY_DEFAULT,
                                    refusal->cancellable, written, refusal);
}
