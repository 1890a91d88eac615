/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/content.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

#include "nodes/wire/unpack.h"
#include "session.pb-c.h"

typedef Swarmbed__AttachmentPointer WirePointer;
typedef Swarmbed__ClosedGroupControlMessage WireControl;
typedef Swarmbed__ConfigurationMessage__ClosedGroup WireGroup;

enum { GROUP_KEY_BYTES = 32 };

/* --- writing -----------------------------------------------------------------------------
 *
 * What is written is our own: its lists are copied into an array of the library's form. */

static ProtobufCBinaryData *
lend_list(ContentBytesList list)
{
    ProtobufCBinaryData *ret = memory_zeroed(list.n, sizeof *ret);

    for (size_t i = 0; i < list.n; i++)
        ret[i] = unpack_lend(list.item[i]);
    return ret;
}

static void
lend_optional(Bytes in, protobuf_c_boolean *has, ProtobufCBinaryData *ret)
{
    *has = in.n > 0;
    *ret = unpack_lend(in);
}

static void
fill_pointer(const ContentPointer *in, WirePointer *ret)
{
    swarmbed__attachment_pointer__init(ret);
    ret->has_id = true;
    ret->id = in->id;
    lend_optional(in->content_type, &ret->has_content_type, &ret->content_type);
    lend_optional(in->key, &ret->has_key, &ret->key);
    ret->has_size = true;
    ret->size = in->size;
    lend_optional(in->digest, &ret->has_digest, &ret->digest);
    lend_optional(in->name, &ret->has_file_name, &ret->file_name);
    ret->has_flags = in->flags != 0;
    ret->flags = in->flags;
    lend_optional(in->url, &ret->has_url, &ret->url);
}

static void
fill_key_pair(const ContentGroup *in, Swarmbed__KeyPair *ret)
{
    swarmbed__key_pair__init(ret);
    ret->public_key = unpack_lend(in->key_public);
    ret->private_key = unpack_lend(in->key_private);
}

/* A control message with its arrays, which live as long as it is packed. */
typedef struct ControlRoom {
    WireControl control;
    Swarmbed__KeyPair key_pair;
    Swarmbed__KeyPairWrapper *wrapper;
    Swarmbed__KeyPairWrapper **wrappers;
} ControlRoom;

static void
fill_wrappers(const ContentGroup *in, ControlRoom *room)
{
    room->wrapper = memory_zeroed(in->n_wrappers, sizeof *room->wrapper);
    room->wrappers = memory_zeroed(in->n_wrappers, sizeof(void *));
    for (size_t i = 0; i < in->n_wrappers; i++) {
        swarmbed__key_pair_wrapper__init(&room->wrapper[i]);
        room->wrapper[i].public_key = unpack_lend(in->wrapper[i].public_key);
        room->wrapper[i].encrypted_key_pair =
            unpack_lend(in->wrapper[i].encrypted_key_pair);
        room->wrappers[i] = &room->wrapper[i];
    }
    room->control.n_wrappers = in->n_wrappers;
    room->control.wrappers = room->wrappers;
}

static void
fill_control(const ContentGroup *in, ControlRoom *room)
{
    WireControl *ret = &room->control;

    swarmbed__closed_group_control_message__init(ret);
    ret->type = in->type;
    lend_optional(in->public_key, &ret->has_public_key, &ret->public_key);
    lend_optional(in->name, &ret->has_name, &ret->name);
    if (in->key_public.n > 0) {
        fill_key_pair(in, &room->key_pair);
        ret->encryption_key_pair = &room->key_pair;
    }
    ret->n_members = in->members.n;
    ret->members = lend_list(in->members);
    ret->n_admins = in->admins.n;
    ret->admins = lend_list(in->admins);
    fill_wrappers(in, room);
}

static void
control_room_clear(ControlRoom *room)
{
    free(room->control.members);
    free(room->control.admins);
    free(room->wrapper);
    free(room->wrappers);
}

