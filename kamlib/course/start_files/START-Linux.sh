#!/bin/sh
# Starts the workbook: finds Python 3.11 or newer, then does the rest in app/bootstrap.py.
case "$0" in */*) cd "${0%/*}" || exit 1 ;; esac
for python in python3.13 python3.12 python3.11 python3 python3.14 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" app/bootstrap.py "$@"
  fi
done
while IFS= read -r line; do printf '%s\n' "$line"; done < app/no-python.txt
if [ -t 0 ]; then
  printf '[Enter] '
  read -r _
fi
exit 1
