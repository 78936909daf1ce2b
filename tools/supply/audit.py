"""Has a locked dependency a known hole? `make audit` asks the package index through pip-audit.

Exit code 1 where one has. Advisories that cannot be had are a warning and no failure, so that a build without a way to
them passes; with DANZE_REQUIRE_AUDIT=1 they are one.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

SECONDS = 180
REQUIRED = "DANZE_REQUIRE_AUDIT"
WARNED = "WARNING, NOT AUDITED"


def main() -> int:
    told = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*told, "--format", "json", "--requirement", *sys.argv[1:]], capture_output=True, text=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip
        code, lines = verdict(json.loads(done.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        code, lines = 0, [f"{WARNED}: no advisories within {SECONDS} s"]
    except (json.JSONDecodeError, KeyError):
        code, lines = 0, [f"{WARNED}: no advisories could be had"]
    print("\n".join(f"audit: {line}" for line in lines))
    unseen = any(line.startswith(WARNED) for line in lines)
    return code or int(unseen and os.environ.get(REQUIRED) == "1")


def verdict(found: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Exit code and lines, of what pip-audit found about each package."""
    holes = [(each, hole) for each in found for hole in each.get("vulns", [])]
    asked = sum("vulns" in each for each in found)
    lines = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for each, hole in holes
    ]
    if asked < len(found):
        nothing = "" if asked else "; nothing at all is known of holes in what danze is made of"
        lines.append(f"{WARNED}: no advisories to be had for {len(found) - asked} of {len(found)} packages{nothing}")
    if asked:
        lines.append(f"{asked} packages audited, {len(holes)} known holes")
    return int(bool(holes)), lines


if __name__ == "__main__":
    sys.exit(main())
