#!/bin/sh
# On a machine with a graphics card, in the checkout with the folder .gpu of pack.mjs: unpacks it and measures, in under six minutes.
set -e
here=$(cd "$(dirname "$0")/../../.." && pwd)
to=$(mktemp -d)
for one in node webgpu shoal; do
  folder=$to
  [ "$one" = shoal ] && folder=$to/shoal && mkdir -p "$folder"
  tar -C "$folder" -xJf "$here/.gpu/$one.tar.xz"
done
ln -s "$to/node_modules/webgpu" "$to/shoal/node_modules/webgpu"
if ! ldconfig -p | grep -q libvulkan; then
  for one in "$here"/.gpu/libvulkan1*.deb; do dpkg -x "$one" "$to/vulkan"; done
  export LD_LIBRARY_PATH="$to/vulkan/usr/lib/x86_64-linux-gnu:$LD_LIBRARY_PATH"
fi
if [ -z "$VK_DRIVER_FILES" ] && [ -f /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json ]; then
  export VK_DRIVER_FILES=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
fi
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
[ -d "$here/.gpu/mnist" ] && export SHOAL_DATA_DIR="$here/.gpu/mnist"
cd "$to/shoal"
"$to/node" test/bench/gpu/measure.mjs "$@"
