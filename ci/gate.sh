#!/usr/bin/env bash
# What action.yml does, so that it can be run and tested without GitHub:
#
#     GATE_MODELS=convit-ti ci/gate.sh check
#
# Settings come as GATE_... variables, never as text of this script; the variables of GitHub are used where they are set.
set -euo pipefail

readonly program=${PWC_BENCH_PROGRAM:-pwc-bench}
readonly longest_comment=60000 # GitHub takes 65,536 characters

main() {
  case "${1:-}" in
    install) install ;;
    check) check ;;
    comment) comment ;;
    *)
      echo "usage: gate.sh install|check|comment" >&2
      exit 2
      ;;
  esac
}

install() {
  local options=()
  words options "${GATE_PIP_OPTIONS:-}"
  python3 -m pip install --quiet --disable-pip-version-check "${options[@]}" "${GITHUB_ACTION_PATH:-$(dirname "$0")/..}"
}

# Measures, compares, and ends with the exit code of `pwc-bench check`.
check() {
  local campaign="gate-${GITHUB_RUN_ID:-local}-${GITHUB_RUN_ATTEMPT:-$(date -u +%Y%m%dT%H%M%S)}"
  local report="${RUNNER_TEMP:-.}/pwc-bench-report.md"
  local code=0
  run_models "$campaign" || code=$?
  # 4: something could not be measured; the check names what is missing.
  if [ "$code" -ne 0 ] && [ "$code" -ne 4 ]; then
    output exit-code "$code"
    return "$code"
  fi

  local options=(--candidate "campaign:$campaign")
  resolve_baseline
  [ -z "$baseline" ] || options+=(--baseline "$baseline")
  [ -z "${GATE_METRICS:-}" ] || options+=(--metrics "$GATE_METRICS")
  # A speed that seems lower is measured again before it is called a regression.
  options+=(--confirm 2)
  words options "${GATE_CHECK_OPTIONS:-}"
  code=0
  rm -f "$report"
  "$program" check "${options[@]}" --format markdown --output "$report" >/dev/null || code=$?
  if [ -f "$report" ]; then
    "$program" check "${options[@]}" --format "${GATE_FORMAT:-text}" || true
    output report "$report"
  fi
  output exit-code "$code"
  return "$code"
}

run_models() {
  local options=(--campaign "$1" --models "${GATE_MODELS:?say what to measure}" --data "${GATE_DATA:-demo}")
  [ -z "${GATE_DATASET:-}" ] || options+=(--dataset "$GATE_DATASET")
  if [ -n "${GATE_SITE:-}" ]; then options+=(--site "$GATE_SITE"); else options+=(--no-site); fi
  # The hash of the weights is compared and not measured.
  local metrics
  metrics=$(tr ',' '\n' <<<"${GATE_METRICS:-}" | grep -vx 'weights' | paste -sd, -) || true
  [ -z "$metrics" ] || options+=(--metrics "$metrics")
  local line
  while IFS= read -r line; do
    [ -z "$line" ] || options+=(--weights "$line")
  done <<<"${GATE_WEIGHTS:-}"
  words options "${GATE_RUN_OPTIONS:-}"
  "$program" run "${options[@]}"
}

# Sets `baseline`. "base" is results/ on the branch that a pull request goes to, so that none can change what it is
# compared with; outside a pull request it is results/ of the checkout.
resolve_baseline() {
  baseline=${GATE_BASELINE:-}
  [ "$baseline" = base ] || return 0
  baseline=""
  [ -n "${GITHUB_BASE_REF:-}" ] || return 0
  if ! git fetch --quiet --no-tags --depth 1 origin "refs/heads/$GITHUB_BASE_REF"; then
    echo "::error title=pwc-bench::The branch $GITHUB_BASE_REF cannot be fetched: check it out with its credentials."
    output exit-code 2
    exit 2
  fi
  baseline="git:FETCH_HEAD:$(git rev-parse --show-prefix)results"
}

# Writes the report below the pull request, in place of an earlier one. That it cannot (a fork's token only reads) is a
# warning: the verdict stands in the log and in the job's summary.
comment() {
  if [[ ! "${GITHUB_REF:-}" =~ ^refs/pull/([0-9]+)/ ]]; then
    echo "this is no pull request: no comment"
    return 0
  fi
  local number=${BASH_REMATCH[1]}
  local who="${GITHUB_WORKFLOW:-workflow}/${GITHUB_JOB:-job}"
  local marker="<!-- pwc-bench ${who//[^A-Za-z0-9_.\/-]/_} -->"
  local body id
  body=$(mktemp)
  {
    echo "$marker"
    head -c "$longest_comment" "${GATE_REPORT:?say where the report is}" | iconv -c -f UTF-8 -t UTF-8
    if [ "$(wc -c <"$GATE_REPORT")" -gt "$longest_comment" ]; then
      printf '\n\nThe report is longer: its rest stands in the summary of the job.\n'
    fi
  } >"$body"
  local comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
  local mine=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
  if id=$(gh api --paginate "$comments" --jq "$mine" | sed -n 1p) && {
    if [ -n "$id" ]; then
      gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body"
    else
      gh api --silent --method POST "$comments" --field "body=@$body"
    fi
  }; then
    echo "the report stands below pull request $number"
  else
    echo "::warning title=pwc-bench::The report could not be written below the pull request: the token may not do so," \
      "or gh is not installed on this runner. It stands in the log and in the job's summary."
  fi
  rm -f "$body"
}

# Adds the words of a text to an array; nothing in it is expanded.
words() {
  local -n array=$1
  local more=()
  read -r -a more <<<"${2//$'\n'/ }"
  array+=("${more[@]}")
}

output() {
  [ -z "${GITHUB_OUTPUT:-}" ] || echo "$1=$2" >>"$GITHUB_OUTPUT"
}

main "$@"
