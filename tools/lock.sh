#!/bin/sh
# Write the locks anew: requirements.lock holds every library the service needs, theirs too, with the digests of all files of
# that version; those of the demo, the tests and the figures what these lists need beside it. Versions that fit stay.
# After a change of a list; the test of dependencies says when it was forgotten. Then, with the new locks installed:
#   .venv/bin/python tools/licences.py
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools" && "$tools/bin/pip" install -qq --disable-pip-version-check uv

compile() { # LIST OUT [-c LOCK]…
    list=$1 out=$2
    shift 2
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras \
        --custom-compile-command tools/lock.sh "$@" "$list" -o "$out"
}

beside() { # NAME LOCK…: the last one of these is the one that the list stands on, too
    name=$1 constraints="" last=""
    shift
    for lock in "$@"; do constraints="$constraints -c $lock" last=$lock; done
    grep -v '^-r' "requirements-$name.lock" >"$tools/new" 2>/dev/null || true
    # shellcheck disable=SC2086
    compile "requirements-$name.txt" "$tools/new" $constraints
    {
        sed -n '/^#/p' "$tools/new"
        echo "-r $last"
        awk '/^#/ { next } /^[a-z0-9]/ { keep = !($1 in held) } pass == 1 { held[$1] = 1; next } keep' pass=1 "$@" pass=2 "$tools/new"
    } >"$tools/lock"
    cp "$tools/lock" "requirements-$name.lock"
}

compile requirements.txt requirements.lock
beside demo requirements.lock
beside dev requirements.lock requirements-demo.lock
beside bench requirements.lock requirements-demo.lock requirements-dev.lock
