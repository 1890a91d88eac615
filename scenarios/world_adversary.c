/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/world_adversary.h"

#include "scenarios/world_places.h"
#include "sim/fault/choose.h"

/* --- the truth ------------------------------------------------------------------------
 */

/* Whose request it is: of the line that it left by, or of the client at which the chain of
 * requests began. */
static void
tell_truth(void *context, size_t place, bool outgoing, RequestId request)
{
    World *w = context;
    WorldAdversary *a = w->adversary;
    Truth truth = { .request = request, .person = TRUTH_NOBODY };
    ActorId requester;

    if (outgoing) {
        truth.person = a->line_owner[observation_log_at(a->log, place)->observer];
    } else if (host_chain_request(w->host, &requester, &truth.request) &&
               w->actors[requester].role == ROLE_CLIENT) {
        truth.person = w->actors[requester].index;
    }
    truth_log_append(a->truth, &truth);
}

void
world_adversary_written(World *w, uint64_t message, uint32_t to)
{
    if (w->adversary != NULL && message != 0)
        map64_set(&w->adversary->recipients, message, to);
}

void
world_adversary_sealed(World *w, uint32_t person, const Note *note)
{
    TruthContent content = { .content = observed_content(note->text),
                             .message = note->a,
                             .author = person,
                             .recipient = person };

    if (w->adversary == NULL)
        return;
    if (note->a != 0)
        (void)map64_get(&w->adversary->recipients, note->a, &content.recipient);
    truth_log_add_content(w->adversary->truth, &content);
}

void
world_adversary_close(World *w)
{
    const WorldAdversary *a = w->adversary;

    for (uint32_t i = 0; a != NULL && i < w->scenario->clients; i++) {
        uint32_t account = observation_log_find_account(a->log, w->accounts[i]);

        if (account != 0)
            truth_log_set_account(a->truth, account, i);
    }
    if (a != NULL && w->scenario->validate.shuffled)
        truth_log_shuffle(a->truth, w->scenario->clients, w->options.seed);
}

/* --- who is watched -------------------------------------------------------------------
 */

static bool
watches(const Scenario *s, AdversarySort sort)
{
    for (uint32_t i = 0; i < s->n_adversaries; i++)
        if (s->adversaries[i].head.kind == (int32_t)sort)
            return true;
    return false;
}

static uint32_t
add_observer(WorldAdversary *a, const Observer *observer, uint32_t owner)
{
    uint32_t place = observation_log_add_observer(a->log, observer);

    if (place >= a->line_owner_capacity) {
        a->line_owner_capacity = MAX(256, 2 * a->line_owner_capacity);
        a->line_owner = g_renew(uint32_t, a->line_owner, a->line_owner_capacity);
    }
    a->line_owner[place] = owner;
    return place;
}

static uint32_t
observer_of_node(World *w, uint32_t node, uint32_t life)
{
    const WorldNode *n = &w->nodes[node];

    return add_observer(w->adversary,
                        &(Observer){ .role = OBSERVER_NODE,
                                     .ip = n->record.ip,
                                     .number = node,
                                     .life = life,
                                     .country = n->country,
                                     .hoster = n->hoster },
                        TRUTH_NOBODY);
}

Port *
world_adversary_node_port(World *w, uint32_t node, Port *port)
{
    WorldNode *n = &w->nodes[node];
    X25519Pair key;

    if (!watches(w->scenario, ADVERSARY_NODES))
        return port;
    identity_x25519(&n->identity, &key);
    n->observed = g_new(Observed, 1);
    observed_init(n->observed, &w->adversary->watch, port, observer_of_node(w, node, 0),
                  OBSERVER_NODE, &key);
    return &n->observed->wrapped.port;
}

void
world_adversary_new_life(World *w, uint32_t node)
{
    uint32_t n;

    if (w->adversary == NULL || w->nodes[node].observed == NULL)
        return;
    (void)observation_log_observers(w->adversary->log, &n);
    observed_become(w->nodes[node].observed, observer_of_node(w, node, n));
}

