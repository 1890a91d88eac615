/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire swarm-of, swarm-assign.  Swarm ids are 16 hex digits. */
#include "cli/wire.h"

#include <string.h>

#include "nodes/swarm/assign.h"
#include "nodes/swarm/swarm.h"

enum { SWARM_ID_DIGITS = 16, NODES_MAX = NODE_LIST_MAX };

static gboolean
swarm_id_value(const json_t *value, const char *name, uint64_t *ret, GError **error)
{
    const char *text = json_string_value(value);
    size_t n = text == NULL ? 0 : strlen(text);

    if (n < 1 || n > SWARM_ID_DIGITS || strspn(text, "0123456789abcdefABCDEF") != n) {
        wire_refuse(error, "%s is not %d hex digits", name, SWARM_ID_DIGITS);
        return FALSE;
    }
    *ret = g_ascii_strtoull(text, NULL, 16);
    if (*ret == SWARM_NONE) {
        wire_refuse(error, "%s is the id of no swarm", name);
        return FALSE;
    }
    return TRUE;
}

static json_t *
swarm_id_text(uint64_t id)
{
    return json_sprintf("%016" G_GINT64_MODIFIER "x", id);
}

/* --- swarm-of ---------------------------------------------------------------------------
 */

static int
by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Ascending, each once: the rule looks at neighbours. */
static gboolean
load_swarm_ids(const json_t *in, GArray *ids, GError **error)
{
    const json_t *list = wire_list(in, "swarm_ids", error);
    guint kept = 0;

    if (list == NULL)
        return FALSE;
    for (size_t i = 0; i < json_array_size(list); i++) {
        uint64_t id;

        if (!swarm_id_value(json_array_get(list, i), "swarm_ids", &id, error))
            return FALSE;
        g_array_append_val(ids, id);
    }
    g_array_sort(ids, by_id);
    for (guint i = 0; i < ids->len; i++) {
        uint64_t id = g_array_index(ids, uint64_t, i);

        if (kept == 0 || g_array_index(ids, uint64_t, kept - 1) != id)
            g_array_index(ids, uint64_t, kept++) = id;
    }
    g_array_set_size(ids, kept);
    return TRUE;
}

json_t *
wire_swarm_of(const json_t *in, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint8_t account[ACCOUNT_HEX / 2];
    uint64_t id;

    if (!wire_account_key(in, "pubkey", account, error) || !load_swarm_ids(in, ids, error))
        return NULL;
    id = swarm_nearest((const uint64_t *)(const void *)ids->data, ids->len,
                       swarm_space(account + 1));
    return json_pack("{s:o}", "swarm_id",
                     id == SWARM_NONE ? json_null() : swarm_id_text(id));
}

/* --- swarm-assign -----------------------------------------------------------------------
 */

/* Nodes are numbered in the order of their names, which is that of their keys. */
typedef struct Assignment {
    GPtrArray *names; /* borrowed texts, sorted */
    SwarmMap map;
    GArray *unassigned; /* uint32_t */
} Assignment;

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean
collect_names(const json_t *list, const char *name, Assignment *a, GError **error)
{
    if (!json_is_array(list)) {
        wire_refuse(error, "%s is %s", name, list == NULL ? "missing" : "no list");
        return FALSE;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *node = json_string_value(json_array_get(list, i));

        if (node == NULL || node[0] == 0) {
            wire_refuse(error, "%s[%zu] names no node", name, i);
            return FALSE;
        }
        g_ptr_array_add(a->names, (char *)node);
    }
    return TRUE;
}

static gboolean
collect(const json_t *swarms, const json_t *unassigned, Assignment *a, GError **error)
{
    for (size_t i = 0; i < json_array_size(swarms); i++) {
        const json_t *swarm = json_array_get(swarms, i);

        if (!json_is_object(swarm)) {
            wire_refuse(error, "swarms[%zu] is no object", i);
            return FALSE;
        }
        if (!collect_names(json_object_get(swarm, "nodes"), "nodes", a, error))
            return FALSE;
    }
    if (!collect_names(unassigned, "unassigned", a, error))
        return FALSE;
    if (a->names->len > NODES_MAX) {
        wire_refuse(error, "more than %d nodes", NODES_MAX);
        return FALSE;
    }
    g_ptr_array_sort(a->names, by_name);
    for (guint i = 1; i < a->names->len; i++) {
        if (strcmp(a->names->pdata[i - 1], a->names->pdata[i]) == 0) {
            wire_refuse(error, "a node is named twice");
            return FALSE;
        }
    }
    return TRUE;
}

static uint32_t
number_of(const Assignment *a, const json_t *node)
{
    const char *name = json_string_value(node);
    char **found = bsearch(&name, a->names->pdata, a->names->len, sizeof name, by_name);

    g_assert(found != NULL);
    return (uint32_t)(found - (char **)a->names->pdata);
}

static gboolean
fill(const json_t *swarms, const json_t *unassigned, Assignment *a, GError **error)
{
    for (size_t i = 0; i < json_array_size(swarms); i++) {
        const json_t *swarm = json_array_get(swarms, i);
        const json_t *nodes = json_object_get(swarm, "nodes");
        uint64_t id;

        if (!swarm_id_value(json_object_get(swarm, "id"), "id", &id, error))
            return FALSE;
        for (size_t j = 0; j < json_array_size(nodes); j++)
            swarm_map_add(&a->map, id, number_of(a, json_array_get(nodes, j)));
    }
    /* As the chain builds it: walking its nodes in key order. */
    swarm_map_sort_members(&a->map);
    for (size_t i = 0; i < json_array_size(unassigned); i++) {
        uint32_t number = number_of(a, json_array_get(unassigned, i));

        g_array_append_val(a->unassigned, number);
    }
    return TRUE;
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static gboolean
load_seed(const json_t *in, uint64_t *ret, GError **error)
{
    const char *text = wire_text(in, "seed", error);

    if (text == NULL)
        return FALSE;
    if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret, NULL))
        return TRUE;
    wire_refuse(error, "seed is no decimal number of 64 bits");
    return FALSE;
}

static json_t *
assigned(const Assignment *a)
{
    json_t *swarms = json_array();

    for (uint32_t i = 0; i < a->map.n; i++) {
        const AssignedSwarm *swarm = &a->map.swarms[i];
        json_t *nodes = json_array();

        for (uint32_t j = 0; j < swarm->n; j++)
            json_array_append_new(nodes, json_string(a->names->pdata[swarm->nodes[j]]));
        json_array_append_new(swarms, json_pack("{s:o, s:o}", "id",
                                                swarm_id_text(swarm->id), "nodes", nodes));
    }
    return json_pack("{s:o}", "swarms", swarms);
}

json_t *
wire_swarm_assign(const json_t *in, GError **error)
{
    Assignment a = { g_ptr_array_new(),
                     { NULL, 0, 0 },
                     g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
    const json_t *swarms = wire_list(in, "swarms", error);
    const json_t *unassigned = json_object_get(in, "unassigned");
    json_t *out = NULL;
    uint64_t seed;

    if (swarms != NULL && load_seed(in, &seed, error) &&
        collect(swarms, unassigned, &a, error) && fill(swarms, unassigned, &a, error)) {
        g_array_sort(a.unassigned, by_number);
        swarm_assign(&a.map, (const uint32_t *)(const void *)a.unassigned->data,
                     a.unassigned->len, seed);
        swarm_map_sort_members(&a.map);
        out = assigned(&a);
    }
    swarm_map_clear(&a.map);
    g_array_unref(a.unassigned);
    g_ptr_array_unref(a.names);
    return out;
}
