#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""other_client.py SEED_URL: a client by other hands than ours.

Written from the protocol alone (protocol 3.1 to 4.3), on Python's HTTP and on OpenSSL
(python3-cryptography): nothing of this program is in it.  It fetches the node list, asks any
node for its swarm, stores and polls directly; then does the same through three hops, with
layers of its own making.  Each step prints one line; the first that fails ends it.
"""
import base64
import hashlib
import hmac
import json
import os
import random
import ssl
import struct
import sys
import time
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Nodes sign their own certificates; clients know them by the keys in the node list.
ANY_CERTIFICATE = ssl.create_default_context()
ANY_CERTIFICATE.check_hostname = False
ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE


def post(url, body):
    request = urllib.request.Request(url, data=body, method="POST")
    with urllib.request.urlopen(request, timeout=30, context=ANY_CERTIFICATE) as answer:
        return answer.read()


class Account:
    """An Ed25519 key and the X25519 key that belongs to it; the Session ID is 05 and the latter."""

    def __init__(self):
        seed = os.urandom(32)
        self.signing = Ed25519PrivateKey.from_private_bytes(seed)
        scalar = hashlib.sha512(seed).digest()[:32]
        self.session_id = "05" + public_of(X25519PrivateKey.from_private_bytes(scalar)).hex()

    def retrieve(self):
        now = int(time.time() * 1000)
        return {"method": "retrieve", "params": {
            "pubkey": self.session_id, "namespace": 0, "timestamp": now,
            "pubkey_ed25519": public_of(self.signing).hex(),
            "signature": base64.b64encode(self.signing.sign(f"retrieve{now}".encode())).decode()}}

    def store(self, data):
        return {"method": "store", "params": {
            "pubkey": self.session_id, "timestamp": int(time.time() * 1000),
            "ttl": 3600000, "data": base64.b64encode(data).decode()}}

    def get_swarm(self):
        return {"method": "get_swarm", "params": {"pubkey": self.session_id}}


def public_of(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


# --- onion requests (protocol 4.1 to 4.3, aes-gcm) ---------------------------------------------


def shared_key(private, x25519_hex):
    secret = private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(x25519_hex)))
    return hmac.new(b"LOKI", secret, hashlib.sha256).digest()


def seal(key, plain):
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def container(blob, head):
    return struct.pack("<I", len(blob)) + blob + json.dumps(head).encode()


def wrap(hops, destination, body):
    """What the guard gets, and the key that opens the answer."""
    private = X25519PrivateKey.generate()
    answer_key = shared_key(private, destination["pubkey_x25519"])
    blob = seal(answer_key, container(body, {"headers": ""}))
    to = destination
    for hop in reversed(hops):
        head = {"destination": to["pubkey_ed25519"], "enc_type": "aes-gcm",
                "ephemeral_key": public_of(private).hex()}
        private = X25519PrivateKey.generate()
        blob = seal(shared_key(private, hop["pubkey_x25519"]), container(blob, head))
        to = hop
    head = {"enc_type": "aes-gcm", "ephemeral_key": public_of(private).hex()}
    return container(blob, head), answer_key


def by_onion(nodes, destination, request):
    hops = random.sample([n for n in nodes if n != destination], 3)
    body, key = wrap(hops, destination, json.dumps(request).encode())
    sealed = base64.b64decode(post(url_of(hops[0]) + "/onion_req/v2", body))
    answer = json.loads(AESGCM(key).decrypt(sealed[:12], sealed[12:], None))
    expect("an answer by onion", answer["status"], 200)
    return json.loads(answer["body"])


def directly(node, request):
    return json.loads(post(url_of(node) + "/storage_rpc/v1", json.dumps(request).encode()))


# --- the script --------------------------------------------------------------------------------


def url_of(node):
    return f"https://{node['public_ip']}:{node['storage_port']}"


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print(what)


def node_list(seed_url):
    names = ["public_ip", "storage_port", "pubkey_x25519", "pubkey_ed25519"]
    question = {"method": "get_n_service_nodes",
                "params": {"active_only": True, "fields": {name: True for name in names}}}
    answer = json.loads(post(seed_url + "/json_rpc", json.dumps(question).encode()))
    return answer["result"]["service_node_states"]


def store_and_poll(account, nodes, send):
    """Store one message at one member of the swarm, and read it at another."""
    swarm = {snode["pubkey_ed25519"]
             for snode in send(random.choice(nodes), account.get_swarm())["snodes"]}
    members = [node for node in nodes if node["pubkey_ed25519"] in swarm]
    expect("the swarm is in the node list", len(members) >= 2, True)
    data = os.urandom(100)
    first, second = random.sample(members, 2)
    stored = send(first, account.store(data))
    expect("each member stored it", sorted(stored["swarm"]), sorted(swarm))
    messages = send(second, account.retrieve())["messages"]
    expect("one message is there", [m["hash"] for m in messages], [stored["hash"]])
    expect("its content is the same", base64.b64decode(messages[0]["data"]), data)


def main():
    nodes = node_list(sys.argv[1])
    expect("nodes are listed", len(nodes) >= 4, True)
    store_and_poll(Account(), nodes, directly)
    store_and_poll(Account(), nodes, lambda node, request: by_onion(nodes, node, request))


if __name__ == "__main__":
    main()