static void
write_data(const Content *in, Buffer *out)
{
    Swarmbed__Content wire = SWARMBED__CONTENT__INIT;
    Swarmbed__DataMessage message = SWARMBED__DATA_MESSAGE__INIT;
    Swarmbed__GroupContext context = SWARMBED__GROUP_CONTEXT__INIT;
    WirePointer pointer[CONTENT_POINTERS_MAX], *pointers[CONTENT_POINTERS_MAX];
    ControlRoom room = { .wrapper = NULL };

    for (size_t i = 0; i < in->n_pointers; i++) {
        fill_pointer(&in->pointer[i], &pointer[i]);
        pointers[i] = &pointer[i];
    }
    message.n_attachments = in->n_pointers;
    message.attachments = pointers;
    message.has_body = in->control == NULL;
    message.body = unpack_lend(in->body);
    message.has_timestamp = true;
    message.timestamp = (uint64_t)in->timestamp;
    lend_optional(in->sync_target, &message.has_sync_target, &message.sync_target);
    if (in->context.id.n > 0) {
        lend_optional(in->context.id, &context.has_id, &context.id);
        context.has_type = true;
        context.type = in->context.type;
        lend_optional(in->context.name, &context.has_name, &context.name);
        context.n_members = in->context.members.n;
        context.members = lend_list(in->context.members);
        context.n_admins = in->context.admins.n;
        context.admins = lend_list(in->context.admins);
        message.group = &context;
    }
    if (in->control != NULL) {
        fill_control(in->control, &room);
        message.closed_group_control_message = &room.control;
    }
    wire.data_message = &message;
    unpack_append(&wire.base, out);
    control_room_clear(&room);
    free(context.members);
    free(context.admins);
}

static void
write_receipt(const Content *in, Buffer *out)
{
    Swarmbed__Content wire = SWARMBED__CONTENT__INIT;
    Swarmbed__ReceiptMessage receipt = SWARMBED__RECEIPT_MESSAGE__INIT;
    uint64_t *timestamps = memory_zeroed(in->n_read, sizeof *timestamps);

    if (in->n_read > 0)
        memcpy(timestamps, in->read, in->n_read * sizeof *timestamps);
    receipt.type = in->action;
    receipt.n_timestamp = in->n_read;
    receipt.timestamp = timestamps;
    wire.receipt_message = &receipt;
    unpack_append(&wire.base, out);
    free(timestamps);
}

static void
write_typing(const Content *in, Buffer *out)
{
    Swarmbed__Content wire = SWARMBED__CONTENT__INIT;
    Swarmbed__TypingMessage typing = SWARMBED__TYPING_MESSAGE__INIT;

    typing.timestamp = (uint64_t)in->timestamp;
    typing.action = in->action;
    wire.typing_message = &typing;
    unpack_append(&wire.base, out);
}

static void
write_configuration(const Content *in, Buffer *out)
{
    Swarmbed__Content wire = SWARMBED__CONTENT__INIT;
    Swarmbed__ConfigurationMessage configuration = SWARMBED__CONFIGURATION_MESSAGE__INIT;
    WireGroup *group = memory_zeroed(in->n_groups, sizeof *group);
    WireGroup **groups = memory_zeroed(in->n_groups, sizeof *groups);
    Swarmbed__KeyPair *pair = memory_zeroed(in->n_groups, sizeof *pair);

    for (size_t i = 0; i < in->n_groups; i++) {
        const ContentGroup *from = &in->group[i];

        swarmbed__configuration_message__closed_group__init(&group[i]);
        lend_optional(from->public_key, &group[i].has_public_key, &group[i].public_key);
        lend_optional(from->name, &group[i].has_name, &group[i].name);
        fill_key_pair(from, &pair[i]);
        group[i].encryption_key_pair = &pair[i];
        group[i].n_members = from->members.n;
        group[i].members = lend_list(from->members);
        group[i].n_admins = from->admins.n;
        group[i].admins = lend_list(from->admins);
        groups[i] = &group[i];
    }
    configuration.n_closed_groups = in->n_groups;
    configuration.closed_groups = groups;
    wire.configuration_message = &configuration;
    unpack_append(&wire.base, out);
    for (size_t i = 0; i < in->n_groups; i++) {
        free(group[i].members);
        free(group[i].admins);
    }
    free(group);
    free(groups);
    free(pair);
}

