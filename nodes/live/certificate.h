/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's certificate: self-signed, with the node's Ed25519 identity as its key.  Clients
 * do not look at it (protocol 1.2); between nodes it is how each proves who it is. */
#pragma once

#include <gio/gio.h>

#include "nodes/crypto/crypto.h"

/* With its private key.  NULL with @error: what GnuTLS said. */
GTlsCertificate *certificate_new(const Ed25519Pair *identity, GError **error);
/* The X25519 key that belongs to the certificate's Ed25519 key; false when it has another
 * kind of key, or one that is no point of the curve. */
bool certificate_x25519(GTlsCertificate *certificate, uint8_t ret[KEY_BYTES]) WARN_UNUSED;
