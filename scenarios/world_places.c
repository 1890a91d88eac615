/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/world_places.h"

#include "sim/fault/places.h"

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

bool
places_name_hosters(const PlaceWords *s)
{
    return s->hoster[0] != '\0' || s->largest_hosters > 0;
}

static bool
is_in_country(const PlaceWords *s, const char *country)
{
    Region region = region_of_country(country);

    return (s->country[0] == '\0' || has_word(s->country, country)) &&
           (s->region[0] == '\0' ||
            (region != REGIONS && has_word(s->region, region_name(region))));
}

static bool
is_there(const PlaceWords *s, const WorldNode *node, const GArray *largest)
{
    g_autofree char *hoster = g_strdup_printf("%u", node->hoster);

    return is_in_country(s, node->country) &&
           (s->hoster[0] == '\0' || has_word(s->hoster, hoster)) &&
           (s->largest_hosters == 0 || is_among(largest, node->hoster));
}

static uint32_t
nodes_at(const World *w, const PlaceWords *places, bool gone_too, uint32_t *ret)
{
    g_autoptr(GArray) largest = largest_hosters(w, places->largest_hosters);
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_nodes; i++)
        if ((gone_too || !w->nodes[i].gone) && is_there(places, &w->nodes[i], largest))
            ret[n++] = i;
    return n;
}

uint32_t
world_nodes_at(const World *w, const PlaceWords *places, uint32_t *ret)
{
    return nodes_at(w, places, false, ret);
}

uint32_t
world_nodes_ever_at(const World *w, const PlaceWords *places, uint32_t *ret)
{
    return nodes_at(w, places, true, ret);
}

uint32_t
world_people_at(const World *w, const PlaceWords *places, uint32_t *ret)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->scenario->clients && !places_name_hosters(places); i++)
        if (is_in_country(places, world_country_of_person(w, i)))
            ret[n++] = i;
    return n;
}
