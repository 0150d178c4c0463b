#!/bin/sh
# One file that installs without a network: the code, and a wheel of every library for one kind of machine.
#   bundle.sh x86_64|aarch64 [PYTHON]     → var/bundle/hongyao-VERSION-ARCH-pyPYTHON.tar.gz   (PYTHON: 3.11)
# Wheels come from whichever index this machine's pip is set to; a proxy is HTTPS_PROXY, as for every program.
# They run on glibc 2.28 and newer: Debian 10, Ubuntu 20.04, openEuler 20.03, Kylin V10, UOS 20.
set -eu
cd "$(dirname "$0")/.."
arch=$1 python=${2:-3.11}
version=$(git describe --tags --always 2>/dev/null || echo local)
name=hongyao-$version-$arch-py$python
out=var/bundle
rm -rf "$out/$name" && mkdir -p "$out/$name"

git archive HEAD | tar -x -C "$out/$name"
platforms=$(for tag in manylinux_2_28 manylinux_2_27 manylinux_2_26 manylinux_2_24 manylinux_2_17 manylinux2014 \
    manylinux_2_12 manylinux2010 manylinux_2_5 manylinux1; do echo "--platform ${tag}_$arch"; done)
# shellcheck disable=SC2086
"${PIP_PYTHON:-.venv/bin/python}" -m pip download --quiet --disable-pip-version-check --only-binary=:all: \
    --implementation cp --python-version "$python" $platforms --dest "$out/$name/wheels" --require-hashes -r requirements.lock
tar -C "$out" -czf "$out/$name.tar.gz" "$name"
rm -rf "${out:?}/$name"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256" && cat "$name.tar.gz.sha256")
