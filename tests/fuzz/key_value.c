/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of a scenario: the first byte chooses the key.  What is read can be written,
 * and reads the same. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>

#include "scenarios/keys.h"

enum { TEXT_MAX = 256 };

static Scenario scenario, again;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const Key *key;
    char text[TEXT_MAX];
    g_autofree char *expected = NULL;
    g_autofree char *written = NULL;
    g_autofree char *rewritten = NULL;

    if (n == 0 || n > sizeof text)
        return 0;
    memcpy(text, data + 1, n - 1);
    text[n - 1] = '\0';
    key = &scenario_keys[data[0] % scenario_n_keys];
    if (!key_read(key, text, &scenario, &expected)) {
        fuzz_check(expected != NULL);
        return 0;
    }
    written = key_write(key, &scenario);
    fuzz_check(key_read(key, written, &again, &expected));
    rewritten = key_write(key, &again);
    fuzz_check(strcmp(written, rewritten) == 0);
    return 0;
}
