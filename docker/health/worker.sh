#!/bin/sh
# The worker's health check, which needs no network: the worker rewrites its status file every second. An old file means
# that it is stuck or frozen; the words in it say whether its coordinator is there. With --alive only the former counts:
# a worker that waits for its coordinator mends nothing by being started again.
file=${SHOAL_STATUS_FILE:-/tmp/shoal-worker-status}
if [ -z "$(find "$file" -newermt '15 seconds ago' 2> /dev/null)" ]; then
  echo "no sign of life in $file for 15 s"
  exit 1
fi
cat "$file"
[ "$1" = --alive ] || grep -qxE 'joined|between runs' "$file"
