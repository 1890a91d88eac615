/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/live/errand.h"

#include <glib.h>
#include <string.h>

/* A group that the client is in, as far as this errand read it. */
typedef struct KnownGroup {
    uint8_t id[ACCOUNT_BYTES];
    uint64_t changes; /* there were so many when it was read last */
    bool quiet;       /* and none came since */
} KnownGroup;

struct Errand {
    ErrandSpec spec;
    SessionConfig config;
    LiveClient *client;
    GArray *groups;     /* KnownGroup */
    GHashTable *unsent; /* logical ids of what the client wrote, to failed attempts */
    uint64_t changes;   /* of all that was read so far */
    uint32_t fetching;  /* files */
    bool polled;        /* its own mailbox was read */
    bool read;          /* so was the room */
    bool ordered;       /* the client was told what to do */
    const char *failure;
    guint look; /* a source that looks what there is to do now */
    bool over;
};

/* --- what is to be done ------------------------------------------------------------------
 */

static bool
is_of_group(const Errand *errand)
{
    return errand->spec.kind >= ERRAND_GROUP_CREATE;
}

static bool
is_of_room(const Errand *errand)
{
    return errand->spec.kind == ERRAND_ROOM_READ || errand->spec.kind == ERRAND_ROOM_POST;
}

static bool
reads(const Errand *errand)
{
    return errand->spec.kind == ERRAND_RECEIVE || errand->spec.kind == ERRAND_ROOM_READ ||
           errand->spec.kind == ERRAND_GROUP_RECEIVE;
}

static KnownGroup *
find_group(const Errand *errand, const uint8_t id[ACCOUNT_BYTES])
{
    for (guint i = 0; i < errand->groups->len; i++) {
        KnownGroup *group = &g_array_index(errand->groups, KnownGroup, i);

        if (memcmp(group->id, id, ACCOUNT_BYTES) == 0)
            return group;
    }
    return NULL;
}

/* Of its own mailbox and of those of its groups there is no more to come. */
static bool
is_settled(const Errand *errand)
{
    bool quiet = errand->polled && errand->fetching == 0;

    for (guint i = 0; i < errand->groups->len; i++)
        quiet = quiet && g_array_index(errand->groups, KnownGroup, i).quiet;
    return quiet;
}

static bool
is_read(const Errand *errand)
{
    switch (errand->spec.kind) {
    case ERRAND_RECEIVE:
        return errand->polled && errand->fetching == 0;
    case ERRAND_ROOM_READ:
        return errand->read && errand->fetching == 0;
    case ERRAND_GROUP_RECEIVE:
        return is_settled(errand);
    case ERRAND_SEND:
    case ERRAND_ROOM_POST:
    case ERRAND_GROUP_CREATE:
    case ERRAND_GROUP_ADD:
    case ERRAND_GROUP_REMOVE:
    case ERRAND_GROUP_SEND:
        break;
    }
    return false;
}

static void
tell(Errand *errand, SessionOrderKind kind)
{
    SessionOrder order = { .kind = kind,
                           .message = 1,
                           .members = errand->spec.members,
                           .n_members = errand->spec.n_members };
    Packet packet;

    memcpy(order.to, errand->spec.to, ACCOUNT_BYTES);
    packet = session_order_packet(&order);
    live_client_tell(errand->client, &packet);
}

static void
say(Errand *errand)
{
    Packet packet = session_say_packet(errand->spec.saying);

    live_client_tell(errand->client, &packet);
}

/* Orders that need no knowledge go out at once, others when the mailboxes were read. */
static void
order(Errand *errand)
{
    errand->ordered = true;
    switch (errand->spec.kind) {
    case ERRAND_GROUP_CREATE:
        tell(errand, SESSION_GROUP_CREATE);
        break;
    case ERRAND_GROUP_ADD:
        tell(errand, SESSION_GROUP_ADD);
        break;
    case ERRAND_GROUP_REMOVE:
        tell(errand, SESSION_GROUP_REMOVE);
        break;
    case ERRAND_SEND:
    case ERRAND_ROOM_POST:
    case ERRAND_GROUP_SEND:
        say(errand);
        break;
    case ERRAND_RECEIVE:
    case ERRAND_ROOM_READ:
    case ERRAND_GROUP_RECEIVE:
        break;
    }
}

static bool
is_done(const Errand *errand)
{
    if (errand->failure != NULL)
        return true;
    if (reads(errand))
        return !errand->spec.follow && is_read(errand);
    return errand->ordered && g_hash_table_size(errand->unsent) == 0;
}

