/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Putting a world together and running it. */
#include "scenarios/data_file.h"
#include "scenarios/trace_file.h"
#include "scenarios/world_stage_internal.h"

#include "sim/host/job_workers.h"
#include "sim/net/rtt_matrix.h"

enum { PROGRESS_SLICES = 400, CHAIN_IP = 0xef000001 };

uint64_t
world_word(const World *world, WorldPurpose purpose, uint64_t index)
{
    StreamKey key = { world->options.seed, stream_name("world", purpose), 0, 0 };

    return stream_word(&key, index);
}

void
world_register_actor(World *world, ActorId actor, Role role, uint32_t index)
{
    if (actor >= world->actors_capacity) {
        world->actors_capacity = MAX(actor + 1, world->actors_capacity * 2);
        world->actors = g_renew(WorldActor, world->actors, world->actors_capacity);
    }
    world->actors[actor] = (WorldActor){ role, index };
}

/* --- data files
 * --------------------------------------------------------------------------- */

static GQuark
world_error(void)
{
    return g_quark_from_static_string("swarmbed-world");
}

static Bytes
bytes_of_gbytes(GBytes *bytes)
{
    gsize n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);

    return (Bytes){ p, n };
}

static char *
find_named(const Scenario *s, const char *file, GError **error)
{
    char *path = data_file_find(s->folder, file);

    if (path == NULL)
        g_set_error(error, world_error(), 1, "%s: there is no file '%s'", s->path, file);
    return path;
}

static GBytes *
read_named(const Scenario *s, const char *file, char **ret_path, GError **error)
{
    *ret_path = find_named(s, file, error);
    return *ret_path == NULL ? NULL : data_file_read(*ret_path, error);
}

/* What is wrong in which line of a file. */
static bool
fail_at(const char *path, size_t line, const char *why, GError **error)
{
    g_set_error(error, world_error(), 1, "%s:%zu: %s", path, line, why);
    return false;
}

static bool
load_rtt(const Scenario *s, WorldData *data, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GBytes) text = read_named(s, s->rtt, &path, error);
    const char *why;
    size_t line;

    if (text == NULL)
        return false;
    if (net_parse_rtt(bytes_of_gbytes(text), (RttUnit)s->rtt_unit, &data->rtt_us,
                      &data->n_places, &line, &why) != ST_OK)
        return fail_at(path, line, why, error);
    if (net_rtt_plausible(data->rtt_us, data->n_places))
        return true;
    return fail_at(path, 1,
                   "most of the times are longer than 10 s: expected another "
                   "network.rtt_unit, us perhaps",
                   error);
}

static bool
load_topology(const Scenario *s, WorldData *data, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GBytes) text = read_named(s, s->topology, &path, error);
    const char *why;
    size_t line;

    if (text == NULL)
        return false;
    if (topology_parse(bytes_of_gbytes(text), &data->topology, &line, &why) == ST_OK)
        return true;
    return fail_at(path, line, why, error);
}

/* Where latencies come from: one of three. */
static bool
load_paths(const Scenario *s, WorldData *data, GError **error)
{
    if (s->topology[0] != '\0')
        return load_topology(s, data, error);
    return s->rtt[0] == '\0' || s->net.constant_latency > 0 || load_rtt(s, data, error);
}

/* Better now than at the first run. */
static bool
trace_has_enough(const Scenario *s, const UptimeTrace *trace, GError **error)
{
    Churn *churn;

    if (!world_churn_new(s, trace, s->seed, 0, &churn, error))
        return false;
    churn_free(churn);
    return true;
}

static bool
load_trace(const Scenario *s, WorldData *data, GError **error)
{
    g_autofree char *path = find_named(s, s->trace, error);
    TraceFile file;

    if (path == NULL || !trace_file_read(path, &file, error))
        return false;
    data->trace = file.trace;
    return trace_has_enough(s, data->trace, error);
}

static bool
load_messages(const Scenario *s, WorldData *data, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GBytes) text = read_named(s, s->message_trace, &path, error);
    const char *why;
    size_t line;

    if (text == NULL)
        return false;
    if (message_trace_parse(bytes_of_gbytes(text), &data->messages, &line, &why) != ST_OK)
        return fail_at(path, line, why, error);
    if (data->messages->people <= s->clients)
        return true;
    g_set_error(error, world_error(), 1,
                "%s: client.clients = %u: expected at least %u, for the people of %s",
                s->path, s->clients, data->messages->people, path);
    return false;
}

bool
world_data_load(const Scenario *s, WorldData *ret, GError **error)
{
    WorldData data = { 0 };

    if (!load_paths(s, &data, error) ||
        (s->trace[0] != '\0' && !load_trace(s, &data, error)) ||
        (s->message_trace[0] != '\0' && !load_messages(s, &data, error))) {
        world_data_clear(&data);
        return false;
    }
    *ret = data;
    return true;
}

