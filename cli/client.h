/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of `swarmbed client` share. */
#pragma once

#include <gio/gio.h>

#include "clients/live/errand.h"

/* --- client_url.c ------------------------------------------------------------------------
 */

/* A server as a session knows it, with its own memory. */
typedef struct ClientServer {
    SessionServer server;
    char *host;
    bool known;
} ClientServer;

/* http://HOST[:PORT][/]; 0 with @error. */
Address client_seed_address(const char *url, GError **error);
/* http[s]://HOST[:PORT][?public_key=HEX], or the key apart (NULL: it is in the URL).  False
 * with @error. */
gboolean client_read_server(const char *url, const char *key, ClientServer *ret,
                            GError **error);
/* The same with /ROOM behind the port (or /r/ROOM): the room's id goes to @ret_room. */
gboolean client_read_room(const char *url, ClientServer *ret,
                          uint8_t ret_room[ACCOUNT_BYTES], GError **error);
void client_server_clear(ClientServer *server);
/* 66 hex digits that begin with 05. */
gboolean client_read_account(const char *text, uint8_t ret[ACCOUNT_BYTES]);

/* --- client_errand.c: what the words of a command line ask for
 * ----------------------------- */

typedef enum ClientShows {
    SHOW_TEXTS,
    SHOW_FILES,
    SHOW_VOICES,
    SHOW_ROOM,  /* that it was read */
    SHOW_GROUPS /* that one was made or changed */
} ClientShows;

typedef struct ClientOptions {
    char *url, *to, *account, *group, *file, *file_server, *file_server_key, *out;
    gboolean follow;
    int timeout;
} ClientOptions;

/* An errand and what it borrows. */
typedef struct ClientErrand {
    ErrandSpec spec;
    SessionSaying saying;
    Packet file;
    char *file_name;
    uint8_t (*members)[ACCOUNT_BYTES];
    ClientServer file_server, open_group;
    ClientShows shows;
} ClientErrand;

/* @words: those that are no options, from the first on.  False with @error: one sentence of
 * what was expected. */
gboolean client_read_errand(const ClientOptions *options, int n, char *const *words,
                            ClientErrand *ret, GError **error);
void client_errand_clear(ClientErrand *errand);

/* --- client_show.c
 * ------------------------------------------------------------------------- */

typedef struct ClientShow {
    ClientShows shows;
    const char *out; /* the folder that files are saved in; NULL: they are not */
    bool failed;     /* one could not be had, or saved */
    GPtrArray *held; /* of a room, which gives the newest first, until it was read */
} ClientShow;

/* One line of JSON on standard output, where this is to be seen. */
void client_show(ClientShow *show, const Note *note);
