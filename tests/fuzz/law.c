/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Durations and their laws, as scenarios write them: what is read can be written, reads the
 * same, and can be drawn from. */
#include "tests/fuzz/fuzz.h"

#include "sim/fault/law.h"

enum { TEXT_MAX = 256 };

static void
check_law(const char *text)
{
    Law law = { .a = 99 }, again;
    Buffer written = BUFFER_EMPTY;
    const char *error = NULL;

    if (law_parse(text, &law, &error) != ST_OK) {
        fuzz_check(error != NULL && law.a == 99);
        return;
    }
    law_write(&law, &written);
    buffer_append(&written, "", 1);
    fuzz_check(law_parse((const char *)written.p, &again, &error) == ST_OK);
    fuzz_check(again.kind == law.kind && again.a == law.a && again.b == law.b);
    fuzz_check(law_mean_s(&law) > 0);
    for (unsigned i = 0; i < 4; i++) {
        fuzz_check(law_sample(&law, i * (UINT64_MAX / 3)) > 0);
        fuzz_check(law_sample_residual(&law, i * (UINT64_MAX / 3), UINT64_MAX / (i + 1)) >
                   0);
    }
    buffer_clear(&written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char text[TEXT_MAX];
    Duration duration = -99;
    const char *error = NULL;

    if (n >= sizeof text)
        return 0;
    if (n > 0)
        memcpy(text, data, n);
    text[n] = '\0';
    check_law(text);
    if (duration_parse(text, &duration, &error) == ST_OK)
        fuzz_check(duration >= 0);
    else
        fuzz_check(duration == -99 && error != NULL);
    return 0;
}
