/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/faults.h"

#include <arpa/inet.h>

#include "nodes/live/clock.h"

void
live_faults_init(LiveFaults *faults)
{
    *faults = (LiveFaults){ .apart = g_hash_table_new(NULL, NULL) };
}

void
live_faults_clear(LiveFaults *faults)
{
    g_hash_table_unref(faults->apart);
    *faults = (LiveFaults){ 0 };
}

uint32_t
live_ip_parse(const char *text)
{
    struct in_addr in;

    return inet_pton(AF_INET, text, &in) == 1 ? ntohl(in.s_addr) : 0;
}

char *
live_ip_text(uint32_t ip)
{
    char text[IP_TEXT_BYTES];

    ip_text(ip, text);
    return g_strdup(text);
}

static bool
set_partition(LiveFaults *faults, char *const *words, const char **ret_why)
{
    g_autoptr(GHashTable) apart = g_hash_table_new(NULL, NULL);

    *ret_why = "expected IPv4 addresses";
    for (size_t i = 0; words[i] != NULL; i++) {
        uint32_t ip = live_ip_parse(words[i]);

        if (ip == 0 || i == FAULT_APART_MAX)
            return false;
        g_hash_table_add(apart, GUINT_TO_POINTER(ip));
    }
    g_hash_table_unref(faults->apart);
    faults->apart = g_steal_pointer(&apart);
    return true;
}

static bool
set_number(LiveFaults *faults, const char *what, const char *text, const char **ret_why)
{
    gint64 ms;
    char *end;
    double share;

    if (strcmp(what, "delay") == 0) {
        *ret_why = "expected milliseconds from 0 to 600000";
        if (!g_ascii_string_to_signed(text, 10, 0, FAULT_DELAY_MAX_MS, &ms, NULL))
            return false;
        faults->delay = ms * MILLISECOND;
        return true;
    }
    if (strcmp(what, "skew") == 0) {
        *ret_why = "expected milliseconds from -86400000 to 86400000";
        return g_ascii_string_to_signed(text, 10, -FAULT_SKEW_MAX_MS, FAULT_SKEW_MAX_MS,
                                        &faults->skew, NULL);
    }
    *ret_why = "expected a share from 0 to 1";
    share = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || !(share >= 0 && share <= 1))
        return false;
    faults->drop = share;
    return true;
}

bool
live_faults_command(LiveFaults *faults, const char *line, const char **ret_why)
{
    g_auto(GStrv) words = g_strsplit(line, " ", FAULT_APART_MAX + 2);
    guint n = g_strv_length(words);

    if (n > 0 && strcmp(words[0], "partition") == 0)
        return set_partition(faults, words + 1, ret_why);
    if (n == 2 && (strcmp(words[0], "delay") == 0 || strcmp(words[0], "drop") == 0 ||
                   strcmp(words[0], "skew") == 0))
        return set_number(faults, words[0], words[1], ret_why);
    *ret_why = "expected delay MS, drop SHARE, skew MS or partition [IP...]";
    return false;
}

bool
live_faults_drops(const LiveFaults *faults)
{
    uint32_t draw;

    if (faults->drop <= 0)
        return false;
    live_random(&draw, sizeof draw);
    return draw < faults->drop * 4294967296.0;
}

bool
live_faults_apart(const LiveFaults *faults, uint32_t ip)
{
    return g_hash_table_contains(faults->apart, GUINT_TO_POINTER(ip));
}
