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
  resolve_baseline # before any of the pull request's code runs
  run_models "$campaign" || code=$?
  # 4: something could not be measured; the check names what is missing.
  if [ "$code" -ne 0 ] && [ "$code" -ne 4 ]; then
    output exit-code "$code"
    return "$code"
  fi

  local options=(--candidate "campaign:$campaign")
  [ -z "$baseline" ] || options+=(--baseline "$baseline")
  [ -z "${GATE_METRICS:-}" ] || options+=(--metrics "$GATE_METRICS")
  # A speed that seems lower is measured again before it is called a regression.
  options+=(--confirm 2)
  [ "${GATE_ALLOW_CHANGED_SETTINGS:-}" != true ] || options+=(--allow-changed-settings)
  words options "${GATE_CHECK_OPTIONS:-}"
  code=0
  rm -f "$report"
  local said
  said=$("$program" check "${options[@]}" --format markdown --output "$report" 2>&1 >/dev/null) || code=$?
  [ -z "$said" ] || echo "$said" >&2
  if [ -f "$report" ]; then
    "$program" check "${options[@]}" --format "${GATE_FORMAT:-text}" || true
    output report "$report"
  else
    echo "::error title=pwc-bench check::$(tail -n 1 <<<"${said//%/%25}")"
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
# compared with; outside a pull request it is results/ of the checkout. What GitHub checks out is the pull request merged
# into that branch, which is the merge's first parent: a checkout of depth 2 has it. Else it is fetched, which takes a
# public repository or credentials.
resolve_baseline() {
  baseline=${GATE_BASELINE:-}
  [ "$baseline" = base ] || return 0
  baseline=""
  [ -n "${GITHUB_BASE_REF:-}" ] || return 0
  local commit
  if is_merge; then
    commit=$(git rev-parse 'HEAD^1')
  elif git fetch --quiet --no-tags --depth 1 origin "refs/heads/$GITHUB_BASE_REF"; then
    commit=$(git rev-parse FETCH_HEAD)
  else
    echo "::error title=pwc-bench::The branch $GITHUB_BASE_REF is not here and cannot be fetched: give actions/checkout" \
      "\"fetch-depth: 2\"."
    output exit-code 2
    exit 2
  fi
  baseline="git:$commit:$(git rev-parse --show-prefix)results"
}

# Tells whether HEAD is the merge that GitHub made of the pull request, with both parents at hand.
is_merge() {
  [[ "${GITHUB_REF:-}" =~ ^refs/pull/[0-9]+/merge$ ]] && [ "$(git rev-parse HEAD)" = "${GITHUB_SHA:-}" ] &&
    git rev-parse --quiet --verify 'HEAD^2^{commit}' >/dev/null
}

# Writes the report below the pull request, in place of an earlier one. That it cannot (a fork's token only reads) is a
# warning: the verdict stands in the log and in the job's summary. The report may come from a job that ran anything: it is
# taken for text alone, cut, and never asked which pull request it belongs to.
comment() {
  if [[ ! "${GITHUB_REF:-}" =~ ^refs/pull/([0-9]+)/ ]]; then
    echo "this is no pull request: no comment"
    return 0
  fi
  local number=${BASH_REMATCH[1]}
  local report=${GATE_REPORT:?say where the report is}
  if [ ! -f "$report" ] || [ -L "$report" ]; then
    echo "there is no report: no comment"
    return 0
  fi
  local who="${GITHUB_WORKFLOW:-workflow}/${GITHUB_JOB:-job}${GATE_REPORT_ARTIFACT:+/$GATE_REPORT_ARTIFACT}"
  local marker="<!-- pwc-bench ${who//[^A-Za-z0-9_.\/-]/_} -->"
  local body id
  body=$(mktemp)
  {
    echo "$marker"
    head -c "$longest_comment" "$report" | iconv -c -f UTF-8 -t UTF-8 | tr -d '\000-\010\013-\037\177'
    if [ "$(wc -c <"$report")" -gt "$longest_comment" ]; then
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
