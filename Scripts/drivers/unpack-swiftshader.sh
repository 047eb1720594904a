#!/usr/bin/env bash
# Unpacks SwiftShader, a Vulkan driver that runs on the processor, out of Debian's package chromium-common into FOLDER,
# once, and prints the path of the file that VK_ICD_FILENAMES takes: unpack-swiftshader.sh FOLDER
set -euo pipefail

folder=${1:?usage: unpack-swiftshader.sh FOLDER}
driver=usr/lib/chromium/vk_swiftshader_icd.json
if [[ ! -e $folder/$driver ]]; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "SwiftShader is taken from a Debian package, and there is no apt-get here." >&2
    echo "With another driver: VK_ICD_FILENAMES=DRIVER.json make test" >&2
    exit 69
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  (cd "$scratch" && apt-get download -q chromium-common >&2)
  dpkg-deb -x "$scratch"/chromium-common_*.deb "$scratch/unpacked"
  mkdir -p "$folder/usr/lib/chromium"
  # The driver file comes last, so that a half unpacked folder is done again.
  mv "$scratch/unpacked/usr/lib/chromium/libvk_swiftshader.so" "$folder/usr/lib/chromium/"
  mv "$scratch/unpacked/$driver" "$folder/$driver"
fi
echo "$(cd "$folder" && pwd)/$driver"
