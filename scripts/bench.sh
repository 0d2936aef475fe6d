#!/usr/bin/env bash
# Measures the main job on a real repository: a full check, one commit against its parent,
# and the peak memory of each. Builds the release program first.
#
#   scripts/bench.sh REPOSITORY [REVISION]
#
# REPOSITORY is any git repository, bare ones too; REVISION is its newest commit unless
# given. Uses hyperfine where it is installed, else the mean of RUNS runs (default 5).
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
repository=$(cd "$1" && pwd)
revision=$(git -C "$repository" rev-parse --verify "${2:-HEAD}^{commit}")
runs=${RUNS:-5}
cd "$(dirname "$0")/.."

cargo build --release --quiet
crosscheck=$PWD/target/release/crosscheck
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export NO_COLOR=1

full=("$crosscheck" check -C "$repository" "git:$revision" --fail-on never --quiet)
change=("$crosscheck" check -C "$repository" "git:$revision" --against "git:$revision^"
  --fail-on never --quiet)

files=$(git -C "$repository" ls-tree -r --name-only "$revision" | wc -l)
size=$(git -C "$repository" ls-tree -r -l "$revision" | awk '{ sum += $4 } END { printf "%.1f", sum / 1e6 }')
printf 'tree:    %s, %d files, %s MB\n' "${revision:0:12}" "$files" "$size"
printf 'machine: %s cores, %s\n' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"

# measure NAME COMMAND...: mean time, and peak memory of one run.
measure() {
  local name=$1 memory='n/a'
  shift
  if [ -x /usr/bin/time ]; then
    /usr/bin/time -f '%M' -o "$scratch/memory" "$@" >/dev/null
    memory=$(awk '{ printf "%.0f MB", $1 / 1024 }' "$scratch/memory")
  fi
  if command -v hyperfine >/dev/null; then
    hyperfine --warmup 1 --runs "$runs" --style none --export-json "$scratch/times" \
      "$(printf '%q ' "$@")" >/dev/null 2>&1
    python3 - "$scratch/times" "$name" "$memory" <<'PYTHON'
import json
import sys

path, name, memory = sys.argv[1:]
with open(path, encoding='utf-8') as file:
    result = json.load(file)['results'][0]
print(f"{name:<10} {result['mean']:.3f} s ± {result['stddev'] or 0:.3f} s, peak memory {memory}")
PYTHON
  else
    local start end ix
    start=$(date +%s%N)
    for ((ix = 0; ix < runs; ix++)); do "$@" >/dev/null; done
    end=$(date +%s%N)
    awk -v name="$name" -v ns=$((end - start)) -v runs="$runs" -v memory="$memory" \
      'BEGIN { printf "%-10s %.3f s, peak memory %s\n", name, ns / runs / 1e9, memory }'
  fi
}

measure full "${full[@]}"
measure change "${change[@]}"
