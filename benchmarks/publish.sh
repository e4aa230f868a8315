#!/bin/sh
# Publishes programs with all of the library kept, and runs them. Any trim or AOT warning is an error.
#   benchmarks/publish.sh native     samples/AheadOfTime as native code; needs a C linker, and the packages of the ahead-of-time compiler
#   benchmarks/publish.sh trimmed    samples/UringCopy, fully trimmed: the same look at the whole program, with the packages of the linker and the runtime
set -eu
cd "$(dirname "$0")/.."
as="${1:-native}"
out="artifacts/publish-$as"
case "$as" in
native)
    dotnet publish samples/AheadOfTime -c Release --use-current-runtime --artifacts-path "$out/build" -o "$out/bin" -v q
    "$out/bin/AheadOfTime"
    ;;
trimmed)
    dotnet publish samples/UringCopy.FromSources -c Release -p:PublishAs=trimmed --use-current-runtime --artifacts-path "$out/build" -o "$out/bin" -v q
    head -c 10000019 /dev/urandom > "$out/source"
    "$out/bin/UringCopy" --block-size 128K "$out/source" "$out/target"
    cmp "$out/source" "$out/target"
    ;;
*)
    echo "native or trimmed, not $as" >&2
    exit 64
    ;;
esac
echo "published as $as without warnings, and it works"
