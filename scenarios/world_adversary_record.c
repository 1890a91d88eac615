/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the [adversary NAME] sections of a run come to, written down. */
#include "scenarios/world_adversary.h"
#include "sim/adversary/joined.h"
#include "sim/adversary/knowledge.h"

#include <math.h>

static void
record_knowledge(const WorldAdversary *a, Recorder *r)
{
    Knowledge knowledge[PARTS];

    knowledge_of(a->log, knowledge);
    for (int p = 0; p < PARTS; p++) {
        const Knowledge *k = &knowledge[p];
        g_autofree char *group = g_strdup_printf("knows:%s", part_name((Part)p));

        if (k->requests == 0)
            continue;
        recorder_count(r, group, "parties", k->parties);
        recorder_count(r, group, "requests", k->requests);
        recorder_count(r, group, "addresses", k->addresses);
        recorder_count(r, group, "accounts", k->accounts);
        recorder_count(r, group, "messages", k->messages);
        recorder_count(r, group, "address-account pairs", k->address_accounts);
        recorder_count(r, group, "address-message pairs", k->address_messages);
        recorder_count(r, group, "account-message pairs", k->account_messages);
    }
}

static void
record_claims(const WorldAdversary *a, Recorder *r)
{
    ClaimResult results[CLAIMS];

    claims_of(a->log, a->truth, results);
    for (int c = 0; c < CLAIMS; c++) {
        g_autoptr(GString) example = g_string_new(NULL);

        for (uint32_t i = 0; i < results[c].n_example; i++) {
            char text[200];

            observation_text(a->log, results[c].example[i], text, sizeof text);
            g_string_append_printf(example, "%s%s", i == 0 ? "" : "\n", text);
        }
        recorder_claim(r, claim_text((Claim)c), results[c].tested, results[c].breaches,
                       example->str);
    }
}

/* Where the web server is watched and who gives out node lists, as both are one owner's. */
static void
record_joined(const WorldAdversary *a, Recorder *r)
{
    JoinedLogs joined;

    if (a->servers[SERVER_WEB] == NULL || a->servers[SERVER_LISTS] == NULL)
        return;
    joined = joined_logs_of(a->log);
    recorder_metric(r, "web_addresses", (double)joined.web, "count");
    recorder_metric(r, "web_joined", (double)joined.both, "count");
    if (isfinite(joined.gap_s))
        recorder_metric(r, "web_to_list", joined.gap_s, "s");
}

void
world_adversary_record(const World *w, Recorder *r)
{
    const WorldAdversary *a = w->adversary;

    if (a == NULL)
        return;
    recorder_metric(r, "observations", (double)observation_log_count(a->log), "count");
    recorder_metric(r, "observations_left_out", (double)observation_log_left_out(a->log),
                    "count");
    record_knowledge(a, r);
    record_claims(a, r);
    record_joined(a, r);
}
