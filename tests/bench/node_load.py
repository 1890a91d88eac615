#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""node_load.py SWARMBED [SECONDS]

What one service node of a testbed carries: info requests and local stores on kept connections,
and how much memory it takes at rest and with 1,000 connections.  The node is alone in its swarm.
Rates a core are requests by the node's own CPU time, so that others on the machine change them
little; beside them what was reached, with the asker on the same machine.
"""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

CONNECTIONS = 32
HELD = 1000


def connect(host, port, number=0):
    """From an address of its own for each two connections: no address may ask too often."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    source = ("127.252.1.%d" % (number // 4 % 250 + 1), 0)
    return context.wrap_socket(socket.create_connection((host, port), source_address=source))


def request(body):
    head = ("POST /storage_rpc/v1 HTTP/1.1\r\nHost: node\r\nContent-Length: %d\r\n\r\n" % len(body))
    return head.encode() + body


def read_answer(connection):
    """The status; the body is read and dropped."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            sys.exit("the node closed a connection")
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split(b" ", 2)[1])


def info(_):
    return b'{"method":"info","params":{}}'


def store(number):
    account = "05%064x" % (number % 97)
    return json.dumps({"method": "store", "params": {
        "pubkey": account, "timestamp": int(time.time() * 1000), "ttl": 3600000,
        "data": ("%040d" % number) * 16}}).encode()


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    with open("/proc/%d/status" % pid) as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0


def load(node, body_of, seconds):
    connections = [connect(node["public_ip"], node["storage_port"], 2 * i)
                   for i in range(CONNECTIONS)]
    began, cpu = time.monotonic(), cpu_s(node["pid"])
    count = bad = 0
    while time.monotonic() - began < seconds:
        for connection in connections:
            connection.sendall(request(body_of(count)))
            count += 1
        bad += sum(read_answer(c) != 200 for c in connections)
    took, spent = time.monotonic() - began, cpu_s(node["pid"]) - cpu
    for connection in connections:
        connection.close()
    return {"requests": count, "not_200": bad, "reached_per_s": round(count / took),
            "per_core_s": round(count / spent) if spent > 0 else None,
            "cpu_us": round(1e6 * spent / count, 1)}


def held(node):
    connections = [connect(node["public_ip"], node["storage_port"]) for _ in range(HELD)]
    mb = memory_mb(node["pid"])
    connections[-1].sendall(request(info(0)))
    status = read_answer(connections[-1])
    for connection in connections:
        connection.close()
    return {"connections": HELD, "memory_mb": round(mb, 1), "answers": status}


def main():
    program = os.path.realpath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = tempfile.mkdtemp()
    bed = subprocess.Popen([program, "testbed", "--nodes", "1", "--dir", folder + "/bed"],
                           stdout=subprocess.PIPE, text=True)
    try:
        node = json.loads(bed.stdout.readline())["nodes"][0]
        result = {"at_rest_mb": round(memory_mb(node["pid"]), 1),
                  "info": load(node, info, seconds),
                  "store": load(node, store, seconds),
                  "held": held(node),
                  "load_average": os.getloadavg()[0]}
        print(json.dumps(result, indent=1))
    finally:
        bed.send_signal(signal.SIGINT)
        bed.wait()
        shutil.rmtree(folder)
    met = (result["info"]["per_core_s"] >= 2000 and result["store"]["per_core_s"] >= 500
           and result["info"]["not_200"] == result["store"]["not_200"] == 0)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
