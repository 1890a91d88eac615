/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger's books by kind: messages to several, what clients write by themselves,
 * devices of one account, contents that differ. */
#include "tests/unit/measure/story.h"

enum { ANN, BEN, CAM, DAN, BENS_TABLET, CLIENTS, GROUP = 4, ROOM = 5, MAILBOXES };

typedef struct Club {
    Ledger *ledger;
    NodeStanding standing[2];
    uint64_t swarm[MAILBOXES];
} Club;

static const uint32_t account_of[CLIENTS] = { ANN, BEN, CAM, DAN, BEN };

static void
club_open(Club *club, gconstpointer data)
{
    LedgerConfig config = { .people = CLIENTS,
                            .accounts = GROUP,
                            .account_of = account_of,
                            .mailboxes = 2,
                            .message_ttl = TTL_S * SECOND,
                            .typing_ttl = 20 * SECOND,
                            .late_after = 100 * SECOND,
                            .age_bin = 500 * SECOND,
                            .sent_bin = 500 * SECOND,
                            .keep_events = true };

    (void)data;
    club->ledger = ledger_new(&config);
    for (int i = 0; i < 2; i++)
        club->standing[i] = (NodeStanding){ .swarm_id = HOME, .up = true, .settled = true };
    for (int i = 0; i < MAILBOXES; i++)
        club->swarm[i] = i == ROOM ? SWARM_NONE : HOME;
}

static void
club_close(Club *club, gconstpointer data)
{
    (void)data;
    ledger_free(club->ledger);
}

static void
note(Club *club, int64_t at_s, uint32_t who, NoteKind kind, uint64_t a, uint64_t b,
     Bytes text)
{
    ledger_client_note(club->ledger, at_s * SECOND, who, &(Note){ kind, a, b, text });
}

static const KindTotals *
close_at(Club *club, int64_t at_s, SessionKind kind)
{
    ledger_close(club->ledger, at_s * SECOND, club->standing, club->swarm);
    return &ledger_totals(club->ledger)->kinds[kind];
}

/* ANN writes to the group; it is sealed as copy 1 and acknowledged, with one disk that has
 * it in @name_space. */
static void
write_to_group(Club *club, int16_t name_space)
{
    const uint32_t to[] = { BEN, CAM, DAN };
    const LedgerWritten written = { .id = (uint64_t)ANN << 32 | 1,
                                    .kind = SESSION_GROUP_TEXT,
                                    .from = ANN,
                                    .mailbox = GROUP,
                                    .to = to,
                                    .n_to = 3 };

    ledger_written(club->ledger, SECOND, &written);
    note(club, 1, ANN, NOTE_SEALED, written.id, 1, story_hash(1));
    note(club, 1, ANN, NOTE_ATTEMPT, written.id, 1, (Bytes){ NULL, 0 });
    ledger_put(club->ledger, 2 * SECOND, 0, story_hash(1), name_space, PUT_NEW);
    note(club, 3, ANN, NOTE_ACCEPTED, written.id, 1, (Bytes){ NULL, 0 });
}

