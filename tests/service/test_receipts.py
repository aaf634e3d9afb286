"""A receipt proves itself without the service that gave it, and shows every tampering."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.cli import main
from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.model.submission import Receipt, ReceiptKind, canonical, sha256
from coursekit.services import answer
from coursekit.store.keyring import KeyRing
from coursekit.store.keys import ReceiptSigner, is_genuine
from coursekit.wire.api import KeyShape
from coursekit.wire.receipts import receipt_from_shape
from coursekit.wiring.exchange import open_embedded
from coursekit.wiring.learner import hand_in, keep_published_keys, open_workbook, take_home

C = "lamps"


@pytest.fixture
def submitted(lamps: Any, make: Any) -> Receipt:
    lamps.as_user("maria").commit(C, "first", "p1", make.answer())
    return receipt_from_shape(lamps.as_user("maria").submit(C, "first", make.hand_in("first")).receipt)


def test_a_receipt_verifies_offline_with_the_published_key(lamps: Any, submitted: Receipt) -> None:
    keys = lamps.as_user("maria").keys()
    assert keys == {k.key: k.public_key for k in lamps.embedded.public_keys()}
    assert is_genuine(submitted, keys)
    assert submitted.key in keys


def test_the_key_is_published_to_everybody(lamps: Any) -> None:
    answer = lamps.raw("GET", "/keys")
    assert answer.status_code == 200
    assert set(answer.json()[0]) == {"key", "public_key", "endorsed_by", "endorsement"}


@pytest.mark.parametrize("name", [f.name for f in fields(Receipt)])
def test_a_changed_byte_in_any_field_fails(lamps: Any, submitted: Receipt, name: str) -> None:
    keys = lamps.as_user("maria").keys()
    value: Any = getattr(submitted, name)
    if name == "kind":
        changed: list[Any] = [ReceiptKind.COMMITMENT]
    elif name == "release":
        changed = [value + 1, 0, -value]
    else:
        # Each place once, and something put before, behind and away.
        changed = [value[:i] + ("A" if c != "A" else "B") + value[i + 1 :] for i, c in enumerate(value)]
        changed += [value + "\n", " " + value, value[:-1], value.upper() + "!"]
    for other in changed:
        assert other != value
        assert not is_genuine(replace(submitted, **{name: other}), keys), other


def test_another_spelling_of_the_same_signature_fails(lamps: Any, submitted: Receipt) -> None:
    """Base64 leaves four bits over in 64 bytes, and its readers skip strange letters; the chain does not."""
    keys = lamps.as_user("maria").keys()
    text = submitted.signature
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(text[-3])
    twin = text[:-3] + alphabet[last ^ 1] + "=="
    for other in (twin, text + "\n", text[:5] + "!" + text[5:], text + "=", text.rstrip("="), "", "ü"):
        assert not is_genuine(replace(submitted, signature=other), keys), other


def test_two_fields_cannot_trade_their_letters(lamps: Any, submitted: Receipt) -> None:
    keys = lamps.as_user("maria").keys()
    moved = replace(
        submitted,
        course=CourseId(submitted.course + submitted.module[0]),
        module=ModuleId(submitted.module[1:]),
    )
    assert not is_genuine(moved, keys)


def test_another_exchanges_key_fails(lamps: Any, another_house: Any, submitted: Receipt) -> None:
    theirs = another_house.as_user("maria").keys()
    assert not is_genuine(submitted, theirs)
    # Nor under the name of ours, nor with a key of no use at all.
    assert not is_genuine(submitted, {submitted.key: next(iter(theirs.values()))})
    assert not is_genuine(submitted, {submitted.key: "AAAA"})
    assert not is_genuine(submitted, {submitted.key: "no base64"})
    assert not is_genuine(submitted, {})


def test_somebody_who_signs_with_a_key_of_their_own_fails(lamps: Any, submitted: Receipt) -> None:
    forger = ReceiptSigner(Ed25519PrivateKey.generate())
    forged = replace(submitted, learner=UserId("olu"))
    forged = replace(forged, signature=forger.sign(forged.signed_bytes()))
    assert not is_genuine(forged, lamps.as_user("maria").keys())
    # The forger's own key vouches for it, so it is the key that made the difference.
    assert is_genuine(forged, {submitted.key: forger.public_key})


def test_a_receipt_names_the_answer_it_was_given_for(lamps: Any, make: Any) -> None:
    receipt = lamps.as_user("maria").commit(C, "first", "p1", make.answer()).receipt
    assert receipt.digest == sha256(canonical(make.answer()))


def test_the_chain_links_all_of_a_learners_receipts(lamps: Any, make: Any) -> None:
    maria, olu = lamps.as_user("maria"), lamps.as_user("olu")
    chain = [maria.commit(C, "first", "p1", make.answer()).receipt]
    olu.commit(C, "first", "p1", make.answer())
    done = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    chain += [*done.commitments, done.receipt]
    olu.submit(C, "first", make.hand_in("first", "p2"))
    # Saying it again adds no link.
    maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    maria.commit(C, "first", "p1", make.answer())
    chain.append(maria.submit(C, "second", make.hand_in("second")).receipt)
    receipts = [receipt_from_shape(r) for r in chain]
    keys = maria.keys()
    assert all(is_genuine(r, keys) for r in receipts)
    assert [r.previous for r in receipts] == ["", *(r.own_digest() for r in receipts[:-1])]
    assert [r.at for r in receipts] == sorted(r.at for r in receipts)


def test_a_revision_is_a_link_as_well(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    first = receipt_from_shape(maria.commit(C, "first", "p1", make.answer()).receipt)
    maria.commit(C, "first", "p1", make.answer("On reflection I would rather not do that."))
    last = receipt_from_shape(maria.submit(C, "first", make.hand_in("first")).receipt)
    with lamps.embedded.ledger.read() as deed:
        pairs = deed.commitments(CourseId(C), ModuleId("first"), UserId("maria"))
    revision = pairs[1][1]
    assert pairs[1][0].number == 2
    assert is_genuine(revision, maria.keys())
    assert (revision.previous, last.previous) == (first.own_digest(), revision.own_digest())


def test_each_course_has_a_chain_of_its_own(lamps: Any, make: Any) -> None:
    lamps.enrol("other", maria="instructor")
    maria = lamps.as_user("maria")
    maria.put_course(make.course(make.module("first"), name="other"))
    maria.release("other", "first", make.upload("first"))
    maria.commit(C, "first", "p1", make.answer())
    assert maria.commit("other", "first", "p1", make.answer()).receipt.previous == ""


def test_the_same_key_signs_after_a_restart(lamps: Any, submitted: Receipt) -> None:
    again = open_embedded(lamps.data, lamps.clock)
    assert is_genuine(submitted, {k.key: k.public_key for k in again.public_keys()})
    again.ledger.close()


# keys that change


def test_a_rotation_shows_at_once_and_old_receipts_hold(lamps: Any, make: Any, submitted: Receipt) -> None:
    maria = lamps.as_user("maria")
    old = submitted.key
    new = KeyRing(lamps.data / "keys" / "receipts").rotate()
    later = receipt_from_shape(maria.submit(C, "first", make.hand_in("first", text="more")).receipt)
    assert (later.key, later.previous) == (new.key, submitted.own_digest())
    assert [k.key for k in maria.published_keys()] == [old, new.key]
    assert is_genuine(submitted, maria.keys())
    assert is_genuine(later, maria.keys())


def test_a_rotation_between_two_looks_mixes_no_keys(lamps: Any, make: Any) -> None:
    """Id and signature come from one key, whatever happens between the two."""
    ring = lamps.embedded.ring
    picked = ring.pick()
    ring.rotate()
    # What the service holds while it signs is what it took the id from.
    assert picked.key_id != ring.pick().key_id
    receipt = receipt_from_shape(lamps.as_user("maria").commit(C, "first", "p1", make.answer()).receipt)
    assert is_genuine(receipt, lamps.as_user("maria").keys())
    assert receipt.key == ring.pick().key_id


def test_rotations_during_a_rush_spoil_no_receipt(lamps: Any, make: Any) -> None:
    import threading

    stop = threading.Event()

    def rotate() -> None:
        # By another process's ring, as `coursekit keys rotate` does it.
        ring = KeyRing(lamps.data / "keys" / "receipts")
        while not stop.is_set():
            ring.rotate()

    thread = threading.Thread(target=rotate)
    thread.start()
    try:
        maria = lamps.as_user("maria")
        chain = [
            receipt_from_shape(maria.submit(C, "first", make.hand_in("first", text=f"take {n}")).receipt)
            for n in range(25)
        ]
    finally:
        stop.set()
        thread.join()
    keys = maria.keys()
    assert all(is_genuine(r, keys) for r in chain)
    assert [r.previous for r in chain[1:]] == [r.own_digest() for r in chain[:-1]]
    assert len({r.key for r in chain}) > 1


# coursekit verify, over the folders of a real learner


def asked(module: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"e{n}",
            "kind": "estimate",
            "title": f"Guess {n}",
            "question": "How many?",
            "min": 0,
            "max": 100,
        }
        for n in (1, 2)
    ]


def walk(house: Any, make: Any, home: Path) -> Path:
    """maria's modules in `home`: all answered, committed and handed in; second's e1 revised."""
    maria, chen = house.as_user("maria"), house.as_user("chen")
    for module in ("first", "second"):
        listed = {
            "schema": "coursekit.prompts/1",
            "course": C,
            "module": module,
            "title": module.capitalize(),
            "notebook": module,
            "prompts": asked(module),
        }
        files = [
            make.file(f"{module}.ipynb", make.notebook(make.cell("Look at the lamps."))),
            make.file("prompts.json", json.dumps(listed)),
        ]
        chen.release(C, module, make.upload(module, prompts=asked(module), files=files))
    for module in ("first", "second"):
        take_home(maria, C, module, home / module)
        workbook = open_workbook(home / module)
        for n, prompt in enumerate(("e1", "e2")):
            house.clock.advance(minutes=7)
            workbook.save_response(PromptId(prompt), {"value": 10 + n})
            answer.commit(workbook, maria, PromptId(prompt))
        house.clock.advance(minutes=7)
        hand_in(maria, home / module)
    house.clock.advance(minutes=7)
    workbook = open_workbook(home / "second")
    workbook.save_response(PromptId("e1"), {"value": 77})
    answer.commit(workbook, maria, PromptId("e1"))
    return home


@pytest.fixture
def modules(lamps: Any, make: Any, tmp_path: Path) -> Path:
    """The folder of maria's modules, and the exchange that they came from is there."""
    return walk(lamps, make, tmp_path / "home")


