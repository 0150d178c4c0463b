#!/bin/sh
# Make .venv with the first Python of at least 3.11 on this machine; PYTHON=… names one.
set -u
cd "$(dirname "$0")/.." || exit 1

recent='import sys; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null 2>&1 && "$python" -c "$recent" 2>/dev/null && break
    python=
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed; install it, or name it: make demo PYTHON=/path/to/python3" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
if ! "$python" -m venv --clear .venv; then
    rm -rf .venv # half an environment would look finished to make
    exit 1
fi
