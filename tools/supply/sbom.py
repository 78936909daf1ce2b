"""What danze is made of, as CycloneDX: `make sbom` writes build/sbom.json.

cyclonedx-py reads the locked packages with the hashes of their files. Licences come from the packages as they are
installed, what needs what from the lock, and the scripts that dashboards load from api/web/static/vendor/VERSIONS.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "api/web/static/vendor"
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==")
OURS = "danze"
WANTED = re.compile(r"    #(?: via| {2}) (\S+)(?: \(pyproject.toml.*\))?")
SPDX = {
    "Apache 2": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause", "ISC License": "ISC", "MIT License": "MIT",
}  # fmt: skip
"""What packages write, where it is not SPDX's word. Those that say “BSD License” alone have three clauses."""
WORD = re.compile(r"(MIT|ISC|MPL-2\.0|PSF-2\.0|Apache-2\.0|BSD-3-Clause|LGPL-2\.1-or-later)( OR (MIT|Apache-2\.0))?")
NOT_HERE = {"colorama": "BSD-3-Clause"}
"""Packages of the lock that are installed under Windows alone."""
SCRIPTS = {"htmx.org": "0BSD", "echarts": "Apache-2.0", "zrender": "BSD-3-Clause", "tslib": "0BSD"}
"""Licences of what the vendored files hold. esbuild, which joins them, is not in them."""


def main() -> int:
    lock, out = ROOT / "requirements.lock", Path(sys.argv[1])
    tool = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(lock)]
    told = [*tool, "--pyproject", str(ROOT / "pyproject.toml"), "--of", "JSON", "--output-reproducible"]
    bill = json.loads(subprocess.run(told, check=True, capture_output=True).stdout)
    complete(bill, lock.read_text(encoding="utf-8"), (VENDOR / "VERSIONS").read_text(encoding="utf-8"))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(f"sbom: {len(bill['components'])} components in {out}")
    return 0


def complete(bill: dict[str, Any], lock: str, versions: str) -> None:
    """Adds what the tool does not know: licences, hashes as scanners look for them, scripts, what needs what."""
    for each in bill["components"]:
        each["bom-ref"] = each["name"]
        each["hashes"] = each["externalReferences"][0]["hashes"]
        each.pop("description", None)  # lines of the lock
        each["licenses"] = licences(each["name"])
    files = [_file(*line.split(" ", 2)) for line in versions.splitlines() if not line.startswith("#")]
    bill["components"] += files
    root = bill["metadata"]["component"]["bom-ref"]
    needs = needed(lock)
    scripts = {each["bom-ref"]: [held["bom-ref"] for held in each["components"]] for each in files}
    tree = {root: [*needs.pop(OURS), *scripts], **needs, **scripts}
    tree |= {ref: [] for refs in tree.values() for ref in refs if ref not in tree}
    bill["dependencies"] = [{"ref": ref, "dependsOn": sorted(tree[ref])} for ref in sorted(tree)]


def licences(name: str) -> list[dict[str, Any]]:
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return [{"license": {"id": NOT_HERE[name]}}]
    told = _told(found)
    if not (found["License-Expression"] or WORD.fullmatch(told)):
        return [{"license": {"name": told}}]
    return [{"expression": told}] if " " in told else [{"license": {"id": told}}]


def _told(found: PackageMetadata) -> str:
    """The expression; else SPDX's word for what stands under License, on one line, or in the classifiers."""
    if expression := found["License-Expression"]:
        return str(expression)
    lines = (found["License"] or "").splitlines()
    classes = [each.split(" :: ")[-1] for each in found.get_all("Classifier") or () if each.startswith("License")]
    said = [lines[0].strip()] if lines and len(lines[0]) < 40 and "Copyright" not in lines[0] else []
    words = [SPDX.get(each, each) for each in (*said, *classes)]
    return next((each for each in words if WORD.fullmatch(each)), words[0] if words else "not told")


def needed(lock: str) -> Mapping[str, list[str]]:
    """By package, those that it needs: the lock says of each who wants it."""
    needs: dict[str, list[str]] = {OURS: []}
    name = ""
    for line in lock.splitlines():
        if begins := PACKAGE.match(line):
            name = begins[1]
            needs.setdefault(name, [])
        elif name and (via := WANTED.fullmatch(line)):
            needs.setdefault(via[1], []).append(name)
    return needs


def _file(name: str, digest: str, held: str) -> dict[str, Any]:
    """A script with what is in it. Its hash is that of the file, or this fails."""
    if sha256((VENDOR / name).read_bytes()).hexdigest() != digest:
        raise SystemExit(f"sbom: {name} is not what VERSIONS says; tools/vendor/build.sh makes both")
    parts = [part.split(" ") for part in held.split(", ")]
    return {
        "type": "file", "bom-ref": name, "name": name, "hashes": [{"alg": "SHA-256", "content": digest}],
        "components": [
            {
                "type": "library", "bom-ref": each, "name": each, "version": version,
                "purl": f"pkg:npm/{each}@{version}", "licenses": [{"license": {"id": SCRIPTS[each]}}],
            }
            for each, version in parts if each in SCRIPTS
        ],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
