/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who knows what, and claims, on records written by hand. */
#include <glib.h>
#include <string.h>

#include "nodes/base/port.h"
#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/adversary/knowledge.h"

enum { NODES = 4, NODE_IP = 0x20000001, SERVER_IP = 0xef000001, CLIENT_IP = 0xf0000001 };

typedef struct Fixture {
    ObservationLog *log;
    TruthLog *truth;
    uint32_t account; /* of person 0 */
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    uint8_t account[ACCOUNT_BYTES] = { 5, 1, 2, 3, 4 };

    (void)data;
    f->log = observation_log_new(1 << 16);
    f->truth = truth_log_new();
    for (uint32_t i = 0; i < NODES; i++)
        (void)observation_log_add_observer(
            f->log, &(Observer){ .role = OBSERVER_NODE, .ip = NODE_IP + i, .number = i });
    for (uint32_t i = 0; i < SERVERS; i++)
        (void)observation_log_add_observer(
            f->log,
            &(Observer){ .role = OBSERVER_SERVER, .ip = SERVER_IP + i, .number = i });
    f->account = observation_log_account(f->log, account);
    truth_log_set_account(f->truth, f->account, 0);
    truth_log_set_address(f->truth, CLIENT_IP, 0);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    observation_log_free(f->log);
    truth_log_free(f->truth);
}

static void
see(Fixture *f, uint32_t node, uint32_t neighbour, MessageKind kind, uint8_t layer,
    uint8_t method)
{
    Observation o = { .at = (Time)observation_log_count(f->log) * SECOND,
                      .observer = node,
                      .neighbour = neighbour,
                      .kind = (uint8_t)kind,
                      .layer = layer,
                      .method = method,
                      .status = 200 };

    if (method != RPC_UNKNOWN)
        o.account = f->account;
    if (method == RPC_STORE)
        o.content = 77;
    (void)observation_log_append(f->log, &o);
    truth_log_append(f->truth, &(Truth){ .request = 1, .person = 0 });
}

/* Guard 0, hop 1, destination 2. */
static void
one_request(Fixture *f)
{
    see(f, 0, CLIENT_IP, KIND_ONION, ONION_RELAY, RPC_UNKNOWN);
    see(f, 1, NODE_IP, KIND_ONION_HOP, ONION_RELAY, RPC_UNKNOWN);
    see(f, 2, NODE_IP + 1, KIND_ONION_HOP, ONION_FINAL, RPC_STORE);
}

static void
test_all_holds(Fixture *f, gconstpointer data)
{
    Knowledge knows[PARTS];
    ClaimResult claims[CLAIMS];

    (void)data;
    one_request(f);
    one_request(f);
    see(f, NODES + SERVER_LISTS, CLIENT_IP, KIND_SEED_RPC, OBSERVED_NO_LAYER, RPC_UNKNOWN);
    see(f, NODES + SERVER_FILES, NODE_IP + 1, KIND_SERVER, OBSERVED_NO_LAYER, RPC_UNKNOWN);
    see(f, NODES + SERVER_WEB, CLIENT_IP, KIND_WEB, OBSERVED_NO_LAYER, RPC_UNKNOWN);
    knowledge_of(f->log, knows);
    g_assert_cmpuint(knows[PART_GUARD].requests, ==, 2);
    g_assert_cmpuint(knows[PART_GUARD].addresses, ==, 1);
    g_assert_cmpuint(knows[PART_GUARD].accounts, ==, 0);
    g_assert_cmpuint(knows[PART_HOP].addresses, ==, 0);
    g_assert_cmpuint(knows[PART_DESTINATION].parties, ==, 1);
    g_assert_cmpuint(knows[PART_DESTINATION].accounts, ==, 1);
    g_assert_cmpuint(knows[PART_DESTINATION].messages, ==, 1);
    g_assert_cmpuint(knows[PART_DESTINATION].account_messages, ==, 1);
    g_assert_cmpuint(knows[PART_DESTINATION].address_accounts, ==, 0);
    g_assert_cmpuint(knows[PART_SERVER].addresses, ==, 1);
    g_assert_cmpuint(knows[PART_FILES].addresses, ==, 0);
    g_assert_cmpuint(knows[PART_WEB].addresses, ==, 1);
    g_assert_cmpuint(knows[PART_PUSH].requests, ==, 0);
    claims_of(f->log, f->truth, claims);
    for (int c = 0; c < CLAIMS; c++) {
        g_assert_cmpuint(claims[c].tested, >, 0);
        g_assert_cmpuint(claims[c].breaches, ==, 0);
        g_assert_cmpuint(claims[c].n_example, ==, 0);
    }
}

