#!/bin/sh
# Install one list of requirements into .venv and set its stamp: install.sh LIST STAMP
# The package index is whichever the user's pip is set to.
set -eu
cd "$(dirname "$0")/.."

echo "Installing $1 into .venv (only when the list changes)"
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input -r "$1"
touch "$2"
