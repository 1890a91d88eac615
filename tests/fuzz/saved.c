/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain as text, which the registry's folder keeps, and in it a snapshot, as a node
 * gets it from its registry: what is read can be written, and gives the same text again. */
#include "tests/fuzz/fuzz.h"

#include "nodes/registry/chain.h"
#include "nodes/swarm/snapshot_json.h"

static void
check_snapshot(Bytes in)
{
    Buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    Snapshot *snapshot, *again;

    if (snapshot_from_json(in, &snapshot) != ST_OK)
        return;
    snapshot_to_json(snapshot, &once);
    fuzz_check(snapshot_from_json(buffer_bytes(&once), &again) == ST_OK);
    snapshot_to_json(again, &twice);
    fuzz_check(bytes_equal(buffer_bytes(&once), buffer_bytes(&twice)));
    buffer_clear(&once);
    buffer_clear(&twice);
    snapshot_unref(snapshot);
    snapshot_unref(again);
}

static void
check_state(Bytes in)
{
    Buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    ChainState *state, *again;

    if (chain_state_read(&chain_config_2024, in, &state) != ST_OK)
        return;
    fuzz_check(state->n == state->snapshot->nodes->n);
    chain_state_write(state, &once);
    fuzz_check(chain_state_read(&chain_config_2024, buffer_bytes(&once), &again) == ST_OK);
    chain_state_write(again, &twice);
    fuzz_check(bytes_equal(buffer_bytes(&once), buffer_bytes(&twice)));
    buffer_clear(&once);
    buffer_clear(&twice);
    chain_state_free(state);
    chain_state_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };

    check_snapshot(in);
    check_state(in);
    return 0;
}
