/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/crypto_ops.h"
#include "nodes/crypto/signature_memo.h"

void
crypto_sign_message(const Crypto *crypto, const Ed25519Pair *key, Bytes message,
                    uint8_t ret[SIGNATURE_BYTES])
{
    meter_add(crypto->meter, METER_SIGN, message.n);
    crypto->ops->sign(key, message, ret);
}

bool
crypto_verify(const Crypto *crypto, const uint8_t pk[KEY_BYTES], Bytes message,
              const uint8_t signature[SIGNATURE_BYTES])
{
    meter_add(crypto->meter, METER_VERIFY, message.n);
    if (crypto->signatures != NULL &&
        signature_memo_has(crypto->signatures, pk, message, signature))
        return true;
    return crypto->ops->verify(pk, message, signature);
}
