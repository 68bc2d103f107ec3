# SPDX-License-Identifier: Apache-2.0
# Sourced by the test scripts: how a case is counted, and how other programs' counts are added up. A case is counted when
# it has run; what ran nothing, or ended without saying what it did, is counted as failed.

passed_count=0
failed_count=0

passed() { passed_count=$((passed_count + ${1:-1})); }
failed() {
  failed_count=$((failed_count + 1))
  echo "FAILED: $*"
}

# check TEXT COMMAND...: one case, passed when the command succeeds.
check() {
  local text=$1
  shift
  if "$@"; then passed; else failed "$text"; fi
}

# throttle: after starting a job in the background; waits until a core is free for the next.
throttle() {
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
}

# The last line of a test script, and its exit code.
finish() {
  if [ $((passed_count + failed_count)) -eq 0 ]; then failed "no case ran"; fi
  echo "$passed_count passed, $failed_count failed"
  [ "$failed_count" -eq 0 ]
}

# add_script NAME SECONDS COMMAND...: runs a test script and adds what its last line says.
add_script() {
  local name=$1 seconds=$2 output status=0 last
  shift 2
  output=$(mktemp)
  timeout --kill-after=30 "$seconds" "$@" </dev/null >"$output" 2>&1 || status=$?
  cat "$output"
  last=$(tail -n 1 "$output")
  rm -f "$output"
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then failed "$name: stopped after $seconds seconds"; fi
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    local good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
    passed_count=$((passed_count + good))
    failed_count=$((failed_count + bad))
    if [ "$bad" -eq 0 ] && [ "$good" -eq 0 ]; then failed "$name: ran no case"; fi
    if [ "$bad" -eq 0 ] && [ "$status" -ne 0 ]; then failed "$name: exit code $status"; fi
  else
    failed "$name: its last line is not 'N passed, N failed' (exit code $status)"
  fi
}

# add_doctest NAME SECONDS COMMAND...: runs a doctest program and adds the cases that its summary counts.
add_doctest() {
  local output status=0
  output=$(mktemp)
  timeout --kill-after=30 "$2" "${@:3}" </dev/null >"$output" 2>&1 || status=$?
  count_doctest "$1" "$output" "$status"
}

# begin_doctest NAME SECONDS COMMAND...: the same beside what comes next, for a program that keeps one core busy; end_doctests waits for all
# that were begun, and adds theirs.
begun_names=() begun_outputs=() begun_jobs=()
begin_doctest() {
  local output
  output=$(mktemp)
  timeout --kill-after=30 "$2" "${@:3}" </dev/null >"$output" 2>&1 &
  begun_names+=("$1") begun_outputs+=("$output") begun_jobs+=($!)
}
end_doctests() {
  local i status
  for i in "${!begun_jobs[@]}"; do
    status=0
    wait "${begun_jobs[i]}" || status=$?
    count_doctest "${begun_names[i]}" "${begun_outputs[i]}" "$status"
  done
  begun_names=() begun_outputs=() begun_jobs=()
}

# count_doctest NAME OUTPUT STATUS: of a program that has ended.
count_doctest() {
  local name=$1 output=$2 status=$3 summary
  cat "$output"
  summary=$(grep -aE '^\[doctest\] test cases: ' "$output" | tail -n 1)
  rm -f "$output"
  if [[ $summary =~ ([0-9]+)\ passed\ \|\ +([0-9]+)\ failed ]]; then
    local good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
    passed_count=$((passed_count + good))
    failed_count=$((failed_count + bad))
    if [ "$bad" -eq 0 ] && [ "$good" -eq 0 ]; then failed "$name: ran no case"; fi
    # A sanitizer or valgrind speaks after the summary, with its exit code.
    if [ "$bad" -eq 0 ] && [ "$status" -ne 0 ]; then failed "$name: all cases passed, yet exit code $status"; fi
  else
    failed "$name: ended without a summary (exit code $status)"
  fi
}
