/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/qr/qr.h"

#include <assert.h>
#include <qrencode.h>
#include <stdlib.h>

Status
qr_make(Bytes text, Qr *ret)
{
    QRcode *code;
    size_t n;

    if (text.n == 0)
        return ST_MALFORMED;
    if (text.n > QR_TEXT_MAX)
        return ST_TOO_LARGE;
    code = QRcode_encodeData((int)text.n, text.p, 0, QR_ECLEVEL_M);
    if (code == NULL) /* a text of this length always has a version: out of memory */
        abort();
    n = (size_t)code->width * (size_t)code->width;
    ret->width = code->width;
    ret->dark = malloc(n);
    if (ret->dark == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        ret->dark[i] = code->data[i] & 1; /* the other bits say what a module is for */
    QRcode_free(code);
    return ST_OK;
}

void
qr_clear(Qr *qr)
{
    free(qr->dark);
    qr->dark = NULL;
    qr->width = 0;
}

bool
qr_is_dark(const Qr *qr, int x, int y)
{
    if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
        return false;
    return qr->dark[(size_t)y * (size_t)qr->width + (size_t)x] != 0;
}

void
qr_draw(const Qr *qr, bool inverted, Buffer *out)
{
    /* by (upper is drawn, lower is drawn) */
    static const char *const blocks[2][2] = { { " ", "\u2584" }, { "\u2580", "\u2588" } };

    assert(qr->dark != NULL);
    for (int y = -QR_QUIET; y < qr->width + QR_QUIET; y += 2) {
        for (int x = -QR_QUIET; x < qr->width + QR_QUIET; x++) {
            bool upper = qr_is_dark(qr, x, y) == inverted;
            bool lower = qr_is_dark(qr, x, y + 1) == inverted;

            buffer_append_text(out, blocks[upper][lower]);
        }
        buffer_append_literal(out, "\n");
    }
}
