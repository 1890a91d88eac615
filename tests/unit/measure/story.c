/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/measure/story.h"

#include <string.h>

void
story_begin(Story *f, gconstpointer data)
{
    LedgerConfig config = { .people = PEOPLE,
                            .message_ttl = TTL_S * SECOND,
                            .late_after = 100 * SECOND,
                            .age_bin = 500 * SECOND,
                            .sent_bin = 500 * SECOND,
                            .keep_events = true };

    (void)data;
    f->ledger = ledger_new(&config);
    for (int i = 0; i < NODES; i++)
        f->standing[i] = (NodeStanding){ .swarm_id = HOME, .up = true, .settled = true };
    f->swarm[WRITER] = f->swarm[READER] = HOME;
}

void
story_end(Story *f, gconstpointer data)
{
    (void)data;
    ledger_free(f->ledger);
}

Bytes
story_hash(int copy)
{
    static char hashes[100][MESSAGE_HASH_BYTES + 1];

    g_snprintf(hashes[copy], sizeof hashes[copy], "%043d", copy);
    /* The ledger tells hashes apart by their first characters, as they are random. */
    memcpy(hashes[copy], hashes[copy] + MESSAGE_HASH_BYTES - 2, 2);
    return bytes_of_text(hashes[copy]);
}

void
story_write(Story *f, int64_t at_s)
{
    const uint32_t reader = READER;

    f->id = f->id == 0 ? (uint64_t)WRITER << 32 | 1 : f->id + 1;
    ledger_written(f->ledger, at_s * SECOND,
                   &(LedgerWritten){ .id = f->id,
                                     .kind = SESSION_TEXT,
                                     .from = WRITER,
                                     .mailbox = READER,
                                     .to = &reader,
                                     .n_to = 1 });
}

void
story_note(Story *f, int64_t at_s, uint32_t person, NoteKind kind, uint64_t a, uint64_t b,
           Bytes text)
{
    ledger_client_note(f->ledger, at_s * SECOND, person, &(Note){ kind, a, b, text });
}

void
story_seal(Story *f, int64_t at_s, int copy)
{
    story_note(f, at_s, WRITER, NOTE_SEALED, f->id, 1, story_hash(copy));
    story_note(f, at_s, WRITER, NOTE_ATTEMPT, f->id, 1, (Bytes){ NULL, 0 });
}

void
story_fail(Story *f, int64_t at_s, SendFailure why)
{
    story_note(f, at_s, WRITER, NOTE_ATTEMPT_FAILED, f->id, why, (Bytes){ NULL, 0 });
}

void
story_accept(Story *f, int64_t at_s)
{
    story_note(f, at_s, WRITER, NOTE_ACCEPTED, f->id, 1, (Bytes){ NULL, 0 });
}

void
story_put(Story *f, int64_t at_s, uint32_t node, int copy)
{
    ledger_put(f->ledger, at_s * SECOND, node, story_hash(copy), 0, PUT_NEW);
}

void
story_poll(Story *f, int64_t at_s, int times, int status)
{
    for (int i = 0; i < times; i++)
        story_note(f, at_s, READER, NOTE_POLL, 0, (uint64_t)status, (Bytes){ NULL, 0 });
}

void
story_open(Story *f, int64_t at_s, int copy)
{
    story_poll(f, at_s, 1, 200);
    story_note(f, at_s, READER, NOTE_OPENED, 0, 0, story_hash(copy));
}

void
story_send(Story *f, int64_t at_s, int copy)
{
    story_write(f, at_s);
    story_seal(f, at_s, copy);
    story_put(f, at_s, 0, copy);
    story_put(f, at_s, 1, copy);
    story_accept(f, at_s);
}

uint32_t
story_events(const Ledger *ledger, size_t index, LifeEvent *ret)
{
    LifeReader life = ledger_life(ledger, index);
    uint32_t n = 0;

    while (life_next(&life, ret))
        n++;
    return n;
}

void
story_close(Story *f, int64_t at_s)
{
    ledger_close(f->ledger, at_s * SECOND, f->standing, f->swarm);
}

void
story_assert(Story *f, int64_t at_s, Fate fate, Cause cause)
{
    LedgerMessage m;
    const LedgerTotals *t = ledger_totals(f->ledger);
    uint64_t fates = 0, causes = 0;

    story_close(f, at_s);
    m = ledger_message(f->ledger, 0);
    g_assert_cmpstr(fate_name(m.fate), ==, fate_name(fate));
    g_assert_cmpstr(cause_name(m.cause), ==, cause_name(cause));
    for (int i = 0; i < FATES; i++) {
        fates += t->fates[i];
        for (int c = 0; c < CAUSES; c++)
            causes += t->causes[i][c];
    }
    g_assert_cmpuint(t->written, ==, 1);
    g_assert_cmpuint(fates, ==, 1);
    g_assert_cmpuint(t->fates[fate], ==, 1);
    g_assert_cmpuint(causes, ==, fate == FATE_DELIVERED ? 0 : 1);
    g_assert_cmpuint(t->causes[fate][cause], ==, fate == FATE_DELIVERED ? 0 : 1);
}
