#!/bin/sh
# Install one list of requirements into .venv, or into another environment, and set its stamp: install.sh LIST STAMP [FOLDER]
# Where LIST has a lock beside it (tools/lock.sh), that is installed: only files whose digests stand in it are taken.
# From the folder wheels/ where there is one (a bundle for machines without a network), else from the package index that
# the user's pip is set to, through HTTPS_PROXY if that is set.
set -eu
cd "$(dirname "$0")/.."

into=${3:-.venv}
echo "Installing $1 into $into (only when the list changes)"
[ -d wheels ] && from="--no-index --find-links wheels" || from=
if [ -f "${1%.txt}.lock" ]; then what="--require-hashes -r ${1%.txt}.lock"; else what="-r $1"; fi
# shellcheck disable=SC2086
"$into/bin/python" -m pip install -qq --disable-pip-version-check --no-input $from $what
touch "$2"
