/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/describe.h"

#include <unistd.h>

#include "nodes/live/faults.h"

static const char *const state_names[] = {
    [CHILD_DOWN] = "down",     [CHILD_STARTING] = "starting", [CHILD_UP] = "up",
    [CHILD_FROZEN] = "frozen", [CHILD_ENDING] = "ending",
};

static void
write_text(Buffer *out, const char *key, const char *text)
{
    json_write_key(out, key);
    json_write_string(out, bytes_of_text(text));
}

static void
write_number(Buffer *out, const char *key, uint64_t v)
{
    json_write_key(out, key);
    buffer_append_u64_decimal(out, v);
}

static void
write_key(Buffer *out, const char *name, const uint8_t key[KEY_BYTES])
{
    json_write_key(out, name);
    buffer_append_literal(out, "\"");
    buffer_append_hex(out, (Bytes){ key, KEY_BYTES });
    buffer_append_literal(out, "\"");
}

static uint64_t
swarm_of(const Snapshot *snapshot, const NodeRecord *record)
{
    int i = node_list_find_legacy(snapshot->nodes, record->legacy);

    return i == NODE_NONE ? SWARM_NONE : snapshot->nodes->nodes[i].swarm_id;
}

static void
write_node(Buffer *out, const TestbedPlan *plan, const Fleet *fleet,
           const Snapshot *snapshot, uint32_t i)
{
    g_autofree char *folder = testbed_plan_node_folder(plan, i), *ip = NULL;
    NodeRecord record;

    testbed_plan_record(plan, i, &record);
    ip = live_ip_text(record.ip);
    json_write_comma(out);
    buffer_append_literal(out, "{");
    write_key(out, "pubkey_ed25519", record.ed25519);
    write_key(out, "pubkey_x25519", record.x25519);
    write_key(out, "service_node_pubkey", record.legacy);
    write_text(out, "public_ip", ip);
    write_number(out, "storage_port", record.port_https);
    write_number(out, "storage_lmq_port", record.port_omq);
    write_number(out, "swarm_id", swarm_of(snapshot, &record));
    write_number(out, "pid", (uint64_t)fleet_pid(fleet, i));
    write_text(out, "dir", folder);
    write_text(out, "state", state_names[fleet_state(fleet, i)]);
    buffer_append_literal(out, "}");
}

static void
write_room_urls(Buffer *out, const char *const *rooms, const char *url,
                const uint8_t key[KEY_BYTES])
{
    char hex[2 * KEY_BYTES + 1] = "";

    hex_encode((Bytes){ key, KEY_BYTES }, hex);
    json_write_key(out, "room_urls");
    buffer_append_literal(out, "[");
    for (; *rooms != NULL; rooms++) {
        g_autofree char *text = g_strdup_printf("%s/%s?public_key=%s", url, *rooms, hex);

        json_write_comma(out);
        json_write_string(out, bytes_of_text(text));
    }
    buffer_append_literal(out, "]");
}

static void
write_server(Buffer *out, const char *name, const TestbedPlan *plan, const Servers *servers,
             uint32_t i)
{
    g_autofree char *url = servers_url(plan, i);
    g_autofree char *folder = servers_folder(plan, i);
    uint8_t key[KEY_BYTES];

    servers_key(plan, i, key);
    json_write_key(out, name);
    buffer_append_literal(out, "{");
    write_text(out, "url", url);
    write_key(out, "pubkey_x25519", key);
    if (i == TESTBED_OPEN_GROUP_SERVER)
        write_room_urls(out, servers_rooms(servers), url, key);
    write_number(out, "pid", (uint64_t)servers_pid(servers, i));
    write_text(out, "dir", folder);
    write_text(out, "state", state_names[servers_state(servers, i)]);
    buffer_append_literal(out, "}");
}

char *
testbed_describe(const TestbedPlan *plan, const Fleet *fleet, const Servers *servers,
                 const Snapshot *snapshot)
{
    Address registry = testbed_plan_registry(plan);
    g_autofree char *ip = live_ip_text(address_ip(registry));
    g_autofree char *url =
        g_strdup_printf("http://%s:%u", ip, (unsigned)(registry & 0xffff));
    Buffer out = BUFFER_EMPTY;
    char *line;

    buffer_append_literal(&out, "{");
    write_text(&out, "seed_url", url);
    json_write_key(&out, "nodes");
    buffer_append_literal(&out, "[");
    for (uint32_t i = 0; i < plan->nodes; i++)
        write_node(&out, plan, fleet, snapshot, i);
    buffer_append_literal(&out, "]");
    if (servers != NULL) {
        write_server(&out, "file_server", plan, servers, TESTBED_FILE_SERVER);
        write_server(&out, "open_group_server", plan, servers, TESTBED_OPEN_GROUP_SERVER);
    }
    write_number(&out, "height", snapshot->height);
    write_number(&out, "seed", plan->seed);
    write_text(&out, "dir", plan->folder);
    write_number(&out, "pid", (uint64_t)getpid());
    buffer_append_literal(&out, "}");
    line = g_strndup((const char *)out.p, out.n);
    buffer_clear(&out);
    return line;
}
