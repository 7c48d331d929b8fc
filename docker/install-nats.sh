#!/bin/sh
# Installs nats-server from Debian's packages. Where the release's own is one that may forget what three servers keep
# when two are killed within seconds (before 2.10.23, as in Debian 12), it is taken from Debian 13, whose package runs on
# both; nothing else is, and the list of sources is afterwards what it was.
set -eu
export DEBIAN_FRONTEND=noninteractive
KEEPS_SINCE=2.10.23

apt-get update -qq
candidate=$(apt-cache policy nats-server | sed -n 's/^ *Candidate: *//p')
if dpkg --compare-versions "$candidate" ge "$KEEPS_SINCE"; then
  apt-get install -y -qq --no-install-recommends nats-server
  exit 0
fi

newer=$(mktemp -d)
trap 'rm -rf "$newer"' EXIT
mkdir -p "$newer/sources" "$newer/lists/partial"
find /etc/apt -name '*.sources' -o -name '*.list' | while read -r file; do
  sed 's/bookworm/trixie/g' "$file" > "$newer/sources/$(basename "$file")"
done
apt() {
  apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$newer/sources" -o "Dir::State::lists=$newer/lists" "$@"
}
apt update
apt install -y --no-install-recommends nats-server