void
content_write(const Content *content, Buffer *out)
{
    switch (content->kind) {
    case CONTENT_DATA:
        write_data(content, out);
        break;
    case CONTENT_RECEIPT:
        write_receipt(content, out);
        break;
    case CONTENT_TYPING:
        write_typing(content, out);
        break;
    case CONTENT_CONFIGURATION:
        write_configuration(content, out);
        break;
    case CONTENT_UNKNOWN:
        break;
    }
}

/* --- reading -----------------------------------------------------------------------------
 */

static Status
take_list(UnpackArena *arena, size_t n, const ProtobufCBinaryData *in,
          ContentBytesList *ret)
{
    Bytes *item = unpack_take(arena, n * sizeof *item);

    if (item == NULL)
        return ST_TOO_LARGE;
    for (size_t i = 0; i < n; i++)
        item[i] = unpack_bytes(in[i]);
    *ret = (ContentBytesList){ item, n };
    return ST_OK;
}

static void
take_pointer(const WirePointer *in, ContentPointer *ret)
{
    *ret = (ContentPointer){ .id = in->id,
                             .content_type = unpack_bytes(in->content_type),
                             .url = unpack_bytes(in->url),
                             .name = unpack_bytes(in->file_name),
                             .key = unpack_bytes(in->key),
                             .digest = unpack_bytes(in->digest),
                             .size = in->size,
                             .flags = in->flags };
}

static void
take_key_pair(const Swarmbed__KeyPair *in, ContentGroup *ret)
{
    if (in == NULL)
        return;
    ret->key_public = unpack_bytes(in->public_key);
    ret->key_private = unpack_bytes(in->private_key);
}

static Status
take_wrappers(UnpackArena *arena, const WireControl *in, ContentGroup *ret)
{
    ContentWrapper *wrapper = unpack_take(arena, in->n_wrappers * sizeof *wrapper);

    if (wrapper == NULL)
        return ST_TOO_LARGE;
    for (size_t i = 0; i < in->n_wrappers; i++)
        wrapper[i] = (ContentWrapper){ unpack_bytes(in->wrappers[i]->public_key),
                                       unpack_bytes(in->wrappers[i]->encrypted_key_pair) };
    ret->wrapper = wrapper;
    ret->n_wrappers = in->n_wrappers;
    return ST_OK;
}

static Status
take_control(UnpackArena *arena, const WireControl *in, const ContentGroup **ret)
{
    ContentGroup *group = unpack_take(arena, sizeof *group);
    Status status = group == NULL ? ST_TOO_LARGE : ST_OK;

    if (status == ST_OK) {
        *group = (ContentGroup){ .type = in->type,
                                 .public_key = unpack_bytes(in->public_key),
                                 .name = unpack_bytes(in->name) };
        take_key_pair(in->encryption_key_pair, group);
        status = take_list(arena, in->n_members, in->members, &group->members);
    }
    if (status == ST_OK)
        status = take_list(arena, in->n_admins, in->admins, &group->admins);
    if (status == ST_OK)
        status = take_wrappers(arena, in, group);
    if (status == ST_OK)
        *ret = group;
    return status;
}

static Status
take_context(UnpackArena *arena, const Swarmbed__GroupContext *in, ContentContext *ret)
{
    Status status = take_list(arena, in->n_members, in->members, &ret->members);

    ret->id = unpack_bytes(in->id);
    ret->type = in->type;
    ret->name = unpack_bytes(in->name);
    if (status == ST_OK)
        status = take_list(arena, in->n_admins, in->admins, &ret->admins);
    return status;
}

static Status
take_data(UnpackArena *arena, const Swarmbed__DataMessage *in, Content *ret)
{
    Status status = ST_OK;

    if (in->timestamp > INT64_MAX)
        return ST_MALFORMED;
    ret->kind = CONTENT_DATA;
    ret->timestamp = (UnixMs)in->timestamp;
    ret->body = unpack_bytes(in->body);
    ret->sync_target = unpack_bytes(in->sync_target);
    for (size_t i = 0; i < in->n_attachments && i < CONTENT_POINTERS_MAX; i++)
        take_pointer(in->attachments[i], &ret->pointer[ret->n_pointers++]);
    if (in->group != NULL)
        status = take_context(arena, in->group, &ret->context);
    if (status == ST_OK && in->closed_group_control_message != NULL)
        status = take_control(arena, in->closed_group_control_message, &ret->control);
    return status;
}

