/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of a scenario: the first two bytes choose the key.  What is read can be
 * written, and reads the same. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>

#include "scenarios/keys.h"

enum { TEXT_MAX = 256 };

static Scenario scenario, scenario_again;
static union {
    FaultSection fault;
    AdversarySection adversary;
} section, section_again;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const Key *key;
    void *record, *again;
    char text[TEXT_MAX];
    g_autofree char *expected = NULL;
    g_autofree char *written = NULL;
    g_autofree char *rewritten = NULL;

    if (n < 2 || n > sizeof text)
        return 0;
    memcpy(text, data + 2, n - 2);
    text[n - 2] = '\0';
    key = &scenario_keys[(data[0] | data[1] << 8) % scenario_n_keys];
    record = section_form_of(key) == NULL ? (void *)&scenario : &section;
    again = section_form_of(key) == NULL ? (void *)&scenario_again : &section_again;
    if (!key_read(key, text, record, &expected)) {
        fuzz_check(expected != NULL);
        return 0;
    }
    written = key_write(key, record);
    fuzz_check(key_read(key, written, again, &expected));
    rewritten = key_write(key, again);
    fuzz_check(strcmp(written, rewritten) == 0);
    return 0;
}
