"""`danze keys`: what producers seal personal fields with."""

from cli.options import Json, Store
from cli.screen import out, told
from cli.wiring import DEFAULT_STORE, opened


def keys(store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Print the intake's public key, with which producers seal personal fields on their way. Nothing secret."""
    with opened(store, create=False) as system:
        key = system.vault.intake_key
    told(
        {"intake": {"name": key.name, "public": key.public}},
        as_json,
        lambda answer: out.print(answer["intake"]["public"], markup=False, highlight=False),
    )
