#!/usr/bin/env bash
# Every test in one pytest run, whose summary is the last line printed.
# Browser tests need Chromium: taken where it is, installed where that needs no question, else skipped.
# Those of deploy/ need nginx, those of a clock that jumps libfaketime, in the same way.
# The mini-program's tests need Node with the packages of tools/mpweb: installed once, and when their lock changes.
set -euo pipefail
cd "$(dirname "$0")/.."

has_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

# Packages of Debian, if that needs no question: as they are known here, else after a look at the newest lists.
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    echo "Installing $* for the tests (once)"
    export DEBIAN_FRONTEND=noninteractive
    {
        timeout 240 apt-get install -y -qq "$@" || { timeout 60 apt-get update -qq && timeout 240 apt-get install -y -qq "$@"; }
    } </dev/null >/dev/null 2>&1 || true
}

PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || install nginx-light
command -v nginx >/dev/null || echo "No nginx on this machine: its tests are skipped"
command -v faketime >/dev/null || install faketime
has_chromium || install chromium fonts-noto-cjk
has_chromium || echo "No Chromium on this machine: browser tests are skipped"
tools/mpweb/install.sh >/dev/null || echo "No Node with its packages: the mini-program's tests are skipped"

# Two processes; order.py keeps the table of rights in one of them, and puts the browser tests last.
# The servers of the stories start some thirty times: with bytecode at hand, whatever this shell prefers.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPATH=.
exec .venv/bin/python -m pytest -p tests.support.order -n 2 --dist loadgroup --no-loadscope-reorder "$@"
