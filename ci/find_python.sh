#!/usr/bin/env bash
# Prints the interpreter of one version that this machine has, from the path or from pyenv: ci/find_python.sh 3.13
set -uo pipefail
for found in "python$1" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
  if "$found" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
    command -v "$found"
    exit 0
  fi
done
exit 1
