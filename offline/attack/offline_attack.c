/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/attack/offline_attack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "offline/attack/offline_pairs.h"
#include "offline/table/guess_file.h"
#include "sim/adversary/corrupt.h"
#include "sim/attack/predecessor.h"

static const char *const form_names[ATTACK_FORMS] = { "cadence", "timing", "intersection",
                                                      "disclosure", "predecessor" };

const char *
attack_form_name(AttackForm form)
{
    return form_names[form];
}

bool
attack_form_named(const char *name, AttackForm *ret)
{
    for (int i = 0; i < ATTACK_FORMS; i++) {
        if (strcmp(name, form_names[i]) == 0) {
            *ret = (AttackForm)i;
            return true;
        }
    }
    return false;
}

/* What the corrupted ones have, and whose record is which row of the file. */
typedef struct View {
    const ObservationFile *file;
    const AttackOptions *options;
    const Observer *observers;
    Observations seen;
    FILE *out;
    AttackFound found;
} View;

static uint64_t
row_of(const View *v, size_t record)
{
    return v->file->rows[v->seen.places[record]];
}

/* --- who is corrupted ----------------------------------------------------------------- */

static void
draw(View *v)
{
    const CorruptLaw law = { v->options->corrupt, v->options->share };
    uint32_t n, candidates = 0, drawn;
    g_autofree uint32_t *nodes = NULL, *places = NULL;
    g_autofree bool *corrupted = NULL;

    v->observers = observation_log_observers(v->file->log, &n);
    nodes = g_new(uint32_t, n + 1);
    places = g_new(uint32_t, n + 1);
    corrupted = g_new0(bool, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (v->observers[i].role != OBSERVER_NODE)
            corrupted[i] = v->file->watched[i];
        else if (v->file->watched[i])
            nodes[candidates++] = i;
    }
    drawn = corrupt_draw(&law, v->options->seed, "adversary", v->options->draw, candidates,
                         places);
    for (uint32_t i = 0; i < drawn; i++)
        corrupted[nodes[places[i]]] = true;
    for (uint32_t i = 0; i < n; i++)
        v->found.corrupted += corrupted[i];
    observations_of(v->file->log, corrupted, &v->seen);
    v->found.observations = v->seen.n;
}

/* --- pairs of addresses and accounts -------------------------------------------------- */

/* One of many, for a row or column of the scores. */
typedef struct Ranked {
    double score;
    uint32_t other;
} Ranked;

