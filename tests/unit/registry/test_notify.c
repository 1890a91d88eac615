/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/registry/notify.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/registry/people.h"

enum { PEOPLE = 1000 };

/* Ring as the actor's alarm would, until everything is sent; returns how many rings. */
static int
ring_to_the_end(Notification *notification, RecordingPort *recording)
{
    int rings = 0;

    while (notification_next(notification) != TIME_NEVER) {
        g_assert_cmpint(notification_next(notification), >, recording->now);
        recording->now = notification_next(notification);
        notification_send_due(notification, &recording->port, recording->now);
        rings++;
    }
    return rings;
}

static void
test_everybody_once_in_time(void)
{
    ChainState *state = people_state(&chain_config_2024, PEOPLE, false);
    RecordingPort *recording = recording_port_new(1, GENESIS_MS);
    g_autoptr(GHashTable) told =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, NULL);
    Notification notification = { 0 };
    double mean = 0;

    recording->now = 100 * SECOND;
    notification_begin(&notification, &recording->port, state->snapshot, NULL, 0,
                       recording->now, 5 * SECOND);
    g_assert_cmpint(ring_to_the_end(&notification, recording), <=, NOTIFY_STEPS);
    g_assert_cmpuint(recording->sent->len, ==, PEOPLE);
    for (guint i = 0; i < PEOPLE; i++) {
        const SentMessage *sent = recording_sent(recording, i);
        Time delay = sent->at - 100 * SECOND;

        g_assert_cmpint(sent->kind, ==, KIND_BLOCK);
        g_assert_cmpint(sent->timeout, ==, 0);
        g_assert_true(snapshot_of_packet(&sent->packet) == state->snapshot);
        g_assert_cmpint(delay, >=, 0);
        g_assert_cmpint(delay, <, 5 * SECOND);
        mean += (double)delay / PEOPLE / SECOND;
        g_hash_table_add(told, (gpointer)&sent->to);
    }
    g_assert_cmpuint(g_hash_table_size(told), ==, PEOPLE);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        Address address = address_of(0x0a000001 + i, 22020);

        g_assert_true(g_hash_table_contains(told, &address));
    }
    g_assert_cmpfloat(ABS(mean - 2.5), <, 4 * 1.4434 / 31.6); /* uniform over 5 s */
    notification_clear(&notification);
    recording_port_free(recording);
    chain_state_free(state);
}

static void
test_without_delay(void)
{
    ChainState *state = people_state(&chain_config_2024, 10, false);
    RecordingPort *recording = recording_port_new(1, GENESIS_MS);
    Notification notification = { 0 };

    notification_begin(&notification, &recording->port, state->snapshot, NULL, 0, 0, 0);
    g_assert_cmpuint(recording->sent->len, ==, 10);
    g_assert_cmpint(notification_next(&notification), ==, TIME_NEVER);
    notification_clear(&notification);
    recording_port_free(recording);
    chain_state_free(state);
}

/* Who was still waiting learns of the old block before anybody learns of the new one. */
static void
test_next_block_comes_early(void)
{
    ChainState *state = people_state(&chain_config_2024, 100, false);
    Snapshot *first = snapshot_ref(state->snapshot);
    RecordingPort *recording = recording_port_new(1, GENESIS_MS);
    Notification notification = { 0 };
    guint n_early;

    notification_begin(&notification, &recording->port, first, NULL, 0, 0, 5 * SECOND);
    apply_empty(state);
    recording->now = SECOND;
    notification_send_due(&notification, &recording->port, SECOND);
    n_early = recording->sent->len;
    notification_begin(&notification, &recording->port, state->snapshot, NULL, 0, SECOND,
                       5 * SECOND);
    ring_to_the_end(&notification, recording);
    g_assert_cmpuint(recording->sent->len, ==, 200);
    for (guint i = 0; i < 200; i++) {
        const Packet *packet = &recording_sent(recording, i)->packet;

        g_assert_true(snapshot_of_packet(packet) == (i < 100 ? first : state->snapshot));
    }
    g_assert_cmpuint(n_early, >, 0);
    g_assert_cmpuint(n_early, <, 50);
    notification_clear(&notification);
    recording_port_free(recording);
    snapshot_unref(first);
    chain_state_free(state);
}

/* Those who left are told; those without an address cannot be. */
static void
test_who_is_told(void)
{
    NodeRecord records[] = { person_record(0), person_record(1), person_record(2) };
    NodeRecord leaving = person_record(3);
    RecordingPort *recording = recording_port_new(1, GENESIS_MS);
    Notification notification = { 0 };
    guint64 ips = 0;
    ChainState *state;

    records[1].ip = 0;
    state = chain_state_new(&chain_config_2024, records, 3, false, GENESIS_MS, 1);
    notification_begin(&notification, &recording->port, state->snapshot, &leaving, 1, 0,
                       5 * SECOND);
    ring_to_the_end(&notification, recording);
    g_assert_cmpuint(recording->sent->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        ips |= 1U << (address_ip(recording_sent(recording, i)->to) - 0x0a000001);
    g_assert_cmphex(ips, ==, 1 << 0 | 1 << 2 | 1 << 3);
    notification_clear(&notification);
    recording_port_free(recording);
    chain_state_free(state);
}

static void
test_nobody(void)
{
    ChainState *state = people_state(&chain_config_2024, 0, false);
    RecordingPort *recording = recording_port_new(1, GENESIS_MS);
    Notification notification = { 0 };

    g_assert_cmpint(notification_next(&notification), ==, TIME_NEVER);
    notification_begin(&notification, &recording->port, state->snapshot, NULL, 0, 0,
                       5 * SECOND);
    g_assert_cmpint(notification_next(&notification), ==, TIME_NEVER);
    g_assert_cmpuint(recording->sent->len, ==, 0);
    notification_clear(&notification);
    recording_port_free(recording);
    chain_state_free(state);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/notify/everybody-once-in-time", test_everybody_once_in_time);
    g_test_add_func("/registry/notify/without-delay", test_without_delay);
    g_test_add_func("/registry/notify/next-block-comes-early", test_next_block_comes_early);
    g_test_add_func("/registry/notify/who-is-told", test_who_is_told);
    g_test_add_func("/registry/notify/nobody", test_nobody);
    return g_test_run();
}
