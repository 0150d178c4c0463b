#!/bin/sh
# Back to the release before: rollback.sh (as root). The schema goes back first, by the migrations of the newer release;
# what only the newer schema could hold is lost. Where that fails, restore the copy that upgrade.sh made (docs/zh/部署.md).
set -eu
BASE=${HONGYAO_BASE:-/opt/hongyao}
now=$(readlink -f "$BASE/current")
before=$(readlink -f "$BASE/previous") || { echo "there is no release before" >&2; exit 1; }
[ "$now" != "$before" ] || { echo "$now is the release before" >&2; exit 1; }
number=$(cd "$before/migrations" && ls [0-9]*.py | sort | tail -n 1 | cut -d_ -f1)

cd "$now"
systemctl stop hongyao.target
deploy/backup.sh || { systemctl start hongyao.target; exit 1; }
runuser -u hongyao -- .venv/bin/flask --app app migrate --back-to "$number"
ln -sfn "$before" "$BASE/current.new" && mv -T "$BASE/current.new" "$BASE/current"
systemctl start hongyao.target
echo "$before runs again"