static bool
needs_groups(const Errand *errand)
{
    return is_of_group(errand) && errand->spec.kind != ERRAND_GROUP_CREATE &&
           !reads(errand);
}

/* --- what comes --------------------------------------------------------------------------
 */

static gboolean
look(gpointer context)
{
    Errand *errand = context;

    errand->look = 0;
    if (errand->over)
        return G_SOURCE_REMOVE;
    if (!errand->ordered && errand->failure == NULL && is_settled(errand)) {
        if (find_group(errand, errand->spec.to) == NULL)
            errand->failure = "this account is in no such group";
        else
            order(errand);
    }
    if (!is_done(errand))
        return G_SOURCE_REMOVE;
    errand->over = true;
    errand->spec.done(errand->spec.context, errand->failure);
    return G_SOURCE_REMOVE;
}

/* The client says this within its own work: it is looked at afterwards. */
static void
look_soon(Errand *errand)
{
    if (errand->look == 0 && !errand->over)
        errand->look = g_idle_add(look, errand);
}

static void
set_attempts(Errand *errand, uint64_t message, guint n)
{
    gint64 key = (gint64)message;

    g_hash_table_insert(errand->unsent, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(n));
}

static void
forget_message(Errand *errand, uint64_t message)
{
    gint64 key = (gint64)message;

    g_hash_table_remove(errand->unsent, &key);
}

static const char *
failure_text(SendFailure failure)
{
    static const char *const texts[SEND_FAILURES] = {
        [SEND_NO_POOL] = "not sent: the seed node told of no nodes, or too few",
        [SEND_NO_PATH] = "not sent: no path of three nodes stands",
        [SEND_NO_SWARM] = "not sent: the recipient's swarm could not be learnt",
        [SEND_TIMEOUT] = "not sent: no answer",
        [SEND_PATH_ERROR] = ("not sent: a node on the way, or the server, answered with an "
                             "error, or not at all"),
        [SEND_WRONG_SWARM] = "not sent: the node asked is in another swarm",
        [SEND_CLOCK] = "not sent: this machine's clock is wrong",
        [SEND_REFUSED] = "not sent: refused, or the recipient's key is none",
        [SEND_UNREADABLE] = "not sent: the answer cannot be read",
        [SEND_OUTBOX_FULL] = "not sent: too many messages wait",
        [SEND_FILE_TOO_LARGE] =
            "not sent: the file server takes no file of this size (413)",
        [SEND_FILE_REFUSED] = "not sent: the file server refused the file",
        [SEND_NO_GROUP] = "not sent: this account is not in this group",
    };

    return failure < SEND_FAILURES ? texts[failure] : "not sent";
}

/* The client would wait with it for the next time online, which is not this errand's. */
static void
attempt_failed(Errand *errand, const Note *note)
{
    gint64 key = (gint64)note->a;
    guint n = 1 + GPOINTER_TO_UINT(g_hash_table_lookup(errand->unsent, &key));

    if (!g_hash_table_contains(errand->unsent, &key))
        return;
    set_attempts(errand, note->a, n);
    if (n >= errand->config.send_tries)
        errand->failure = failure_text((SendFailure)note->b);
}

static void
group_changed(Errand *errand, const Note *note)
{
    KnownGroup *group = find_group(errand, note->text.p);
    KnownGroup joined = { .quiet = false };

    if (note->b == GROUP_JOINED && group == NULL) {
        memcpy(joined.id, note->text.p, ACCOUNT_BYTES);
        g_array_append_val(errand->groups, joined);
    } else if (note->b == GROUP_LEFT && group != NULL) {
        g_array_remove_index(errand->groups,
                             (guint)(group - (KnownGroup *)(void *)errand->groups->data));
    } else if (note->b == GROUP_REFUSED) {
        errand->failure = errand->spec.kind == ERRAND_GROUP_CREATE
                              ? "there are at most 100 members, each an account"
                              : "only the group's admin changes who is in it, who stays "
                                "himself, up to 100 members";
    }
    if (is_of_group(errand))
        errand->spec.show(errand->spec.context, note);
}