Port *
world_person_port(World *w, uint32_t person)
{
    Port *port = host_port(w->host, w->clients[person]);
    WorldAdversary *a = w->adversary;
    uint32_t observer;

    if (a != NULL)
        truth_log_set_address(a->truth, world_person_ip(person), person);
    if (a == NULL || !watches(w->scenario, ADVERSARY_LINES))
        return port;
    if (a->people == NULL) {
        a->n_people = w->scenario->clients;
        a->people = g_new0(Observed *, a->n_people);
    }
    observer = add_observer(a,
                            &(Observer){ .role = OBSERVER_LINK,
                                         .ip = world_person_ip(person),
                                         .country = world_country_of_person(w, person) },
                            person);
    a->people[person] = g_new(Observed, 1);
    observed_init(a->people[person], &a->watch, port, observer, OBSERVER_LINK, NULL);
    return &a->people[person]->wrapped.port;
}

void
world_bind_person(World *w, uint32_t person, void *session)
{
    WorldAdversary *a = w->adversary;

    const ActorOps *ops;
    void *self;

    if (a == NULL || a->people == NULL) {
        world_bind_client(w, host_port(w->host, w->clients[person]), session, &ops, &self);
        host_bind(w->host, w->clients[person], ops, self);
        return;
    }
    world_bind_client(w, &a->people[person]->wrapped.port, session, &ops, &self);
    wrapped_bind(&a->people[person]->wrapped.actor, ops, self);
    host_bind(w->host, w->clients[person], &observed_ops, a->people[person]);
}

/* The number of the server that such sections watch; SERVERS: none. */
static uint32_t
server_of(AdversarySort sort)
{
    switch (sort) {
    case ADVERSARY_SERVER:
        return SERVER_LISTS;
    case ADVERSARY_FILES:
        return SERVER_FILES;
    case ADVERSARY_WEB:
        return SERVER_WEB;
    case ADVERSARY_PUSH:
        return SERVER_PUSH;
    case ADVERSARY_NODES:
    case ADVERSARY_LINES:
        break;
    }
    return SERVERS;
}

Port *
world_server_port(World *w, AdversarySort sort, ActorId actor, uint32_t ip,
                  const X25519Pair *key)
{
    Port *port = host_port(w->host, actor);
    WorldAdversary *a = w->adversary;
    uint32_t number = server_of(sort);
    const Observer observer = {
        .role = OBSERVER_SERVER, .ip = ip, .number = number, .country = ""
    };

    if (a == NULL || !watches(w->scenario, sort))
        return port;
    a->servers[number] = g_new(Observed, 1);
    observed_init(a->servers[number], &a->watch, port,
                  add_observer(a, &observer, TRUTH_NOBODY), OBSERVER_SERVER, key);
    return &a->servers[number]->wrapped.port;
}

void
world_bind_server(World *w, AdversarySort sort, ActorId actor, const ActorOps *ops,
                  void *self)
{
    Observed *observed =
        w->adversary == NULL ? NULL : w->adversary->servers[server_of(sort)];

    if (observed == NULL) {
        host_bind(w->host, actor, ops, self);
        return;
    }
    wrapped_bind(&observed->wrapped.actor, ops, self);
    host_bind(w->host, actor, &observed_ops, observed);
}

/* --- who of them is corrupted ---------------------------------------------------------
 */

static uint8_t
role_of(const AdversarySection *section)
{
    switch ((AdversarySort)section->head.kind) {
    case ADVERSARY_NODES:
        return OBSERVER_NODE;
    case ADVERSARY_LINES:
        return OBSERVER_LINK;
    case ADVERSARY_SERVER:
    case ADVERSARY_FILES:
    case ADVERSARY_WEB:
    case ADVERSARY_PUSH:
        break;
    }
    return OBSERVER_SERVER;
}

/* By node or person: whether it is in the section's places; nodes that an adversary
 * registered itself are in its own section's alone. */
