/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network's own streams of randomness, far from the purposes of actors. */
#pragma once

enum {
    NET_PURPOSE_CENTRES = 0x6e657401, /* which hosts are centres of countries */
    NET_PURPOSE_PLACE,                /* which host of a cluster an endpoint sits at */
    NET_PURPOSE_LAST_MILE             /* its last mile */
};
