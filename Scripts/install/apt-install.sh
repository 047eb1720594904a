#!/usr/bin/env bash
# Installs Debian packages: apt-install.sh PACKAGE...
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "Needed and not found: $*" >&2
  echo "These are Debian's names, and there is no apt-get here. Install the same libraries with your own package" >&2
  echo "manager (oneDNN 2.6 or newer, zstd, zlib, libcrypto, libyaml, Vulkan, glslang 12 and SPIRV-Tools, all with" >&2
  echo "headers; python3 with venv), then type the command again." >&2
  exit 69
fi
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Needed and not found: $*. Neither root nor sudo here; as root: apt-get install $*" >&2
    exit 69
  fi
  as_root=(sudo)
fi
echo "Installing $*" >&2
"${as_root[@]}" apt-get update -q >&2 </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2 </dev/null
