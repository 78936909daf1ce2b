"""Numbers as others write them: in ASCII, since `str.isdigit` takes `²`, which `int` does not."""


def digits(text: str | bytes, most: int) -> int | None:
    """The number that a text of digits alone says, up to `most`; None for any other text."""
    if not (text.isascii() and text.isdigit()):
        return None
    short = (text if isinstance(text, str) else text.decode()).lstrip("0") or "0"
    if len(short) > len(str(most)):
        return None  # Python reads 4,300 digits at most
    return number if (number := int(short)) <= most else None
