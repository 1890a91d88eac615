/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/snapshot_json.h"
#include "tests/unit/registry/people.h"

enum { PEOPLE = 60 };

/* A state with a past: two are decommissioned, one is back, blocks went by. */
static ChainState *
state_with_a_past(void)
{
    ChainState *state = people_state(&chain_config_2024, PEOPLE, true);
    static const uint32_t down[] = { 3, 7, 11 };
    ChainFacts facts = { 0 };

    for (int step = 0; step < 4; step++) {
        StateChange change = { .kind =
                                   step < 3 ? CHANGE_DECOMMISSION : CHANGE_RECOMMISSION };
        NodeRecord record = person_record(down[step % 3]);
        Block block = next_block(state);

        memcpy(change.legacy, record.legacy, 32);
        block.changes = &change;
        block.n_changes = 1;
        chain_apply(state, &block, &facts);
        apply_empty(state);
    }
    chain_facts_clear(&facts);
    return state;
}

static Buffer
text_of(const ChainState *state)
{
    Buffer out = BUFFER_EMPTY;

    chain_state_write(state, &out);
    return out;
}

static void
assert_equal(const ChainState *a, const ChainState *b)
{
    Buffer left = text_of(a), right = text_of(b);

    g_assert_cmpmem(left.p, left.n, right.p, right.n);
    buffer_clear(&left);
    buffer_clear(&right);
}

/* What was read goes on as what was written, block by block. */
static void
test_goes_on(void)
{
    ChainState *state = state_with_a_past(), *again = NULL;
    Buffer text = text_of(state);

    g_assert_cmpint(chain_state_read(&chain_config_2024, buffer_bytes(&text), &again), ==,
                    ST_OK);
    check_consistent(again);
    assert_equal(state, again);
    g_assert_cmpuint(again->height, ==, state->height);
    for (uint32_t i = 0; i < state->n; i++) {
        g_assert_cmpint(again->nodes[i].credit_base, ==, state->nodes[i].credit_base);
        g_assert_cmpuint(again->nodes[i].decommissioned_at, ==,
                         state->nodes[i].decommissioned_at);
        g_assert_cmpuint(again->nodes[i].record.active, ==, state->nodes[i].record.active);
    }
    for (int i = 0; i < 5; i++) {
        ChainFacts facts = { 0 };
        Block block = next_block(state);
        NodeRecord newcomer = person_record(PEOPLE + (uint32_t)i);

        block.registrations = &newcomer;
        block.n_registrations = 1;
        chain_apply(state, &block, &facts);
        chain_apply(again, &block, &facts);
        chain_facts_clear(&facts);
        assert_equal(state, again);
    }
    buffer_clear(&text);
    chain_state_free(state);
    chain_state_free(again);
}

/* Of a text that ends early, or of which one word is another, nothing comes. */
static void
test_bad_texts(void)
{
    static const char *const words[][2] = {
        { "\"chain\":[[", "\"chain\":[[1,0,0,0],[" },
        { "\"chain\"", "\"chian\"" },
        { "\"snapshot\"", "\"snapshoot\"" },
        { "\"height\"", "\"hight\"" },
        { "\"last_proofs\":[", "\"last_proofs\":[1," },
        { "\"validators\":[", "\"validators\":[99," },
        { "\"workers\":[", "\"workers\":[\"x\"," },
        { "\"block_hash\":\"", "\"block_hash\":\"x" },
        { "\"wrap_2020\":false", "\"wrap_2020\":0" },
        { "\"service_node_states\"", "\"x\"" },
        { "\"hardfork_major\":19", "\"hardfork_major\":1900" },
    };
    ChainState *state = state_with_a_past(), *none = NULL;
    Buffer text = text_of(state);
    g_autofree char *whole = g_strndup((const char *)text.p, text.n);

    for (size_t n = 0; n < text.n; n += 97)
        g_assert_cmpint(chain_state_read(&chain_config_2024, (Bytes){ text.p, n }, &none),
                        ==, ST_MALFORMED);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_auto(GStrv) parts = g_strsplit(whole, words[i][0], 2);
        g_autofree char *bad = g_strjoinv(words[i][1], parts);

        g_test_message("%s", words[i][1]);
        g_assert_cmpuint(g_strv_length(parts), ==, 2);
        g_assert_cmpint(chain_state_read(&chain_config_2024, bytes_of_text(bad), &none), ==,
                        ST_MALFORMED);
        g_assert_null(none);
    }
    buffer_clear(&text);
    chain_state_free(state);
}

/* A node's daemon tells it all that the chain's own snapshot says. */
static void
test_snapshot(void)
{
    ChainState *state = state_with_a_past();
    const Snapshot *before = state->snapshot;
    Buffer text = BUFFER_EMPTY, again = BUFFER_EMPTY;
    Snapshot *snapshot;

    snapshot_to_json(before, &text);
    g_assert_cmpint(snapshot_from_json(buffer_bytes(&text), &snapshot), ==, ST_OK);
    snapshot_to_json(snapshot, &again);
    g_assert_cmpmem(text.p, text.n, again.p, again.n);
    g_assert_cmpuint(snapshot->height, ==, before->height);
    g_assert_cmpint(snapshot->time_ms, ==, before->time_ms);
    g_assert_cmpuint(snapshot->n_swarms, ==, before->n_swarms);
    g_assert_cmpmem(snapshot->validators, snapshot->n_validators * sizeof(uint32_t),
                    before->validators, before->n_validators * sizeof(uint32_t));
    g_assert_cmpmem(snapshot->workers, snapshot->n_workers * sizeof(uint32_t),
                    before->workers, before->n_workers * sizeof(uint32_t));
    g_assert_cmpmem(snapshot->last_proof_ms, snapshot->nodes->n * sizeof(UnixMs),
                    before->last_proof_ms, before->nodes->n * sizeof(UnixMs));
    snapshot_unref(snapshot);
    buffer_clear(&text);
    buffer_clear(&again);
    chain_state_free(state);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/registry/saved/goes-on", test_goes_on);
    g_test_add_func("/registry/saved/bad-texts", test_bad_texts);
    g_test_add_func("/registry/saved/snapshot", test_snapshot);
    return g_test_run();
}
