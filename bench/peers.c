/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/peers.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#define SOURCES SWARMBED_DATA_FOLDER "/../../tests/bench/peers"

typedef struct Engine {
    const char *name, *header, *package;
    const char *libraries[3];
} Engine;

static const Engine engines[] = {
    { "ns3", "ns3/core-module.h", "libns3-dev", { "-lns3-network", "-lns3-core", NULL } },
    { "simgrid", "simgrid/s4u.hpp", "libsimgrid-dev", { "-lsimgrid", NULL } },
};

static gboolean
runs_well(const char *const *command)
{
    int status;

    return g_spawn_sync(NULL, (char **)command, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

static gboolean
has_header(const char *header)
{
    const char *const command[] = { "g++",      "-std=c++17", "-fsyntax-only",
                                    "-include", header,       "-x",
                                    "c++",      "/dev/null",  NULL };

    return runs_well(command);
}

static gboolean
build(const Peers *peers, const Engine *engine, const char *model)
{
    g_autofree char *source = g_strdup_printf(SOURCES "/%s_%s.cc", model, engine->name);
    g_autofree char *program = g_build_filename(peers->folder, engine->name, NULL);
    const char *command[] = {
        "g++", "-O3",   "-march=native",      "-std=c++17",         source,
        "-o",  program, engine->libraries[0], engine->libraries[1], NULL
    };

    return runs_well(command);
}

Peers *
peers_build(const char *model)
{
    Peers *peers = g_new0(Peers, 1);

    peers->missing = g_string_new(NULL);
    peers->folder = g_dir_make_tmp("swarmbed-peers-XXXXXX", NULL);
    if (peers->folder == NULL || !has_header("cstdint")) {
        g_string_append(peers->missing, "no other engine: g++ is not installed");
        return peers;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++) {
        const char *separator = peers->missing->len > 0 ? "; " : "";

        if (!has_header(engines[i].header))
            g_string_append_printf(peers->missing, "%sno %s: %s is not installed",
                                   separator, engines[i].name, engines[i].package);
        else if (!build(peers, &engines[i], model))
            g_string_append_printf(peers->missing,
                                   "%sno %s: " SOURCES "/%s_%s.cc does not "
                                   "compile",
                                   separator, engines[i].name, model, engines[i].name);
        else if (i == 0)
            peers->ns3 = true;
        else
            peers->simgrid = true;
    }
    return peers;
}

void
peers_free(Peers *peers)
{
    if (peers == NULL)
        return;
    for (size_t i = 0; peers->folder != NULL && i < G_N_ELEMENTS(engines); i++) {
        g_autofree char *program = g_build_filename(peers->folder, engines[i].name, NULL);

        g_unlink(program);
    }
    if (peers->folder != NULL)
        g_rmdir(peers->folder);
    g_string_free(peers->missing, TRUE);
    g_free(peers->folder);
    g_free(peers);
}

static void
die_with_parent(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

bool
peer_measure(const void *what, Measured *ret)
{
    const PeerSpec *spec = what;
    g_autofree char *program = g_build_filename(spec->peers->folder, spec->program, NULL);
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, spec->size);
    g_autofree char *amount = g_strdup_printf("%" G_GUINT64_FORMAT, spec->amount);
    char *command[] = { program, size, amount, (char *)spec->argument, NULL };
    g_autofree char *out = NULL;
    unsigned long long check;
    int status;

    if (!g_spawn_sync(NULL, command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, die_with_parent,
                      NULL, &out, NULL, &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL) ||
        sscanf(out, "rate=%lf bytes=%lf check=%llx", &ret->value[0], &ret->value[1],
               &check) != 3) {
        g_snprintf(ret->why, sizeof ret->why, "%s %s failed", spec->program,
                   spec->argument);
        return false;
    }
    ret->check = check;
    return true;
}
