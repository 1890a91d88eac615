#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# trouble.sh SWARMBED
#
# Places that cannot be written to, disks that are full: one clear line, status 3, and the
# runs that were finished are kept.
. "$(dirname "$0")/lib.sh"

small=$here/small.ini

echo 'a file' >file
for folder in file file/below /proc/swarmbed /dev/null/below ''; do
    swarm run "$small" --out "$folder" --quiet
    fails "--out '$folder'" 3 "$folder"
done
mkdir taken
mkdir taken/results.db
swarm run "$small" --out taken
fails 'the database is a folder' 3 taken/results.db
mkdir other
echo 'something else' >other/results.db
swarm run "$small" --out other
fails 'the database is some other file' 3 other/results.db
is 'it is left alone' "$(cat other/results.db)" 'something else'
mkdir broken
"$swarmbed" run "$small" --out broken --quiet --no-report
truncate -s 20000 broken/results.db
swarm run "$small" --out broken --seed 2
[ "$status" -eq 3 ] && [ "$(wc -l <"$scratch/.err")" -le 2 ]
ok 'a database that was cut off' $? "$status $err"

runs_kept()
{
    "$swarmbed" report "$1/results.db" --csv runs | tail -n +2 | cut -d, -f 2 | tr '\n' ' '
}

# Room for one or two runs, not for eight.
full_after()
{
    local name=$1 folder=$2 kept
    shift 2
    status=0
    "$@" >.out 2>.err </dev/null || status=$?
    out=$(cat .out)
    err=$(cat .err)
    fails "$name: one line" 3 "$folder/results.db"
    kept=$(runs_kept "$folder")
    is "$name: what was finished is kept, in order" \
        "$(wc -w <<<"$kept" | awk '{ print ($1 >= 1 && $1 < 8) }') $kept" \
        "1 $(seq -s ' ' 1 "$(wc -w <<<"$kept")") "
}
"$swarmbed" run "$small" --out one --quiet --no-report
bytes=$(stat -c %s one/results.db)
limit_kb=$((bytes * 5 / 2 / 1024))
# shellcheck disable=SC2016 # for the inner shell
full_after 'files may not grow' limited bash -c 'ulimit -f "$1"; exec "$2" run "$3" --seeds 1..8 \
    --out limited --quiet --no-report' - $limit_kb "$swarmbed" "$small"
"$swarmbed" run "$small" --seeds 1..8 --out limited --quiet --no-report
is 'files may grow again: it resumes' "$? $(runs_kept limited)" "0 $(seq -s ' ' 1 8) "

mkdir disk
if mount -t tmpfs -o "size=$((limit_kb * 2))k" tmpfs disk 2>/dev/null; then
    trap 'umount "$scratch/disk"; rm -rf "$scratch"' EXIT
    full_after 'the disk is full' disk "$swarmbed" run "$small" --seeds 1..8 --out disk \
        --quiet --no-report
    # The runs are there, and there is no room for the report.
    seeds=$(runs_kept disk | wc -w)
    swarm run "$small" --seeds "1..$seeds" --out disk --quiet
    fails 'no room for the report' 3 ''
    is 'no room for the report: the runs are kept' "$(runs_kept disk | wc -w)" "$seeds"
    mount -o "remount,size=100m" disk
    swarm run "$small" --seeds 1..8 --out disk --quiet --no-report
    is 'there is room again: it resumes' "$status $(runs_kept disk)" "0 $(seq -s ' ' 1 8) "
else
    skip 'the disk is full' 'needs the right to mount'
fi

# A reader that goes away is nobody's crash.
"$swarmbed" check --keys | head -n 1 >first.txt
is 'a pipe that is closed' "$(grep -c '\[scenario\]' first.txt)" 1
status=0
"$swarmbed" report one/results.db --json >/dev/full 2>err.txt || status=$?
is 'standard output is full: an error' "$status $(cat err.txt)" \
    '3 swarmbed: cannot write to standard output'
finish
