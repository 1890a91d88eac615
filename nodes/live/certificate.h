/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's certificate: self-signed, with the node's Ed25519 identity as its key.  Clients
 * do not look at it (protocol 1.2); between nodes it is how each proves who it is. */
#pragma once

#include <gio/gio.h>

#include "nodes/crypto/crypto.h"

/* With its private key.  NULL with @error: what GnuTLS said. */
GTlsCertificate *certificate_new(const Ed25519Pair *identity, GError **error);
/* From now on this process takes no authority's word but that of @certificate.  (Nobody's
 * counts here, but without this GLib reads all of the system's at each handshake: 10 to 20
 * ms, and 12 MB.)  False with @error. */
bool certificate_trust_only(GTlsCertificate *certificate, GError **error);
/* The same for a process that has no certificate: one of nobody's. */
bool certificate_trust_nobody(GError **error);
/* The X25519 key that belongs to the certificate's Ed25519 key; false when it has another
 * kind of key, or one that is no point of the curve. */
bool certificate_x25519(GTlsCertificate *certificate, uint8_t ret[KEY_BYTES]) WARN_UNUSED;
