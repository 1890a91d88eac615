/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every section with a name begins with: [fault NAME], [adversary NAME]. */
#pragma once

#include <stdint.h>

enum {
    SECTIONS_MAX = 32,       /* of one form, e.g. [fault NAME] */
    SECTION_NAME_BYTES = 33, /* a name and its end */
    WORDS_BYTES = 256        /* of a KEY_WORDS and its end */
};

typedef struct NamedSection {
    char name[SECTION_NAME_BYTES]; /* "": the section without a name */
    int32_t kind;                  /* -1: not said yet */
} NamedSection;

/* Where, as a section says it; "" and 0: anywhere. */
typedef struct PlaceWords {
    const char *country, *region, *hoster;
    uint32_t largest_hosters;
} PlaceWords;
