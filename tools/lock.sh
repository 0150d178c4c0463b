#!/bin/sh
# Write requirements.lock anew: every library the service needs, theirs too, with the digests of all files of that version.
# After a change of requirements.txt; the test of dependencies says when it was forgotten.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools" && "$tools/bin/pip" install -qq --disable-pip-version-check uv
"$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras \
    --custom-compile-command tools/lock.sh requirements.txt -o requirements.lock
