/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the [fault NAME] sections of a scenario do to a world: whom they take, and the books
 * of what they did. */
#include "scenarios/world_faults_internal.h"

#include "sim/fault/places.h"

uint64_t
fault_draw(const WorldFault *f, FaultDraw draw, uint64_t whom, uint64_t index)
{
    return fault_word(f->world->options.seed, f->section->head.name, draw, whom, index);
}

void
fault_schedule(WorldFault *f, Time at, HostTask task, uint64_t argument)
{
    if (at <= f->world->end)
        host_schedule(f->world->host, at, task, f, argument);
}

void
fault_befell(WorldFault *f, uint32_t n)
{
    f->last = host_now(f->world->host);
    if (f->events == 0)
        f->first = f->last;
    f->events += n;
}

/* --- whom ---------------------------------------------------------------------------- */

/* "DE, US" has "US". */
static bool
has_word(const char *words, const char *word)
{
    g_auto(GStrv) list = g_strsplit(words, ", ", -1);

    return g_strv_contains((const char *const *)list, word);
}

typedef struct Hoster {
    uint32_t number, nodes;
} Hoster;

static gint
compare_hosters(gconstpointer a, gconstpointer b)
{
    const Hoster *x = a, *y = b;

    if (x->nodes != y->nodes)
        return x->nodes < y->nodes ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
}

static void
count_hoster(GArray *hosters, uint32_t number)
{
    for (guint i = 0; i < hosters->len; i++) {
        Hoster *hoster = &g_array_index(hosters, Hoster, i);

        if (hoster->number == number) {
            hoster->nodes++;
            return;
        }
    }
    g_array_append_val(hosters, ((Hoster){ number, 1 }));
}

/* The @n hosters with the most nodes in service (of equal ones the lower number). */
static GArray *
largest_hosters(const World *w, uint32_t n)
{
    GArray *hosters = g_array_new(FALSE, FALSE, sizeof(Hoster));

    for (uint32_t i = 0; i < w->n_nodes && n > 0; i++)
        if (!w->nodes[i].gone)
            count_hoster(hosters, w->nodes[i].hoster);
    g_array_sort(hosters, compare_hosters);
    if (hosters->len > n)
        g_array_set_size(hosters, n);
    return hosters;
}

static bool
is_among(const GArray *hosters, uint32_t number)
{
    for (guint i = 0; i < hosters->len; i++)
        if (g_array_index(hosters, Hoster, i).number == number)
            return true;
    return false;
}

static bool
is_there(const FaultSection *s, const WorldNode *node, const GArray *largest)
{
    Region region = region_of_country(node->country);
    g_autofree char *hoster = g_strdup_printf("%u", node->hoster);

    return (s->country[0] == '\0' || has_word(s->country, node->country)) &&
           (s->region[0] == '\0' ||
            (region != REGIONS && has_word(s->region, region_name(region)))) &&
           (s->hoster[0] == '\0' || has_word(s->hoster, hoster)) &&
           (s->largest_hosters == 0 || is_among(largest, node->hoster));
}

void
fault_choose_nodes(WorldFault *f)
{
    const World *w = f->world;
    const FaultSection *s = f->section;
    g_autoptr(GArray) largest = largest_hosters(w, s->largest_hosters);
    g_autofree uint32_t *candidates = g_new(uint32_t, w->n_nodes + 1);
    uint32_t n = 0, k;

    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (!w->nodes[i].gone && is_there(s, &w->nodes[i], largest))
            candidates[n++] = i;
    k = s->share == 0 && s->count == 0 ? n : s->count;
    if (s->share > 0)
        k = share_of(s->share, n);
    g_free(f->whom);
    f->whom = g_new(uint32_t, n + 1);
    f->n_whom =
        choose(w->options.seed, s->head.name, FAULT_DRAW_WHOM, candidates, n, k, f->whom);
}

/* --- begin and end ----------------------------------------------------------------------
 */

static void
start(WorldFault *f)
{
    switch ((FaultSort)f->section->head.kind) {
    case FAULT_SORT_EXIT:
        fault_start_exit(f);
        break;
    case FAULT_SORT_JOIN:
        fault_start_join(f);
        break;
    case FAULT_SORT_CRASH:
        fault_start_crash(f);
        break;
    case FAULT_SORT_SHOCKS:
        fault_start_shocks(f);
        break;
    case FAULT_SORT_OUTAGE:
        fault_start_outage(f);
        break;
    case FAULT_SORTS:
        break;
    }
}

void
world_start_faults(World *w)
{
    const Scenario *s = w->scenario;

    if (s->n_faults == 0)
        return;
    w->faults = g_new0(WorldFaults, 1);
    for (uint32_t i = 0; i < s->n_faults; i++) {
        w->faults->fault[i] = (WorldFault){ .world = w, .section = &s->faults[i] };
        start(&w->faults->fault[i]);
    }
}

void
world_free_faults(World *w)
{
    for (uint32_t i = 0; w->faults != NULL && i < w->scenario->n_faults; i++)
        g_free(w->faults->fault[i].whom);
    g_free(w->faults);
}

/* --- the books ----------------------------------------------------------------------- */

static bool
names_hosters(const FaultSection *s)
{
    return s->hoster[0] != '\0' || s->largest_hosters > 0;
}

/* "storm (outage)", and whose hosters they are. */
static char *
title(const World *w, const FaultSection *s)
{
    g_autofree char *kind = section_kind_name(section_form("fault"), s->head.kind);
    const char *hosters = "";

    if (names_hosters(s))
        hosters = w->data->trace != NULL ? ", hosters of the trace"
                                         : ", synthetic hosters (Zipf)";
    return g_strdup_printf("fault:%s (%s%s)", s->head.name[0] == '\0' ? "-" : s->head.name,
                           kind, hosters);
}

void
world_faults_record(const World *w, Recorder *r)
{
    for (uint32_t i = 0; w->faults != NULL && i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];
        const FaultSection *s = f->section;
        g_autofree char *name = title(w, s);

        recorder_count(r, "fault", s->head.name[0] == '\0' ? "-" : s->head.name, f->events);
        if (f->events > 0)
            recorder_bin(r, name, (double)f->first / SECOND, (double)f->last / SECOND,
                         (double)f->events);
    }
}
