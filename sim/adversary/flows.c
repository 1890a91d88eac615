/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/flows.h"

#include "nodes/base/memory.h"
#include "nodes/base/port.h"
#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/adversary/map64.h"

typedef struct Flows {
    Flow *flows;
    size_t n, capacity;
    Map64 by_request;
} Flows;

/* A client's requests are numbered from 1 in each of its lives: two of one number are told
 * apart by which comes at a guard. */
static uint64_t
name_of(const Truth *truth)
{
    return (truth->request * UINT64_C(0x9e3779b97f4a7c15)) ^ ((uint64_t)truth->person + 1);
}

static Flow *
begin(Flows *f, const Observation *o, const Truth *truth)
{
    if (f->n == f->capacity) {
        f->capacity = f->capacity == 0 ? 1024 : f->capacity * 2;
        f->flows = memory_resized(f->flows, f->capacity, sizeof *f->flows);
    }
    map64_set(&f->by_request, name_of(truth), (uint32_t)f->n);
    f->flows[f->n] = (Flow){ .person = truth->person,
                             .request = truth->request,
                             .method = RPC_UNKNOWN,
                             .destination = FLOW_NO_OBSERVER,
                             .sent = o->at,
                             .bytes = o->bytes,
                             .bytes_answered = o->bytes_answered,
                             .status = o->status };
    return &f->flows[f->n++];
}

static Flow *
flow_of(Flows *f, const Observation *o, const Truth *truth)
{
    uint32_t place;

    if (o->kind == KIND_ONION)
        return begin(f, o, truth);
    if (!map64_get(&f->by_request, name_of(truth), &place) ||
        f->flows[place].person != truth->person ||
        f->flows[place].request != truth->request)
        return NULL;
    return &f->flows[place];
}

static void
add(Flow *flow, const Observation *o)
{
    flow->arrived = o->at;
    if (o->layer == ONION_FINAL) {
        flow->destination = o->observer;
        flow->method = o->method;
        flow->account = o->account;
        flow->content = o->content;
    } else if (flow->n_hops < FLOW_HOPS_MAX) {
        flow->hop[flow->n_hops++] = o->observer;
    }
}

Flow *
flows_of(const ObservationLog *log, const TruthLog *truth, size_t *ret_n)
{
    const Observation *records = observation_log_all(log);
    const Truth *truths = truth_log_all(truth);
    size_t n = observation_log_count(log);
    Flows f = { 0 };

    for (size_t i = 0; i < n; i++) {
        const Observation *o = &records[i];
        Flow *flow;

        if ((o->kind != KIND_ONION && o->kind != KIND_ONION_HOP) ||
            truths[i].person == TRUTH_NOBODY)
            continue;
        flow = flow_of(&f, o, &truths[i]);
        if (flow != NULL)
            add(flow, o);
    }
    map64_clear(&f.by_request);
    *ret_n = f.n;
    return f.flows;
}
