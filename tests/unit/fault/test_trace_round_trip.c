/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is written as CSV reads back the same: random records, and the Tor relays. */
#include <gio/gio.h>
#include <glib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/fault/trace_builder.h"
#include "sim/fault/trace_formats.h"

static void
assert_same(const UptimeTrace *a, const UptimeTrace *b)
{
    g_assert_cmpuint(a->n_servers, ==, b->n_servers);
    g_assert_cmpuint(a->n_intervals, ==, b->n_intervals);
    g_assert_cmpint(a->end_us, ==, b->end_us);
    for (uint32_t i = 0; i < a->n_servers; i++) {
        const TracedServer *x = &a->servers[i], *y = &b->servers[i];

        g_assert_cmpuint(x->id, ==, y->id);
        g_assert_cmpstr(x->country, ==, y->country);
        g_assert_cmpuint(x->network, ==, y->network);
        g_assert_cmpuint(x->first, ==, y->first);
        g_assert_cmpuint(x->n, ==, y->n);
    }
    g_assert_cmpmem(a->intervals, a->n_intervals * sizeof *a->intervals, b->intervals,
                    b->n_intervals * sizeof *b->intervals);
}

static void
assert_comes_back(const UptimeTrace *trace)
{
    Buffer text = BUFFER_EMPTY;
    UptimeTrace *again = NULL;
    TraceError why = { 0 };

    trace_write_csv(trace, &text);
    if (trace_parse_csv(buffer_bytes(&text), &again, &why) != ST_OK)
        g_error("line %zu: %s in %.*s", why.line, why.text, (int)text.n, text.p);
    assert_same(trace, again);
    uptime_trace_free(again);
    buffer_clear(&text);
}

/* Up to 6 servers with up to 6 spans each, on a grid of ten moments, so that all that can
 * happen happens: overlaps, touching, both ends of the record. */
static UptimeTrace *
random_trace(uint64_t seed)
{
    static const char *const names[] = { "0", "4294967295", "17", "3", "12", "4000000000" };
    static const uint32_t networks[] = { 0, 1, 65536, UINT32_MAX - 1, UINT32_MAX };
    const StreamKey key = { seed, 0, 0, 0 };
    TraceBuilder builder = { 0 };
    UptimeTrace *trace = NULL;
    uint64_t at = 0;
    uint64_t n = sample_below(stream_word(&key, at++), G_N_ELEMENTS(names) + 1);

    for (uint64_t i = 0; i < n; i++) {
        TracePlace place = { .name = bytes_of_text(names[i]) };
        uint64_t spans = sample_below(stream_word(&key, at++), 7);

        for (uint64_t k = 0; k < spans; k++) {
            int64_t from = (int64_t)sample_below(stream_word(&key, at++), 10);
            int64_t length = (int64_t)sample_below(stream_word(&key, at++), 10);

            g_assert_true(trace_builder_span(&builder, place.name, 100 + from,
                                             100 + MIN(from + length, 10)));
        }
        if (sample_below(stream_word(&key, at++), 2) == 0)
            strcpy(place.country, "FI");
        place.has_network = sample_below(stream_word(&key, at++), 3) > 0;
        place.network =
            networks[sample_below(stream_word(&key, at++), G_N_ELEMENTS(networks))];
        g_assert_true(trace_builder_place(&builder, &place));
    }
    g_assert_cmpint(trace_builder_finish(&builder, 100, 110, &trace), ==, ST_OK);
    return trace;
}

static void
test_random_records(void)
{
    uint32_t servers = 0;

    for (uint64_t seed = 0; seed < 3000; seed++) {
        UptimeTrace *trace = random_trace(seed);

        servers += trace->n_servers;
        assert_comes_back(trace);
        uptime_trace_free(trace);
    }
    g_assert_cmpuint(servers, >, 3000);
}

static Bytes
unpacked(const char *name, GByteArray *to)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SWARMBED_SOURCE"), "scenarios", "data", name, NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, NULL);
    g_autoptr(GConverter) unzip =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_autoptr(GInputStream) in = NULL;
    guint8 piece[65536];
    gssize n;

    g_assert_nonnull(raw);
    in = g_converter_input_stream_new(G_INPUT_STREAM(raw), unzip);
    while ((n = g_input_stream_read(in, piece, sizeof piece, NULL, NULL)) > 0)
        g_byte_array_append(to, piece, (guint)n);
    g_assert_cmpint(n, ==, 0);
    return (Bytes){ to->data, to->len };
}

static void
test_tor_relays(void)
{
    g_autoptr(GByteArray) nodes = g_byte_array_new();
    g_autoptr(GByteArray) up = g_byte_array_new();
    UptimeTrace *trace = NULL;
    TraceError why;
    bool in_up;

    g_assert_cmpint(uptime_trace_parse(unpacked("tor-relays-2026-nodes.csv.gz", nodes),
                                       unpacked("tor-relays-2026-up.csv.gz", up), &trace,
                                       &why.line, &in_up, &why.text),
                    ==, ST_OK);
    assert_comes_back(trace);
    uptime_trace_free(trace);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/trace-round-trip/random-records", test_random_records);
    g_test_add_func("/fault/trace-round-trip/tor-relays", test_tor_relays);
    return g_test_run();
}