void
world_data_clear(WorldData *data)
{
    free(data->rtt_us);
    topology_free(data->topology);
    uptime_trace_free(data->trace);
    message_trace_free(data->messages);
    *data = (WorldData){ 0 };
}

/* --- building
 * -------------------------------------------------------------------------------- */

static Meter
meter_costs(const Scenario *s)
{
    Meter m = { 0 };

    m.ns_per_op[METER_X25519] = (uint32_t)s->cost_x25519;
    m.ns_per_op[METER_X25519_KEYGEN] = (uint32_t)s->cost_x25519;
    m.ns_per_op[METER_SIGN] = (uint32_t)s->cost_sign;
    m.ns_per_op[METER_VERIFY] = (uint32_t)s->cost_verify;
    m.ns_per_op[METER_STORE_PUT] = (uint32_t)s->cost_store_put;
    m.ns_per_op[METER_STORE_GET] = (uint32_t)s->cost_store_get;
    m.ns_per_op[METER_REQUEST] = (uint32_t)s->cost_request;
    /* One byte sealed, hashed or parsed: 1 GB/s; measured rates are 0.4 to 1.4 GB/s. */
    m.ps_per_byte[METER_SEAL] = m.ps_per_byte[METER_OPEN] = 1000;
    m.ps_per_byte[METER_HASH] = m.ps_per_byte[METER_PARSE] = m.ps_per_byte[METER_WRITE] =
        1000;
    m.ps_per_byte[METER_STORE_GET] = 1000;
    m.ps_per_byte[METER_WORK] = (uint32_t)s->cost_work * 1000;
    return m;
}

/* Signatures wait for their reader some hundred milliseconds. */
enum { SIGNATURES_REMEMBERED = 4096 };
/* Messages reach their swarms within some hundred milliseconds. */
enum { MESSAGE_HASHES_REMEMBERED = 256 };

static void
build_host(World *w)
{
    const Scenario *s = w->scenario;
    Meter costs = meter_costs(s);
    HostConfig config = { .seed = w->options.seed,
                          .unix_ms_start = w->stage != NULL ? w->stage->unix_ms_start
                                                            : s->start_unix / MILLISECOND,
                          .queue = w->options.queue,
                          .inbox_max = 1000,
                          .exponential_costs = s->cost_law == COST_EXPONENTIAL };

    w->net = w->data->topology != NULL
                 ? net_new_over(&s->net, w->data->topology, w->options.seed)
                 : net_new(&s->net, w->data->rtt_us, w->data->n_places, w->options.seed);
    w->host = host_new(&config, w->net, &costs);
    w->memo = identity_memo_new((size_t)2 << g_bit_storage(s->clients + 63));
    if (s->crypto == CRYPTO_REAL && !w->options.no_shortcuts)
        w->signatures = signature_memo_new(SIGNATURES_REMEMBERED);
    if (!w->options.no_shortcuts)
        w->message_hashes = message_hash_memo_new(MESSAGE_HASHES_REMEMBERED);
    if (!w->options.no_shortcuts)
        w->shapes = json_shapes_new();
    if (w->options.threads > 1 && s->crypto == CRYPTO_REAL)
        w->workers = job_workers_new(w->options.threads - 1);
    w->crypto = (Crypto){ .ops = s->crypto == CRYPTO_REAL ? &crypto_real : &crypto_null,
                          .meter = host_meter_mutable(w->host),
                          .memo = w->memo,
                          .signatures = w->signatures,
                          .message_hashes = w->message_hashes,
                          .shapes = w->shapes,
                          .no_shortcuts = w->options.no_shortcuts,
                          .jobs = w->workers };
    w->chain_actor = host_add(w->host, &(ActorSpec){ .name = "chain",
                                                     .ip = CHAIN_IP,
                                                     .country = "",
                                                     .kind = ENDPOINT_SEED,
                                                     .speed = 0 });
    w->chain_address = address_of(CHAIN_IP, 443);
    world_register_actor(w, w->chain_actor, ROLE_CHAIN, 0);
}

static void
build_ledger(World *w)
{
    const Scenario *s = w->scenario;
    uint32_t devices = world_plan_devices(w);
    uint32_t circles = w->circles == NULL ? 0 : world_circles_count(w);
    LedgerConfig config = { .people = s->clients + devices,
                            .accounts = s->clients,
                            .account_of = w->account_of,
                            .mailboxes = circles,
                            .message_ttl = s->session.message_ttl,
                            .typing_ttl = session_kind_ttl(&s->session, SESSION_TYPING),
                            .message_namespace = (int16_t)s->session.message_namespace,
                            .late_after = s->late_after,
                            .age_bin = s->age_bin,
                            .sent_bin = s->sent_bin,
                            .keep_events = s->record_messages > 0 ||
                                           s->validate.form != VALIDATE_NONE };

    w->ledger = ledger_new(&config);
    histogram_init(&w->poll_s, 1e-4);
    w->recipient_swarm = g_new0(uint64_t, s->clients + circles + 1);
    w->settled_members = g_new0(uint32_t, s->clients + circles + 1);
}

