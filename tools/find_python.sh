#!/bin/sh
# Print the Python to build the environment with: $PYTHON if set, else the newest that is tried out
# with the lock, else any that is new enough.
# A name on the PATH proves nothing (version managers leave shims for versions that are switched
# off, and some systems ship Python without venv), so each candidate has to do its work once.
set -eu

fits='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
if [ -n "${PYTHON:-}" ]; then
  set -- "$PYTHON"
else
  set -- python3.13 python3.12 python3.11 python3.14 python3
fi
for candidate; do
  if "$candidate" -c "$fits" >/dev/null 2>&1; then
    command -v "$candidate"
    exit 0
  fi
done
echo "The kit needs Python 3.11 or newer with venv (on Debian: python3-venv), and none of" \
  "these is one: $*. Install one, or name it: make PYTHON=/path/to/python3.12" >&2
exit 1
