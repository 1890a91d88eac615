/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold between keys, and the texts about a scenario: resolved, reference,
 * forecast. */
#include "scenarios/data_file.h"
#include "scenarios/keys.h"

#include <math.h>

static bool
fail(GError **error, const Scenario *s, const char *text)
{
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2, "%s: %s",
                s->path, text);
    return false;
}

static bool
file_is_there(const Scenario *s, const char *key, const char *file, GError **error)
{
    g_autofree char *path = NULL;

    if (file[0] == '\0')
        return true;
    path = data_file_find(s->folder, file);
    if (path != NULL)
        return true;
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2,
                "%s: %s = '%s': there is no such file beside the scenario or in "
                "scenarios/data",
                s->path, key, file);
    return false;
}

/* Where latencies come from: a constant, a graph or a matrix. */
static bool
check_paths(const Scenario *s, GError **error)
{
    if (s->topology[0] != '\0' && s->net.constant_latency > 0)
        return fail(error, s,
                    "network.topology and network.latency: expected one of them, latencies "
                    "come from the graph");
    if (s->topology[0] != '\0')
        return file_is_there(s, "network.topology", s->topology, error);
    if (s->rtt[0] == '\0' && s->net.constant_latency == 0)
        return fail(error, s, "network.rtt is empty: expected a network.latency then");
    return file_is_there(s, "network.rtt", s->rtt, error);
}

/* Swarms restart where they fell, with what is left of each life drawn anew. */
static bool
check_splitting(const Scenario *s, GError **error)
{
    uint32_t size = s->chain.fixed_swarm_size;

    if (s->validate.estimate != VALIDATE_SPLITTING ||
        (s->validate.form == VALIDATE_REPAIR && s->churn.life.kind == LAW_EXPONENTIAL &&
         s->repair_delay.kind == LAW_EXPONENTIAL && s->churn.up.kind == LAW_NEVER &&
         size > 0 && size <= 64 && size <= s->nodes && s->churn_start >= 2 * SECOND &&
         s->crypto == CRYPTO_NULL))
        return true;
    return fail(error, s,
                "validate.estimate = splitting: expected validate.form = repair, "
                "exponential churn.life and repair.delay, no churn.up, a swarm.size of 64 "
                "at most, a churn.begins_at, and scenario.crypto = null");
}

static bool
check_files(const Scenario *s, GError **error)
{
    if (s->service.onion_version == 1 &&
        s->workload.attachment_share + s->workload.voice_share > 0)
        return fail(
            error, s,
            "workload.attachments, workload.voice: expected protocol.onion_version = "
            "2, no file fits into a request of version 1 (protocol 5.7)");
    if (s->workload.attachment_share + s->workload.voice_share > 1)
        return fail(error, s,
                    "workload.attachments and workload.voice: expected shares of at most 1 "
                    "together");
    return true;
}

static bool
check_circles(const Scenario *s, GError **error)
{
    const WorkloadConfig *w = &s->workload;

    if (w->circles.group_min > w->circles.group_max)
        return fail(error, s, "workload.group_minimum: larger than workload.group_maximum");
    if (w->group_share + w->room_share > 1)
        return fail(error, s,
                    "workload.group_share and workload.room_share: expected shares of at "
                    "most 1 together");
    if (w->circles.groups > 0 && s->session.groups_pairwise &&
        w->circles.group_max > SESSION_GROUP_PAIRWISE_MAX)
        return fail(error, s,
                    "workload.group_maximum: expected at most 10 with "
                    "client.groups_pairwise = yes");
    if (w->circles.groups > 0 && !s->session.groups_pairwise &&
        s->service.storage_rpc == STORAGE_RPC_2020)
        return fail(error, s,
                    "client.groups_pairwise = no: expected protocol.storage_rpc = 2024, "
                    "that of 2020 knows no namespaces");
    if (w->circles.rooms > 0 && s->service.onion_version == 1)
        return fail(error, s,
                    "workload.rooms: expected protocol.onion_version = 2, which servers "
                    "beyond the onion are asked with");
    if (s->message_trace[0] != '\0' && s->clients == 0)
        return fail(error, s, "workload.trace: expected client.clients above 0");
    return true;
}

