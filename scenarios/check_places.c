/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/check_places.h"

#include <string.h>

#include "sim/fault/places.h"

bool
section_fail(const Scenario *s, const char *form, const NamedSection *section,
             const char *key, const char *text, GError **error)
{
    g_set_error(error, g_quark_from_static_string("swarmbed-scenario"), 2,
                "%s: %s%s%s%s%s: %s", s->path, form, section->name[0] == '\0' ? "" : ".",
                section->name, key[0] == '\0' ? "" : ".", key, text);
    return false;
}

bool
section_is_number(const char *word)
{
    size_t n = strspn(word, "0123456789");

    return n > 0 && n < 10 && word[n] == '\0';
}

static bool
is_country(const char *word)
{
    return region_of_country(word) != REGIONS;
}

static bool
is_region(const char *word)
{
    return region_of_name(word) != REGIONS;
}

bool
section_words_are(const char *words, bool (*fits)(const char *word))
{
    g_auto(GStrv) list = g_strsplit(words, ", ", -1);

    for (size_t i = 0; list[i] != NULL; i++)
        if (!fits(list[i]))
            return false;
    return true;
}

bool
section_check_places(const Scenario *s, const char *form, const NamedSection *section,
                     const PlaceWords *places, GError **error)
{
    if (!section_words_are(places->country, is_country))
        return section_fail(s, form, section, "country",
                            "expected countries of two capital letters, DE, US", error);
    if (!section_words_are(places->region, is_region))
        return section_fail(s, form, section, "region",
                            "expected parts of the world: africa, asia, europe, "
                            "north-america, oceania, south-america",
                            error);
    if (!section_words_are(places->hoster, section_is_number))
        return section_fail(s, form, section, "hoster", "expected numbers of hosters, 0, 4",
                            error);
    if (places->hoster[0] != '\0' && places->largest_hosters > 0)
        return section_fail(s, form, section, "largest_hosters",
                            "expected it or hoster, not both", error);
    return true;
}
