# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after lib.sh: testbeds that a test starts and ends by their process ids, and curl.

bed_pids=()

end_beds()
{
    local pid
    for pid in "${bed_pids[@]}"; do
        kill -INT "$pid" 2>/dev/null
    done
    for pid in "${bed_pids[@]}"; do
        wait "$pid" 2>/dev/null
    done
    rm -rf "$scratch"
}
trap end_beds EXIT

# bed_start DIR [OPTION...]: run a testbed; its JSON line is in $bed when it is ready, its
# process in $bed_pid.  Fails when it is not ready within 60 s.
bed_start()
{
    local dir=$1 tries=0
    shift
    mkdir -p "$dir"
    "$swarmbed" testbed --dir "$dir" "$@" >"$dir/out" 2>"$dir/err" &
    bed_pid=$!
    bed_pids+=("$bed_pid")
    bed=
    while [ -z "$bed" ] && [ $((tries++)) -lt 600 ] && kill -0 "$bed_pid" 2>/dev/null; do
        sleep 0.1
        IFS= read -r bed <"$dir/out"
    done
    [ -n "$bed" ]
}

# bed_stop SIGNAL: end the last one and wait; its exit status in $status.
bed_stop()
{
    kill "-$1" "$bed_pid"
    wait "$bed_pid"
    status=$?
}

# of_bed FILTER: jq on the JSON line.
of_bed()
{
    jq -r "$1" <<<"$bed"
}

# bed_ctl DIR WORD...
bed_ctl()
{
    local dir=$1
    shift
    swarm testbed ctl --dir "$dir" "$@"
}

# url_of I: of node I's door for clients.
url_of()
{
    of_bed ".nodes[$1] | \"https://\(.public_ip):\(.storage_port)\""
}

# ask OPTION...: curl; the body in $body, "CODE TYPE" in $code, curl's status in $status.
ask()
{
    code=$(curl -sk -m 60 -o "$scratch/.body" -w '%{http_code} %{content_type}' "$@")
    status=$?
    body=$(cat "$scratch/.body" 2>/dev/null)
}

# rpc I METHOD PARAMS: ask node I.
rpc()
{
    ask "$(url_of "$1")/storage_rpc/v1" -d "{\"method\":\"$2\",\"params\":$3}"
}

now_ms()
{
    date +%s%3N
}
