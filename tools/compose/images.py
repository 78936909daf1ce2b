"""Images for the compose check where none can be pulled: the same programs out of Debian's packages and Kafka's jars.

They bear the names that the compose file uses while the check runs, and only then: nobody shall take them for the real.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon import docker, installed

from infra.kafka.jars import BrokerError, jars

ROOT = Path(__file__).resolve().parents[2]
STANDINS = Path(__file__).parent / "standins"
BASE = "danze-standin/debian"
PACKAGES = "python3-venv,ca-certificates,postgresql,default-jre-headless"
KINDS = {"python": "python", "postgres": "postgres", "apache/kafka": "kafka"}
"""Which stage of standins/Dockerfile stands in for which image."""


def named() -> list[str]:
    """The images that Dockerfile and docker-compose.yml name and do not make."""
    built = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    run = re.findall(r"^ +image: (\S+:\S+)$", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE)
    return list(dict.fromkeys(built + run))


def provide(stack: ExitStack) -> None:
    """Each image is there after this, by pulling if that can be."""
    for image in named():
        if docker("image", "inspect", image) or docker("pull", "-q", image):
            print(f"images: {image}")
            continue
        kind = KINDS[image.rpartition(":")[0]]
        _stand_in(kind)
        stack.callback(docker, "rmi", image)
        docker("tag", f"danze-standin/{kind}", image, must=True)
        print(f"images: {image} can neither be found nor pulled; one made of Debian's packages stands in", flush=True)


def _stand_in(kind: str) -> None:
    if not docker("image", "inspect", BASE):
        _base()
    with TemporaryDirectory() as folder:
        context = Path(folder)
        shutil.copytree(STANDINS, context, dirs_exist_ok=True)
        shutil.copy(
            ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt", context / "certificates"
        )
        (context / "jars").mkdir()
        if kind == "kafka":
            try:
                shutil.copytree(jars(), context / "jars", dirs_exist_ok=True)
            except BrokerError as error:
                sys.exit(f"compose-check: {error}")
        docker("build", "--target", kind, "-t", f"danze-standin/{kind}", folder, must=True,
               env={**os.environ, "DOCKER_BUILDKIT": "0"})  # fmt: skip


def _base() -> None:
    """A Debian of this machine's release, as its own apt brings it."""
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    if release is None:
        sys.exit("compose-check: images can neither be pulled nor, without a release of Debian here, made")
    installed("mmdebstrap", "mmdebstrap")
    print(f"images: making a Debian {release[1]} with {PACKAGES} …", flush=True)
    make = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={PACKAGES}", release[1]]
    with subprocess.Popen(make, stdout=subprocess.PIPE) as making:
        taken = subprocess.run(["docker", "import", "-", BASE], stdin=making.stdout, capture_output=True, check=False)
    if making.returncode or taken.returncode:
        docker("rmi", BASE)
        sys.exit("compose-check: mmdebstrap could not make a Debian")
