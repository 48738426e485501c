"""Tests over the vectors of the project and RFC 8032, and over data that was tampered with. `python3 -m unittest`."""

import base64
import json
import tempfile
import unittest
from pathlib import Path
from random import Random

import ed25519
import figures
import jws
import merkle
from canonical import canonical, from_base64, from_base64url, parse
from entries import Sessions, parse_entry, parse_gone
from minutes import Minutes, Union
from recount import recount, query_of
from signed_note import open_checkpoint, parse_checkpoint, parse_key, parse_note, signers_of
from trust import is_endorsed, read_published
from verify import EXIT_FAILED, EXIT_UNVERIFIED, EXIT_VERIFIED, FAILED, NOT_CHECKED, OK, Verification, read_keys

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


    def test_keys_that_do_not_agree_with_themselves(self):
        keys = json.loads(vectors("directories.json")[0]["files"]["keys.json"])
        first = keys["keys"][0]
        read_published(json.dumps(keys).encode())
        other = {name: "AAAA" for name in ("kid", "alg", "x", "kty", "crv", "use", "verifierKey")}
        for name, value in {**other, "verifierKey": first["verifierKey"][:-1] + "A", "endorsement": 1}.items():
            with self.assertRaises(ValueError, msg=name):
                read_published(json.dumps({**keys, "keys": [{**first, name: value}]}).encode())
        self.assertRaises(ValueError, read_published, json.dumps({**keys, "origin": "elsewhere"}).encode())


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

    def test_other_texts_of_a_value(self):
        for text in (
            '{"b":1,"a":2}',
            '{"a":{"c":1,"b":2}}',
            '[{"b":1,"a":2}]',
            '{"a":1.0}',
            '{"a":1e2}',
            '{"a":"\\u0041"}',
            '{"a":"\\/"}',
            '{"a": 1}',
            '{"a":1} ',
        ):
            self.assertNotEqual(canonical(parse(text.encode())), text.encode(), text)

    def test_base64(self):
        for text in ("AB==", "A", "A B=", "_w=="):
            self.assertRaises(ValueError, from_base64, text)
        for text in ("AB", "AA==", "+w"):
            self.assertRaises(ValueError, from_base64url, text)


ABSENT = object()


def without_absent(value):
    return {name: one for name, one in value.items() if one is not ABSENT}


