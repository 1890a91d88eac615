/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by knowledge.c and claims.c only. */
#pragma once

#include "sim/adversary/knowledge.h"
#include "sim/adversary/map64.h"

/* Which addresses are not of the network's own. */
typedef struct ClientAddresses {
    const ObservationLog *log;
    Map64 network;
} ClientAddresses;

void client_addresses_init(ClientAddresses *known, const ObservationLog *log);
void client_addresses_clear(ClientAddresses *known);
/* The client's address that a record shows; 0: none. */
uint32_t client_address(const ClientAddresses *known, const Observation *record);
