#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# repair.sh SWARMBED
#
# A fifth of the nodes are away for ten minutes in which messages are stored.  Afterwards they
# lack them (the control), unless somebody repairs: anti-entropy, or the retry of failed
# replicas.  What that costs is counted.
. "$(dirname "$0")/lib.sh"

# repair NAME FOLDER ARGUMENT...: the last look at the replicas comes at the end, and counts
# what settled members lack.
repair()
{
    local name=$1 folder=$2
    shift 2
    runs_json "$name" 0 "$folder" "$here/small.ini" --seeds 1..2 --set scenario.duration=20m \
        --set scenario.drain=45m --set workload.messages_per_day=1500 --set swarm.voting=no \
        --set client.poll_interval=1m --set record.interval=60m --set protocol.test_interval=1h \
        --set fault.away.kind=crash --set fault.away.share=0.2 --set fault.away.at=5m \
        --set fault.away.down=10m "$@"
}

holes='([$m | to_entries[] | select(.key | test("^(suspended|breaches).complete_replicas")).value] | add)'
repair 'nobody repairs' control
holds 'nobody repairs: copies are missing' control "$holes > 50 and \$m.replicas_failed > 0"
holds 'nobody repairs: and nothing is spent' control '
    $m.repair_bytes == 0 and $m.anti_entropy_bytes == 0 and $m.replica_retries == 0'
repair 'anti-entropy' on --set repair.anti_entropy=10m
holds 'anti-entropy: no copy is missing' on "$holes == 0 and \$m.replicas_failed > 0"
holds 'anti-entropy: for what was missing, and digests' on '
    $m.anti_entropy_new > 50 and $m.anti_entropy_new == $m.anti_entropy_messages
    and $m.repair_bytes == $m.anti_entropy_bytes
    and $m.anti_entropy_bytes == $m.anti_entropy_digest_bytes + $m.anti_entropy_message_bytes
    and $m.anti_entropy_digest_bytes > 0 and $m.anti_entropy_message_bytes > 0'
books 'anti-entropy' on
repair 'retries' retried --set protocol.defect_no_replica_retry=no
# What a node that died had begun is retried by nobody.
is 'retries: few copies are missing' "$(jq -n --slurpfile with retried.json --slurpfile without control.json '
    [$with, $without] | map(.[0].metrics["suspended.complete_replicas"].value) | .[0] < .[1] / 4')" true
holds 'retries: they are counted' retried '
    $m.replica_retries > 0 and $m.repair_bytes == $m.replica_retry_bytes'
repair 'several members' several --set client.store_to=2 --set client.poll_members=2
holds 'several members: each message once, and what came again apart' several '
    $m.delivered == 1 and $m.duplicates < 0.1 and $m.fetched_again > 1'
finish
