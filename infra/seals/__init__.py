"""Seals: what lets anybody who keeps an old checkpoint see that the history behind it was changed (architecture 9).

Tiles of the Merkle tree (C2SP tlog-tiles), signed checkpoints (C2SP signed-note, tlog-checkpoint), proofs (RFC 6962),
witnesses (C2SP tlog-witness, tlog-cosignature). All of it is made from leaf hashes alone: no event is opened.
"""
