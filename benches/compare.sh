#!/usr/bin/env bash
# Whole commands on a real tree, beside other programs that read the same files: CPU, wall time and
# memory, and the ratio of each CPU to that of ripgrep in the same run.
#
#   benches/compare.sh PROGRAM REPOSITORY [REVISION]
#
# PROGRAM is a release build, REPOSITORY any git repository, bare ones too. The tree is written into a
# folder that goes afterwards. Of ripgrep, git, puppet, puppet-lint, yamllint, ansible-lint,
# kubeconform and kustomize, those that are installed are run, each over the files that it is for;
# what is not is named. Each command runs RUNS times (default 3), the median by CPU counts; those of
# which one run takes longer than a minute run once. Needs GNU time.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2; }
crosscheck=$(readlink -f "$1")
repository=$(cd "$2" && pwd)
revision=$(git -C "$repository" rev-parse --verify "${3:-HEAD}^{commit}")
runs=${RUNS:-3}
export NO_COLOR=1 LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree
git clone -q --no-checkout --shared "$repository" "$tree"
git -C "$tree" -c advice.detachedHead=false checkout -q "$revision"

# files NAME PATTERN...: the tree's files of these names, as a list that xargs takes.
files() {
  local name=$1
  shift
  git -C "$tree" ls-files -z -- "$@" >"$scratch/$name"
}
files manifests '*.pp'
files yaml '*.yaml' '*.yml'
files plays 'playbooks/*.yml' 'site.yml' 'roles/*/tasks/main.yml'
files kustomizations 'kustomization.yaml' '**/kustomization.yaml'

count() { tr -cd '\0' <"$scratch/$1" | wc -c; }

# once COMMAND...: "CPU WALL MEBIBYTES" of one run; what it prints and its exit code do not count.
once() {
  (cd "$tree" && command time -f '%U %S %e %M' -o "$scratch/time" "$@" >"$scratch/out" 2>&1) || true
  awk 'END { printf "%.2f %.2f %.0f\n", $1 + $2, $3, $4 / 1024 }' "$scratch/time"
}

base=
# measure NAME COMMAND...
measure() {
  local name=$1 first all cpu wall memory
  shift
  first=$(once "$@")
  all=$first
  if awk '{ exit !($1 < 60) }' <<<"$first"; then
    for ((ix = 1; ix < runs; ix++)); do all+=$'\n'$(once "$@"); done
  fi
  read -r cpu wall memory < <(sort -n <<<"$all" | awk '{ own[NR] = $0 } END { print own[int((NR + 1) / 2)] }')
  [ -n "$base" ] || base=$cpu
  awk -v name="$name" -v cpu="$cpu" -v wall="$wall" -v memory="$memory" -v base="$base" \
    'BEGIN { printf "| %s | %.2f | %.2f | %d | %.1f |\n", name, cpu, wall, memory, cpu / (base > 0 ? base : 0.01) }'
}

lacking=()
# beside PROGRAM LIST NAME COMMAND...: the command over the files of a list, where there is the program
# and any such file.
beside() {
  local program=$1 list=$2 name=$3
  shift 3
  if ! command -v "$program" >/dev/null; then
    lacking+=("$program")
  elif [ "$(count "$list")" -gt 0 ]; then
    measure "$name, $(count "$list") files" xargs -0 -a "$scratch/$list" "$@"
  fi
}

size=$(git -C "$tree" ls-files -z | (cd "$tree" && xargs -0 stat -c %s --) | awk '{ sum += $1 } END { printf "%.1f", sum / 1e6 }')
printf '%s at %s: %d files, %s MB\n' "$2" "${revision:0:12}" \
  "$(git -C "$tree" ls-files | wc -l)" "$size"
printf '%s cores, %s\n\n' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
printf '| command | CPU s | wall s | MiB | CPU, ripgrep = 1 |\n| --- | --- | --- | --- | --- |\n'

if command -v rg >/dev/null; then
  measure 'rg, one word' rg --count --hidden --glob '!.git' 'require'
else
  lacking+=(rg)
fi
measure 'git grep, one word' git grep --count require
check=("$crosscheck" check --quiet --fail-on never)
export CROSSCHECK_CACHE_DIR=
measure 'crosscheck check, nothing known' "${check[@]}"
measure 'crosscheck check --against, nothing known' "${check[@]}" "git:$revision" --against "git:$revision^"
export CROSSCHECK_CACHE_DIR=$scratch/facts
once "${check[@]}" >/dev/null
once "${check[@]}" "git:$revision" --against "git:$revision^" >/dev/null
measure 'crosscheck check, facts known' "${check[@]}"
measure 'crosscheck check --against, facts known' "${check[@]}" "git:$revision" --against "git:$revision^"
changed=$(git -C "$tree" ls-files -- '*.pp' '*.yaml' '*.yml' | sed -n 1p)
printf '\n' >>"$tree/$changed"
git -C "$tree" add -- "$changed"
measure 'crosscheck as a pre-commit hook, one file' "${check[@]}" index: --against git:HEAD
git -C "$tree" reset -q --hard
beside puppet manifests 'puppet parser validate' puppet parser validate
beside puppet-lint manifests 'puppet-lint' puppet-lint
beside yamllint yaml 'yamllint' yamllint -d relaxed
beside ansible-lint plays 'ansible-lint' ansible-lint --offline -q
beside kubeconform yaml 'kubeconform' kubeconform -ignore-missing-schemas
if command -v kustomize >/dev/null; then
  [ "$(count kustomizations)" -eq 0 ] || measure "kustomize build, $(count kustomizations) roots" \
    xargs -0 -a "$scratch/kustomizations" -n 1 sh -c 'kustomize build "$(dirname "$0")"'
else
  lacking+=(kustomize)
fi
[ "${#lacking[@]}" -eq 0 ] || printf '\nnot installed: %s\n' "${lacking[*]}"
