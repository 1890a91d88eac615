/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenario files (INI).  What is loaded can be written, value by value, and read back. */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/keys.h"

static int file;
static char path[64];

/* Of the scenario, or of a section with a name. */
static void
check_record(const SectionForm *form, void *record)
{
    for (size_t i = 0; i < scenario_n_keys; i++) {
        g_autofree char *text = NULL;
        g_autofree char *expected = NULL;

        if (section_form_of(&scenario_keys[i]) != form)
            continue;
        text = key_write(&scenario_keys[i], record);
        fuzz_check(key_read(&scenario_keys[i], text, record, &expected));
    }
}

static void
check_values(Scenario *scenario)
{
    check_record(NULL, scenario);
    for (size_t i = 0; i < n_section_forms; i++)
        for (uint32_t k = 0; k < section_count(&section_forms[i], scenario); k++)
            check_record(&section_forms[i], section_at(&section_forms[i], scenario, k));
    fuzz_check(scenario_check(scenario, NULL));
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    file = memfd_create("scenario.ini", 0);
    fuzz_check(file >= 0);
    /* Found at once, instead of in each folder up from /proc/self/fd. */
    g_setenv("SWARMBED_DATA", SWARMBED_DATA_FOLDER, true);
    g_snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario;

    fuzz_check(ftruncate(file, (off_t)n) == 0);
    fuzz_check(pwrite(file, data, n, 0) == (ssize_t)n);
    scenario = scenario_load(path, NULL, &error);
    fuzz_check((scenario == NULL) == (error != NULL));
    if (scenario != NULL)
        check_values(scenario);
    scenario_free(scenario);
    return 0;
}