static Status
take_configuration(UnpackArena *arena, const Swarmbed__ConfigurationMessage *in,
                   Content *ret)
{
    ContentGroup *group = unpack_take(arena, in->n_closed_groups * sizeof *group);
    Status status = group == NULL ? ST_TOO_LARGE : ST_OK;

    ret->kind = CONTENT_CONFIGURATION;
    for (size_t i = 0; status == ST_OK && i < in->n_closed_groups; i++) {
        const WireGroup *from = in->closed_groups[i];

        group[i] = (ContentGroup){ .public_key = unpack_bytes(from->public_key),
                                   .name = unpack_bytes(from->name) };
        take_key_pair(from->encryption_key_pair, &group[i]);
        status = take_list(arena, from->n_members, from->members, &group[i].members);
        if (status == ST_OK)
            status = take_list(arena, from->n_admins, from->admins, &group[i].admins);
    }
    ret->group = group;
    ret->n_groups = in->n_closed_groups;
    return status;
}

/* The first member that we know counts. */
static Status
take_content(UnpackArena *arena, const Swarmbed__Content *in, Content *ret)
{
    if (in->data_message != NULL)
        return take_data(arena, in->data_message, ret);
    if (in->receipt_message != NULL) {
        ret->kind = CONTENT_RECEIPT;
        ret->action = in->receipt_message->type;
        ret->read = in->receipt_message->timestamp;
        ret->n_read = in->receipt_message->n_timestamp;
    } else if (in->typing_message != NULL) {
        if (in->typing_message->timestamp > INT64_MAX)
            return ST_MALFORMED;
        ret->kind = CONTENT_TYPING;
        ret->timestamp = (UnixMs)in->typing_message->timestamp;
        ret->action = in->typing_message->action;
    } else if (in->configuration_message != NULL) {
        return take_configuration(arena, in->configuration_message, ret);
    }
    return ST_OK;
}

Status
content_read(Bytes in, Content *ret)
{
    Content content = { .kind = CONTENT_UNKNOWN };
    ProtobufCMessage *unpacked;
    UnpackArena arena;
    Status status;

    unpack_begin(&arena, in.n);
    status = unpack_message(&arena, &swarmbed__content__descriptor, in, &unpacked);
    if (status == ST_OK)
        status = take_content(&arena, (const Swarmbed__Content *)unpacked, &content);
    if (status != ST_OK) {
        unpack_end(&arena);
        return status;
    }
    content.memory = arena.p;
    *ret = content;
    return ST_OK;
}

void
content_clear(Content *content)
{
    free(content->memory);
    *content = (Content){ .kind = CONTENT_UNKNOWN };
}

/* --- key pairs ---------------------------------------------------------------------------
 */

void
content_key_pair_write(Bytes public_key, Bytes private_key, Buffer *out)
{
    Swarmbed__KeyPair pair = SWARMBED__KEY_PAIR__INIT;

    pair.public_key = unpack_lend(public_key);
    pair.private_key = unpack_lend(private_key);
    unpack_append(&pair.base, out);
}

Status
content_key_pair_read(Bytes in, uint8_t ret_public[32], uint8_t ret_private[32])
{
    ProtobufCMessage *unpacked;
    const Swarmbed__KeyPair *pair;
    UnpackArena arena;
    Status status;

    unpack_begin(&arena, in.n);
    status = unpack_message(&arena, &swarmbed__key_pair__descriptor, in, &unpacked);
    if (status == ST_OK) {
        pair = (const Swarmbed__KeyPair *)unpacked;
        if (pair->public_key.len != GROUP_KEY_BYTES ||
            pair->private_key.len != GROUP_KEY_BYTES)
            status = ST_MALFORMED;
    }
    if (status == ST_OK) {
        memcpy(ret_public, pair->public_key.data, GROUP_KEY_BYTES);
        memcpy(ret_private, pair->private_key.data, GROUP_KEY_BYTES);
    }
    unpack_end(&arena);
    return status;
}
