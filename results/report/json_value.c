/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/json_value.h"

#include <math.h>

void
json_put(json_t *object, const char *name, json_t *value)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);

    if (value == NULL || json_object_set_new(object, valid, value) != 0)
        g_error("a JSON object cannot be made");
}

json_t *
json_of_text(const char *string)
{
    g_autofree char *valid = g_utf8_make_valid(string, -1);

    return json_string(valid);
}

json_t *
json_of_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *
json_of_whole(uint64_t value)
{
    g_autofree char *digits = NULL;

    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    digits = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    return json_string(digits);
}
