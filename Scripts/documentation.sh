#!/usr/bin/env bash
# Renders the Swift library's documentation with the toolchain's docc: documentation.sh FOLDER
# Reads the modules that `make build` leaves, so that nothing is compiled again.
set -euo pipefail
cd "$(dirname "$0")/.."

output=$1
build=.build/release
symbols=$(mktemp -d)
trap 'rm -rf "$symbols"' EXIT

# The C modules that those of Swift are made with.
maps=()
for map in Sources/C*/module.modulemap "$build"/[CS]*.build/module.modulemap; do
  [[ $map == *-tool.build/* || ! -f $map ]] || maps+=(-Xcc "-fmodule-map-file=$map")
done
swift-symbolgraph-extract -module-name Salience -I "$build/Modules" "${maps[@]}" \
  -target "$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)" \
  -minimum-access-level public -output-dir "$symbols"
mkdir -p "$(dirname "$output")"
docc convert Sources/Salience/Salience.docc --additional-symbol-graph-dir "$symbols" \
  --fallback-display-name Salience --fallback-bundle-identifier salience \
  --transform-for-static-hosting --output-path "$output"
printf 'Serve it with `python3 -m http.server -d %s` and open /documentation/salience\n' "$output"
