"""Tree heads agree with the vectors that every RFC 6962 implementation is tested with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infra.log.merkle import Tree, node_of
from infra.log.port import leaf_of

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The head over the first 0, 1, … 8 inputs, as in certificate-transparency-go."""


def test_known_roots() -> None:
    tree = Tree()
    heads = [tree.root().hex()]
    for data in INPUTS:
        tree.extend([leaf_of(data)])
        heads.append(tree.root().hex())
    assert heads == ROOTS


def by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_of(by_the_book(leaves[:k]), by_the_book(leaves[k:]))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_batches_of_any_size_give_the_same_head(sizes: list[int]) -> None:
    leaves = [leaf_of(str(n).encode()) for n in range(sum(sizes) + 1)]
    tree = Tree()
    at = 0
    for size in [*sizes, 1]:
        tree.extend(leaves[at : at + size])
        at += size
        if at:
            assert tree.root() == by_the_book(leaves[:at])
    assert tree.size == len(leaves)
