"""Pages are built without the heavy libraries."""

import subprocess
import sys

_CODE = """
import sys
import pwc_bench.site.pages
from pwc_bench.core.parts import part_modules
names = [module.__name__ for module in part_modules(pwc_bench.site.pages)]
assert len(names) > 10, names
print(sorted({"torch", "timm", "pandas", "scipy", "sqlalchemy", "jinja2", "numpy"} & sys.modules.keys()))
"""


def test_importing_every_page_imports_no_heavy_library() -> None:
    """Neither torch nor timm, pandas, scipy, numpy, SQLAlchemy or Jinja2."""
    done = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
