/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A short text as a QR code: modules by libqrencode, shown in a terminal or written as PNG.
 * The applications show an account's Session ID this way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodes/base/bytes.h"

enum {
    QR_TEXT_MAX = 1024,
    QR_QUIET = 4, /* light modules around it that readers need */
    QR_PNG_SCALE_MAX = 64
};

typedef struct Qr {
    int width;     /* modules a side, without the quiet zone */
    uint8_t *dark; /* width * width, row by row; 1 dark, 0 light */
} Qr;

/* Encode @text (bytes, medium error correction).  ST_TOO_LARGE: longer than QR_TEXT_MAX;
 * ST_MALFORMED: empty.  @ret is to be cleared. */
Status qr_make(Bytes text, Qr *ret) WARN_UNUSED;
void qr_clear(Qr *qr);
/* Modules outside are light. */
bool qr_is_dark(const Qr *qr, int x, int y);

/* Append lines for a terminal: two rows of modules to a line, in UTF-8 half blocks, dark
 * modules as the background of a dark terminal.  @inverted: for a light one. */
void qr_draw(const Qr *qr, bool inverted, Buffer *out);

/* Append a PNG file, @scale pixels a module (1 to QR_PNG_SCALE_MAX), black on white with
 * the quiet zone.  False when libpng fails. */
bool qr_png(const Qr *qr, int scale, Buffer *out) WARN_UNUSED;