class EntryTest(unittest.TestCase):
    def setUp(self):
        self.opened, self.play, self.ended, self.closed = (json.loads(leaf) for leaf in vectors("log.json")["leaves"][:4])

    def parse(self, event, seq=0):
        return parse_entry(canonical(without_absent({**event, "seq": seq})), seq)

    def in_data(self, event, **changes):
        return {**event, "data": without_absent({**event["data"], **changes})}

    def test_another_form(self):
        play, ended = self.play, self.ended
        for wrong in (
            {**play, "kind": "cheered"},
            {**play, "source": "hearsay"},
            {**play, "mode": "demo"},
            {**play, "band": "old"},
            {**play, "assurance": "sworn"},
            {**play, "protocol": "pigeon"},
            {**play, "hours": "8-22"},
            {**play, "at": "2026-10-01 00:00"},
            {**play, "at": "2026-10-01T24:00:00.000Z"},
            {**play, "date": "2026-02-30"},
            {**play, "person": "Lan"},
            {**play, "player": ABSENT},
            self.in_data(play, to=ABSENT),
            self.in_data(play, to="2020-01-01T00:00:00.000Z"),
            self.in_data(play, leasedMs=0.5),
            self.in_data(ended, usedMs={"game": 1, "provider": 1, "agent": 0}),
            {**ended, "kind": "overrun", "data": {}},
            {**ended, "kind": "overrun", "data": {"overrunMs": -1}},
            {**ended, "kind": "corrected", "data": {"correctionId": "c", "deltaMs": 1.5, "author": "a", "reasonHash": "h"}},
        ):
            self.assertRaises(ValueError, self.parse, wrong)
        for right in (play, ended, {**ended, "kind": "overrun", "data": {"overrunMs": 0}}):
            self.parse(right)

    def test_line(self):
        line = canonical({**self.play, "seq": 0})
        for wrong in (line + b" ", line.replace(b":", b": ", 1), line[:-1], b"", b"[]", b"\xff" + line):
            self.assertRaises(ValueError, parse_entry, wrong, 0)
        self.assertRaises(ValueError, parse_entry, line, 1)

    def test_what_came_later_and_what_names_nobody(self):
        self.parse({**self.opened, "mood": "good"})
        names = ("at", "date", "entry", "source")
        unreadable = {**{name: self.opened[name] for name in names}, "kind": "unreadable", "data": {"fieldsHash": "a"}}
        self.parse(unreadable)

    def follow(self, *events):
        sessions = Sessions()
        for one in events:
            sessions.check(one)

    def test_another_session(self):
        self.follow(self.opened, self.play, self.ended, self.closed)
        for name in ("provider", "mode", "person", "game", "agent", "station"):
            with self.assertRaises(ValueError, msg=name):
                self.follow(self.opened, self.play, {**self.ended, name: "other"}, self.closed)

    def test_told_by_the_token_of_the_session(self):
        seated = [{**one, "agent": "agt", "station": "st"} for one in (self.opened, self.play)]
        self.follow(*seated, {**self.ended, "source": "fallback"})
        with self.assertRaises(ValueError):
            self.follow(*seated, {**self.ended, "source": "fallback", "game": "other"})

    def test_gone(self):
        it = vectors("log.json")
        line = canonical({"gone": True, "leafHash": it["leafHashes"][3], "seq": 3})
        self.assertEqual(parse_gone(line, 3), from_base64(it["leafHashes"][3]))
        self.assertRaises(ValueError, parse_gone, line, 4)
        self.assertIsNone(parse_gone(canonical(self.play), 0))
        for more in (b" ", b'{"gone":true,"leafHash":"","seq":3}'):
            self.assertRaises(ValueError, lambda text: parse_gone(text, 3) or parse_entry(text, 3), line + more)
        self.assertIsNone(parse_gone(canonical({"gone": True, "leafHash": "AA==", "seq": 3}), 3))


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

    def test_play_that_was_stretched(self):
        at_end = stated(1, "01:01:00", 60_000)
        self.assertEqual(self.problems([play(0, "01:00:00", "01:01:00"), at_end]), [])
        self.assertEqual(len(self.problems([play(0, "01:00:00", "01:02:00"), at_end])), 2)

    def test_partitions_however_far_apart(self):
        ahead = {**event(0, "opened", "01:00:00", {}), "person": "two", "session": "ahead", "date": "2026-12-20"}
        events = [play(0, "01:00:00", "01:01:00"), ahead, stated(2, "01:01:00", 60_000)]
        self.assertEqual(self.problems(events), [])

    def test_a_silence_may_count_what_another_device_played_until_it_was_found(self):
        span = [play(0, "01:00:00", "01:05:00"), play(2, "01:05:00", "01:15:00", session="other")]
        for cause, ordered_at, count in (("silence", None, 0), ("order", "2026-11-20T01:05:00.000Z", 2)):
            data = {"cause": cause, "orderedAt": ordered_at, "usedMs": {"provider": 900_000, "game": 900_000}}
            end = event(1, "ended", "01:05:00", data)
            self.assertEqual(len(self.problems([span[0], end, span[1]])), count, cause)

    def test_gone_entries(self):
        minutes = Minutes(True)
        minutes.add(stated(0, "01:01:00", 60_000))
        minutes.note_gone()
        minutes.finish()
        self.assertEqual(minutes.problems, [])

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
        self.assertEqual(self.end(clientEndedAt="2026-11-20T00:59:00.000Z")["timeToEnforceMs.max"], 4_000)
        self.assertEqual(self.end(verdictSeq=None)["unacknowledgedEnds"], 1)

    def test_a_confirmation_after_the_day_closed(self):
        late = event(1, "closed", "01:00:00", {"clientEndedAt": None, "verdictSeq": 1, "overrunMs": 9})
        ended = event(0, "ended", "01:00:00", {"limitAt": late["at"], "orderedAt": late["at"], "overrunMs": 0, "gaps": 0})
        for at, count in (("2026-11-21T03:00:00.000Z", 0), ("2026-11-21T03:00:00.001Z", 1)):
            self.assertEqual(self.figures([ended, {**late, "at": at}])["unacknowledgedEnds"], count)

    def test_overrun_is_the_most_that_was_told_before_the_day_closed(self):
        told = [
            event(0, "ended", "01:00:00", {"limitAt": None, "orderedAt": None, "overrunMs": 5, "gaps": 0}),
            event(1, "overrun", "01:00:30", {"overrunMs": 30}),
            {**event(2, "overrun", "00:00:00", {"overrunMs": 60}), "at": "2026-11-21T03:00:00.000Z", "date": "2026-11-21"},
        ]
        late = {**told[2], "at": "2026-11-21T03:00:00.001Z", "data": {"overrunMs": 90}}
        closed = {"reason": "limit", "clientEndedAt": None, "verdictSeq": None, "overrunMs": 99}
        for events, overrun_ms in (
            (told[:1], 5),
            (told[:2], 30),
            (told, 60),
            ([*told, late], 60),
            ([*told, {**late, "kind": "closed", "data": closed}], 60),
            ([*told, event(3, "closed", "01:01:00", closed)], 99),
        ):
            self.assertEqual(self.figures(events)["overrunMs"], overrun_ms)

    def test_gaps_are_those_of_the_end_or_those_entered(self):
        ended = event(2, "ended", "01:00:00", {"limitAt": None, "orderedAt": None, "overrunMs": 0, "gaps": 1})
        gap = event(0, "gap", "00:50:00", {"from": "2026-11-20T00:40:00.000Z", "to": "2026-11-20T00:50:00.000Z"})
        self.assertEqual(self.figures([ended])["gaps"], 1)
        self.assertEqual(self.figures([gap, {**gap, "seq": 1}, ended])["gaps"], 2)

    def test_a_grant_is_no_correction(self):
        data = {"correctionId": "c", "deltaMs": -60_000, "author": "a", "reasonHash": "h"}
        undo = event(1, "corrected", "01:00:00", {**data, "deltaMs": 60_000, "undoes": "c"})
        corrected = event(0, "corrected", "01:00:00", data)
        grant = event(0, "corrected", "01:00:00", {**data, "deltaMs": 0, "bonusMs": 60_000})
        del grant["game"]
        self.assertEqual(self.figures([grant])["correctionsMs"], 0)
        self.assertEqual(self.figures([corrected, grant])["correctionsMs"], -60_000)
        self.assertEqual(self.figures([corrected, undo])["correctionsMs"], 0)
        self.assertEqual(self.figures([{**corrected, "date": "2026-11-01"}])["correctionsMs"], -60_000)

    def test_merges(self):
        took = {"from": "2026-11-20T01:00:00.000Z", "to": "2026-11-20T01:02:00.000Z", "previous": "one"}
        merged = event(1, "merged", "01:02:00", took, person="two")
        nowhere = {name: value for name, value in merged.items() if name != "game"}
        mine = play(0, "01:00:00", "01:02:00")
        after = play(2, "03:00:00", "03:01:00")
        for events, ms, players in (
            ([mine], 120_000, 1),
            ([mine, merged], 120_000, 1),
            ([merged, mine], 120_000, 1),
            ([mine, nowhere], 0, 0),
            ([mine, merged, after], 300_000, 2),
        ):
            found = self.figures(events)
            self.assertEqual((found["playMs"], found["players"]), (ms, players))

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


