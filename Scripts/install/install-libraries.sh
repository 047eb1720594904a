#!/usr/bin/env bash
# Installs through apt what the build needs: the headers of oneDNN, zstd, zlib, libcrypto, libyaml, Vulkan, glslang and
# SPIRV-Tools. With --tests also a Vulkan driver that runs on the processor, the validation layers, and strace, which
# injects faults. Does nothing where all is present.
set -euo pipefail

missing=()
for pair in dnnl.h:libdnnl-dev zstd.h:libzstd-dev zlib.h:zlib1g-dev openssl/sha.h:libssl-dev yaml.h:libyaml-dev \
  vulkan/vulkan.h:libvulkan-dev glslang/Include/glslang_c_interface.h:glslang-dev \
  spirv-tools/libspirv.h:spirv-tools; do
  header=${pair%%:*} package=${pair##*:}
  if command -v clang >/dev/null; then
    clang -E -x c - >/dev/null 2>&1 <<<"#include <$header>" || missing+=("$package")
  else
    [[ -e /usr/include/$header || -e /usr/local/include/$header ]] || missing+=("$package")
  fi
done
if [[ ${1-} == --tests ]]; then
  for pair in icd.d/lvp_icd:mesa-vulkan-drivers explicit_layer.d/VkLayer_khronos_validation:vulkan-validationlayers; do
    compgen -G "/usr/share/vulkan/${pair%%:*}*.json" >/dev/null || missing+=("${pair##*:}")
  done
  command -v strace >/dev/null || missing+=(strace)
fi
if ((${#missing[@]} == 0)); then exit 0; fi

exec "$(dirname "$0")/apt-install.sh" "${missing[@]}"
