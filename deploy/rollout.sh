#!/bin/sh
# Puts a release in place, replica by replica; the next one is restarted only when the last one answers and is warm.
# A release that does not come up stops at the first replica, and the others go on serving what was there.
# Usage: deploy/rollout.sh RELEASE PORT...
#   CURRENT  the link that replicas are started through [/srv/coalition/current]
#   RESTART  command that restarts the replica of a port [systemctl restart coalition@PORT]
#   WARM     seconds to wait for the usual pictures [120]
set -eu
release=$(cd "$1" && pwd -P)
shift
current=${CURRENT:-/srv/coalition/current}
ln -sfn "$release" "$current.new"
# A rename is one step; at no moment is there no release.
mv -T "$current.new" "$current"
for port in "$@"; do
  if [ -n "${RESTART:-}" ]; then $RESTART "$port"; else systemctl restart "coalition@$port"; fi
  if ! python3 "$release/deploy/healthy.py" "$port" --wait 60 --warm "${WARM:-120}"; then
    echo "The replica on port $port does not answer; the others still serve the release before" >&2
    exit 1
  fi
  echo "$port serves $(basename "$release")"
done
