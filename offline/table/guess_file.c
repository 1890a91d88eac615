/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/table/guess_file.h"

#include <inttypes.h>
#include <string.h>

#include "nodes/base/bytes.h"

const char *const guess_columns[GUESS_COLUMNS + 1] = {
    "relation", "address", "target", "address_row", "target_row", "score", NULL
};

const char *
relation_name(Relation relation)
{
    static const char *const names[RELATIONS] = { "owns", "writes", "same" };

    return names[relation];
}

bool
relation_named(const char *name, Relation *ret)
{
    for (int i = 0; i < RELATIONS; i++) {
        if (strcmp(name, relation_name((Relation)i)) == 0) {
            *ret = (Relation)i;
            return true;
        }
    }
    return false;
}

void
guess_file_begin(FILE *file)
{
    for (int i = 0; i < GUESS_COLUMNS; i++)
        fprintf(file, "%s%s", i == 0 ? "" : ",", guess_columns[i]);
    fputc('\n', file);
}

void
guess_file_put(FILE *file, const Guess *g)
{
    char address[IP_TEXT_BYTES] = "";

    if (g->address != 0)
        ip_text(g->address, address);
    fprintf(file, "%s,%s,%s,", relation_name(g->relation), address, g->target);
    if (g->address != 0)
        fprintf(file, "%" PRIu64, g->address_row);
    fputc(',', file);
    if (g->target[0] != '\0')
        fprintf(file, "%" PRIu64, g->target_row);
    fputc(',', file);
    if (g->address != 0 && g->target[0] != '\0')
        fprintf(file, "%.9g", g->score);
    fputc('\n', file);
}
