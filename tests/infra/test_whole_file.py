"""What is written as a whole is on the disk with its name."""

import os

from infra.exporters.whole_file import afresh


def test_what_was_written_is_on_the_disk_with_its_name(tmp_path, monkeypatch):
    synced, fsync = list[str](), os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr("os.fsync", noted)
    with afresh(tmp_path / "proof") as file:
        file.write(b"{}")
    assert (synced, (tmp_path / "proof").read_bytes()) == ([f"{tmp_path}/proof.part", str(tmp_path)], b"{}")
