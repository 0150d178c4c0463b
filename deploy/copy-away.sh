#!/bin/sh
# Copy backups, anchors and the numbers of the erased to another machine: copy-away.sh USER@HOST:FOLDER (as hongyao, by cron)
# A folder that is mounted does, too. What is there already is not touched again, and anchors lie there once for each day:
# whoever changes them here does not change them there. When all is there, /healthz is told; from then on it says so if a
# day is left out. What is old is thrown away over there (docs/zh/部署.md).
set -eu
STATE=${HONGYAO_STATE:-/var/lib/hongyao}
[ $# = 1 ] || { echo "usage: copy-away.sh USER@HOST:FOLDER" >&2; exit 2; }
day=$(date +%Y%m%d)

rsync -a --ignore-existing --exclude='.*' --include='hongyao-*.backup' --exclude='*' "$STATE/backup/" "$1/"
for name in anchors erased; do
    [ ! -e "$STATE/$name.jsonl" ] || rsync -a --ignore-existing "$STATE/$name.jsonl" "$1/$name-$day.jsonl"
done
cd "$(dirname "$0")/.."
.venv/bin/flask --app app backup --copied
