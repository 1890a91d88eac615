/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/block_desk.h"

#include "nodes/swarm/snapshot_json.h"

/* One node. */
typedef struct Place {
    Packet told; /* what the chain told it last; it may not have fetched it yet */
    Door *door;
    SoupServerMessage *waiting; /* NULL: it is not asking now */
} Place;

struct BlockDesk {
    GHashTable *places; /* ip to Place */
    uint64_t height;    /* of the text below; the same for everybody */
    GBytes *text;
};

static void
place_free(gpointer p)
{
    Place *place = p;

    packet_clear(&place->told);
    g_clear_object(&place->waiting);
    g_free(place);
}

BlockDesk *
block_desk_new(void)
{
    BlockDesk *desk = g_new0(BlockDesk, 1);

    desk->places = g_hash_table_new_full(NULL, NULL, NULL, place_free);
    return desk;
}

void
block_desk_free(BlockDesk *desk)
{
    if (desk == NULL)
        return;
    g_hash_table_unref(desk->places);
    g_clear_pointer(&desk->text, g_bytes_unref);
    g_free(desk);
}

static Place *
place_of(BlockDesk *desk, uint32_t ip)
{
    Place *place = g_hash_table_lookup(desk->places, GUINT_TO_POINTER(ip));

    if (place == NULL) {
        place = g_new0(Place, 1);
        g_hash_table_insert(desk->places, GUINT_TO_POINTER(ip), place);
    }
    return place;
}

static void
answer(BlockDesk *desk, Door *door, SoupServerMessage *message, const Snapshot *snapshot)
{
    Buffer out = BUFFER_EMPTY;

    if (desk->text == NULL || desk->height != snapshot->height) {
        snapshot_to_json(snapshot, &out);
        g_clear_pointer(&desk->text, g_bytes_unref);
        desk->text = g_bytes_new(out.p, out.n);
        desk->height = snapshot->height;
        buffer_clear(&out);
    }
    soup_server_message_set_status(message, 200, NULL);
    soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                 "Content-Type", "application/json");
    soup_message_body_append_bytes(soup_server_message_get_response_body(message),
                                   desk->text);
    door_answer(door, message);
}

static void
answer_waiting(BlockDesk *desk, Place *place, const Snapshot *snapshot)
{
    SoupServerMessage *message = g_steal_pointer(&place->waiting);

    answer(desk, place->door, message, snapshot);
    g_object_unref(message);
}

void
block_desk_tell(BlockDesk *desk, uint32_t ip, const Packet *packet)
{
    Place *place = place_of(desk, ip);

    packet_clear(&place->told);
    place->told = packet_share(packet);
    if (place->waiting != NULL)
        answer_waiting(desk, place, snapshot_of_packet(packet));
}

void
block_desk_ask(BlockDesk *desk, Door *door, const DoorRequest *request, Snapshot *latest)
{
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(request->message));
    gsize n;
    const char *p = g_bytes_get_data(body, &n);
    g_autofree char *text = g_strndup(p, n);
    Place *place = place_of(desk, request->from_ip);
    const Snapshot *told =
        place->told.blob == NULL ? NULL : snapshot_of_packet(&place->told);
    guint64 height;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &height, NULL)) {
        soup_server_message_set_status(request->message, 400, NULL);
        door_answer(door, request->message);
        return;
    }
    if (height == 0) {
        answer(desk, door, request->message, latest);
    } else if (told != NULL && told->height > height) {
        answer(desk, door, request->message, told);
    } else {
        if (place->waiting != NULL) /* an older question, given up */
            answer_waiting(desk, place, latest);
        place->door = door;
        place->waiting = g_object_ref(request->message);
    }
}

void
block_desk_gone(BlockDesk *desk, SoupServerMessage *message)
{
    GHashTableIter it;
    gpointer value;

    g_hash_table_iter_init(&it, desk->places);
    while (g_hash_table_iter_next(&it, NULL, &value)) {
        Place *place = value;

        if (place->waiting == message)
            g_clear_object(&place->waiting);
    }
}
