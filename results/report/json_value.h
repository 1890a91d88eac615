/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values for jansson, as this room and compare/ write them. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

/* Takes @value.  Nothing of ours may be missing from an object: jansson fails only without
 * memory or for text that is no UTF-8. */
void json_put(json_t *object, const char *name, json_t *value);
/* What is no UTF-8 becomes U+FFFD. */
json_t *json_of_text(const char *string);
/* What JSON cannot say (NAN, infinite) is null. */
json_t *json_of_number(double value);
/* Seeds beyond what JSON readers hold as whole numbers are texts. */
json_t *json_of_whole(uint64_t value);
