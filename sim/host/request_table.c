/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The open requests.  A record lives as long as either side has to do with it: the
 * requester until the outcome, the server until its reply. */
#include "sim/host/host_internal.h"

#include <stdlib.h>

static uint32_t
class_of(Host *host, Duration timeout)
{
    for (uint32_t i = 0; i < host->n_classes; i++)
        if (host->classes[i].timeout == timeout)
            return i;
    assert(host->n_classes < TIMEOUT_CLASSES_MAX);
    host->classes[host->n_classes] = (TimeoutClass){ .timeout = timeout };
    return host->n_classes++;
}

/* --- deadlines ------------------------------------------------------------------------ */

static Waiting *
waiting_at(const TimeoutClass *class, uint32_t i)
{
    return &class->ring[(class->first + i) & (class->capacity - 1)];
}

static void
grow_ring(TimeoutClass *class)
{
    uint32_t capacity = class->capacity == 0 ? 64 : class->capacity * 2;
    Waiting *ring = malloc(capacity * sizeof *ring);

    if (ring == NULL)
        abort();
    for (uint32_t i = 0; i < class->length; i++)
        ring[i] = *waiting_at(class, i);
    free(class->ring);
    class->ring = ring;
    class->first = 0;
    class->capacity = capacity;
}

static bool
still_waits(const Host *host, const Waiting *waiting)
{
    const Request *request = &host->requests[waiting->request];

    return request->generation == waiting->generation && request->requester_open;
}

/* Skip what does not wait any more; the class rings when the first deadline comes. */
static void
refresh_class(Host *host, uint32_t class_index)
{
    TimeoutClass *class = &host->classes[class_index];

    while (class->length > 0 && !still_waits(host, waiting_at(class, 0))) {
        class->first = (class->first + 1) & (class->capacity - 1);
        class->length--;
    }
    heap_set(&host->timeouts, class_index,
             class->length == 0 ? TIME_NEVER : waiting_at(class, 0)->deadline);
}

/* Costs differ between actors, so a request may leave a little before one that was made
 * earlier: look for its place from the end. */
static void
insert_by_deadline(Host *host, uint32_t index)
{
    const Request *request = &host->requests[index];
    TimeoutClass *class = &host->classes[request->timeout_class];
    uint32_t at;

    if (class->length == class->capacity)
        grow_ring(class);
    for (at = class->length++;
         at > 0 && waiting_at(class, at - 1)->deadline > request->deadline; at--)
        *waiting_at(class, at) = *waiting_at(class, at - 1);
    *waiting_at(class, at) = (Waiting){ request->deadline, index, request->generation };
    if (at == 0)
        heap_set(&host->timeouts, request->timeout_class, request->deadline);
}

Time
request_first_deadline(Host *host)
{
    while (host->timeouts.length > 0) {
        uint32_t class_index = heap_first_slot(&host->timeouts);

        if (still_waits(host, waiting_at(&host->classes[class_index], 0)))
            return heap_first_time(&host->timeouts);
        refresh_class(host, class_index);
    }
    return TIME_NEVER;
}

/* --- records ----------------------------------------------------------------------------
 */

static void
grow(Host *host)
{
    uint32_t old = host->requests_capacity;
    uint32_t capacity = host_grown(old);

    host->requests = host_lines(host->requests, old, capacity, sizeof *host->requests);
    for (uint32_t i = capacity; i > old; i--) {
        host->requests[i - 1].generation = 1;
        host->requests[i - 1].next_free = host->requests_free;
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
    request->next_free = host->requests_free;
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
    host->requests_free = request->next_free;
    *request = (Request){
        .deadline = sent + timeout,
        .id = id,
        .requester = requester->id,
        .server = server,
        .root_requester = cause != NULL ? cause->root_requester : requester->id,
        .root_server = cause != NULL ? cause->root_server : server,
        .root_id = cause != NULL ? cause->root_id : id,
        .generation = request->generation,
        .kind = (uint8_t)kind,
        .timeout_class = (uint8_t)class_of(host, timeout),
        .requester_open = true,
        .server_open = true,
    };
    insert_by_deadline(host, index);
    host->totals.open[kind]++;
    return index;
}

void
request_accept(Host *host, uint32_t index)
{
    host->requests[index].accepted = true;
}

void
request_server_done(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];

    if (!request->server_open)
        return;
    request->server_open = false;
    request->accepted = false;
    free_if_done(host, index);
}

void
request_requester_done(Host *host, uint32_t index)
{
    Request *request = &host->requests[index];

    assert(request->requester_open);
    request->requester_open = false;
    host->totals.open[request->kind]--;
    free_if_done(host, index);
}
