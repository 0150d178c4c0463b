#!/bin/sh
# Install one list of requirements into .venv and set its stamp: install.sh LIST STAMP
# From the folder wheels/ where there is one (a bundle for machines without a network), else from the package index that
# the user's pip is set to, through HTTPS_PROXY if that is set.
set -eu
cd "$(dirname "$0")/.."

echo "Installing $1 into .venv (only when the list changes)"
[ -d wheels ] && from="--no-index --find-links wheels" || from=
# shellcheck disable=SC2086
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input $from -r "$1"
touch "$2"