bool
scenario_check(const Scenario *s, GError **error)
{
    if (s->clients == 1)
        return fail(error, s,
                    "client.clients = 1: one person has nobody to write to; "
                    "expected 0 or at least 2");
    if (s->session.hops + 2 > s->nodes)
        return fail(error, s,
                    "client.hops: a path needs more nodes than network.nodes has");
    if (s->wrong_keys > s->nodes)
        return fail(error, s, "fault.wrong_keys: more than network.nodes");
    if (s->chain.votes_needed > s->chain.validators)
        return fail(error, s, "swarm.votes_needed: more than swarm.validators");
    if (!swarm_sizes_valid(&s->chain.sizes))
        return fail(error, s,
                    "swarm.minimum: larger than swarm.new_size or "
                    "swarm.excess_base");
    if (s->service.onion_version == 1 && s->session.enc != ENC_AES_GCM)
        return fail(error, s,
                    "client.encryption: expected aes-gcm, protocol.onion_version = 1 knows "
                    "nothing else");
    if (s->service.proof_of_work && s->service.storage_rpc != STORAGE_RPC_2020)
        return fail(error, s,
                    "protocol.proof_of_work: only stores of protocol.storage_rpc = 2020 "
                    "carry one");
    if (s->service.storage_rpc == STORAGE_RPC_2020 &&
        s->service.store_replication != REPLICATION_BUFFERED)
        return fail(error, s,
                    "protocol.storage_rpc = 2020: expected protocol.store_replication = "
                    "buffered, nodes forwarded no requests then");
    if (s->session.message_namespace % 10 != 0)
        return fail(error, s,
                    "client.message_namespace: expected a multiple of ten, only there may "
                    "anybody store");
    if (s->session.message_namespace != 0 && s->service.storage_rpc == STORAGE_RPC_2020)
        return fail(
            error, s,
            "client.message_namespace: protocol.storage_rpc = 2020 knows none but 0");
    if (s->service.store_quorum > 0 &&
        s->service.store_replication != REPLICATION_SYNCHRONOUS)
        return fail(error, s,
                    "protocol.store_quorum: expected protocol.store_replication = "
                    "synchronous, otherwise the answer waits for nobody");
    if (s->service.anti_entropy_interval > 0 && s->service.anti_entropy_interval < SECOND)
        return fail(error, s, "repair.anti_entropy: expected 0s or at least 1s");
    if (s->repair_delay.kind != LAW_NEVER && s->trace[0] != '\0')
        return fail(error, s,
                    "repair.delay: expected an empty churn.trace, a real server that left "
                    "does not come back");
    if (s->session.poll_members > 1 && s->session.poll_loops > 1)
        return fail(
            error, s,
            "client.poll_members: expected client.poll_loops = 1, several loops ask "
            "several nodes already");
    if (s->session.message_ttl > s->service.ttl_max_public)
        return fail(error, s,
                    "client.message_ttl: longer than protocol.ttl_public, nodes "
                    "would refuse every message");
    if (s->duration + s->drain > 10 * 365 * DAY)
        return fail(error, s, "scenario.duration and drain: more than ten years");
    return check_files(s, error) && check_circles(s, error) && check_splitting(s, error) &&
           scenario_check_faults(s, error) && scenario_check_adversaries(s, error) &&
           scenario_check_rounds(s, error) && check_paths(s, error) &&
           file_is_there(s, "churn.trace", s->trace, error) &&
           file_is_there(s, "workload.trace", s->message_trace, error);
}

/* Those keys of a section with a name that say something. */
static void
append_section(GString *text, const SectionForm *form, const NamedSection *section)
{
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        g_autofree char *value = NULL;

        if (section_form_of(key) != form || !section_takes(key, section->kind))
            continue;
        value = key_write(key, section);
        g_string_append_printf(text, "%s = %s\n", key->name, value);
    }
}

/* Behind the keys of [fault]: those of its section without a name, then those with. */
static void
append_sections(GString *text, const SectionForm *form, const Scenario *s)
{
    for (int named = 0; named <= 1; named++) {
        for (uint32_t i = 0; i < section_count(form, s); i++) {
            const NamedSection *section = section_at_const(form, s, i);

            if ((section->name[0] != '\0') != named)
                continue;
            if (named)
                g_string_append_printf(text, "\n[%s %s]\n", form->form, section->name);
            append_section(text, form, section);
        }
    }
}

