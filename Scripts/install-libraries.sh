#!/usr/bin/env bash
# Installs the headers that the build needs (oneDNN, zstd, zlib) through apt, and does nothing where they are present.
set -euo pipefail

missing=()
for pair in dnnl.h:libdnnl-dev zstd.h:libzstd-dev zlib.h:zlib1g-dev; do
  header=${pair%%:*} package=${pair##*:}
  if command -v clang >/dev/null; then
    clang -E -x c - >/dev/null 2>&1 <<<"#include <$header>" || missing+=("$package")
  else
    [[ -e /usr/include/$header || -e /usr/local/include/$header ]] || missing+=("$package")
  fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

exec "$(dirname "$0")/apt-install.sh" "${missing[@]}"
