#!/bin/sh
# Write the settings of a new machine, with fresh keys: make-env.sh DOMAIN > /etc/hongyao/hongyao.env
# Every name comes from .env.example; what it says on each stands beside it. The accounts are filled in by hand.
set -eu
[ $# = 1 ] || { echo "usage: make-env.sh DOMAIN" >&2; exit 2; }
cd "$(dirname "$0")/.."
key() { head -c 32 /dev/urandom | base64; }
sed -e "s#^PUBLIC_URL=.*#PUBLIC_URL=https://$1#" \
    -e "s#^DATABASE_URL=.*#DATABASE_URL=sqlite:////var/lib/hongyao/hongyao.db#" \
    -e "s#^FILES_DIR=.*#FILES_DIR=/var/lib/hongyao/files#" \
    -e "s#^ANCHORS_FILE=.*#ANCHORS_FILE=/var/lib/hongyao/anchors.jsonl#" \
    -e "s#^TRUSTED_PROXIES=.*#TRUSTED_PROXIES=1#" \
    -e "s#^BACKUP_DIR=.*#BACKUP_DIR=/var/lib/hongyao/backup#" \
    -e "s#^BACKUP_KEY=.*#BACKUP_KEY=b1:$(key)#" \
    -e "s#^BACKUP_HOURS=.*#BACKUP_HOURS=6#" \
    -e "s#^DATA_KEYS=.*#DATA_KEYS=k1:$(key)#" \
    -e "s#^INDEX_KEY=.*#INDEX_KEY=$(key)#" \
    -e "s#^SIGN_KEY=.*#SIGN_KEY=$(key)#" \
    -e "s#^WECHAT_TOKEN=.*#WECHAT_TOKEN=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')#" \
    -e "s#^WECHAT_AES_KEY=.*#WECHAT_AES_KEY=$(head -c 300 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 43)#" \
    .env.example
