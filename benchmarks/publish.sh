#!/bin/sh
# Publishes samples/UringCopy with all of the library kept, and copies a file with the result. Any trim or AOT warning is an error.
#   benchmarks/publish.sh native     ahead of time; needs a C linker, and the packages of the ahead-of-time compiler and its runtime
#   benchmarks/publish.sh trimmed    fully trimmed: the same look at the whole program, with the packages of the linker and the runtime
set -eu
cd "$(dirname "$0")/.."
as="${1:-native}"
out="artifacts/publish-$as"
dotnet publish samples/UringCopy.FromSources -c Release -p:PublishAs="$as" --use-current-runtime --artifacts-path "$out/build" -o "$out/bin" -v q
head -c 10000019 /dev/urandom > "$out/source"
"$out/bin/UringCopy" --block-size 128K "$out/source" "$out/target"
cmp "$out/source" "$out/target"
echo "published as $as without warnings, and it copies"
