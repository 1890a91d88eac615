/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a client reads in closed groups and rooms: content in its own and in a group's
 * mailbox, by its admin; a group's mailbox; posts and answers of an open-group server.  The
 * first byte says which.  It stays in no more groups than it may. */
#include "tests/fuzz/fuzz.h"

#include "clients/session/groups.h"
#include "clients/session/rooms.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "tests/lib/recording_port.h"

static RecordingPort *recording;
static Crypto crypto;
static SessionConfig config, config_2020;
static SessionServer server;
static Ed25519Pair sender;
static X25519Pair sender_x, key;

/* A client in one group, whose admin is the sender, and one room. */
static Session *
client(const SessionConfig *how)
{
    static const uint8_t seed[KEY_BYTES] = { 1 };
    static const Address seeds[] = { 1 };
    Session *s = session_new(&crypto, &recording->port, how, seed, seeds, 1);
    uint8_t id[ACCOUNT_BYTES] = { SESSION_ACCOUNT_PREFIX, 7 }, self[ACCOUNT_BYTES];
    Group *group;

    session_ops.start(s, 0);
    group = session_group_make(s, id);
    group->admin[0] = SESSION_ACCOUNT_PREFIX;
    memcpy(group->admin + 1, sender_x.pk, KEY_BYTES);
    session_account(s, self);
    fuzz_check(session_group_add_member(s, group, (Bytes){ self, ACCOUNT_BYTES }));
    fuzz_check(session_group_add_member(s, group, (Bytes){ group->admin, ACCOUNT_BYTES }));
    session_group_add_key(group, &key, 0);
    session_room_id("lobby", id);
    session_room_join(s, id);
    return s;
}

static void
read_mailbox(Session *s, Group *group, Bytes json)
{
    Bytes last = { NULL, 0 };
    JsonValue body;
    bool more = false;

    if (json_parse(json, &body) != ST_OK)
        return;
    if (group == NULL)
        (void)session_receive(s, NODE_NONE, 0, body, &more);
    else
        (void)session_receive_group(s, group, body, &last, &more);
    session_groups_sweep(s);
}

/* @content as a message there, from the admin. */
static void
read_content(Session *s, Group *group, Bytes content)
{
    static const uint8_t ephemeral[KEY_BYTES] = { 5 };
    Buffer padded = BUFFER_EMPTY, sealed = BUFFER_EMPTY, wrapped = BUFFER_EMPTY;
    Buffer json = BUFFER_EMPTY;

    session_message_pad(content, &padded);
    fuzz_check(session_message_seal(&crypto, &sender, group == NULL ? s->x25519.pk : key.pk,
                                    ephemeral, buffer_bytes(&padded), &sealed) == ST_OK);
    message_wrap(group == NULL ? ENVELOPE_SESSION_MESSAGE : ENVELOPE_CLOSED_GROUP_MESSAGE,
                 (Bytes){ NULL, 0 }, 1700000000000, buffer_bytes(&sealed), &wrapped);
    buffer_append_literal(&json, "{\"messages\":[{\"hash\":\"h\",\"data\":\"");
    base64_encode(buffer_bytes(&wrapped), true, &json);
    buffer_append_literal(&json, "\"}]}");
    read_mailbox(s, group, buffer_bytes(&json));
    buffer_clear(&padded);
    buffer_clear(&sealed);
    buffer_clear(&wrapped);
    buffer_clear(&json);
}

static void
read_posts(Session *s, Bytes in)
{
    JsonValue messages;
    int64_t last = 0;

    if (json_parse(in, &messages) == ST_OK)
        fuzz_check(session_room_read(s, s->more->rooms->room[0].id, messages, &last) <=
                   ROOM_POSTS_READ_MAX);
}

/* The padded content of a post that the sender signed. */
static void
read_post(Session *s, Bytes in)
{
    Buffer json = BUFFER_EMPTY;
    uint8_t signature[SIGNATURE_BYTES];
    BlindedPair pair;

    fuzz_check(blinded_pair(&crypto, BLIND_15, &sender, server.x25519, &pair) == ST_OK);
    blinded_sign(&crypto, &sender, &pair, in, signature);
    buffer_append_literal(&json, "[{\"seqno\":1,\"session_id\":\"");
    buffer_append_hex(&json, (Bytes){ pair.id, BLINDED_ID_BYTES });
    buffer_append_literal(&json, "\",\"data\":\"");
    base64_encode(in, true, &json);
    buffer_append_literal(&json, "\",\"signature\":\"");
    base64_encode((Bytes){ signature, SIGNATURE_BYTES }, true, &json);
    buffer_append_literal(&json, "\"}]");
    read_posts(s, buffer_bytes(&json));
    buffer_clear(&json);
}

/* The answer to a poll of the room. */
static void
read_answer(Session *s, Bytes in)
{
    OnionRequest request = { .use = USE_ROOM_POLL, .owner = 77 };
    RequestResult result = { .answered = true, .status = 200 };

    s->more->rooms->asked = true;
    s->more->rooms->serial = 77;
    s->more->rooms->n_asked = 1;
    result.body = packet_of_bytes(in);
    session_room_poll_done(s, &request, &result);
    fuzz_check(!s->more->rooms->asked);
    packet_clear(&result.body);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t sender_seed[KEY_BYTES] = { 2 }, random[KEY_BYTES] = { 3 };

    (void)argc;
    (void)argv;
    recording = recording_port_new(1, 1700000000000);
    crypto = (Crypto){ .ops = &crypto_null, .meter = &recording->meter };
    crypto.memo = identity_memo_new(64);
    server = (SessionServer){ .host = "groups", .port = 80, .x25519 = { 9 } };
    config = session_config_2024;
    config.open_group = &server;
    config.other_devices = true;
    config_2020 = config;
    config_2020.groups_pairwise = true;
    identity_ed25519(sender_seed, &sender);
    identity_x25519(&sender, &sender_x);
    crypto_keygen(&crypto, random, &key);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data + 1, n - 1 };
    Session *s;

    if (n == 0)
        return 0;
    s = client(data[0] % 8 == 7 ? &config_2020 : &config);
    switch (data[0] % 8) {
    case 0:
    case 7:
        read_content(s, NULL, in);
        break;
    case 1:
        read_content(s, s->more->group[0], in);
        break;
    case 2:
        read_mailbox(s, s->more->group[0], in);
        break;
    case 3:
        read_posts(s, in);
        break;
    case 4:
        read_post(s, in);
        break;
    default:
        read_answer(s, in);
        break;
    }
    fuzz_check(s->more->n_groups <= GROUPS_MAX);
    session_ops.free(s);
    recording_port_forget(recording);
    return 0;
}
