#!/usr/bin/env bash
# Says in a short table what an environment is made of: ci/versions.sh .venv/bin/python
set -uo pipefail
python=${1:?name a Python interpreter}
row() { printf '  %-12s %s\n' "$1" "${2:-none}"; }

echo "versions of $python"
row Python "$("$python" -c 'import platform; print(platform.python_version())')"
"$python" - torch timm click PyYAML pillow pyarrow numpy pandas SQLAlchemy <<'END'
import sys
from importlib.metadata import version

for name in sys.argv[1:]:
    print(f"  {name:12} {version(name)}")
END
row Chromium "$(chromium --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+')"
row fonts "$(fc-list : family 2>/dev/null | grep -E '^(DejaVu Sans|Liberation Sans|Noto Sans|Noto Sans CJK SC)(,|$)' | cut -d, -f1 | sort -u | paste -sd, | sed 's/,/, /g')"
row PostgreSQL "$(for program in /usr/lib/postgresql/*/bin/postgres; do "$program" --version 2>/dev/null; done | grep -oE '[0-9]+(\.[0-9]+)+' | paste -sd' ')"
row Java "$(java -version 2>&1 | grep -oE '"[0-9][^"]*"' | tr -d '"')"
