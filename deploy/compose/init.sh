#!/bin/sh
# init.sh CLIENT BACKEND...: creates a password, the repository and the backends of a client, each unless it exists.
# Runs before each start of the daemon.
set -eu
client=$1
shift

if [ ! -s "$RESTIC_PASSWORD_FILE" ]; then
  (umask 077 && head -c 24 /dev/urandom | base64 >"$RESTIC_PASSWORD_FILE")
  echo "made a password: $RESTIC_PASSWORD_FILE"
fi

# restic waits for the server; exit code 10 means that there is no repository
code=0
restic cat config >/dev/null || code=$?
case $code in
0) ;;
10) restic init ;;
*) exit "$code" ;;
esac

for backend in "$@"; do
  if [ ! -e "$REPLICAS/$backend/$client/.backup-syncd/backend.json" ]; then
    # the volumes of this example are on the machine's disk; remove --same-disk if yours are on other disks
    backup-syncd backend init "$client" "$backend" --same-disk
  fi
done
