/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Countries by part of the world as the United Nations' M49 groups them, but for Central
 * America and the Caribbean, which are put to the north, and Cyprus, to Europe. */
#include "sim/fault/places.h"

#include <assert.h>
#include <string.h>

#include "sim/core/sampling.h"

static const struct {
    const char *name;
    const char *countries;
} regions[REGIONS] = {
    [REGION_AFRICA] = { "africa",
                        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ "
                        "GW IO KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH "
                        "SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW" },
    [REGION_ASIA] = { "asia", "AE AF AM AZ BD BH BN BT CN GE HK ID IL IN IQ IR JO JP KG KH "
                              "KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG "
                              "SY TH TJ TL TM TR TW UZ VN YE" },
    [REGION_EUROPE] = { "europe",
                        "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR "
                        "HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS "
                        "RU SE SI SJ SK SM UA VA XK" },
    [REGION_NORTH_AMERICA] = { "north-america", "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM "
                                                "DO GD GL GP GT HN "
                                                "HT JM KN KY LC MF MQ MS MX NI PA PM PR SV "
                                                "SX TC TT US VC VG "
                                                "VI" },
    [REGION_OCEANIA] = { "oceania", "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF "
                                    "PG PN PW SB TK TO TV UM VU WF WS" },
    [REGION_SOUTH_AMERICA] = { "south-america",
                               "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE" },
};

const char *
region_name(Region region)
{
    assert(region < REGIONS);
    return regions[region].name;
}

Region
region_of_name(const char *name)
{
    for (int i = 0; i < REGIONS; i++)
        if (strcmp(regions[i].name, name) == 0)
            return (Region)i;
    return REGIONS;
}

Region
region_of_country(const char *country)
{
    if (strlen(country) != 2)
        return REGIONS;
    for (int i = 0; i < REGIONS; i++)
        for (const char *code = regions[i].countries; *code != '\0';
             code += code[2] ? 3 : 2)
            if (memcmp(code, country, 2) == 0)
                return (Region)i;
    return REGIONS;
}

uint32_t
zipf_hoster(uint32_t n, double exponent, uint64_t word)
{
    double sum = 0, part = 0, u;

    assert(n > 0);
    for (uint32_t i = 1; i <= n; i++)
        sum += portable_pow(i, -exponent);
    u = sample_uniform(word) * sum;
    for (uint32_t i = 1; i < n; i++) {
        part += portable_pow(i, -exponent);
        if (u < part)
            return i - 1;
    }
    return n - 1;
}
