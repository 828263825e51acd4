"""Files at rest: unreadable, unchangeable, and read back exactly from anywhere."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants.sealed_files import BLOCK, SealedWriter, open_sealed

SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 7]


def seal(path, data: bytes, step: int = 100_000) -> None:
    with SealedWriter(path) as file:
        for start in range(0, len(data), step):
            file.write(data[start : start + step])


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_is_read(tmp_path, size):
    data = bytes(n % 251 for n in range(size))
    seal(tmp_path / "a", data)
    with open_sealed(tmp_path / "a") as file:
        assert file.read() == data


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2 * BLOCK + 50), st.integers(0, 300)), max_size=8))
def test_any_part_is_read_from_anywhere(tmp_path_factory, jumps):
    path = tmp_path_factory.mktemp("sealed") / "a"
    data = bytes(n % 251 for n in range(2 * BLOCK + 7))
    seal(path, data)
    with open_sealed(path) as file:
        for at, length in jumps:
            file.seek(at)
            assert file.read(length) == data[at : at + length]


def test_nothing_of_it_stands_on_the_disk_in_the_clear(tmp_path):
    seal(tmp_path / "a", b"13800138000" * 50_000)
    assert b"13800138000" not in (tmp_path / "a").read_bytes()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [10, 2 * BLOCK + 7])
def test_a_changed_a_cut_and_a_moved_file_are_refused(tmp_path, size):
    seal(tmp_path / "a", b"x" * size)
    sealed = (tmp_path / "a").read_bytes()
    for name, changed in {
        "a": sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:],
        "b": sealed,
    }.items():
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(InvalidTag), open_sealed(tmp_path / name) as file:
            file.read()


def test_dropped_and_swapped_blocks_are_refused(tmp_path):
    seal(tmp_path / "a", b"x" * BLOCK + b"y" * BLOCK + b"z" * 5)
    sealed, one = (tmp_path / "a").read_bytes(), BLOCK + 28
    for changed in (sealed[: 2 * one], sealed[one : 2 * one] + sealed[:one] + sealed[2 * one :]):
        (tmp_path / "a").write_bytes(changed)
        with pytest.raises(InvalidTag), open_sealed(tmp_path / "a") as file:
            file.read()


def test_a_failed_writing_leaves_nothing(tmp_path):
    def fail() -> None:
        with SealedWriter(tmp_path / "a") as file:
            file.write(b"x" * (2 * BLOCK))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
