#!/bin/sh
# Put a new release in place, or the first one: upgrade.sh hongyao-VERSION-….tar.gz (as root; the file is `make bundle`'s)
# Without a change of the schema the web processes restart one by one and nobody notices. With one, everything stops for
# as long as the change takes, after a copy of the database; people read that the system is being upgraded.
# rollback.sh goes back to the release before.
set -eu
BASE=${HONGYAO_BASE:-/opt/hongyao}
ENV_FILE=${HONGYAO_ENV:-/etc/hongyao/hongyao.env}
[ -f "${1:-}" ] || { echo "usage: upgrade.sh hongyao-VERSION-….tar.gz" >&2; exit 2; }
[ -r "$ENV_FILE" ] || { echo "$ENV_FILE is missing: deploy/make-env.sh writes it" >&2; exit 1; }

new=$BASE/releases/$(basename "$1" .tar.gz)
old=$(readlink -f "$BASE/current" || true)
[ "$new" != "$old" ] || { echo "$new runs already" >&2; exit 1; }
mkdir -p "$BASE/releases"
rm -rf "$new"
tar -xzf "$1" -C "$BASE/releases" --no-same-owner

echo "1/4 installing the libraries"
cd "$new"
tools/venv.sh
tools/install.sh requirements.txt .venv/.installed
.venv/bin/python -m compileall -q -x '\.venv|node_modules' . || true
ln -sfn "$ENV_FILE" .env
[ -z "$old" ] || cp -n "$old"/static/wechat-verify/*.txt static/wechat-verify/ 2>/dev/null || true

flask() { runuser -u hongyao -- .venv/bin/flask --app app "$@"; }
echo "2/4 looking at the database"
due=$(flask migrate --missing)

switch() {
    [ -z "$old" ] || ln -sfn "$old" "$BASE/previous"
    ln -sfn "$new" "$BASE/current.new" && mv -T "$BASE/current.new" "$BASE/current"
}
if [ "$due" = "nothing to do" ] && [ -n "$old" ]; then
    echo "3/4 the schema stays: restarting one by one"
    switch
    deploy/restart.sh
else
    echo "3/4 the schema changes: stopping"
    systemctl stop hongyao.target
    # by the old release, which knows the schema as it is
    [ -z "$old" ] || "$old/deploy/backup.sh" || { systemctl start hongyao.target; exit 1; }
    if ! flask migrate; then
        [ -n "$old" ] || exit 1
        echo "The schema could not be changed: back to what it was, and $old runs on." >&2
        flask migrate --back-to "$(cd "$old/migrations" && ls [0-9]*.py | sort | tail -n 1 | cut -d_ -f1)" ||
            echo "It does not go back either: restore the copy above before anybody writes (docs/zh/部署.md)." >&2
        systemctl start hongyao.target
        exit 1
    fi
    switch
    systemctl start hongyao.target
fi
for each in "$BASE"/releases/*; do # only this release and the one before are kept
    [ "$each" = "$new" ] || [ "$each" = "$old" ] || rm -rf "$each"
done
echo "4/4 examining"
flask doctor || echo "See above what is wrong. Back to the release before: $BASE/current/deploy/rollback.sh"
