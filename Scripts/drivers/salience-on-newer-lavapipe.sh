#!/usr/bin/env bash
# The `salience` of the release build on the driver of run-on-newer-lavapipe.sh, for tests of the command:
# salience-on-newer-lavapipe.sh [ARGUMENT]...
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/Scripts/drivers/run-on-newer-lavapipe.sh" "$root/.lavapipe" "$root/.build/release/salience" "$@"
