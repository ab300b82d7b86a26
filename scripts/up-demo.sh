#!/bin/sh
# The whole system over the bundled web: up, a job by curl, its events, an export, down. Nothing stays.
set -eu
home=$(mktemp -d "${TMPDIR:-/tmp}/scrapersky-up-demo.XXXXXX")
export SCRAPERSKY_HOME="$home"
unset DATABASE_URL SCRAPERSKY_DATABASE_URL || true
web='' up=''
cleanup() {
	trap - EXIT INT TERM
	[ -z "$up" ] || { kill "$up" 2>/dev/null; wait "$up" || true; }
	[ -z "$web" ] || { kill "$web" 2>/dev/null; wait "$web" 2>/dev/null || true; }
	scrapersky db reset --yes >/dev/null 2>&1 || true
	rm -rf "$home"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

python -m scrapersky.demo >"$home/web.json" &
web=$!
until [ -s "$home/web.json" ]; do sleep 0.1; kill -0 "$web"; done
SCRAPERSKY_CONNECT_TO=$(python -c 'import json, sys; print(json.loads(sys.stdin.readline())["connect_to"])' <"$home/web.json")
export SCRAPERSKY_CONNECT_TO

port=$(python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export SCRAPERSKY_API_URL="http://127.0.0.1:$port"
: >"$home/up.log"
scrapersky up --port "$port" --node-port 0 >"$home/up.log" 2>&1 &
up=$!
until grep -q 'status$' "$home/up.log"; do
	sleep 0.2
	kill -0 "$up" 2>/dev/null || { cat "$home/up.log"; exit 1; }
done
cat "$home/up.log"

token=$(scrapersky token demo)
echo; echo '$ curl -X POST …/jobs?spider=homepage   (the demo'"'"'s companies, as text)'
scrapersky demo --domains >"$home/domains.txt"
answer=$(curl -sS --fail-with-body -X POST "$SCRAPERSKY_API_URL/api/v3/jobs?spider=homepage" \
	-H "Authorization: Bearer $token" -H 'Content-Type: text/plain' --data-binary "@$home/domains.txt")
echo "$answer"
job=$(echo "$answer" | python -c 'import json, sys; print(json.load(sys.stdin)["job_id"])')

echo; echo '$ curl -N …/jobs/JOB/events'
curl -sSN "$SCRAPERSKY_API_URL/api/v3/jobs/$job/events" -H "Authorization: Bearer $token"
echo; echo '$ scrapersky status JOB'
scrapersky status "$job"
echo; echo '$ scrapersky contacts export -'
scrapersky contacts export - | head -5 | cut -c1-110
