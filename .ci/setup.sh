# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by `run` and `test`: the packages they need, and builds.

say()
{
    printf '== %s\n' "$*"
}

die()
{
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 3
}

# missing_packages GROUP...: those of .ci/packages.txt that are not installed.
missing_packages()
{
    local group package
    while read -r group package _; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] ||
            echo "$package"
    done < <(grep -v '^#' .ci/packages.txt)
}

# install_packages GROUP...: does nothing when all is there.
install_packages()
{
    local missing as_root=()
    if ! command -v dpkg-query >/dev/null; then
        say 'this is no Debian: taking for granted what .ci/packages.txt lists'
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "these packages are missing, and neither root nor sudo is at hand: ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq ||
        say 'apt-get update failed; trying with the lists that are there'
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install ${missing[*]}"
}

# build DIR TARGET MESON-OPTION...: TARGET may be "all".
build()
{
    local dir=$1 target=$2
    shift 2
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$@" || return 1
    fi
    ninja -C "$dir" "$target"
}
