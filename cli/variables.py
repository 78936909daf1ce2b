"""Which variables of the environment danze reads: those of options, as typer knows them, and those of modules."""

from collections.abc import Iterator
from typing import Any

from cli.reference.verbs import verbs
from infra import log_lines
from infra.doors import access, doors, oidc, tokens
from infra.kafka import settings
from infra.log import urls
from infra.seals import keys
from infra.vault import master_key
from infra.webhooks import hosts


def known(command: Any) -> set[str]:
    """Their names, from the whole command (`danze`) and the modules."""
    return {*_of_options(command), *_of_modules()}


def _of_options(command: Any) -> Iterator[str]:
    for _, verb in verbs(command):
        for each in verb.params:
            names = each.envvar or ()
            yield from (names,) if isinstance(names, str) else names


def _of_modules() -> Iterator[str]:
    yield from settings.VARIABLES
    yield from oidc.VARIABLES
    yield from (master_key.VARIABLE, master_key.COMMAND_VARIABLE, master_key.FILE_VARIABLE)
    yield from (keys.KEY_VARIABLE, keys.FOLDER_VARIABLE, access.FOLDER_VARIABLE, tokens.FOLDER_VARIABLE)
    yield from (urls.PASSWORD_FILE, log_lines.VARIABLE, doors.PROXIES, hosts.VARIABLE)