@pytest.fixture(scope="module")
def walked(shared_house: Any, make: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared_house.enrol(maria="learner", chen="instructor")
    shared_house.as_user("chen").put_course(
        make.course(make.module("first"), make.module("second", after=["first"]))
    )
    return walk(shared_house, make, tmp_path_factory.mktemp("walked") / "home")


@pytest.fixture
def taken(walked: Path, tmp_path: Path) -> Path:
    """The folder of maria's modules on another computer, far from any exchange."""
    return Path(shutil.copytree(walked, tmp_path / "home"))


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """`coursekit verify …` as one types it: exit code, and all that was said."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["coursekit", "verify", *(str(a) for a in arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line to anywhere: whoever tries one fails the test."""

    def no_line(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_line)


EVERYTHING = """\
✓ genuine   the answer to first/e1 of 2027-01-11 08:07:00 UTC, maria
✓ genuine   the answer to first/e2 of 2027-01-11 08:14:00 UTC, maria
✓ genuine   the hand-in of first of 2027-01-11 08:21:00 UTC, maria
✓ genuine   the answer to second/e1 of 2027-01-11 08:28:00 UTC, maria
✓ genuine   the answer to second/e2 of 2027-01-11 08:35:00 UTC, maria
✓ genuine   the answer to second/e1 of 2027-01-11 08:49:00 UTC, maria
✓ genuine   the hand-in of second of 2027-01-11 08:42:00 UTC, maria
– The files in first are, byte for byte, those handed in at 2027-01-11 08:21:00 UTC.
– The files in second were changed since they were handed in at 2027-01-11 08:42:00 UTC.
Checked without a network, with the keys kept in the folders.
"""


def test_a_course_folder_is_whole_without_a_network(
    taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None
) -> None:
    code, said = verify(taken, "--whole")
    assert said.replace("– Checked", "Checked") == EVERYTHING
    assert code == 0


def test_a_module_folder_names_what_is_not_there(
    taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None
) -> None:
    code, said = verify(taken / "second")
    assert code == 0
    assert (
        "– At least one receipt before the answer to second/e1 of 2027-01-11 08:28:00 UTC is not here.\n"
        in said
    )
    code, said = verify(taken / "second", "--whole")
    assert code == 1
    assert "Receipts are missing between those that are here." in said


def test_one_receipt_alone(
    taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None, tmp_path: Path
) -> None:
    inside = taken / "first" / ".coursekit" / "commitments" / "e1.json"
    assert verify(inside)[0] == 0
    # Sent to somebody else, it needs the keys.
    outside = tmp_path / "from-maria.json"
    shutil.copy(inside, outside)
    assert verify(outside, "--keys", taken / "first" / ".coursekit" / "keys.json")[0] == 0
    code, said = verify(outside, "--offline")
    assert code == 1
    assert "is not known here; another exchange may have signed it." in said


def change(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    value = json.loads(path.read_text())
    edit(value)
    path.write_text(json.dumps(value))


BROKEN = {
    "a changed byte": (
        lambda v: v["receipt"].update(digest="0" + v["receipt"]["digest"][1:]),
        "✗ changed   the answer to first/e1 of 2027-01-11 08:07:00 UTC, maria: "
        "it was changed after the exchange signed it.\n",
    ),
    "a forged time": (
        lambda v: v["receipt"].update(at="2027-01-10T08:07:00.000000Z"),
        "✗ changed   the answer to first/e1 of 2027-01-10 08:07:00 UTC, maria: "
        "it was changed after the exchange signed it.\n",
    ),
    "another name": (
        lambda v: v["receipt"].update(learner="olu"),
        "✗ changed   the answer to first/e1 of 2027-01-11 08:07:00 UTC, olu: "
        "it was changed after the exchange signed it.\n",
    ),
    "an answer swapped under its receipt": (
        lambda v: v["response"].update(value=99),
        "✗ other-answer  the answer to first/e1 of 2027-01-11 08:07:00 UTC, maria: "
        "the answer in e1.json is not the one that was sealed.\n",
    ),
    "half a file": (lambda v: v.clear(), "✗ unreadable  "),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_changed_receipt_fails(
    what: str, taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None
) -> None:
    edit, sentence = BROKEN[what]
    change(taken / "first" / ".coursekit" / "commitments" / "e1.json", edit)
    code, said = verify(taken)
    assert code == 1
    assert sentence in said
    assert "Checked without a network" in said
    assert "1 of 7 receipts do not hold." in said


def test_receipts_that_changed_places_fail(
    taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None
) -> None:
    place = taken / "first" / ".coursekit" / "commitments"
    (place / "e1.json").rename(place / "aside")
    (place / "e2.json").rename(place / "e1.json")
    (place / "aside").rename(place / "e2.json")
    code, said = verify(taken / "first")
    assert code == 1
    assert (
        "the answer to first/e2 of 2027-01-11 08:14:00 UTC, maria: it stands in e1.json, the place of" in said
    )


def test_a_receipt_taken_away_is_named(
    taken: Path, verify: Callable[..., tuple[int, str]], unplugged: None
) -> None:
    next((taken / "first" / ".coursekit" / "submissions").glob("*.json")).unlink()
    code, said = verify(taken, "--whole")
    assert code == 1
    assert (
        "– At least one receipt between the answer to first/e2 of 2027-01-11 08:14:00 UTC and the answer to "
        "second/e1 of 2027-01-11 08:28:00 UTC is not here.\n" in said
    )


def chain_of(lamps: Any) -> list[Receipt]:
    with lamps.embedded.ledger.read() as deed:
        found = [
            r
            for m in ("first", "second")
            for _, r in deed.commitments(CourseId(C), ModuleId(m), UserId("maria"))
        ]
        found += [
            r
            for m in ("first", "second")
            for _, r in deed.submissions(CourseId(C), ModuleId(m), UserId("maria"))
        ]
    return sorted(found, key=lambda r: r.at)


def test_a_list_is_checked_in_its_order(
    lamps: Any, modules: Path, verify: Callable[..., tuple[int, str]], unplugged: None, tmp_path: Path
) -> None:
    whole = [asdict(r) for r in chain_of(lamps)]
    keys = modules / "first" / ".coursekit" / "keys.json"
    path = tmp_path / "chain.json"
    path.write_text(json.dumps(whole))
    assert verify(path, "--keys", keys, "--whole")[0] == 0
    path.write_text(json.dumps([whole[1], whole[0], *whole[2:]]))
    code, said = verify(path, "--keys", keys)
    assert code == 1
    assert (
        "✗ The list is out of order: the answer to first/e2 of 2027-01-11 08:14:00 UTC stands before the answer "
        "to first/e1 of 2027-01-11 08:07:00 UTC, and follows it.\n" in said
    )
    path.write_text(json.dumps([*whole, whole[0]]))
    assert (
        "✗ The list has the answer to first/e1 of 2027-01-11 08:07:00 UTC twice."
        in verify(path, "--keys", keys)[1]
    )


def test_a_row_that_the_exchanges_own_key_forged_fails(
    lamps: Any, modules: Path, verify: Callable[..., tuple[int, str]], unplugged: None, tmp_path: Path
) -> None:
    """Whoever stole the key can sign, and cannot put a receipt into a row that is already there."""
    whole = chain_of(lamps)
    stolen = lamps.embedded.ring.pick()
    late = replace(whole[3], at="2027-01-11T08:00:00.000000Z", previous=whole[2].own_digest())
    late = replace(late, signature=stolen.sign(late.signed_bytes()))
    path = tmp_path / "late.json"
    path.write_text(json.dumps({"receipt": asdict(late)}))
    code, said = verify(modules, path)
    assert code == 1
    assert "both say that they follow the same receipt." in said
    assert "has an earlier time than" in said
    assert "Each receipt is genuine, and together they are no row that an exchange gives." in said


def test_a_receipt_of_another_exchange_fails(
    modules: Path, another_house: Any, verify: Callable[..., tuple[int, str]], make: Any
) -> None:
    another_house.enrol(maria="instructor")
    there = another_house.as_user("maria")
    there.put_course(make.course(make.module("first")))
    there.release(C, "first", make.upload("first", prompts=asked("first")))
    stranger = there.commit(C, "first", "e1", {"value": 10}).receipt
    path = modules / "first" / ".coursekit" / "commitments" / "e1.json"
    change(path, lambda v: v.update(receipt=stranger.model_dump()))
    code, said = verify(modules / "first")
    assert code == 1
    assert re.search(
        r"✗ stranger  the answer to first/e1 of .*, maria: the exchange has no key [0-9a-f]{16}; another one "
        r"signed it, or somebody made it up\.\n",
        said,
    )
    assert re.search(r"– Asked http://127\.0\.0\.1:\d+ for its newer keys\.\n", said)
    assert "(offline)" not in said
    assert f"its key {stranger.key} is not known here" in verify(modules / "first", "--offline")[1]


def test_a_key_that_nobody_vouches_for_fails(
    lamps: Any, modules: Path, verify: Callable[..., tuple[int, str]], make: Any
) -> None:
    """Somebody else serves at the exchange's address, with a key of their own beside the old ones."""
    new = lamps.embedded.ring.rotate(is_endorsed=False)
    hand_in_again(lamps, modules / "first", make)
    kept = json.loads((modules / "first" / ".coursekit" / "keys.json").read_text())
    assert new.key not in {k["key"] for k in kept}
    code, said = verify(modules / "first")
    assert code == 1
    assert f"its key {new.key} is published, but no key that was kept at the fetch vouches for it.\n" in said


def hand_in_again(lamps: Any, folder: Path, make: Any) -> None:
    lamps.clock.advance(minutes=7)
    notebook = folder / f"{folder.name}.ipynb"
    notebook.write_bytes(make.notebook(make.cell(f"Looked again at {lamps.clock()}.")))
    hand_in(lamps.as_user("maria"), folder)


def test_the_keys_kept_at_the_first_fetch_lead_to_the_newest(
    lamps: Any,
    modules: Path,
    verify: Callable[..., tuple[int, str]],
    make: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two rotations after the fetch; the old private halves are taken away; nobody is asked when it is checked."""
    first = modules / "first"
    before = json.loads((first / ".coursekit" / "keys.json").read_text())
    for _ in range(2):
        lamps.embedded.ring.rotate()
    for private in sorted((lamps.data / "keys" / "receipts").glob("*.private"))[:2]:
        private.unlink()
    hand_in_again(lamps, first, make)
    kept = json.loads((first / ".coursekit" / "keys.json").read_text())
    assert len(before) == 1
    assert kept[:1] == before
    assert len(kept) == 3
    with monkeypatch.context() as unplugged:
        unplugged.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
        code, said = verify(modules)
    assert code == 0
    assert said.count("✓ genuine") == 8
    # Who has the first key alone is shown the way by what the exchange publishes, and says that it was asked.
    (first / ".coursekit" / "keys.json").write_text(json.dumps(before))
    (modules / "second" / ".coursekit" / "keys.json").unlink()
    code, said = verify(first)
    assert code == 0
    assert f"– Asked {lamps.url} for its newer keys.\n" in said


def test_a_folder_of_release_0_1_0_has_no_keys(
    lamps: Any, modules: Path, verify: Callable[..., tuple[int, str]]
) -> None:
    (modules / "first" / ".coursekit" / "keys.json").unlink()
    code, said = verify(modules / "first")
    assert code == 0
    assert f"– Asked {lamps.url} for its keys: none were kept here.\n" in said
    # The next fetch keeps them.
    take_home(lamps.as_user("maria"), C, "first", modules / "first", add_missing=True)
    assert "Checked without a network" in verify(modules / "first")[1]


def test_an_exchange_that_is_away_is_said_to_be(
    modules: Path, verify: Callable[..., tuple[int, str]]
) -> None:
    (modules / "first" / ".coursekit" / "keys.json").unlink()
    change(
        modules / "first" / ".coursekit" / "release.json", lambda v: v.update(service="http://127.0.0.1:9")
    )
    code, said = verify(modules / "first")
    assert code == 1
    assert "– A key is not kept here, and http://127.0.0.1:9 could not be asked: " in said


def test_kept_keys_are_never_replaced(lamps: Any, modules: Path, another_house: Any) -> None:
    path = modules / "first" / ".coursekit" / "keys.json"
    before = path.read_bytes()
    keep_published_keys(another_house.as_user("maria"), modules / "first")
    assert path.read_bytes() == before
    lamps.embedded.ring.rotate()
    keep_published_keys(lamps.as_user("maria"), modules / "first")
    assert [k["key"] for k in json.loads(path.read_text())] == [k.key for k in lamps.embedded.public_keys()]


def test_verify_asks_nobody_with_the_learners_token(
    lamps: Any, modules: Path, verify: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address stands in a file that came from elsewhere."""
    from coursekit import client

    tokens: list[str] = []
    real = client.ExchangeClient.__init__

    def watched(self: Any, url: str, token: str, *rest: Any, **named: Any) -> None:
        tokens.append(token)
        real(self, url, token, *rest, **named)

    monkeypatch.setattr(client.ExchangeClient, "__init__", watched)
    monkeypatch.setenv("COURSEKIT_TOKEN", "my-secret")
    (modules / "first" / ".coursekit" / "keys.json").unlink()
    assert verify(modules / "first")[0] == 0
    assert tokens == ["none"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '[{"key": 1}]', "[[[["])
def test_a_keys_file_without_keys(
    content: str, taken: Path, tmp_path: Path, verify: Callable[..., tuple[int, str]]
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    code, said = verify(taken, "--keys", path)
    assert code == 1
    assert "has no keys in it" in said


def test_nothing_to_verify(tmp_path: Path, verify: Callable[..., tuple[int, str]]) -> None:
    assert "There are no receipts here." in verify(tmp_path)[1]
    assert "There is no " in verify(tmp_path / "gone")[1]


# coursekit keys


def test_keys_on_the_command_line(
    lamps: Any, submitted: Receipt, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def keys(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["coursekit", "keys", *arguments])
        main()
        return capsys.readouterr().out

    monkeypatch.setenv("COURSEKIT_DATA", str(lamps.data))
    said = keys("rotate")
    new: KeyShape = lamps.embedded.public_keys()[-1]
    assert said == (
        f"Receipts are signed with {new.key} from now on.\n"
        f"{submitted.key} vouches for it, so learners need nothing new.\n"
    )
    lines = keys("list").splitlines()
    assert [line.split("\t")[0] for line in lines] == [submitted.key, new.key]
    assert lines[1].endswith(f"vouched for by {submitted.key}")
    monkeypatch.delenv("COURSEKIT_DATA")
    monkeypatch.setenv("COURSEKIT_KEYS", str(lamps.data / "keys"))
    assert "No key vouches for it." in keys("rotate", "--start-anew")


def test_keys_are_not_made_where_no_exchange_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("list", "rotate"):
        monkeypatch.setattr(sys, "argv", ["coursekit", "keys", command, "--keys", str(tmp_path)])
        with pytest.raises(SystemExit):
            main()
        assert "No exchange keeps its keys in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