static bool *
in_places(const World *w, const AdversarySection *section)
{
    const PlaceWords places = { section->country, section->region, section->hoster,
                                section->largest_hosters };
    uint32_t most = MAX(w->n_nodes, w->scenario->clients) + SERVERS;
    g_autofree uint32_t *there = g_new(uint32_t, most + 1);
    bool *in = g_new0(bool, most + 1);
    uint32_t n = section->head.kind == ADVERSARY_LINES
                     ? world_people_at(w, &places, there)
                     : world_nodes_ever_at(w, &places, there);

    for (uint32_t i = 0; i < n; i++)
        in[there[i]] = section->head.kind != ADVERSARY_NODES ||
                       w->nodes[there[i]].sybil == (section->stakes > 0);
    if (role_of(section) != OBSERVER_SERVER)
        return in;
    for (uint32_t i = 0; i < SERVERS; i++)
        in[i] = server_of((AdversarySort)section->head.kind) == i;
    return in;
}

uint32_t *
world_adversary_candidates(const World *w, const AdversarySection *section, uint32_t *ret_n)
{
    g_autofree bool *in = in_places(w, section);
    uint32_t n_observers, n = 0;
    const Observer *observers = observation_log_observers(w->adversary->log, &n_observers);
    uint32_t *candidates = g_new(uint32_t, n_observers + 1);

    for (uint32_t i = 0; i < n_observers; i++) {
        uint32_t who = w->adversary->line_owner[i];

        if (who == TRUTH_NOBODY)
            who = observers[i].number;
        if (observers[i].role == role_of(section) && in[who])
            candidates[n++] = i;
    }
    *ret_n = n;
    return candidates;
}

CorruptLaw
world_adversary_law(const AdversarySection *section)
{
    return (CorruptLaw){ section->corrupt, section->share };
}

void
world_adversary_draw(const World *w, const AdversarySection *section,
                     const uint32_t *candidates, uint32_t n, uint64_t draw, bool *corrupted)
{
    CorruptLaw law = world_adversary_law(section);
    g_autofree uint32_t *drawn = g_new(uint32_t, n + 1);
    uint32_t n_observers;

    (void)observation_log_observers(w->adversary->log, &n_observers);
    memset(corrupted, 0, n_observers * sizeof *corrupted);
    n = corrupt_draw(&law, w->options.seed, section->head.name, draw, n, drawn);
    for (uint32_t i = 0; i < n; i++)
        corrupted[candidates[drawn[i]]] = true;
}

/* --- birth and death ------------------------------------------------------------------
 */

void
world_adversary_new(World *w)
{
    const Scenario *s = w->scenario;
    WorldAdversary *a;
    uint64_t bytes = 0;
    Time from = TIME_NEVER, to = 0;

    if (s->n_adversaries == 0)
        return;
    for (uint32_t i = 0; i < s->n_adversaries; i++) {
        const AdversarySection *section = &s->adversaries[i];

        bytes = MAX(bytes, section->observations_max);
        from = MIN(from, section->from);
        to = MAX(to, section->to == 0 ? TIME_NEVER : section->to);
    }
    a = w->adversary = g_new0(WorldAdversary, 1);
    a->log = observation_log_new(bytes);
    a->truth = truth_log_new();
    watch_init(&a->watch, a->log, &w->crypto);
    a->watch.onion_version = (int32_t)s->service.onion_version;
    a->watch.from = from;
    a->watch.to = to;
    a->watch.hook = tell_truth;
    a->watch.context = w;
}

void
world_adversary_free(World *w)
{
    WorldAdversary *a = w->adversary;

    if (a == NULL)
        return;
    for (uint32_t i = 0; i < a->n_people; i++)
        g_free(a->people[i]);
    g_free(a->people);
    for (uint32_t i = 0; i < SERVERS; i++)
        g_free(a->servers[i]);
    g_free(a->line_owner);
    observation_log_free(a->log);
    truth_log_free(a->truth);
    map64_clear(&a->recipients);
    g_free(a);
}
