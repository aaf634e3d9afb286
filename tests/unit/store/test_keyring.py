"""The ring of receipt keys: rotation that is noticed, published for ever, and vouched for."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.store.keyring import KeyRing, vouched
from coursekit.store.keys import ReceiptSigner, load_or_create
from coursekit.wire.api import KeyShape


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*{ending}"))


def test_the_first_key_is_made_once(tmp_path: Path) -> None:
    first = KeyRing(tmp_path / "keys")
    again = KeyRing(tmp_path / "keys")
    assert again.published() == first.published()
    (key,) = first.published()
    assert (key.key, key.public_key) == (first.pick().key_id, first.pick().public_key)
    assert key.endorsed_by == key.endorsement == ""


def test_the_key_of_release_0_1_0_becomes_the_first(tmp_path: Path) -> None:
    old = ReceiptSigner(load_or_create(tmp_path / "receipts.ed25519"))
    ring = KeyRing(tmp_path / "receipts", adopt=tmp_path / "receipts.ed25519")
    assert ring.pick().key_id == old.key_id
    ring.rotate()
    again = KeyRing(tmp_path / "receipts", adopt=tmp_path / "receipts.ed25519")
    assert again.published()[0].key == old.key_id
    # It stays where it was: release 0.1.0 would make itself another one in silence.
    assert (tmp_path / "receipts.ed25519").exists()


def test_a_damaged_old_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "receipts.ed25519").write_bytes(b"short")
    with pytest.raises(ServiceFault, match="cannot be read"):
        KeyRing(tmp_path / "receipts", adopt=tmp_path / "receipts.ed25519")
    assert not files(tmp_path / "receipts", ".public.json")


def test_private_halves_are_the_owners_alone(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys").rotate()
    private = files(tmp_path / "keys", ".private")
    assert [stat.S_IMODE(p.stat().st_mode) for p in private] == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_another_process_that_runs_notices_a_rotation(tmp_path: Path) -> None:
    running = KeyRing(tmp_path / "keys")
    before = running.pick().key_id
    subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, pathlib; from coursekit.store.keyring import KeyRing; "
            "KeyRing(pathlib.Path(sys.argv[1])).rotate()",
            str(tmp_path / "keys"),
        ],
        check=True,
    )
    assert running.pick().key_id != before
    assert [k.key for k in running.published()] == [before, running.pick().key_id]


def test_rotations_at_once_make_one_row(tmp_path: Path) -> None:
    rings = [KeyRing(tmp_path / "keys") for _ in range(8)]
    threads = [threading.Thread(target=ring.rotate) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = KeyRing(tmp_path / "keys").published()
    assert len(keys) == 9
    assert [k.endorsed_by for k in keys] == ["", *(k.key for k in keys[:-1])]
    assert {ring.pick().key_id for ring in rings} == {keys[-1].key}


def test_first_starts_at_once_make_one_key(tmp_path: Path) -> None:
    rings: list[KeyRing] = []
    threads = [threading.Thread(target=lambda: rings.append(KeyRing(tmp_path / "keys"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.pick().key_id for ring in rings}) == len(files(tmp_path / "keys", ".public.json")) == 1


def test_old_private_halves_may_be_taken_away(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    ring.rotate()
    files(tmp_path / "keys", ".private")[0].unlink()
    assert len(ring.published()) == len(KeyRing(tmp_path / "keys").published()) == 2
    ring.rotate()
    assert len(ring.published()) == 3


def test_without_the_newest_private_half_nothing_starts_and_nothing_stops(tmp_path: Path) -> None:
    running = KeyRing(tmp_path / "keys")
    key = running.pick().key_id
    files(tmp_path / "keys", ".private")[0].unlink()
    with pytest.raises(ServiceFault, match=f"The newest receipt key, {key}, cannot sign"):
        KeyRing(tmp_path / "keys")
    # Who has it in memory goes on: an exam may be running.
    assert running.pick().key_id == key
    with pytest.raises(ServiceFault, match="cannot sign"):
        running.rotate()
    anew = running.rotate(is_endorsed=False)
    assert running.pick().key_id == anew.key
    assert anew.endorsed_by == ""


def test_a_share_that_is_away_stops_nothing(tmp_path: Path) -> None:
    running = KeyRing(tmp_path / "keys")
    key = running.pick().key_id
    shutil.move(tmp_path / "keys", tmp_path / "away")
    assert running.pick().key_id == key
    (tmp_path / "keys").write_text("not a folder")
    assert running.pick().key_id == key
    assert [k.key for k in running.published()] == [key]


def test_a_private_half_of_another_key_is_refused(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys")
    files(tmp_path / "keys", ".private")[0].write_bytes(os.urandom(32))
    with pytest.raises(ServiceFault, match="is not the private half of key"):
        KeyRing(tmp_path / "keys")


def test_a_damaged_public_half_is_refused(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys")
    files(tmp_path / "keys", ".public.json")[0].write_text("{")
    with pytest.raises(ServiceFault, match="cannot be read"):
        KeyRing(tmp_path / "keys")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(ServiceFault, match="cannot be read: Not a directory"):
        KeyRing(tmp_path / "keys")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    # A link to nowhere: there is nothing to read, and no folder can take its place. Not even root's.
    (tmp_path / "keys").symlink_to(tmp_path / "gone" / "far")
    with pytest.raises(BadInput, match="No key can be kept in"):
        KeyRing(tmp_path / "keys")


def test_a_kill_between_the_two_halves_leaves_the_old_key(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    before = ring.pick().key_id
    # What a rotation that was killed leaves: the private half, and the beginning of the public one.
    (tmp_path / "keys" / "0002-0123456789abcdef.private").write_bytes(os.urandom(32))
    (tmp_path / "keys" / ".new-abc").write_text("{")
    (tmp_path / "keys" / ".new-7-0002-0123456789abcdef.public.json").write_text("{")
    assert ring.pick().key_id == before
    assert KeyRing(tmp_path / "keys").pick().key_id == before
    after = ring.rotate()
    assert after.endorsed_by == before
    assert [k.key for k in ring.published()] == [before, after.key]


def test_the_ten_thousandth_key_comes_after_the_one_before_it(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    for path in list((tmp_path / "keys").glob("0001-*")):
        path.rename(path.with_name(path.name.replace("0001-", "9999-", 1)))
    after = ring.rotate()
    assert files(tmp_path / "keys", f"10000-{after.key}.public.json")
    assert ring.pick().key_id == after.key


# whom to believe


@pytest.fixture
def three(tmp_path: Path) -> list[KeyShape]:
    ring = KeyRing(tmp_path / "three")
    ring.rotate()
    ring.rotate()
    return ring.published()


def test_the_first_key_alone_leads_to_the_newest(three: list[KeyShape]) -> None:
    assert vouched(three[:1], three) == {k.key: k.public_key for k in three}
    # In whatever order they come.
    assert vouched(three[:1], three[::-1]) == {k.key: k.public_key for k in three}


def test_a_row_with_a_hole_leads_nowhere(three: list[KeyShape]) -> None:
    assert set(vouched(three[:1], three[2:])) == {three[0].key}


def test_no_key_vouches_backwards(three: list[KeyShape]) -> None:
    assert set(vouched(three[2:], three)) == {three[2].key}


def test_a_key_that_nobody_vouches_for(three: list[KeyShape], tmp_path: Path) -> None:
    stranger = KeyRing(tmp_path / "stranger").published()[0]
    claims = stranger.model_copy(update={"endorsed_by": three[0].key, "endorsement": three[1].endorsement})
    for offered in (stranger, claims):
        assert stranger.key not in vouched(three[:1], [*three, offered])


def test_another_key_under_a_known_name(three: list[KeyShape], tmp_path: Path) -> None:
    stranger = KeyRing(tmp_path / "stranger").published()[0]
    posing = three[1].model_copy(update={"public_key": stranger.public_key})
    assert three[1].key not in vouched(three[:1], [posing])
    assert vouched([three[0].model_copy(update={"public_key": stranger.public_key})], three) == {}


@given(st.data())
def test_any_change_to_an_endorsed_key_is_found(data: st.DataObject) -> None:
    first = ReceiptSigner(Ed25519PrivateKey.from_private_bytes(b"1" * 32))
    second = ReceiptSigner(Ed25519PrivateKey.from_private_bytes(b"2" * 32))
    from coursekit.store.keyring import endorsed_bytes

    anchor = KeyShape(key=first.key_id, public_key=first.public_key)
    message = endorsed_bytes(second.key_id, second.public_key, first.key_id)
    good = KeyShape(
        key=second.key_id,
        public_key=second.public_key,
        endorsed_by=first.key_id,
        endorsement=first.sign(message),
    )
    assert second.key_id in vouched([anchor], [good])
    name = data.draw(st.sampled_from(["key", "public_key", "endorsed_by", "endorsement"]))
    text = getattr(good, name)
    place = data.draw(st.integers(0, len(text.rstrip("=")) - 2))
    letter = data.draw(st.sampled_from("0123456789abcdefABC").filter(lambda c: c != text[place]))
    changed = good.model_copy(update={name: text[:place] + letter + text[place + 1 :]})
    assert second.key_id not in vouched([anchor], [changed])
    assert set(vouched([anchor], [changed])) == {first.key_id}
