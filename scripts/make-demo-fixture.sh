#!/bin/sh
# Makes fixtures/demo anew: a small repository with five snapshots, and the order in which its objects arrived.
# Needs restic 0.17 or newer: on PATH, or its path in RESTIC.
set -eu

restic=${RESTIC:-restic}
fixture=$(cd "$(dirname "$0")/../fixtures/demo" && pwd)
work=$(mktemp -d)
# restic remembers where it found the files: not somewhere random
home=/tmp/laptop-home
mkdir "$home"
trap 'rm -rf "$work" "$home"' EXIT

RESTIC_PASSWORD=$(cat "$fixture/password.txt")
RESTIC_REPOSITORY=$fixture/repository
RESTIC_CACHE_DIR=$work/cache
export RESTIC_PASSWORD RESTIC_REPOSITORY RESTIC_CACHE_DIR

text() { # text LINES: as compressible as notes are
  i=0
  while [ "$i" -lt "$1" ]; do
    i=$((i + 1))
    echo "$i. It isn't backed up until it's backed up to three different locations."
  done
}

photo() { # photo KIBIBYTES: as incompressible as photos are
  dd if=/dev/urandom bs=1024 count="$1" 2>/dev/null
}

objects() { # what is in the repository, in the order in which restic writes it
  (cd "$RESTIC_REPOSITORY" && for kind in config keys data index snapshots; do
    find "$kind" -type f | LC_ALL=C sort
  done)
}

arrive() { # arrive TIME TITLE: a backup, and its entry in the list of arrivals
  (cd "$home" && "$restic" backup --quiet --host laptop --time "$1" .)
  objects >"$work/after"
  [ -s "$work/before" ] && echo '    ]},' >>"$work/arrivals"
  printf '    {"title": "%s", "objects": [\n' "$2" >>"$work/arrivals"
  grep -vxFf "$work/before" "$work/after" | sed 's/.*/      "&"/; $!s/$/,/' >>"$work/arrivals"
  mv "$work/after" "$work/before"
}

rm -rf "$RESTIC_REPOSITORY"
mkdir -p "$home/photos"
touch "$work/before"
"$restic" init --quiet
# the key that init makes names this machine and its user, in plain text
cp "$fixture/password.txt" "$work/password"
"$restic" key add --host laptop --user demo --new-password-file "$work/password" >/dev/null
for key in "$RESTIC_REPOSITORY"/keys/*; do
  grep -q '"username":"demo"' "$key" || rm -f "$key"
done

text 300 >"$home/notes.txt"
photo 90 >"$home/photos/garden.jpg"
photo 60 >"$home/photos/harbour.jpg"
arrive '2026-01-05 22:00:00' 'the first backup, notes and two photos'

text 450 >"$home/notes.txt"
arrive '2026-01-06 22:00:00' 'more notes'

photo 120 >"$home/photos/mountains.jpg"
photo 80 >"$home/photos/train.jpg"
arrive '2026-01-07 22:00:00' 'two more photos'

text 2000 >"$home/thesis.txt"
rm "$home/photos/harbour.jpg"
arrive '2026-01-08 22:00:00' 'a thesis, and one photo less'

photo 150 >"$home/song.ogg"
arrive '2026-01-09 22:00:00' 'a song'

{
  echo '{'
  echo '  "arrivals": ['
  cat "$work/arrivals"
  echo '    ]}'
  echo '  ]'
  echo '}'
} >"$fixture/arrivals.json"
rmdir "$RESTIC_REPOSITORY"/data/?? "$RESTIC_REPOSITORY/locks" 2>/dev/null || true
find "$RESTIC_REPOSITORY" -type d -exec chmod 755 {} +
find "$RESTIC_REPOSITORY" -type f -exec chmod 644 {} +
"$restic" check --read-data --no-lock --quiet
du -sk "$fixture"
