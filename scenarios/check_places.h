/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What checks of sections with names share: how they say what is wrong, and the words that
 * name places. */
#pragma once

#include "scenarios/scenario.h"

/* "FILE: FORM.NAME.KEY: TEXT" in @error; false. */
bool section_fail(const Scenario *scenario, const char *form, const NamedSection *section,
                  const char *key, const char *text, GError **error);
bool section_is_number(const char *word);
/* All words of a KEY_WORDS are of this kind. */
bool section_words_are(const char *words, bool (*fits)(const char *word));
bool section_check_places(const Scenario *scenario, const char *form,
                          const NamedSection *section, const PlaceWords *places,
                          GError **error);
