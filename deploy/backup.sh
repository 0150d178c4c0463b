#!/bin/sh
# A copy of the database before something is done to it, while it runs: backup.sh [FOLDER] (as root; upgrade.sh and
# rollback.sh call it). Sealed with BACKUP_KEY where the settings have one, else as it is: then whoever has it reads names.
# In a folder of its own that nobody else reads, not among the nightly backups that are copied away; the newest few stay.
# Photos are not in it: nothing is done to them. The keys are not in it, either.
set -eu
umask 077
ENV_FILE=${HONGYAO_ENV:-/etc/hongyao/hongyao.env}
STATE=${HONGYAO_STATE:-/var/lib/hongyao}
KEEP=${HONGYAO_KEEP:-3}
folder=${1:-$STATE/before-change}
said() { sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1; }
newest() { find "$folder" -name 'hongyao-*' | sort | tail -n 1; }

install -d -m 0700 -o hongyao -g hongyao "$folder"
cd "$(dirname "$0")/.."
if [ -n "$(said BACKUP_KEY)" ]; then
    before=$(newest)
    # books that do not agree are told, and are no reason to stop
    runuser -u hongyao -- .venv/bin/flask --app app backup --no-pictures --to "$folder" --keep "$KEEP" || true
    [ "$(newest)" != "$before" ] || { echo "no copy was made" >&2; exit 1; }
else
    copy=$folder/hongyao-$(date +%Y%m%d-%H%M%S)
    case $(said DATABASE_URL) in
    sqlite:///*)
        copy=$copy.db
        runuser -u hongyao -- .venv/bin/python - "$ENV_FILE" "$copy" <<'PYTHON'
import sqlite3
import sys
from pathlib import Path

settings, copy = map(Path, sys.argv[1:])
said = [line for line in settings.read_text().splitlines() if line.startswith("DATABASE_URL=")]
source, target = sqlite3.connect(said[-1].split(":///", 1)[1]), sqlite3.connect(copy)
source.backup(target)
assert target.execute("PRAGMA integrity_check").fetchone() == ("ok",)
PYTHON
        ;;
    postgres*)
        copy=$copy.dump
        .venv/bin/python - "$ENV_FILE" "$copy" <<'PYTHON'
"""The password goes by the environment: on a command line every user of the machine reads it."""
import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

settings, copy = map(Path, sys.argv[1:])
said = [line for line in settings.read_text().splitlines() if line.startswith("DATABASE_URL=")]
url = urlsplit(said[-1].removeprefix("DATABASE_URL="))
if url.password:
    os.environ["PGPASSWORD"] = unquote(url.password)
who, _, where = url.netloc.rpartition("@")
place = url._replace(netloc=who.partition(":")[0] + ("@" if who else "") + where).geturl()
os.execvp("pg_dump", ["pg_dump", "--format=custom", f"--file={copy}", f"--dbname={place}"])
PYTHON
        ;;
    *) echo "DATABASE_URL in $ENV_FILE?" >&2 && exit 1 ;;
    esac
    find "$folder" -name 'hongyao-*.d[bu]*' | sort -r | tail -n +$((KEEP + 1)) | while read -r old; do rm -f "$old"; done
fi
echo "$(newest)"
for old in "$STATE"/backup/hongyao-*.db "$STATE"/backup/hongyao-*.dump; do # of releases that put them there
    [ ! -e "$old" ] || echo "$old is a copy that is not sealed: delete it here and wherever it was copied to" >&2
done