World *
world_new(const Scenario *scenario, const WorldData *data, const WorldOptions *options,
          GError **error)
{
    World *w = g_new0(World, 1);

    w->scenario = scenario;
    w->data = data;
    w->options = *options;
    w->stage = options->stage;
    w->end = scenario->duration + scenario->drain;
    build_host(w);
    world_build_workload(w);
    build_ledger(w);
    world_adversary_new(w);
    world_validate_start(w);
    if (!world_build_nodes(w, error)) {
        world_free(w);
        return NULL;
    }
    world_build_outside(w);
    world_build_people(w);
    world_build_devices(w);
    world_load_build(w);
    world_observe(w);
    if (options->check)
        world_check_start(w);
    return w;
}

void
world_free(World *w)
{
    if (w == NULL)
        return;
    w->over = true;
    host_free(w->host);
    job_workers_free(w->workers);
    identity_memo_free(w->memo);
    signature_memo_free(w->signatures);
    message_hash_memo_free(w->message_hashes);
    json_shapes_free(w->shapes);
    node_list_memo_clear(&w->list_memo);
    check_free(w->check);
    world_free_nodes(w);
    world_free_faults(w);
    world_adversary_free(w);
    world_sybils_free(w);
    net_free(w->net);
    churn_free(w->churn);
    world_circles_free(w);
    workload_free(w->workload);
    ledger_free(w->ledger);
    world_validate_free(w);
    g_free(w->probes_written);
    g_free(w->clients);
    g_free(w->pending);
    g_free(w->introduced);
    g_free(w->here);
    g_free(w->written);
    g_free(w->device_of);
    g_free(w->account_of);
    g_free(w->devices);
    buffer_clear(&w->deeds);
    g_free(w->online_states);
    g_free(w->sessions);
    g_free(w->accounts);
    g_free(w->actors);
    g_free(w->standing);
    g_clear_pointer(&w->mailboxes, g_hash_table_unref);
    g_free(w->recipient_swarm);
    g_free(w->settled_members);
    g_free(w->series);
    g_free(w);
}

/* --- running
 * ----------------------------------------------------------------------------------- */

void
world_begin(World *w)
{
    host_start(w->host, w->chain_actor);
    world_start_nodes(w);
    world_start_outside(w);
    world_start_people(w);
    world_start_devices(w);
    world_load_start(w);
    world_start_faults(w);
    world_sybils_start(w);
    world_start_measuring(w);
}

bool
world_run_until(World *w, Time until)
{
    until = MAX(host_now(w->host), MIN(until, w->end));
    return host_run(w->host, until, w->options.interrupted);
}

Time
world_next(const World *w)
{
    Time next = host_next(w->host);

    return next <= w->end ? next : TIME_NEVER;
}

Time
world_last(const World *w)
{
    return w->end;
}

/* The last look, and what became of every message. */
static void
close_ledger(World *w)
{
    world_look(w);
    ledger_close(w->ledger, host_now(w->host), w->standing, w->recipient_swarm);
}

/* What was planned for later has not been. */
void
world_end(World *w)
{
    w->over = true;
    w->end = MAX(1, host_now(w->host));
    w->wall_s = (double)w->end / SECOND;
    close_ledger(w);
}

bool
world_run(World *w)
{
    gint64 begin = g_get_monotonic_time();
    Time slice = w->end / PROGRESS_SLICES + 1;
    bool whole;

    world_begin(w);
    whole = world_split(w);
    for (Time until = 0; whole && until < w->end;) {
        until = MIN(until + slice, w->end);
        whole = host_run(w->host, until, w->options.interrupted);
        w->wall_s = (double)(g_get_monotonic_time() - begin) / 1e6;
        if (w->options.progress != NULL)
            w->options.progress(w->options.progress_context, host_now(w->host), w->end,
                                host_totals(w->host)->events);
    }
    world_adversary_close(w);
    if (whole) {
        world_validate_close(w);
        world_adversary_close(w);
        close_ledger(w);
    }
    return whole;
}

Bytes
world_deeds_text(const World *w)
{
    return buffer_bytes(&w->deeds);
}

const Host *
world_host(const World *w)
{
    return w->host;
}

void
world_trace_hash(World *w, char ret[65])
{
    Buffer states = BUFFER_EMPTY;
    uint8_t hash[32];
    Bytes part;

    ret[0] = '\0';
    if (w->stage != NULL)
        return;
    for (ActorId id = 1; id <= host_actor_count(w->host); id++) {
        uint64_t pair[2] = { GUINT64_TO_LE(id), GUINT64_TO_LE(host_trace(w->host, id)) };

        buffer_append(&states, pair, sizeof pair);
    }
    part = buffer_bytes(&states);
    crypto_blake2b(&w->crypto, (Bytes){ NULL, 0 }, &part, 1, hash, sizeof hash);
    buffer_clear(&states);
    hex_encode((Bytes){ hash, sizeof hash }, ret);
    ret[64] = '\0';
}
