/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The testbed's processes of one sort, by number: each is this program once more, which
 * reads commands on its standard input, says `ready` and what else happens on its standard
 * output, has its key and its log in a folder of its own, and ends when its supervisor
 * does. */
#pragma once

#include <gio/gio.h>

#include "nodes/crypto/crypto.h"

typedef enum ChildState {
    CHILD_DOWN,
    CHILD_STARTING,
    CHILD_UP,     /* it said that it is ready */
    CHILD_FROZEN, /* there, and silent */
    CHILD_ENDING
} ChildState;

typedef struct ChildrenSpec {
    uint32_t n;
    const char *log; /* name of a child's log in its folder (borrowed) */
    /* Its folder, to be freed; the seed of its key; its words behind the program's name. */
    char *(*folder)(void *context, uint32_t child);
    void (*seed)(void *context, uint32_t child, uint8_t ret[KEY_BYTES]);
    void (*command)(void *context, uint32_t child, const char *folder, GPtrArray *words);
    /* It is about to start, or has just started and can be told things; NULL: nothing to
     * do. */
    void (*starts)(void *context, uint32_t child);
    void (*started)(void *context, uint32_t child);
    /* It said a line, other than `ready`; NULL: nobody listens. */
    void (*line)(void *context, uint32_t child, const char *line);
    /* It changed its state (@what, for the status line). */
    void (*changed)(void *context, uint32_t child, const char *what);
    void *context;
} ChildrenSpec;

typedef struct Children Children;

Children *children_new(const ChildrenSpec *spec);
void children_free(Children *children); /* kills what is left; takes NULL */

ChildState children_state(const Children *children, uint32_t child);
int children_pid(const Children *children, uint32_t child); /* 0: down */

/* Start it; nothing happens to one that is there.  False with @error. */
bool children_start(Children *children, uint32_t child, GError **error);
/* SIGTERM; SIGKILL where it is frozen, and hears nothing. */
void children_stop(Children *children, uint32_t child);
void children_kill(Children *children, uint32_t child); /* SIGKILL */
/* Once it has ended, or now; until it is stopped or killed again. */
void children_start_again(Children *children, uint32_t child);
/* As if its host were gone: it has its connections, and says nothing (SIGSTOP). */
void children_freeze(Children *children, uint32_t child);
/* Give it a line of commands, which is taken; one that ends meanwhile need not hear it. */
void children_say(Children *children, uint32_t child, char *line);