static void
test_each_recipient_has_a_fate(Club *club, gconstpointer data)
{
    const LedgerTotals *t = ledger_totals(club->ledger);
    const KindTotals *kind;
    LifeEvent last;

    (void)data;
    write_to_group(club, -10);
    for (int i = 0; i < 3; i++)
        ledger_polled(club->ledger, 10 * SECOND, BEN, GROUP);
    note(club, 10, BEN, NOTE_OPENED, 0, 0, story_hash(1));
    note(club, 10, ANN, NOTE_OPENED, 0, 0, story_hash(1)); /* its own */
    for (int i = 0; i < 200; i++) {
        ledger_polled(club->ledger, 20 * SECOND, CAM, GROUP);
        note(club, 20, DAN, NOTE_POLL, 0, 200, (Bytes){ NULL, 0 }); /* not the group */
    }
    kind = close_at(club, 500, SESSION_GROUP_TEXT);
    g_assert_cmpuint(kind->written, ==, 3);
    g_assert_cmpuint(kind->accepted, ==, 3);
    g_assert_cmpuint(kind->fates[FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(kind->causes[FATE_LOST][CAUSE_BEHIND_CURSOR], ==, 1);
    g_assert_cmpuint(kind->causes[FATE_PENDING][CAUSE_RECIPIENT_AWAY], ==, 1);
    g_assert_cmpuint(t->sent, ==, 1);
    g_assert_cmpuint(t->written, ==, 3);
    g_assert_cmpuint(t->attempts, ==, 1);
    g_assert_cmpuint(t->strangers, ==, 0);
    g_assert_cmpuint(ledger_count(club->ledger), ==, 3);
    g_assert_cmpuint(ledger_message(club->ledger, 0).recipients, ==, 3);
    g_assert_cmpuint(ledger_message(club->ledger, 1).recipients, ==, 0);
    /* And all of them one life. */
    g_assert_cmpuint(story_events(club->ledger, 0, &last), ==, 6);
    g_assert_cmpuint(story_events(club->ledger, 2, &last), ==, 6);
}

/* A group's messages belong in namespace -10, and so one in 0 is misfiled. */
static void
test_groups_have_their_namespace(Club *club, gconstpointer data)
{
    const KindTotals *kind;

    (void)data;
    write_to_group(club, 0);
    kind = close_at(club, 500, SESSION_GROUP_TEXT);
    g_assert_cmpuint(kind->causes[FATE_LOST][CAUSE_MISFILED], ==, 3);
}

/* Who fetched it and could not open it lost it for that; not who got the key later. */
static void
test_no_key_is_a_cause(Club *club, gconstpointer data)
{
    const KindTotals *kind;

    (void)data;
    write_to_group(club, -10);
    for (int i = 0; i < 200; i++)
        ledger_polled(club->ledger, 10 * SECOND, BEN, GROUP);
    note(club, 10, BEN, NOTE_UNREADABLE, 0, 0, story_hash(1));
    note(club, 10, CAM, NOTE_UNREADABLE, 0, 0, story_hash(1));
    note(club, 20, CAM, NOTE_OPENED, 0, 0, story_hash(1));
    kind = close_at(club, 500, SESSION_GROUP_TEXT);
    g_assert_cmpuint(kind->causes[FATE_LOST][CAUSE_NO_KEY], ==, 1);
    g_assert_cmpuint(kind->fates[FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(kind->causes[FATE_PENDING][CAUSE_RECIPIENT_AWAY], ==, 1);
}

/* He has the key, and takes the writer for no member: another cause. */
static void
test_writer_no_member_is_a_cause(Club *club, gconstpointer data)
{
    const KindTotals *kind;

    (void)data;
    write_to_group(club, -10);
    for (int i = 0; i < 200; i++)
        ledger_polled(club->ledger, 10 * SECOND, BEN, GROUP);
    note(club, 10, BEN, NOTE_UNREADABLE, 1, 0, story_hash(1));
    kind = close_at(club, 500, SESSION_GROUP_TEXT);
    g_assert_cmpuint(kind->causes[FATE_LOST][CAUSE_NO_MEMBER], ==, 1);
    g_assert_cmpuint(kind->causes[FATE_LOST][CAUSE_NO_KEY], ==, 0);
}

/* Who is in the group, and the writer does not know it yet, may open it and need not. */
static void
test_bystanders_are_no_strangers(Club *club, gconstpointer data)
{
    const uint32_t to = BEN, bystander = CAM;
    const LedgerWritten written = { .id = (uint64_t)ANN << 32 | 1,
                                    .kind = SESSION_GROUP_TEXT,
                                    .from = ANN,
                                    .mailbox = GROUP,
                                    .to = &to,
                                    .n_to = 1,
                                    .bystanders = &bystander,
                                    .n_bystanders = 1 };
    const KindTotals *kind;

    (void)data;
    ledger_written(club->ledger, SECOND, &written);
    note(club, 1, ANN, NOTE_SEALED, written.id, 1, story_hash(1));
    note(club, 3, ANN, NOTE_ACCEPTED, written.id, 1, (Bytes){ NULL, 0 });
    note(club, 5, CAM, NOTE_OPENED, 0, 0, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->strangers, ==, 0);
    note(club, 6, DAN, NOTE_OPENED, 0, 0, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->strangers, ==, 1);
    note(club, 7, BEN, NOTE_OPENED, 0, 0, story_hash(1));
    kind = close_at(club, 50, SESSION_GROUP_TEXT);
    g_assert_cmpuint(kind->written, ==, 1);
    g_assert_cmpuint(kind->fates[FATE_DELIVERED], ==, 1);
}

static void
test_strangers_are_counted(Club *club, gconstpointer data)
{
    const uint32_t to = BEN;
    const LedgerWritten written = { .id = (uint64_t)ANN << 32 | 1,
                                    .kind = SESSION_IMAGE,
                                    .from = ANN,
                                    .mailbox = BEN,
                                    .to = &to,
                                    .n_to = 1 };

    (void)data;
    ledger_written(club->ledger, SECOND, &written);
    note(club, 1, ANN, NOTE_SEALED, written.id, 1, story_hash(1));
    note(club, 5, CAM, NOTE_OPENED, 0, 0, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->strangers, ==, 1);
    /* A device of the recipient's is no stranger, and delivers. */
    note(club, 6, BENS_TABLET, NOTE_OPENED, 0, 0, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->strangers, ==, 1);
    note(club, 7, BEN, NOTE_OPENED, 0, 0, story_hash(1));
    g_assert_cmpuint(close_at(club, 50, SESSION_IMAGE)->fates[FATE_DELIVERED], ==, 1);
    g_assert_cmpint(ledger_message(club->ledger, 0).delivered, ==, 6 * SECOND);
}

static void
test_what_clients_write_counts_apart(Club *club, gconstpointer data)
{
    const LedgerTotals *t = ledger_totals(club->ledger);
    const uint32_t to = CAM;
    const KindTotals *kind;

    (void)data;
    for (uint64_t i = 1; i <= 2; i++) {
        const LedgerWritten written = { .id = SESSION_OWN_MESSAGE | i,
                                        .kind = SESSION_TYPING,
                                        .from = DAN,
                                        .mailbox = CAM,
                                        .to = &to,
                                        .n_to = 1 };
        const LedgerWritten other = { .id = SESSION_OWN_MESSAGE | i,
                                      .kind = SESSION_RECEIPT,
                                      .from = BEN,
                                      .mailbox = CAM,
                                      .to = &to,
                                      .n_to = 1 };

        ledger_written(club->ledger, SECOND, &written);
        ledger_written(club->ledger, SECOND, &other); /* each client has its own numbers */
        note(club, 1, DAN, NOTE_SEALED, written.id, 1, story_hash((int)i));
        note(club, 1, BEN, NOTE_SEALED, other.id, 1, story_hash(10 + (int)i));
        ledger_put(club->ledger, 2 * SECOND, 0, story_hash((int)i), 0, PUT_NEW);
        note(club, 3, DAN, NOTE_ACCEPTED, written.id, 1, (Bytes){ NULL, 0 });
    }
    note(club, 4, CAM, NOTE_OPENED, 0, 0, story_hash(2));
    kind = close_at(club, 100, SESSION_TYPING);
    g_assert_cmpuint(kind->written, ==, 2);
    g_assert_cmpuint(kind->fates[FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(kind->fates[FATE_EXPIRED_UNREAD], ==, 1); /* twenty seconds are over */
    g_assert_cmpuint(kind->latency_s.total, ==, 1);
    g_assert_cmpuint(t->kinds[SESSION_RECEIPT].fates[FATE_PENDING], ==, 2);
    g_assert_cmpuint(t->written + t->sent + t->accepted, ==, 0);
    g_assert_cmpuint(t->latency_s.total, ==, 0);
}

static void
test_contents_are_compared(Club *club, gconstpointer data)
{
    (void)data;
    write_to_group(club, -10);
    note(club, 1, ANN, NOTE_CONTENT, 0, 77, story_hash(1));
    note(club, 5, BEN, NOTE_CONTENT, 1, 77, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->content_differs, ==, 0);
    note(club, 5, CAM, NOTE_CONTENT, 1, 78, story_hash(1));
    g_assert_cmpuint(ledger_totals(club->ledger)->content_differs, ==, 1);
}

/* A post lies at its server: no disk of a node must have it. */
static void
test_posts_need_no_disk(Club *club, gconstpointer data)
{
    const uint32_t to[] = { BEN, CAM };
    const LedgerWritten written = { .id = (uint64_t)ANN << 32 | 1,
                                    .kind = SESSION_ROOM_TEXT,
                                    .from = ANN,
                                    .mailbox = ROOM,
                                    .to = to,
                                    .n_to = 2 };
    const KindTotals *kind;

    (void)data;
    ledger_written(club->ledger, SECOND, &written);
    note(club, 1, ANN, NOTE_SEALED, written.id, 1, story_hash(1));
    note(club, 3, ANN, NOTE_ACCEPTED, written.id, 1, (Bytes){ NULL, 0 });
    ledger_sample(club->ledger, 4 * SECOND, club->standing, club->swarm, NULL);
    note(club, 5, BEN, NOTE_OPENED, 0, 0, story_hash(1));
    kind = close_at(club, 50, SESSION_ROOM_TEXT);
    g_assert_cmpuint(kind->fates[FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(kind->causes[FATE_PENDING][CAUSE_RECIPIENT_AWAY], ==, 1);
    g_assert_cmpuint(ledger_totals(club->ledger)->unstored_acks, ==, 0);
    g_assert_cmpuint(ledger_totals(club->ledger)->near_losses, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                    \
    g_test_add("/measure/kinds/" name, Club, NULL, club_open, test, club_close)
    ADD("each-recipient", test_each_recipient_has_a_fate);
    ADD("namespace", test_groups_have_their_namespace);
    ADD("no-key", test_no_key_is_a_cause);
    ADD("no-member", test_writer_no_member_is_a_cause);
    ADD("bystanders", test_bystanders_are_no_strangers);
    ADD("strangers", test_strangers_are_counted);
    ADD("own", test_what_clients_write_counts_apart);
    ADD("contents", test_contents_are_compared);
    ADD("posts", test_posts_need_no_disk);
    return g_test_run();
}
