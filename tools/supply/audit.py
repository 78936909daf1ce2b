"""Has a locked dependency a known hole? `make audit` asks the package index through pip-audit.

Exit code 1 where one has. Advisories that cannot be had are one line and no failure: a build must not hang on them.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

SECONDS = 180


def main() -> int:
    told = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*told, "--format", "json", "--requirement", *sys.argv[1:]], capture_output=True, text=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip
        code, lines = verdict(json.loads(done.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        code, lines = 0, [f"not audited: no advisories within {SECONDS} s"]
    except (json.JSONDecodeError, KeyError):
        code, lines = 0, ["not audited: no advisories could be had"]
    print("\n".join(f"audit: {line}" for line in lines))
    return code


def verdict(found: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Exit code and lines, of what pip-audit found about each package."""
    holes = [(each, hole) for each in found for hole in each.get("vulns", [])]
    asked = sum("vulns" in each for each in found)
    lines = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for each, hole in holes
    ]
    if asked < len(found):
        lines.append(f"not audited: no advisories to be had for {len(found) - asked} of {len(found)} packages")
    if asked:
        lines.append(f"{asked} packages audited, {len(holes)} known holes")
    return int(bool(holes)), lines


if __name__ == "__main__":
    sys.exit(main())
