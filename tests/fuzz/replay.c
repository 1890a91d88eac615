/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a fuzz target over the files of a folder: each input that was once kept is a test.
 * Each is copied to memory of its exact size, so that a sanitizer sees reads beyond it. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
replay(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
    gsize n;
    uint8_t *exact;

    if (!g_file_get_contents(path, &text, &n, NULL))
        g_error("%s cannot be read", path);
    exact = g_memdup2(text, n);
    LLVMFuzzerTestOneInput(exact, n);
    /* and what is left of it at each of some lengths */
    for (gsize part = 0; part < n; part += 1 + n / 64)
        LLVMFuzzerTestOneInput(exact, part);
    g_free(exact);
}

int
main(int argc, char **argv)
{
    g_autoptr(GDir) dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (dir == NULL)
        g_error("expected a folder");
    if (LLVMFuzzerInitialize != NULL)
        LLVMFuzzerInitialize(&argc, &argv);
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    for (guint i = 0; i < names->len; i++) {
        replay(argv[1], names->pdata[i]);
        printf("ok %u - %s\n", i + 1, (const char *)names->pdata[i]);
    }
    printf("1..%u\n", names->len);
    return names->len > 0 ? 0 : 1;
}
