import pytest

from domain.digits import digits


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("000", 0), ("65535", 65_535), (b"0065535", 65_535),
        ("65536", None), ("9" * 5_000, None), (b"9" * 5_000, None),
        ("", None), (b"", None), ("²", None), ("٣", None), ("-1", None),
        ("+1", None), (" 1", None), ("1_0", None), (b"\xb2", None),
    ],
)  # fmt: skip
def test_a_number_is_ascii_digits_up_to_the_most(text, number):
    assert digits(text, 65_535) == number
