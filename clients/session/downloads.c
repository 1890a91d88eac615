/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that messages told of (protocol 5.7): at most three are fetched at a time, each is
 * tried three times, and what comes is verified by digest, MAC and size.  The application
 * has such a message when it has the file. */
#include "clients/session/said.h"

#include "nodes/base/memory.h"
#include "nodes/wire/server_later.h"

#include <assert.h>
#include <stdlib.h>

static const Duration retry_gaps[] = { 30 * SECOND, 30 * MINUTE };

_Static_assert(sizeof retry_gaps / sizeof retry_gaps[0] == DOWNLOAD_TRIES - 1, "gaps");

static Bytes
hash_of(const Download *d)
{
    return (Bytes){ (const uint8_t *)d->hash, d->hash_n };
}

static void
download_end(Session *s, Download *d)
{
    More *more = s->more;
    uint32_t i = (uint32_t)(d - more->download);

    more->n_downloads--;
    memmove(d, d + 1, (more->n_downloads - i) * sizeof *d);
    if (more->n_downloads == 0) {
        free(more->download);
        more->download = NULL;
    }
}

/* It will not be had: the application is told, or the ledger.  @said is taken. */
static void
lose(Session *s, SessionKind kind, FileLoss loss, Bytes hash, SaidFile *said)
{
    if (said != NULL)
        session_hear_file(s, said, kind, NULL, loss);
    else
        port_note(s->port, NOTE_FILE_LOST, (uint64_t)loss, 0, hash);
}

static void
lose_download(Session *s, Download *d, FileLoss loss)
{
    lose(s, (SessionKind)d->kind, loss, hash_of(d), d->said);
    d->said = NULL;
}

void
session_downloads_clear(Session *s)
{
    for (uint32_t i = 0; i < s->more->n_downloads; i++)
        session_said_free(s->more->download[i].said);
    free(s->more->download);
    s->more->download = NULL;
    s->more->n_downloads = 0;
}

void
session_download(Session *s, SessionKind kind, uint64_t message,
                 const ContentPointer *pointer, const uint8_t *room, Bytes hash,
                 SaidFile *said)
{
    More *more = session_more(s);
    Download *d;

    assert(hash.n <= MESSAGE_HASH_MAX);
    port_note(s->port, NOTE_POINTER, 0, 0, hash);
    if (more->n_downloads == DOWNLOADS_MAX ||
        (room == NULL && s->config->file_server == NULL)) {
        lose(s, kind, FILE_TOO_MANY, hash, said);
        return;
    }
    more->download =
        memory_resized(more->download, more->n_downloads + 1, sizeof *more->download);
    d = &more->download[more->n_downloads++];
    *d = (Download){ .message = message,
                     .number = pointer->id,
                     .bytes = pointer->size,
                     .kind = (uint8_t)kind,
                     .said = said,
                     .hash_n = (uint8_t)hash.n,
                     .due = s->now };
    if (room == NULL) {
        memcpy(d->key, pointer->key.p, sizeof d->key);
        memcpy(d->digest, pointer->digest.p, sizeof d->digest);
    } else {
        memcpy(d->room, room, sizeof d->room);
    }
    memcpy(d->hash, hash.p, hash.n);
    more->downloads_due = s->now;
    session_more_settle(s);
}

static bool
is_of_room(const Download *d)
{
    return d->room[1] != 0;
}

static void
download_ask(Session *s, Download *d)
{
    RequestOrder order = { .use = USE_DOWNLOAD,
                           .owner = session_serial(s),
                           .target = { .node = NODE_NONE },
                           .server = is_of_room(d) ? s->config->open_group
                                                   : s->config->file_server };
    ServerRequest request = { .method = BYTES_LITERAL("GET") };
    Packet payload, none = PACKET_EMPTY;
    Buffer endpoint = BUFFER_EMPTY;

    if (is_of_room(d))
        session_room_path(d->room, &endpoint);
    buffer_append_literal(&endpoint, "/file/");
    buffer_append_u64_decimal(&endpoint, d->number);
    request.endpoint = buffer_bytes(&endpoint);
    payload = server_request_packet(&request, &none);
    buffer_clear(&endpoint);
    d->serial = order.owner;
    d->asked = session_request_start(s, &order, &payload);
    d->due = d->asked ? TIME_NEVER : s->now + retry_gaps[0];
}

void
session_downloads_run(Session *s)
{
    More *more = s->more;
    uint32_t asked = 0;
    Time due = TIME_NEVER;

    for (uint32_t i = 0; i < more->n_downloads; i++)
        asked += more->download[i].asked;
    for (uint32_t i = 0; i < more->n_downloads; i++) {
        Download *d = &more->download[i];

        if (!d->asked && d->due <= s->now && asked < DOWNLOADS_PARALLEL && s->online) {
            download_ask(s, d);
            asked += d->asked;
        }
        /* Those whose turn it is begin when another one ends. */
        if (!d->asked && d->due > s->now && d->due < due)
            due = d->due;
    }
    more->downloads_due = due;
    session_more_settle(s);
}

/* Not had, this time. */
static void
download_failed(Session *s, Download *d)
{
    d->asked = false;
    if (++d->tries < DOWNLOAD_TRIES) {
        d->due = s->now + retry_gaps[d->tries - 1];
        return;
    }
    lose_download(s, d, FILE_UNREACHABLE);
    download_end(s, d);
}

/* The file out of what its server gave; in a room it lies open. */
static bool
download_open(Session *s, const Download *d, const Packet *sealed, Packet *ret)
{
    if (is_of_room(d)) {
        *ret = packet_share(sealed);
        return sealed->length == d->bytes;
    }
    return sealed->length >= attachment_sealed_bytes(0) &&
           attachment_open_later(s->crypto, d->key, d->digest, sealed, d->bytes, ret) ==
               ST_OK;
}

/* The file is there: is it what the message said? */
static void
download_read(Session *s, Download *d, const Packet *sealed)
{
    Packet file = PACKET_EMPTY;
    bool good = download_open(s, d, sealed, &file);

    port_note(s->port, NOTE_BYTES, d->kind, sealed->length, (Bytes){ NULL, 0 });
    if (good && d->said != NULL) {
        session_hear_file(s, d->said, (SessionKind)d->kind, &file, 0);
        d->said = NULL;
    } else if (good && session_file_is(&file, d->message, d->bytes)) {
        port_note(s->port, NOTE_OPENED, 0, 0, hash_of(d));
    } else {
        lose_download(s, d, FILE_CHANGED);
    }
    packet_clear(&file);
    download_end(s, d);
}

void
session_download_done(Session *s, OnionRequest *request, RequestResult *result)
{
    More *more = s->more;
    Download *d = NULL;

    for (uint32_t i = 0; more != NULL && i < more->n_downloads && d == NULL; i++)
        if (more->download[i].asked && more->download[i].serial == request->owner)
            d = &more->download[i];
    if (d == NULL)
        return;
    if (result->answered && result->status == 404) {
        lose_download(s, d, FILE_GONE);
        download_end(s, d);
    } else if (result->answered && result->status == 200) {
        download_read(s, d, &result->body);
    } else {
        download_failed(s, d);
    }
    session_downloads_run(s);
}
