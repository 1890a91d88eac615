/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/more.h"

#include "nodes/base/memory.h"
#include "nodes/wire/content.h"

#include <stdlib.h>

void
session_notice_typing(Session *s, const uint8_t to[ACCOUNT_BYTES], int action)
{
    Content content = { .kind = CONTENT_TYPING,
                        .timestamp = session_network_ms(s),
                        .action = action };
    Buffer out = BUFFER_EMPTY;

    content_write(&content, &out);
    (void)session_outbox_add_own(s, SESSION_TYPING, to, &out);
}

void
session_read_add(ReadList *list, const uint8_t sender[KEY_BYTES], UnixMs timestamp)
{
    if (list->n == list->capacity) {
        list->capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        list->item = memory_resized(list->item, list->capacity, sizeof *list->item);
    }
    memcpy(list->item[list->n].sender, sender, KEY_BYTES);
    list->item[list->n++].timestamp = (uint64_t)timestamp;
}

/* The timestamps of the first text's sender, moved out of the list into @read. */
static size_t
take_sender(ReadList *list, uint8_t ret_sender[KEY_BYTES], uint64_t *read)
{
    uint32_t kept = 0;
    size_t n = 0;

    memcpy(ret_sender, list->item[0].sender, KEY_BYTES);
    for (uint32_t i = 0; i < list->n; i++) {
        if (memcmp(list->item[i].sender, ret_sender, KEY_BYTES) == 0)
            read[n++] = list->item[i].timestamp;
        else
            list->item[kept++] = list->item[i];
    }
    list->n = kept;
    return n;
}

void
session_notice_read(Session *s, ReadList *list)
{
    uint64_t *read = memory_resized(NULL, list->n + 1, sizeof *read);

    while (list->n > 0) {
        uint8_t to[ACCOUNT_BYTES] = { SESSION_ACCOUNT_PREFIX };
        Content content = { .kind = CONTENT_RECEIPT,
                            .action = CONTENT_READ,
                            .read = read,
                            .n_read = take_sender(list, to + 1, read) };
        Buffer out = BUFFER_EMPTY;

        content_write(&content, &out);
        (void)session_outbox_add_own(s, SESSION_RECEIPT, to, &out);
    }
    free(read);
    free(list->item);
    *list = (ReadList){ 0 };
}