static int
highest_first(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

enum { NOWHERE = UINT32_MAX };

/* Places of records that show an address, or an account. */
typedef struct Shown {
    size_t *client, *account; /* SIZE_MAX: none does */
} Shown;

static void
first_shown(const Edges *e, bool stores, Shown *ret)
{
    ret->client = g_new(size_t, e->n_clients + 1);
    ret->account = g_new(size_t, e->accounts + 1);
    for (uint32_t c = 0; c < e->n_clients; c++)
        ret->client[c] = SIZE_MAX;
    for (uint32_t a = 0; a <= e->accounts; a++)
        ret->account[a] = SIZE_MAX;
    for (size_t i = e->n_sendings; i-- > 0;)
        ret->client[e->sendings[i].client] = e->sendings[i].record;
    for (size_t i = e->n_arrivals; i-- > 0;)
        if (e->arrivals[i].store == stores)
            ret->account[e->arrivals[i].account] = e->arrivals[i].record;
}

static void
account_text(const View *v, uint32_t account, char text[2 * ACCOUNT_BYTES + 1])
{
    text[0] = '\0';
    if (account == 0)
        return;
    hex_encode((Bytes){ observation_log_account_key(v->file->log, account), ACCOUNT_BYTES },
               text);
    text[2 * ACCOUNT_BYTES] = '\0';
}

/* @client of NOWHERE, @account of 0: a line about the other alone. */
static void
put_pair(View *v, const Edges *e, const Shown *shown, uint32_t client, uint32_t account,
         double score)
{
    char text[2 * ACCOUNT_BYTES + 1];
    Guess guess = { .relation = offline_pairs_of_stores(v->options) ? RELATION_WRITES
                                                                    : RELATION_OWNS,
                    .target = text,
                    .score = score };

    account_text(v, account, text);
    if (client != NOWHERE) {
        guess.address = e->client_ip[client];
        guess.address_row = row_of(v, shown->client[client]);
    }
    if (account != 0)
        guess.target_row = row_of(v, shown->account[account]);
    guess_file_put(v->out, &guess);
    v->found.guesses += client != NOWHERE && account != 0;
}

/* The best of one line of the scores: of an account, or (disclosure) of an address. */
static void
put_best(View *v, const Edges *e, const Shown *shown, const double *scores, bool by_client,
         uint32_t which, Ranked *ranked)
{
    size_t columns = (size_t)e->accounts + 1;
    uint32_t n = 0, most;

    for (uint32_t i = by_client ? 1 : 0; i < (by_client ? columns : e->n_clients); i++) {
        double score =
            by_client ? scores[which * columns + i] : scores[i * columns + which];

        if (score > 0 && (!by_client || shown->account[i] != SIZE_MAX))
            ranked[n++] = (Ranked){ score, i };
    }
    qsort(ranked, n, sizeof *ranked, highest_first);
    most = v->options->top == 0 ? n : MIN(n, v->options->top);
    for (uint32_t i = 0; i < most; i++)
        put_pair(v, e, shown, by_client ? which : ranked[i].other,
                 by_client ? ranked[i].other : which, ranked[i].score);
}

static void
put_pairs(View *v, const Edges *e, const double *scores)
{
    g_autofree Ranked *ranked = g_new(Ranked, MAX(e->n_clients, e->accounts) + 1);
    bool by_client = v->options->form == ATTACK_DISCLOSURE;
    Shown shown;

    first_shown(e, offline_pairs_of_stores(v->options), &shown);
    for (uint32_t c = 0; c < e->n_clients; c++) {
        put_pair(v, e, &shown, c, 0, 0);
        if (by_client)
            put_best(v, e, &shown, scores, true, c, ranked);
    }
    for (uint32_t a = 1; a <= e->accounts; a++) {
        if (shown.account[a] == SIZE_MAX)
            continue;
        v->found.targets++;
        put_pair(v, e, &shown, NOWHERE, a, 0);
        if (!by_client)
            put_best(v, e, &shown, scores, false, a, ranked);
    }
    g_free(shown.client);
    g_free(shown.account);
}

static bool
attack_pairs(View *v, GError **error)
{
    g_autofree double *scores = NULL;
    size_t pairs;
    double bytes;
    Edges edges;

    edges_of(v->seen.records, v->seen.n, v->observers, &edges);
    v->found.addresses = edges.n_clients;
    pairs = edges.n_clients * ((size_t)edges.accounts + 1);
    bytes = offline_pairs_bytes(&edges, v->options);
    if (bytes > (double)v->options->memory_max) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "%u addresses, %u accounts and the intervals take %.3g GB, more than "
                    "--memory: corrupt fewer nodes, make --interval longer, or give more",
                    edges.n_clients, edges.accounts, bytes / 1e9);
        edges_clear(&edges);
        return false;
    }
    scores = g_new0(double, pairs + 1);
    offline_pairs(&edges, v->options, scores);
    put_pairs(v, &edges, scores);
    edges_clear(&edges);
    return true;
}

/* --- ends of paths -------------------------------------------------------------------- */

static int
compare_ips(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t
count_different(uint32_t *ips, size_t n)
{
    uint32_t different = 0;

    qsort(ips, n, sizeof *ips, compare_ips);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || ips[i] != ips[i - 1];
    return different;
}

static void
attack_ends(View *v)
{
    PathEnds *ends;
    size_t n = attack_path_ends(v->seen.records, v->seen.n, v->options->window, &ends);
    g_autofree uint32_t *ips = g_new(uint32_t, n + 1);

    for (size_t i = 0; i < n; i++) {
        uint32_t ip = ends[i].destination_ip;
        char text[IP_TEXT_BYTES];

        ip_text(ip, text);
        guess_file_put(v->out, &(Guess){ RELATION_SAME, ends[i].client_ip, text,
                                         row_of(v, ends[i].guard_record),
                                         row_of(v, ends[i].last_record), 1 });
        ips[i] = ip;
    }
    v->found.guesses = n;
    v->found.targets = count_different(ips, n);
    for (size_t i = 0; i < n; i++)
        ips[i] = ends[i].client_ip;
    v->found.addresses = count_different(ips, n);
    free(ends);
}

bool
offline_attack(const ObservationFile *file, const AttackOptions *options, FILE *out,
               AttackFound *ret, GError **error)
{
    View v = { .file = file, .options = options, .out = out };
    bool fine = true;

    draw(&v);
    guess_file_begin(out);
    if (options->form == ATTACK_PREDECESSOR)
        attack_ends(&v);
    else
        fine = attack_pairs(&v, error);
    observations_clear(&v.seen);
    if (fine && (fflush(out) != 0 || ferror(out))) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "cannot write the guesses: %s", g_strerror(errno));
        return false;
    }
    if (fine)
        *ret = v.found;
    return fine;
}
