/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The PNG form: one bit a pixel. */
#include "clients/qr/qr.h"

#include <assert.h>
#include <png.h>
#include <stdlib.h>

static void
append_piece(png_structp png, png_bytep p, png_size_t n)
{
    buffer_append(png_get_io_ptr(png), p, n);
}

static void
flush_nothing(png_structp png)
{
    (void)png;
}

/* One row of pixels, a set bit being white. */
static void
fill_row(const Qr *qr, int scale, int y, uint8_t *row, size_t row_bytes)
{
    memset(row, 0xff, row_bytes);
    for (int x = 0; x < qr->width; x++) {
        for (int i = 0; qr_is_dark(qr, x, y) && i < scale; i++) {
            size_t pixel = (size_t)(x + QR_QUIET) * (size_t)scale + (size_t)i;

            row[pixel / 8] &= (uint8_t) ~(0x80 >> pixel % 8);
        }
    }
}

static void
write_png(png_structp png, png_infop info, const Qr *qr, int scale, uint8_t *row,
          size_t row_bytes)
{
    png_uint_32 side = (png_uint_32)((qr->width + 2 * QR_QUIET) * scale);

    png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = -QR_QUIET; y < qr->width + QR_QUIET; y++) {
        fill_row(qr, scale, y, row, row_bytes);
        for (int i = 0; i < scale; i++)
            png_write_row(png, row);
    }
    png_write_end(png, NULL);
}

bool
qr_png(const Qr *qr, int scale, Buffer *out)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    size_t row_bytes = ((size_t)(qr->width + 2 * QR_QUIET) * (size_t)scale + 7) / 8;
    uint8_t *row = malloc(row_bytes);
    bool ok = false;

    assert(qr->dark != NULL && scale >= 1 && scale <= QR_PNG_SCALE_MAX);
    if (row == NULL)
        abort();
    /* libpng reports an error by a jump to here. */
    if (info != NULL && setjmp(png_jmpbuf(png)) == 0) {
        png_set_write_fn(png, out, append_piece, flush_nothing);
        write_png(png, info, qr, scale, row, row_bytes);
        ok = true;
    }
    png_destroy_write_struct(&png, &info);
    free(row);
    return ok;
}
