#!/bin/sh
# Restart the web processes one after the other, without one failed answer: restart.sh (as root)
# Each is taken out of nginx first, so that nobody is sent to it while it stops and starts. The worker comes last.
# One that does not come up stays out; the other goes on answering. Mend it and run this again.
set -eu
UPSTREAM=${HONGYAO_UPSTREAM:-/etc/hongyao/upstream.conf}
NGINX_PID=${HONGYAO_NGINX_PID:-/run/nginx.pid}
RELOAD=${HONGYAO_RELOAD:-systemctl reload nginx}
RESTART=${HONGYAO_RESTART:-systemctl restart hongyao-web@}
RESTART_WORKER=${HONGYAO_RESTART_WORKER-systemctl restart hongyao-worker}
WAIT=${HONGYAO_WAIT:-60}

answers() { curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$1/livez"; }
ready() { curl --silent --fail --noproxy '*' --max-time 30 --output /dev/null "http://127.0.0.1:$1/readyz"; }
another_answers() {
    for other in $ports; do
        [ "$other" = "$1" ] || ! answers "$other" || return 0
    done
    return 1
}
workers() { # nginx's own, but for those that only finish what they have
    for pid in $(cat "/proc/$(cat "$NGINX_PID")"/task/*/children); do
        tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^nginx: worker process *$' && echo "$pid"
    done
    return 0
}
reload() { # and wait until no process of nginx goes by the old list
    before=$(workers)
    $RELOAD
    for _ in $(seq 150); do
        now=$(workers) old=
        for pid in $before; do echo "$now" | grep -qx "$pid" && old=$pid; done
        [ -n "$old" ] || return 0
        sleep 0.2
    done
    echo "nginx does not take the change: see nginx -t" >&2
    exit 1
}
take_out() { sed -i "s/^\( *server 127\.0\.0\.1:$1 [^;]*[^;n]\);/\1 down;/" "$UPSTREAM" && reload; }
put_back() { sed -i "s/^\( *server 127\.0\.0\.1:$1 .*\) down;/\1;/" "$UPSTREAM" && reload; }

ports=$(sed -n 's/^ *server 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$UPSTREAM")
for port in $ports; do
    another_answers "$port" || { echo "no process but that on port $port answers: nothing done" >&2; exit 1; }
    take_out "$port"
    ${RESTART}$port
    left=$WAIT
    until answers "$port" && ready "$port"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "the process on port $port does not answer; it stays out. See its log" >&2; exit 1; }
        sleep 1
    done
    put_back "$port"
    echo "port $port: started anew"
done
[ -z "$RESTART_WORKER" ] || { $RESTART_WORKER && echo "worker: started anew"; }