static void
mailbox_read(Errand *errand, const Note *note)
{
    KnownGroup *group = find_group(errand, note->text.p);
    bool room =
        is_of_room(errand) && memcmp(note->text.p, errand->spec.to, ACCOUNT_BYTES) == 0;

    if (room && note->b == 200) {
        errand->read = true;
        errand->spec.show(errand->spec.context, note);
    } else if (room && (note->b == 404 || note->b == 403 || note->b == 401)) {
        errand->failure = "the server has no such room for this account";
    }
    if (group == NULL || note->b != 200)
        return;
    group->quiet = group->changes == errand->changes + 1;
    group->changes = errand->changes + 1;
}

/* What came, when it is from where this errand looks. */
static void
show_said(const Errand *errand, const Note *note)
{
    static const uint8_t own[ACCOUNT_BYTES];
    const uint8_t *mailbox = note->text.p + ACCOUNT_BYTES;
    bool wanted = false;

    if (errand->spec.kind == ERRAND_RECEIVE)
        wanted = memcmp(mailbox, own, ACCOUNT_BYTES) == 0;
    else if (errand->spec.kind == ERRAND_ROOM_READ)
        wanted = memcmp(mailbox, errand->spec.to, ACCOUNT_BYTES) == 0;
    else if (errand->spec.kind == ERRAND_GROUP_RECEIVE)
        wanted = memcmp(mailbox, own, ACCOUNT_BYTES) != 0;
    if (wanted)
        errand->spec.show(errand->spec.context, note);
}

static void
take_note(void *context, const Note *note)
{
    Errand *errand = context;

    switch ((int)note->kind) {
    case NOTE_WRITTEN:
        set_attempts(errand, note->a, 0);
        break;
    case NOTE_ACCEPTED:
        forget_message(errand, note->a);
        break;
    case NOTE_ATTEMPT_FAILED:
        attempt_failed(errand, note);
        break;
    case NOTE_GIVEN_UP:
        errand->failure = is_of_room(errand) && note->b == SEND_REFUSED
                              ? "not sent: the server refused it: is there no such room?"
                              : failure_text((SendFailure)note->b);
        break;
    case NOTE_POINTER:
        errand->fetching++;
        errand->changes++;
        break;
    case NOTE_FILE:
        errand->fetching--;
        errand->changes++;
        show_said(errand, note);
        break;
    case NOTE_FILE_LOST:
        errand->fetching--;
        break;
    case NOTE_TEXT:
        errand->changes++;
        show_said(errand, note);
        break;
    case NOTE_OPENED:
        errand->changes++;
        break;
    case NOTE_GROUP:
        errand->changes++;
        group_changed(errand, note);
        break;
    case NOTE_POLL:
        errand->polled |= note->b == 200;
        break;
    case NOTE_MAILBOX:
        mailbox_read(errand, note);
        break;
    default:
        return;
    }
    look_soon(errand);
}

/* --- the errand --------------------------------------------------------------------------
 */

/* A program that is run once need not wait for others to start apart from it. */
static SessionConfig
impatient(const SessionConfig *config, ErrandKind kind)
{
    SessionConfig ret = *config;

    ret.poll_start_delay = 0;
    ret.poll_configs = false;
    ret.sync_copies = false;
    /* Who changes a group tells the devices to come of it; who reads writes nothing. */
    ret.other_devices = kind == ERRAND_GROUP_CREATE || kind == ERRAND_GROUP_ADD ||
                        kind == ERRAND_GROUP_REMOVE;
    ret.own_posts = true;
    ret.defect_more_ignored = false;
    ret.open_group_poll = 2 * SECOND;
    for (size_t i = 0; i < G_N_ELEMENTS(ret.group_poll); i++)
        ret.group_poll[i] = SECOND / 2;
    return ret;
}

Errand *
errand_new(const ErrandSpec *spec, const LiveClientSpec *client)
{
    Errand *errand = g_new0(Errand, 1);
    LiveClientSpec live = *client;

    errand->spec = *spec;
    errand->config = impatient(client->config, spec->kind);
    errand->groups = g_array_new(FALSE, FALSE, sizeof(KnownGroup));
    errand->unsent = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    live.config = &errand->config;
    live.note = take_note;
    live.context = errand;
    errand->client = live_client_new(&live);
    if (is_of_room(errand))
        tell(errand, SESSION_ROOM_JOIN);
    if (!needs_groups(errand))
        order(errand);
    return errand;
}

void
errand_free(Errand *errand)
{
    if (errand == NULL)
        return;
    errand->over = true;
    live_client_free(errand->client);
    if (errand->look != 0)
        g_source_remove(errand->look);
    g_array_unref(errand->groups);
    g_hash_table_unref(errand->unsent);
    g_free(errand);
}
