/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain as text, which the registry's folder keeps, and in it a snapshot, as a node
 * gets it from its registry; and a post, as an open-group server's folder keeps it: what is
 * read can be written, and gives the same text again. */
#include "tests/fuzz/fuzz.h"

#include "nodes/outside/open_group_line.h"
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

static void
check_line(Bytes in)
{
    Meter meter = { 0 };
    const Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    const OpenGroupConfig *config = &open_group_config_default;
    uint8_t nonce[SERVER_NONCE_BYTES];
    char token[SERVER_ROOM_TOKEN_MAX + 1] = "";
    Buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    Post *post, *again;
    uint64_t number;
    Bytes room;

    if (open_line_read(&crypto, config, in, &room, &number, nonce, &post) != ST_OK)
        return;
    if (server_room_token_valid(room)) {
        memcpy(token, room.p, room.n);
        open_line_write(token, number, nonce, post, &once);
        fuzz_check(open_line_read(&crypto, config, buffer_bytes(&once), &room, &number,
                                  nonce, &again) == ST_OK);
        open_line_write(token, number, nonce, again, &twice);
        fuzz_check(bytes_equal(buffer_bytes(&once), buffer_bytes(&twice)));
        open_post_free(again);
    }
    open_post_free(post);
    buffer_clear(&once);
    buffer_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };

    check_snapshot(in);
    check_state(in);
    check_line(in);
    return 0;
}