char *
scenario_text(const Scenario *s)
{
    GString *text = g_string_new(NULL);
    const char *section = "";

    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        const SectionForm *form = section_form_of(key);
        g_autofree char *value = form == NULL ? key_write(key, s) : NULL;
        bool first = strcmp(section, key->section) != 0;

        section = key->section;
        if (form != NULL) {
            if (first)
                append_sections(text, form, s);
            continue;
        }
        if (first)
            g_string_append_printf(text, "%s[%s]\n", i == 0 ? "" : "\n", section);
        /* Runs of one experiment differ in their seeds. */
        if (key->offset != offsetof(Scenario, seed))
            g_string_append_printf(text, "%s = %s\n", key->name, value);
    }
    return g_string_free(text, FALSE);
}

/* "; kind = exit, crash", where a key is not of every kind. */
static char *
only_text(const Key *key)
{
    g_auto(GStrv) kinds = NULL;
    g_autofree char *list = NULL;

    if (key->only == NULL)
        return g_strdup("");
    kinds = g_strsplit(key->only, "|", -1);
    list = g_strjoinv(", ", kinds);
    return g_strdup_printf("; kind = %s", list);
}

/* "; preset 2020: 10s; preset 2025: 1m", where presets change the key. */
static char *
preset_text(const Key *key)
{
    const PresetValue *value = preset_value_find(key);
    GString *text = g_string_new(NULL);

    if (value != NULL && value->in_2020 != NULL)
        g_string_append_printf(text, "; preset 2020: %s", value->in_2020);
    if (value != NULL && value->in_2025 != NULL)
        g_string_append_printf(text, "; preset 2025: %s", value->in_2025);
    return g_string_free(text, FALSE);
}

char *
scenario_reference(void)
{
    GString *text = g_string_new(NULL);
    const char *section = "";

    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        g_autofree char *type = key_type_text(key);
        g_autofree char *presets = preset_text(key);
        g_autofree char *only = only_text(key);

        if (strcmp(section, key->section) != 0)
            g_string_append_printf(text, "%s[%s]\n", i == 0 ? "" : "\n", key->section);
        section = key->section;
        g_string_append_printf(text, "%s = %s\n    %s (%s%s%s)\n", key->name, key->value,
                               key->help, type, only, presets);
    }
    return g_string_free(text, FALSE);
}

/* Rough costs of the parts, measured on one core (see HACKING.md); good to a factor of two.
 */
enum {
    NULL_REQUEST_US = 90, /* one onion request of four hops and its answer */
    NULL_STORE_US = 60,   /* what a store adds: replicas and their answers */
    TEST_US = 3,          /* one reachability test */
    REAL_REQUEST_US = 900,
    NODE_BYTES = 40000,
    CLIENT_BYTES = 6000,
    MESSAGE_BYTES = 6000
};

char *
scenario_forecast(const Scenario *s)
{
    double days = (double)s->duration / DAY;
    double all_days = (double)(s->duration + s->drain) / DAY;
    const WorkloadConfig *w = &s->workload;
    double online = w->presence == PRESENCE_ALWAYS
                        ? 1
                        : w->always_share + (1 - w->always_share) *
                                                fmin(1, w->sessions_per_day *
                                                            (double)w->session_mean / DAY);
    double messages = w->messages_per_day * s->clients * days;
    double polls =
        s->clients * online * all_days * DAY / (double)(s->session.poll_interval + SECOND);
    double group_polls = s->clients * online * all_days * DAY * w->circles.groups /
                         (double)(s->session.group_poll[0] + SECOND);
    double room_polls = w->circles.rooms == 0
                            ? 0
                            : s->clients * online * all_days * DAY /
                                  (double)(s->session.open_group_poll + SECOND);
    double stores = messages * (s->session.sync_copies ? 2 : 1);
    double tests = s->nodes * all_days * DAY / (double)s->service.test_interval;
    double request_us = s->crypto == CRYPTO_REAL ? REAL_REQUEST_US : NULL_REQUEST_US;
    double seconds = ((polls + group_polls + room_polls + stores) * request_us +
                      stores * NULL_STORE_US + tests * TEST_US) /
                     1e6;
    double bytes = 3e7 + (double)s->nodes * NODE_BYTES + (double)s->clients * CLIENT_BYTES +
                   messages * MESSAGE_BYTES;

    return g_strdup_printf(
        "forecast (good to a factor of two or so): %.3g messages, %.3g "
        "polls, %.3g reachability tests; about %.0f s and %.0f MB a run\n",
        messages, polls, tests, ceil(seconds), ceil(bytes / 1e6));
}
