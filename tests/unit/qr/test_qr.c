/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * QR codes: the fixed parts of the standard, and the same modules in both forms. */
#include "clients/qr/qr.h"

#include <glib.h>
#include <png.h>

static const char id[] =
    "05aa654f00fc39fc69fd0db829410ca38177d7732a8d2f0934ab3872ac56d5aa74";

/* A finder pattern: a dark ring around a light one around a dark square of three. */
static void
check_finder(const Qr *qr, int left, int top)
{
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            int ring = MAX(ABS(x - 3), ABS(y - 3));

            g_assert_true(qr_is_dark(qr, left + x, top + y) == (ring != 2));
        }
    }
}

static void
test_fixed_parts(void)
{
    Qr qr;

    g_assert_cmpint(qr_make(bytes_of_text(id), &qr), ==, ST_OK);
    g_assert_cmpint(qr.width % 4, ==, 1); /* 17 + 4 * version */
    g_assert_cmpint(qr.width, >=, 37);    /* 66 bytes, medium: version 5 */
    check_finder(&qr, 0, 0);
    check_finder(&qr, qr.width - 7, 0);
    check_finder(&qr, 0, qr.width - 7);
    for (int i = 8; i < qr.width - 8; i++) { /* timing */
        g_assert_true(qr_is_dark(&qr, i, 6) == (i % 2 == 0));
        g_assert_true(qr_is_dark(&qr, 6, i) == (i % 2 == 0));
    }
    g_assert_true(qr_is_dark(&qr, 8, qr.width - 8)); /* always dark */
    g_assert_false(qr_is_dark(&qr, -1, 0));
    g_assert_false(qr_is_dark(&qr, 0, qr.width));
    qr_clear(&qr);
}

static void
test_limits(void)
{
    g_autofree uint8_t *text = g_malloc0(QR_TEXT_MAX + 1);
    Qr qr = { -1, NULL };

    g_assert_cmpint(qr_make((Bytes){ text, 0 }, &qr), ==, ST_MALFORMED);
    g_assert_cmpint(qr_make((Bytes){ text, QR_TEXT_MAX + 1 }, &qr), ==, ST_TOO_LARGE);
    g_assert_cmpint(qr.width, ==, -1);
    g_assert_cmpint(qr_make((Bytes){ text, QR_TEXT_MAX }, &qr), ==, ST_OK);
    qr_clear(&qr);
    g_assert_cmpint(qr_make((Bytes){ text, 1 }, &qr), ==, ST_OK);
    g_assert_cmpint(qr.width, ==, 21);
    qr_clear(&qr);
}

/* Each character stands for two modules. */
static void
test_terminal(void)
{
    for (int inverted = 0; inverted < 2; inverted++) {
        Buffer out = BUFFER_EMPTY;
        g_auto(GStrv) lines = NULL;
        int side;
        Qr qr;

        g_assert_cmpint(qr_make(bytes_of_text(id), &qr), ==, ST_OK);
        qr_draw(&qr, inverted, &out);
        buffer_append(&out, "", 1);
        lines = g_strsplit((const char *)out.p, "\n", -1);
        side = qr.width + 2 * QR_QUIET;
        g_assert_cmpint(g_strv_length(lines), ==, (side + 1) / 2 + 1);
        for (int y = 0; y < side; y++) {
            const char *at = lines[y / 2];

            g_assert_cmpint(g_utf8_strlen(at, -1), ==, side);
            for (int x = 0; x < side; x++, at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);
                bool lit = c == 0x2588 || c == (y % 2 == 0 ? 0x2580u : 0x2584u);

                g_assert_true(
                    lit == (qr_is_dark(&qr, x - QR_QUIET, y - QR_QUIET) == (bool)inverted));
            }
        }
        buffer_clear(&out);
        qr_clear(&qr);
    }
}

/* libpng reads back the modules. */
static void
test_png(void)
{
    static const int scales[] = { 1, 3, 8, QR_PNG_SCALE_MAX };
    Qr qr;

    g_assert_cmpint(qr_make(bytes_of_text(id), &qr), ==, ST_OK);
    for (size_t s = 0; s < G_N_ELEMENTS(scales); s++) {
        int scale = scales[s], side = (qr.width + 2 * QR_QUIET) * scale;
        png_image image = { .version = PNG_IMAGE_VERSION };
        g_autofree uint8_t *pixels = g_malloc((gsize)side * (gsize)side);
        Buffer png = BUFFER_EMPTY;

        g_assert_true(qr_png(&qr, scale, &png));
        g_assert_true(png_image_begin_read_from_memory(&image, png.p, png.n));
        g_assert_cmpint((int)image.width, ==, side);
        g_assert_cmpint((int)image.height, ==, side);
        image.format = PNG_FORMAT_GRAY;
        g_assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                g_assert_cmpuint(
                    pixels[y * side + x], ==,
                    qr_is_dark(&qr, x / scale - QR_QUIET, y / scale - QR_QUIET) ? 0 : 255);
        buffer_clear(&png);
    }
    qr_clear(&qr);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qr/fixed-parts", test_fixed_parts);
    g_test_add_func("/qr/limits", test_limits);
    g_test_add_func("/qr/terminal", test_terminal);
    g_test_add_func("/qr/png", test_png);
    return g_test_run();
}
