/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages to closed groups: one to the group's own mailbox, or (2020) one to each other
 * member's. */
#include "clients/session/groups.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

void
session_group_tell(Session *s, const uint8_t to[ACCOUNT_BYTES], SessionKind kind,
                   Buffer *content)
{
    (void)session_outbox_add_own(s, kind, to, content);
}

void
session_group_put(Session *s, Group *group, SessionKind kind, Buffer *content,
                  const X25519Pair *key)
{
    OutMessage *message = session_outbox_add_own(s, kind, group->id, content);

    if (message == NULL)
        return;
    message->where = OUT_TO_GROUP;
    if (key != NULL) {
        message->seal_to = memory_resized(NULL, 1, KEY_BYTES);
        memcpy(message->seal_to, key->pk, KEY_BYTES);
    }
}

const uint8_t *
session_group_seal_key(const Session *s, const OutMessage *message)
{
    const Group *group = session_group_find(s, message->to);
    const X25519Pair *pair = group == NULL ? NULL : session_group_key(group);

    if (pair == NULL)
        return NULL;
    return message->seal_to != NULL ? message->seal_to : pair->pk;
}

/* The text of the order's id, and whose group it belongs to. */
static void
write_pairwise(Session *s, const Group *group, const SessionOrder *order, Buffer *out)
{
    Content content = { .kind = CONTENT_DATA,
                        .timestamp = session_sent_time(s),
                        .context = { .id = { group->id, ACCOUNT_BYTES },
                                     .type = GROUP_CONTEXT_DELIVER } };
    Buffer text = BUFFER_EMPTY;

    session_text_of(order->message, order->bytes, &text);
    content.body = buffer_bytes(&text);
    content_write(&content, out);
    buffer_clear(&text);
}

/* To each by itself; each copy is a message of the client's own. */
static void
write_to_each(Session *s, const Group *group, const SessionOrder *order)
{
    for (uint32_t i = 0; i < group->n_members; i++) {
        Buffer content = BUFFER_EMPTY;

        if (session_is_self(s, group->member[i] + 1))
            continue;
        write_pairwise(s, group, order, &content);
        session_group_tell(s, group->member[i], order->content, &content);
    }
}

void
session_group_write(Session *s, const SessionOrder *order)
{
    Group *group = session_group_find(s, order->to);

    if (group == NULL ||
        (group->pairwise && session_kind_base(order->content) != SESSION_TEXT)) {
        port_note(s->port, NOTE_GIVEN_UP, order->message, SEND_NO_GROUP,
                  (Bytes){ NULL, 0 });
        return;
    }
    if (group->pairwise)
        write_to_each(s, group, order);
    else
        session_outbox_add_order(s, order, OUT_TO_GROUP);
}
