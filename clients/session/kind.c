/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/session.h"

#include "nodes/wire/message.h"

static const char *const kind_names[SESSION_KINDS] = {
    [SESSION_TEXT] = "text",
    [SESSION_IMAGE] = "image",
    [SESSION_FILE] = "file",
    [SESSION_VOICE] = "voice",
    [SESSION_GROUP_TEXT] = "group_text",
    [SESSION_GROUP_IMAGE] = "group_image",
    [SESSION_GROUP_FILE] = "group_file",
    [SESSION_GROUP_VOICE] = "group_voice",
    [SESSION_ROOM_TEXT] = "room_text",
    [SESSION_ROOM_IMAGE] = "room_image",
    [SESSION_ROOM_FILE] = "room_file",
    [SESSION_ROOM_VOICE] = "room_voice",
    [SESSION_RECEIPT] = "receipt",
    [SESSION_TYPING] = "typing",
    [SESSION_CONTROL] = "control",
    [SESSION_SYNC] = "sync",
};

const char *
session_kind_name(SessionKind kind)
{
    return (unsigned)kind < SESSION_KINDS ? kind_names[kind] : "unknown";
}

Duration
session_kind_ttl(const SessionConfig *config, SessionKind kind)
{
    if (kind != SESSION_TYPING)
        return config->message_ttl;
    return config->storage_rpc == STORAGE_RPC_2020 ? 1 * MINUTE : 20 * SECOND;
}