PLACE = ("line", "providerId", "gameId", "agentId", "province", "day")


class DirectoryTest(unittest.TestCase):
    def check(self, it, files):
        """`files` with None are not there."""
        with self.subTest(it["name"]), tempfile.TemporaryDirectory() as directory:
            for name, text in files.items():
                if text is not None:
                    (Path(directory) / name).write_bytes(text.encode())
            verification = Verification(directory, read_keys(it["key"]) if it["key"] else []).run()
            failing = [name for name, state, _ in verification.checks if state == FAILED]
            self.assertEqual(sorted(failing), sorted(it["failing"]))
            self.assertEqual(verification.exit_code, EXIT_CODES[it["outcome"]])
            return verification

    def test_vectors(self):
        for it in vectors("directories.json"):
            self.check(it, it["files"])

    def test_vectors_of_reports(self):
        day = vectors("reports.json")
        for it in day["cases"]:
            self.check(it, day["good"] | it["replaced"])
        figures_ok = {name for name, state, _ in self.check(day["cases"][0], day["good"]).checks if state == OK}
        self.assertLess({f"{name}: figures" for name in ("days.json", "cells.jsonl", "next-day.json", "form.json")}, figures_ok)

    def states(self, files, keys):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in files.items():
                (Path(directory) / name).write_bytes(text.encode())
            return {name: state for name, state, _ in Verification(directory, keys).run().checks}

    def test_any_byte(self):
        it = vectors("directories.json")[0]
        keys, lines = read_keys(it["key"]), it["files"]["entries.jsonl"].encode()
        random = Random(1)
        for at in (0, len(lines) - 1, *(random.randrange(len(lines)) for _ in range(20))):
            wrong = bytearray(lines)
            wrong[at] ^= random.randrange(1, 256)
            with tempfile.TemporaryDirectory() as directory:
                for name in ("checkpoint", "keys.json"):
                    (Path(directory) / name).write_bytes(it["files"][name].encode())
                (Path(directory) / "entries.jsonl").write_bytes(wrong)
                self.assertEqual(Verification(directory, keys).run().exit_code, EXIT_FAILED, at)

    def test_withheld(self):
        day = vectors("reports.json")["good"]
        head, rows, totals = figures.read_report(day["cells.jsonl"].encode())
        head = {**head, "cellPeopleMin": 5}

        def hide(row):
            nothing = {name: dict.fromkeys(value) if isinstance(value, dict) else None for name, value in row.items()}
            return {**nothing, **{name: row[name] for name in row if name in PLACE}, "suppressed": True}

        entries = [parse(line.encode()) for line in day["entries.jsonl"].splitlines()]
        some, everything = (head, [hide(rows[0]), *rows[1:]], totals), (head, [*map(hide, rows)], hide(totals))
        for report, is_all in ((some, False), (everything, True)):
            self.assertEqual(figures.problems_of(report, iter(entries)), [])
            self.assertEqual(figures.is_all_withheld(report), is_all)
        fewer = ({**head, "rowCount": len(rows) - 1}, [*map(hide, rows[1:])], hide(totals))
        self.assertNotEqual(figures.problems_of(fewer, iter(entries)), [])

    def test_what_is_missing_is_not_checked(self):
        good = vectors("directories.json")[0]
        keys = read_keys(good["key"])
        for gone, wanted in (
            ("entries.jsonl", {"checkpoint": OK, "entries": NOT_CHECKED, "tree": NOT_CHECKED, "minutes": NOT_CHECKED}),
            ("checkpoint", {"checkpoint": NOT_CHECKED, "entries": OK, "tree": NOT_CHECKED, "consistency": NOT_CHECKED}),
            ("consistency.json", {"consistency": OK}),
            ("checkpoint.previous", {"tree": OK, "consistency": NOT_CHECKED}),
            ("keys.json", {"keys": OK, "checkpoint": OK}),
        ):
            states = self.states({name: text for name, text in good["files"].items() if name != gone}, keys)
            self.assertEqual({name: states[name] for name in wanted}, wanted, gone)

    def test_a_key_in_every_form(self):
        good = vectors("directories.json")[0]
        key = parse_key(good["key"])
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "gateway.key"
            file.write_text(good["key"] + "\n")
            for given in (good["key"], base64.b64encode(key.public).decode(), str(file)):
                self.assertEqual(self.states(good["files"], read_keys(given))["tree"], OK)
        for wrong in ("", "AAAA", good["key"].replace("playgate.test", "elsewhere.test")):
            self.assertRaises(ValueError, read_keys, wrong)

    def test_pages(self):
        files = vectors("reports.json")["good"]
        entries = [parse(line.encode()) for line in files["entries.jsonl"].splitlines()]
        head, rows, totals = figures.read_report(files["cells.jsonl"].encode())
        self.assertGreater(len(rows), 4)

        def problems(part, **changes):
            return figures.problems_of(({**head, "nextCursor": None, **changes}, part, totals), iter(entries))

        for part, cursor in ((rows, None), (rows[:2], "abc"), (rows[2:4], "abc"), (rows[2:], None)):
            self.assertEqual(problems(part, nextCursor=cursor), [])
        last = len(rows)
        for part, changes in (
            ([rows[0], *rows], {}),
            ([rows[0], *rows[:-1]], {}),
            (rows[1:], {"rowCount": last - 1}),
            (rows[:-1], {}),
            ([rows[0], rows[2]], {"nextCursor": "abc"}),
            (rows[::-1], {}),
            ([*rows, {**rows[0], "gameId": "z"}], {"rowCount": last + 1}),
            (rows, {"rowCount": last + 1}),
            (rows, {"nextCursor": "abc"}),
        ):
            self.assertNotEqual(problems(part, **changes), [])

    def test_no_report(self):
        files = vectors("reports.json")["good"]
        entries = [parse(line.encode()) for line in files["entries.jsonl"].splitlines()]
        head, rows, totals = figures.read_report(files["days.json"].encode())
        self.assertEqual(figures.problems_of((head, rows, totals), iter(entries)), [])
        wrong_days = ({"to": "2026-09-30"}, {"to": "9999-12-31"}, {"to": "2026-13-01"})
        for changes in (*wrong_days, {"zone": "Mars/Olympus"}, {"groupBy": ["mood"]}, {"groupBy": []}):
            with self.assertRaises((KeyError, ValueError), msg=changes):
                figures.problems_of(({**head, **changes}, rows, totals), iter(entries))
        reasons = {**totals["deniedByReason"], "bored": 0}
        for changes in ({"deniedByReason": reasons}, {"joy": 1}, {"playMs": ABSENT}, {"playMs": 1}):
            wrong = without_absent({**totals, **changes})
            self.assertNotEqual(figures.problems_of((head, rows, wrong), iter(entries)), [], changes)
        for wrong in ({**rows[0], "suppressed": True}, {**rows[0], "gameId": "game-0"}):
            self.assertNotEqual(figures.problems_of((head, [wrong, *rows[1:]], totals), iter(entries)), [])

    def test_later_entries_are_of_another_revision(self):
        files = vectors("reports.json")["good"]
        report = figures.read_report(files["days.json"].encode())
        entries = [parse(line.encode()) for line in files["entries.jsonl"].splitlines()]
        late = {**entries[0], "seq": len(entries), "session": "ses_other"}
        self.assertEqual(figures.problems_of(report, iter([*entries, late])), [])
        head = {**report[0], "entries": len(entries) + 1}
        self.assertNotEqual(figures.problems_of((head, *report[1:]), iter([*entries, late])), [])

    def test_nothing_there(self):
        key = parse_key(vectors("log.json")["keys"][0]["verifierKey"])
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(Verification(directory, [key]).run().exit_code, EXIT_UNVERIFIED)


if __name__ == "__main__":
    unittest.main()
