#!/usr/bin/env bash
# Runs a program on the newest lavapipe that Debian has, which multiplies on matrix units, under the C library that it
# needs: run-on-newer-lavapipe.sh FOLDER PROGRAM [ARGUMENT]...
# The first run unpacks Debian sid with the driver and the validation layers into FOLDER, half a gigabyte, with
# debootstrap and as root.
set -euo pipefail

folder=${1:?usage: run-on-newer-lavapipe.sh FOLDER PROGRAM [ARGUMENT]...}
shift
if [[ ! -e $folder/unpacked ]]; then
  command -v debootstrap >/dev/null || "$(dirname "$0")/../install/apt-install.sh" debootstrap
  rm -rf "$folder"
  debootstrap --variant=minbase --include=mesa-vulkan-drivers,libvulkan1,vulkan-validationlayers sid "$folder" >&2
  touch "$folder/unpacked"
fi
folder=$(cd "$folder" && pwd)
libraries=$folder/usr/lib/$(uname -m)-linux-gnu
export VK_ICD_FILENAMES=$folder/usr/share/vulkan/icd.d/lvp_icd.json
export VK_LAYER_PATH=$folder/usr/share/vulkan/explicit_layer.d
# The program's own libraries: Swift's, those of this system, and its C library last.
swift=$(swift -print-target-info | sed -n 's|^ *"\(/.*/swift/linux\)".*|\1|p' | head -n 1)
exec "$(echo "$folder"/lib64/ld-linux-*.so.*)" \
  --library-path "$libraries:$swift:/lib/$(uname -m)-linux-gnu:/usr/lib/$(uname -m)-linux-gnu" "$@"
