/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was seen, who it was, and the messages' ways, as CSV for other programs. */
#include "scenarios/world_export.h"

#include <stdio.h>

#include "scenarios/world_adversary.h"
#include "sim/adversary/flows.h"
#include "sim/adversary/observation_names.h"

static FILE *
create(const char *folder, const char *what, const char *stem, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s-%s.csv", what, stem);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    FILE *file = fopen(path, "we");

    if (file == NULL)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write %s: %s", path,
                    g_strerror(errno));
    return file;
}

static bool
finish(FILE *file, const char *folder, GError **error)
{
    bool fine = fflush(file) == 0 && !ferror(file);

    if (!fine)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "cannot write tables to %s: %s", folder, g_strerror(errno));
    fclose(file);
    return fine;
}

static void
put_ip(FILE *file, uint32_t ip)
{
    char text[IP_TEXT_BYTES] = "";

    if (ip != 0)
        ip_text(ip, text);
    fprintf(file, "%s,", text);
}

static void
put_observation(FILE *file, const ObservationLog *log, size_t row, const Observation *o)
{
    uint32_t n;
    const Observer *observer = &observation_log_observers(log, &n)[o->observer];

    fprintf(file, "%zu,%.6f,", row, (double)o->at / SECOND);
    if (o->answered_us != OBSERVED_UNANSWERED)
        fprintf(file, "%.6f", (double)o->answered_us / 1e6);
    fprintf(file, ",%u,%s,", o->observer, observer_role_name(observer->role));
    put_ip(file, observer->ip);
    put_ip(file, o->neighbour);
    put_ip(file, o->next);
    fprintf(file, "%u,%u,%u,", o->bytes, o->bytes_passed, o->bytes_answered);
    if (o->account != 0) {
        char hex[2 * ACCOUNT_BYTES + 1] = "";

        hex_encode((Bytes){ observation_log_account_key(log, o->account), ACCOUNT_BYTES },
                   hex);
        fputs(hex, file);
    }
    fputc(',', file);
    if (o->content != 0)
        fprintf(file, "%016" G_GINT64_MODIFIER "x", o->content);
    fprintf(file, ",%u,%d,%s,%s,%s,%d,%d\n", o->content_bytes, o->status,
            observed_kind_name(o->kind), observed_layer_name(o->layer),
            observed_method_name(o->method), o->outgoing, o->batched);
}

static bool
export_observations(const WorldAdversary *a, const char *folder, const char *stem,
                    GError **error)
{
    FILE *file = create(folder, "observations", stem, error);

    if (file == NULL)
        return false;
    for (int i = 0; i < OBSERVATION_COLUMNS; i++)
        fprintf(file, "%s%s", i == 0 ? "" : ",", observation_columns[i]);
    fputc('\n', file);
    for (size_t i = 0; i < observation_log_count(a->log); i++)
        put_observation(file, a->log, i, &observation_log_all(a->log)[i]);
    return finish(file, folder, error);
}

static void
put_person(FILE *file, uint32_t person)
{
    fputc(',', file);
    if (person != TRUTH_NOBODY)
        fprintf(file, "%u", person);
}

static bool
export_truth(const WorldAdversary *a, const char *folder, const char *stem, GError **error)
{
    FILE *file = create(folder, "truth", stem, error);
    const Observation *records = observation_log_all(a->log);

    if (file == NULL)
        return false;
    fputs("row,person,request,account_of,message,author,recipient\n", file);
    for (size_t i = 0; i < observation_log_count(a->log); i++) {
        const Truth *truth = &truth_log_all(a->truth)[i];
        const TruthContent *content = truth_log_content(a->truth, records[i].content);

        fprintf(file, "%zu", i);
        put_person(file, truth->person);
        fprintf(file, ",%" G_GUINT64_FORMAT, truth->request);
        put_person(file, truth_log_account(a->truth, records[i].account));
        if (content == NULL) {
            fputs(",,,\n", file);
            continue;
        }
        fprintf(file, ",%" G_GUINT64_FORMAT, content->message);
        put_person(file, content->author);
        put_person(file, content->recipient);
        fputc('\n', file);
    }
    return finish(file, folder, error);
}

/* Messages whose store came to its destination: from the guard's door to there. */
static bool
export_flows(const WorldAdversary *a, const char *folder, const char *stem, GError **error)
{
    FILE *file = create(folder, "flows", stem, error);
    size_t n, m = 0;
    Flow *flows;

    if (file == NULL)
        return false;
    fputs("m_id,source_id,source_timestamp,destination_id,destination_timestamp\n", file);
    flows = flows_of(a->log, a->truth, &n);
    for (size_t i = 0; i < n; i++) {
        const TruthContent *content = truth_log_content(a->truth, flows[i].content);

        if (content == NULL || content->message == 0 ||
            flows[i].destination == FLOW_NO_OBSERVER)
            continue;
        fprintf(file, "%zu,%u,%" G_GINT64_FORMAT ",%u,%" G_GINT64_FORMAT "\n", m++,
                content->author, flows[i].sent / MILLISECOND, content->recipient,
                flows[i].arrived / MILLISECOND);
    }
    free(flows);
    return finish(file, folder, error);
}

bool
world_export(const World *w, const char *folder, const char *stem, GError **error)
{
    const WorldAdversary *a = w->adversary;

    return a == NULL ||
           (export_observations(a, folder, stem, error) &&
            export_truth(a, folder, stem, error) && export_flows(a, folder, stem, error));
}

bool
world_export_messages(const World *w, const char *folder, const char *stem, GError **error)
{
    FILE *file = create(folder, "messages", stem, error);
    Bytes text = world_deeds_text(w);

    if (file == NULL)
        return false;
    fwrite(text.p, 1, text.n, file);
    return finish(file, folder, error);
}