static void
assert_broken(Fixture *f, Claim claim, uint32_t n_example, size_t first)
{
    ClaimResult claims[CLAIMS];

    claims_of(f->log, f->truth, claims);
    for (int c = 0; c < CLAIMS; c++)
        g_assert_cmpuint(claims[c].breaches > 0, ==, (Claim)c == claim);
    g_assert_cmpuint(claims[claim].n_example, ==, n_example);
    g_assert_cmpuint(claims[claim].example[0], ==, first);
}

static void
test_address_and_account(Fixture *f, gconstpointer data)
{
    ClaimResult claims[CLAIMS];
    Knowledge knows[PARTS];
    char text[200];

    (void)data;
    see(f, 3, CLIENT_IP, KIND_STORAGE_RPC, OBSERVED_NO_LAYER, RPC_GET_SWARM);
    knowledge_of(f->log, knows);
    g_assert_cmpuint(knows[PART_ASKED].address_accounts, ==, 1);
    claims_of(f->log, f->truth, claims);
    g_assert_cmpuint(claims[CLAIM_ADDRESS_APART].breaches, ==, 1);
    g_assert_cmpuint(claims[CLAIM_SWARM_ALONE].breaches, ==, 1);
    observation_text(f->log, claims[CLAIM_ADDRESS_APART].example[0], text, sizeof text);
    g_assert_cmpstr(text, ==,
                    "0.000 s: node 3 (32.0.0.4) had from 240.0.0.1: storage_rpc, "
                    "get_swarm of 0501020304");
}

static void
test_same_ends(Fixture *f, gconstpointer data)
{
    (void)data;
    see(f, 0, CLIENT_IP, KIND_ONION, ONION_RELAY, RPC_UNKNOWN);
    see(f, 0, NODE_IP + 1, KIND_ONION_HOP, ONION_FINAL, RPC_INFO);
    assert_broken(f, CLAIM_ENDS_APART, 2, 0);
}

static void
test_address_at_a_hop(Fixture *f, gconstpointer data)
{
    (void)data;
    see(f, 1, CLIENT_IP, KIND_ONION_HOP, ONION_RELAY, RPC_UNKNOWN);
    assert_broken(f, CLAIM_GUARDS_ALONE, 1, 0);
}

/* Before or after it was a guard. */
static void
test_guard_that_keeps(Fixture *f, gconstpointer data)
{
    (void)data;
    see(f, 0, NODE_IP + 2, KIND_STORAGE_CC, OBSERVED_NO_LAYER, RPC_STORE_FORWARDED);
    one_request(f);
    assert_broken(f, CLAIM_GUARD_OUTSIDE, 2, 0);
}

static void
test_server_is_told(Fixture *f, gconstpointer data)
{
    Knowledge knows[PARTS];

    (void)data;
    see(f, NODES + SERVER_PUSH, NODE_IP + 2, KIND_NOTIFY, OBSERVED_NO_LAYER, RPC_STORE);
    knowledge_of(f->log, knows);
    g_assert_cmpuint(knows[PART_PUSH].accounts, ==, 1);
    g_assert_cmpuint(knows[PART_PUSH].account_messages, ==, 1);
    g_assert_cmpuint(knows[PART_PUSH].addresses, ==, 0);
    assert_broken(f, CLAIM_SERVERS_APART, 1, 0);
}

static void
add(const char *name, void (*test)(Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat("/adversary/knowledge/", name, NULL);

    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("all-holds", test_all_holds);
    add("address-and-account", test_address_and_account);
    add("same-ends", test_same_ends);
    add("address-at-a-hop", test_address_at_a_hop);
    add("guard-that-keeps", test_guard_that_keeps);
    add("server-is-told", test_server_is_told);
    return g_test_run();
}
