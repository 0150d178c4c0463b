#!/bin/sh
# A whole copy of the database, while it runs: backup.sh [FOLDER] (as root). Photos are FILES_DIR (or a bucket); copy them, too.
# The keys are not in it: without /etc/hongyao/hongyao.env the copy cannot be read. Keep both, in different places.
set -eu
ENV_FILE=${HONGYAO_ENV:-/etc/hongyao/hongyao.env}
STATE=${HONGYAO_STATE:-/var/lib/hongyao}
folder=${1:-$STATE/backup}
url=$(sed -n 's/^DATABASE_URL=//p' "$ENV_FILE")
install -d -m 0750 -o hongyao -g hongyao "$folder"
copy=$folder/hongyao-$(date +%Y%m%d-%H%M%S)
cd "$(dirname "$0")/.."
case $url in
sqlite:///*)
    copy=$copy.db
    runuser -u hongyao -- .venv/bin/python - "${url#sqlite:///}" "$copy" <<'PYTHON'
import sqlite3
import sys

source, target = (sqlite3.connect(path) for path in sys.argv[1:])
source.backup(target)
assert target.execute("PRAGMA integrity_check").fetchone() == ("ok",)
PYTHON
    ;;
postgres*)
    copy=$copy.dump
    (umask 077 && pg_dump --format=custom --file="$copy" "$url")
    ;;
*) echo "DATABASE_URL in $ENV_FILE?" >&2 && exit 1 ;;
esac
chmod 0600 "$copy"
echo "$copy"
