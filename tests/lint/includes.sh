#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# includes.sh ROOT
#
# Quoted includes come from the file's own room or from the rooms that the house (the table
# in the top meson.build) lists for it; headers of a library only where the house gives the
# room that library.  cli and tests see everything.
set -euo pipefail
. "$(dirname "$0")/tap.sh"

cd "$1"
# The table as lines: name, folder, rooms below, libraries; blanks and quotes removed.
house=$(awk '/^house = \[/ { on = 1; next } on && /^\]/ { exit } on' meson.build |
    tr -d " '\n" | sed 's/\]\],*/]]\n/g' |
    sed -nE 's/^\[([a-z_]+),([a-z_\/]+),\[([^]]*)\],\[([^]]*)\]\]$/\1 \2 ,\3, ,\4,/p')
tap 'the house can be read' "$([ "$(grep -c . <<<"$house")" -ge 1 ] || echo 'no room found')"

mapfile -t files < <(find . \( -name .git -o -path './build*' -o -path ./results/runs \
    -o -path ./tests -o -path ./cli \) -prune -o -name '*.[ch]' -print |
    sed 's|^\./||' | LC_ALL=C sort)
quoted=$(grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' -- "${files[@]}" /dev/null || true)
angled=$(grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' -- "${files[@]}" /dev/null || true)

# Every line starts with "house", "file", "quoted" or "angled"; the program reads them in turn.
judged=$({
    [ -z "$house" ] || sed 's/^/house /' <<<"$house"
    [ ${#files[@]} -eq 0 ] || printf 'file %s\n' "${files[@]}"
    [ -z "$quoted" ] || sed -E 's/^([^:]+):([0-9]+):[^"]*"([^"]*)".*/quoted \1 \2 \3/' <<<"$quoted"
    [ -z "$angled" ] || sed -E 's/^([^:]+):([0-9]+):[^<]*<([^>]*)>.*/angled \1 \2 \3/' <<<"$angled"
} | awk '
    function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
    function room_of(path,    folder) {
        for (folder = folder_of(path); folder != ""; folder = folder_of(folder)) {
            if (folder in room_at) return room_at[folder]
            if (folder !~ /\//) break
        }
        return ""
    }
    function library_of(header) {
        if (header ~ /^sodium/) return "sodium"
        if (header ~ /^sqlite3/) return "sqlite"
        if (header ~ /^jansson/) return "jansson"
        if (header ~ /^gsl\//) return "gsl"
        if (header ~ /^(glib|gio|gmodule)/) return "gio"
        if (header ~ /^protobuf-c/) return "protobuf_c"
        if (header ~ /^libsoup/) return "soup"
        if (header ~ /^gnutls/) return "gnutls"
        if (header ~ /^qrencode/) return "qrencode"
        if (header ~ /^png/) return "png"
        if (header ~ /^archive/) return "archive"
        return ""
    }
    $1 == "house" { room_at[$3] = $2; below[$2] = $4; libraries[$2] = $5; next }
    $1 == "file" { if (room_of($2) == "") print "homeless " $2 ": its folder is no room"; next }
    { room = room_of($2); if (room == "") next }
    $1 == "quoted" {
        other = room_of($4)
        if (other == "" && $4 ~ /\.pb-c\.h$/ && $4 !~ /\//) next
        if (other == "") print "wall " $2 ":" $3 ": \"" $4 "\" is in no room"
        else if (other != room && index(below[room], "," other ",") == 0)
            print "wall " $2 ":" $3 ": room " room " may not use " other " (" $4 ")"
        next
    }
    $1 == "angled" {
        library = library_of($4)
        if (library == "" || index(libraries[room], "," library ",") > 0) next
        if (library == "gio" && index(libraries[room], ",glib,") > 0) next
        print "library " $2 ":" $3 ": room " room " is not given " library " (" $4 ")"
    }')
tap 'every C file is in a room' "$(sed -n 's/^homeless //p' <<<"$judged")"
tap 'includes keep the walls' "$(sed -n 's/^wall //p' <<<"$judged")"
tap 'library headers only where the house gives the library' \
    "$(sed -n 's/^library //p' <<<"$judged")"
tap_end
