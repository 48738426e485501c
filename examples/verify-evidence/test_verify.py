"""Tests over the vectors of the project and RFC 8032, and over data that was tampered with. `python3 -m unittest`."""

import json
import tempfile
import unittest
from pathlib import Path

import ed25519
import figures
import jws
import merkle
from canonical import canonical, from_base64, from_base64url, parse
from minutes import Minutes, Union
from recount import recount, query_of
from signed_note import open_checkpoint, parse_checkpoint, parse_key, parse_note, signers_of
from trust import is_endorsed, read_published
from verify import EXIT_FAILED, EXIT_UNVERIFIED, EXIT_VERIFIED, FAILED, Verification, read_keys

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "evidence"
EXIT_CODES = {"verified": EXIT_VERIFIED, "failed": EXIT_FAILED, "unverified": EXIT_UNVERIFIED}

# RFC 8032, section 7.1: public key, message, signature.
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def vectors(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


class Ed25519Test(unittest.TestCase):
    def test_rfc_8032(self):
        for key, message, signature in (tuple(map(bytes.fromhex, one)) for one in RFC_8032):
            self.assertTrue(ed25519.verify(key, message, signature))
            self.assertFalse(ed25519.verify(key, message + b"!", signature))
            for index in (0, 31, 32, 63):
                wrong = bytearray(signature)
                wrong[index] ^= 1
                self.assertFalse(ed25519.verify(key, message, bytes(wrong)))

    def test_no_second_signature_of_one(self):
        key, message, signature = map(bytes.fromhex, RFC_8032[0])
        scalar = int.from_bytes(signature[32:], "little") + ed25519.ORDER
        self.assertFalse(ed25519.verify(key, message, signature[:32] + scalar.to_bytes(32, "little")))

    def test_malformed(self):
        key, message, signature = map(bytes.fromhex, RFC_8032[0])
        self.assertFalse(ed25519.verify(key[:31], message, signature))
        self.assertFalse(ed25519.verify(key, message, signature[:63]))
        self.assertFalse(ed25519.verify(b"\xff" * 32, message, signature))


class MerkleTest(unittest.TestCase):
    def check(self, leaves, roots, inclusion, consistency, decode):
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        frontier = merkle.Frontier()
        for leaf, root in zip(hashes, roots):
            frontier.append(leaf)
            self.assertEqual(frontier.root(), root)
        for one in inclusion:
            proof = [decode(text) for text in one["proof"]]
            index, size = one["index"], one["size"]
            self.assertEqual(merkle.root_of_inclusion(hashes[index], index, size, proof), roots[size - 1])
            self.assertNotEqual(merkle.root_of_inclusion(hashes[index], index, size, [*proof, hashes[0]]), roots[size - 1])
        for one in consistency:
            old, new = one["from"], one["to"]
            proof = [decode(text) for text in one["proof"]]
            old_root = roots[old - 1] if old > 0 else merkle.EMPTY_ROOT
            self.assertTrue(merkle.is_consistent(old, new, old_root, roots[new - 1], proof))
            self.assertFalse(merkle.is_consistent(old, new, hashes[0] if old > 1 else b"", roots[new - 1], proof))
            self.assertFalse(merkle.is_consistent(old, new, old_root, roots[new - 1], [*proof, hashes[0]]))

    def test_of_certificate_transparency(self):
        it = vectors("merkle.json")
        self.assertEqual(merkle.EMPTY_ROOT.hex(), it["emptyRoot"])
        leaves, roots = (list(map(bytes.fromhex, it[name])) for name in ("leaves", "roots"))
        self.check(leaves, roots, it["inclusion"], it["consistency"], bytes.fromhex)

    def test_of_the_log(self):
        it = vectors("log.json")
        leaves = [leaf.encode() for leaf in it["leaves"]]
        self.assertEqual([merkle.leaf_hash(leaf) for leaf in leaves], list(map(from_base64, it["leafHashes"])))
        self.check(leaves, list(map(from_base64, it["roots"][1:])), it["inclusion"], it["consistency"], from_base64)

    def test_widths(self):
        self.assertEqual(merkle.widths_of_range(0, 3), [2, 1])
        self.assertEqual(merkle.widths_of_range(10, 13), [2, 1])
        self.assertEqual(merkle.widths_of_range(3, 9), [1, 4, 1])


class NoteTest(unittest.TestCase):
    def setUp(self):
        self.it = vectors("signed-note.json")
        self.keys = [parse_key(text) for text in self.it["keys"].values()]

    def test_signers(self):
        for name, count in (("signedByPeter", 1), ("signedByBoth", 2)):
            note = parse_note(self.it[name])
            self.assertEqual(note.text, self.it["text"])
            self.assertEqual(len(signers_of(note, self.keys)), count)

    def test_malformed(self):
        for text in self.it["malformed"]:
            self.assertRaises(ValueError, parse_note, text)
        with self.assertRaises(ValueError):
            signers_of(parse_note(self.it["wrongSignature"]), self.keys)

    def test_checkpoint(self):
        it = self.it["checkpoint"]
        checkpoint = parse_checkpoint(parse_note(it["note"]).text)
        self.assertEqual((checkpoint.origin, checkpoint.size), (it["origin"], it["size"]))
        self.assertEqual(checkpoint.root, from_base64(it["root"]))
        self.assertRaises(ValueError, open_checkpoint, it["note"], self.keys)

    def test_keys(self):
        for one in vectors("log.json")["keys"]:
            key = parse_key(one["verifierKey"])
            self.assertEqual((key.public, key.kid), (from_base64(one["publicKey"]), one["kid"]))
            self.assertEqual(key.hash_for(key.name).hex(), one["keyHash"])
        self.assertRaises(ValueError, parse_key, one["verifierKey"].replace("+" + one["keyHash"], "+00000000"))

    def test_endorsement(self):
        published = read_published(vectors("directories.json")[0]["files"]["keys.json"].encode())
        self.assertTrue(is_endorsed(*published))
        self.assertFalse(is_endorsed(*reversed(published)))


class JwsTest(unittest.TestCase):
    def test_report(self):
        it = vectors("log.json")
        keys = [parse_key(one["verifierKey"]) for one in it["keys"]]
        content = it["report"]["content"].encode()
        self.assertIn(jws.verify_detached(it["report"]["jws"], content, keys), keys)
        for wrong in (content + b" ", b""):
            self.assertRaises(ValueError, jws.verify_detached, it["report"]["jws"], wrong, keys)
        self.assertRaises(ValueError, jws.verify_detached, it["report"]["jws"], content, [])


class CanonicalTest(unittest.TestCase):
    def test_rfc_8785(self):
        numbers = "[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,1e21,1e20,1e-7,0.0000015,-0.0]"
        wanted = b"[333333333.3333333,1e+30,4.5,0.002,1e-27,1e+21,100000000000000000000,1e-7,0.0000015,0]"
        self.assertEqual(canonical(parse(numbers.encode())), wanted)
        names = '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}'
        order = [int(part.rsplit(":", 1)[1].rstrip("}")) for part in canonical(parse(names.encode())).decode().split(",")]
        self.assertEqual(order, [2, 4, 6, 7, 1, 5, 3])

    def test_no_json(self):
        for text in (b"NaN", b'{"a":1,"a":1}', b"[" * 100_000, b"\xff", b'"\\ud800"'):
            with self.assertRaises(ValueError):
                canonical(parse(text))

    def test_base64(self):
        for text in ("AB==", "A", "A B=", "_w=="):
            self.assertRaises(ValueError, from_base64, text)
        for text in ("AB", "AA==", "+w"):
            self.assertRaises(ValueError, from_base64url, text)


def event(seq, kind, at, data, **more):
    of_person = {"mode": "live", "provider": "prv", "person": "one", "player": "p", "game": "sao", "band": "12_15"}
    common = {"seq": seq, "entry": str(seq), "kind": kind, "at": f"2026-11-20T{at}.000Z", "date": "2026-11-20"}
    return {**of_person, **common, "source": "live", "session": "ses", "data": data, **more}


def play(seq, start, end, **more):
    data = {"from": f"2026-11-20T{start}.000Z", "to": f"2026-11-20T{end}.000Z", "leasedMs": 0}
    return event(seq, "play", end, data, **more)


def stated(seq, at, ms, kind="denied", **more):
    return event(seq, kind, at, {"reason": "x", "usedMs": {"provider": ms, "game": ms, "agent": 0, "person": 0}}, **more)


class MinutesTest(unittest.TestCase):
    def problems(self, events, is_whole=True):
        minutes = Minutes(is_whole)
        for one in events:
            minutes.add(one)
        minutes.finish()
        return minutes.problems

    def test_union(self):
        union = Union()
        for start, end in ((10, 20), (30, 40), (15, 32), (40, 45), (50, 50), (0, 5)):
            union.add(start, end)
        self.assertEqual(union.measure, 40)
        self.assertEqual(union.measure_before(12), 7)

    def test_stated(self):
        before = [play(0, "01:00:00", "01:01:00")]
        self.assertEqual(self.problems([*before, stated(1, "01:01:00", 60_000)]), [])
        self.assertEqual(len(self.problems([*before, stated(1, "01:01:00", 59_999)])), 2)
        self.assertEqual(len(self.problems([*before, stated(1, "01:01:00", 60_001)])), 2)
        self.assertEqual(self.problems([*before, stated(1, "01:01:00", 60_001)], is_whole=False), [])

    def test_play_told_later(self):
        later = [stated(0, "01:01:00", 60_000), play(1, "01:00:00", "01:02:00")]
        self.assertEqual(self.problems(later), [])
        self.assertEqual(len(self.problems([stated(0, "01:01:00", 60_001), later[1]])), 2)

    def test_ends(self):
        later = play(1, "01:00:00", "01:05:00")
        at = "2026-11-20T01:01:00.000Z"
        for cause, ordered_at, most_ms in (("closed", None, 120_000), ("silence", None, 300_000), ("game", at, 60_000)):
            for stated_ms, count in ((most_ms, 0), (most_ms + 1, 1)):
                data = {"cause": cause, "orderedAt": ordered_at, "usedMs": {"provider": stated_ms, "game": 0}}
                end = event(0, "ended", "01:02:00", data)
                self.assertEqual(len(self.problems([end, later])), count, cause)

    def test_another_session_open_at_the_end(self):
        opened = event(0, "opened", "01:00:00", {})
        self.assertEqual(len(self.problems([opened, stated(1, "01:01:00", 60_000)])), 2)
        self.assertEqual(self.problems([opened, stated(1, "01:01:00", 60_000, session="other")]), [])

    def test_corrections(self):
        for delta_ms, stated_ms in ((60_000, 60_000), (-30_000, -30_000)):
            corrected = event(0, "corrected", "01:00:00", {"deltaMs": delta_ms, "game": "sao"})
            self.assertEqual(self.problems([corrected, stated(1, "01:01:00", stated_ms)]), [])
            beyond = stated_ms + delta_ms // abs(delta_ms)
            self.assertEqual(len(self.problems([corrected, stated(1, "01:01:00", beyond)])), 2)


HEAD = {
    "report": "daily",
    "mode": "live",
    "from": "2026-11-20",
    "to": "2026-11-20",
    "zone": "UTC",
    "graceMs": 10_800_000,
    "groupBy": ["game"],
    "scope": {"providerIds": None, "provinces": None},
    "filters": {"providerId": None, "gameId": None, "agentId": None, "province": None},
}


class RecountTest(unittest.TestCase):
    def figures(self, events, **changes):
        return recount(events, query_of({**HEAD, **changes}))[None].figures()

    def end(self, **closed):
        ended = {"cause": "game", "limitAt": "2026-11-20T01:00:00.000Z", "orderedAt": "2026-11-20T01:00:04.000Z"}
        data = {"reason": "limit", "clientEndedAt": "2026-11-20T01:00:05.000Z", "verdictSeq": 3, "overrunMs": 9}
        at = closed.pop("at", "01:00:06")
        return self.figures(
            [
                event(0, "ended", "01:00:04", {**ended, "overrunMs": 1, "gaps": 2}),
                event(1, "closed", at, {**data, **closed}),
            ]
        )

    def test_play_is_a_union_per_game(self):
        events = [play(0, "01:00:00", "01:02:00"), play(1, "01:01:00", "01:03:00"), play(2, "01:00:00", "01:01:00", game="b")]
        found = self.figures(events)
        self.assertEqual((found["playMs"], found["players"], found["minors"]), (240_000, 1, 1))
        filters = {**HEAD["filters"], "gameId": "b"}
        self.assertEqual(self.figures(events, filters=filters)["playMs"], 60_000)
        self.assertEqual(self.figures(events, scope={"providerIds": ["x"], "provinces": None})["playMs"], 0)
        self.assertEqual(self.figures(events, mode="test")["playMs"], 0)

    def test_ends(self):
        good = self.end()
        self.assertEqual((good["timeToEnforceMs.p95"], good["limitToOrderMs.p50"], good["orderToEndMs.max"]), (5_000, 4_000, 1_000))
        self.assertEqual((good["overrunMs"], good["unacknowledgedEnds"], good["gaps"], good["limitReached"]), (9, 0, 2, 1))
        self.assertEqual(self.end(clientEndedAt="2026-11-20T02:00:00.000Z")["timeToEnforceMs.max"], 6_000)
        self.assertEqual(self.end(clientEndedAt="2026-11-20T00:59:00.000Z")["timeToEnforceMs.max"], 0)
        self.assertEqual(self.end(verdictSeq=None)["unacknowledgedEnds"], 1)

    def test_a_confirmation_after_the_day_closed(self):
        late = event(1, "closed", "01:00:00", {"clientEndedAt": None, "verdictSeq": 1, "overrunMs": 9})
        ended = event(0, "ended", "01:00:00", {"limitAt": late["at"], "orderedAt": late["at"], "overrunMs": 0, "gaps": 0})
        for at, count in (("2026-11-21T03:00:00.000Z", 0), ("2026-11-21T03:00:00.001Z", 1)):
            self.assertEqual(self.figures([ended, {**late, "at": at}])["unacknowledgedEnds"], count)

    def test_hours(self):
        ended = event(1, "ended", "01:03:00", {"limitAt": None, "orderedAt": None, "overrunMs": 0, "gaps": 0})
        for hours, count in (("01:00-01:03", 0), ("01:01-02:00", 1), ("00:00-01:02", 1), ("22:00-01:03", 0), ("01:01-01:00", 1)):
            events = [{**one, "hours": hours} for one in (play(0, "01:00:00", "01:03:00"), ended)]
            self.assertEqual(self.figures(events)["agentHourBreaches"], count, hours)

    def test_rows(self):
        events = [play(0, "01:00:00", "01:01:00")]
        cells = recount(events, query_of(HEAD))
        row = {"suppressed": False}
        for name, value in cells[None].figures().items():
            outer, _, inner = name.partition(".")
            value = None if isinstance(value, tuple) else value
            row[outer] = {**row.get(outer, {}), inner: value} if inner else value
        rows = [{**row, "gameId": "sao"}]
        self.assertEqual(figures.problems_of((HEAD, rows, row), events), [])
        self.assertEqual(len(figures.problems_of((HEAD, [], row), events)), 1)
        self.assertEqual(len(figures.problems_of((HEAD, [*rows, *rows], row), events)), 1)
        self.assertEqual(len(figures.problems_of((HEAD, [{**rows[0], "playMs": 1}], row), events)), 1)
        empty = {name: dict.fromkeys(value) if isinstance(value, dict) else None for name, value in row.items()}
        withheld = [{**empty, "gameId": "sao", "suppressed": True}]
        self.assertEqual(figures.problems_of(({**HEAD, "cellPeopleMin": 5}, withheld, row), events), [])
        self.assertNotEqual(figures.problems_of((HEAD, withheld, row), events), [])
        for wrong in ({**rows[0], "joy": 1}, {**rows[0], "deniedByReason": {"bored": 0}}, {**rows[0], "day": "2026-11-20"}):
            self.assertEqual(len(figures.problems_of((HEAD, [wrong], row), events)), 1)
        for wrong in ({"rowCount": 2}, {"nextCursor": "x"}):
            self.assertEqual(len(figures.problems_of(({**HEAD, **wrong}, rows, row), events)), 1)


class DirectoryTest(unittest.TestCase):
    def test_vectors(self):
        for it in vectors("directories.json"):
            with self.subTest(it["name"]), tempfile.TemporaryDirectory() as directory:
                for name, text in it["files"].items():
                    (Path(directory) / name).write_bytes(text.encode())
                verification = Verification(directory, read_keys(it["key"]) if it["key"] else []).run()
                failing = [name for name, state, _ in verification.checks if state == FAILED]
                self.assertEqual(sorted(failing), sorted(it["failing"]))
                self.assertEqual(verification.exit_code, EXIT_CODES[it["outcome"]])

    def test_nothing_there(self):
        key = parse_key(vectors("log.json")["keys"][0]["verifierKey"])
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(Verification(directory, [key]).run().exit_code, EXIT_UNVERIFIED)


if __name__ == "__main__":
    unittest.main()
