/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The open requests.  A record lives as long as either side has to do with it: the
 * requester until the outcome, the server until its reply.  Timeouts: one list per distinct
 * duration, in order of deadlines, so that a request costs O(1) and an answered one leaves
 * nothing. */
#include "sim/host/host_internal.h"

#include <assert.h>
#include <stdlib.h>

static void
list_remove(Host *host, List *list, RequestList which, uint32_t index)
{
    Link *link = &host->requests[index].link[which];

    if (link->previous == NO_INDEX)
        list->first = link->next;
    else
        host->requests[link->previous].link[which].next = link->next;
    if (link->next == NO_INDEX)
        list->last = link->previous;
    else
        host->requests[link->next].link[which].previous = link->previous;
}

/* Insert @index behind @after (NO_INDEX: at the front). */
static void
list_insert(Host *host, List *list, RequestList which, uint32_t index, uint32_t after)
{
    Link *link = &host->requests[index].link[which];

    link->previous = after;
    link->next = after == NO_INDEX ? list->first : host->requests[after].link[which].next;
    if (after == NO_INDEX)
        list->first = index;
    else
        host->requests[after].link[which].next = index;
    if (link->next == NO_INDEX)
        list->last = index;
    else
        host->requests[link->next].link[which].previous = index;
}

static uint32_t
class_of(Host *host, Duration timeout)
{
    for (uint32_t i = 0; i < host->n_classes; i++)
        if (host->classes[i].timeout == timeout)
            return i;
    assert(host->n_classes < TIMEOUT_CLASSES_MAX);
    host->classes[host->n_classes] = (TimeoutClass){ timeout, LIST_EMPTY };
    return host->n_classes++;
}

static void
refresh_class(Host *host, uint32_t class_index)
{
    uint32_t first = host->classes[class_index].list.first;

    heap_set(&host->timeouts, class_index,
             first == NO_INDEX ? TIME_NEVER : host->requests[first].deadline);
}

/* Costs differ between actors, so a request may leave a little before one that was made
 * earlier: look for its place from the end. */
static void
insert_by_deadline(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];
    List *list = &host->classes[request->timeout_class].list;
    uint32_t after = list->last;

    while (after != NO_INDEX && host->requests[after].deadline > request->deadline)
        after = host->requests[after].link[BY_DEADLINE].previous;
    list_insert(host, list, BY_DEADLINE, index, after);
    if (list->first == index)
        refresh_class(host, request->timeout_class);
}

static void
grow(Host *host)
{
    uint32_t old = host->requests_capacity;
    uint32_t capacity = old == 0 ? 1024 : old * 2;

    host->requests = realloc(host->requests, capacity * sizeof *host->requests);
    if (host->requests == NULL)
        abort();
    for (uint32_t i = capacity; i > old; i--) {
        host->requests[i - 1].generation = 1;
        host->requests[i - 1].link[BY_REQUESTER].next = host->requests_free;
        host->requests_free = i - 1;
    }
    host->requests_capacity = capacity;
}

static void
free_if_done(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];

    if (request->requester_open || request->server_open)
        return;
    request->generation++;
    request->link[BY_REQUESTER].next = host->requests_free;
    host->requests_free = index;
}

uint32_t
request_new(Host *host, Actor *requester, uint32_t server, MessageKind kind, RequestId id,
            Time sent, Duration timeout)
{
    uint32_t index;
    Request *request;
    const Request *cause;

    if (host->requests_free == NO_INDEX)
        grow(host);
    cause =
        host->current_request == NO_INDEX ? NULL : &host->requests[host->current_request];
    index = host->requests_free;
    request = &host->requests[index];
    host->requests_free = request->link[BY_REQUESTER].next;
    *request = (Request){
        .deadline = sent + timeout,
        .id = id,
        .requester = requester->id,
        .server = server,
        .root_requester = cause != NULL ? cause->root_requester : requester->id,
        .root_server = cause != NULL ? cause->root_server : server,
        .generation = request->generation,
        .kind = (uint8_t)kind,
        .timeout_class = (uint8_t)class_of(host, timeout),
        .requester_open = true,
        .server_open = true,
    };
    insert_by_deadline(host, index);
    list_insert(host, &requester->requests, BY_REQUESTER, index, requester->requests.last);
    host->totals.open[kind]++;
    return index;
}

void
request_accept(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];
    Actor *server = host->actors[request->server];

    request->accepted = true;
    list_insert(host, &server->serving, BY_SERVER, index, server->serving.last);
}

void
request_server_done(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];

    if (!request->server_open)
        return;
    if (request->accepted)
        list_remove(host, &host->actors[request->server]->serving, BY_SERVER, index);
    request->server_open = false;
    request->accepted = false;
    free_if_done(host, index);
}

void
request_requester_done(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];
    List *deadlines = &host->classes[request->timeout_class].list;
    bool was_first = deadlines->first == index;

    assert(request->requester_open);
    list_remove(host, deadlines, BY_DEADLINE, index);
    if (was_first)
        refresh_class(host, request->timeout_class);
    list_remove(host, &host->actors[request->requester]->requests, BY_REQUESTER, index);
    request->requester_open = false;
    host->totals.open[request->kind]--;
    free_if_done(host, index);
}
