#!/usr/bin/env python3
"""Checks a directory of evidence as docs/evidence.md says, offline, with the public key only.

Exit code 0: verified; 1: something is wrong; 2: nothing is wrong, but no key was given, nothing was
there, or a file is not proven: it is named."""

import argparse
import json
import sys
from pathlib import Path

import figures
import jws
import merkle
import minutes
from canonical import from_base64, parse
from entries import Sessions, parse_entry, parse_gone, read_lines
from signed_note import NOTE_CHARACTERS_MAX, open_checkpoint, parse_key
from trust import believed_keys, read_published

FILE_BYTES_MAX = 64 * 2**20
# A character of UTF-8 takes four bytes at most.
NOTE_BYTES_MAX = 4 * NOTE_CHARACTERS_MAX
PROOF_HASHES_MAX = 128
PROBLEMS_SHOWN_MAX = 3

OK, FAILED, NOT_CHECKED = "ok", "FAILED", "not checked"
EXIT_VERIFIED, EXIT_FAILED, EXIT_UNVERIFIED = 0, 1, 2
OUTCOMES = {
    EXIT_VERIFIED: "Verified: everything that says ok.",
    EXIT_FAILED: "NOT VERIFIED: something is wrong.",
    EXIT_UNVERIFIED: "NOT VERIFIED: nothing wrong was found; but no key was given, or not everything is proven.",
}


# The check that holds a file to a signature.
PROVEN_BY = {
    "checkpoint": "checkpoint",
    "checkpoint.previous": "previous checkpoint",
    "consistency.json": "consistency",
    "entries.jsonl": "tree",
    "range.json": "tree",
    "keys.json": "keys",
}
PARTS = set(PROVEN_BY)


class Verification:
    """`checks` are (name, state, detail) in the order in which they were made; every check depends on those before."""

    def __init__(self, directory, given_keys):
        self.checks = []
        self._directory = Path(directory)
        self._given = tuple(given_keys)
        self._keys = self._given
        # Files that no signature and no count proves.
        self._others = []

    def run(self):
        self._check_keys()
        checkpoint = self._check_checkpoint("checkpoint", "checkpoint")
        previous = self._check_checkpoint("previous checkpoint", "checkpoint.previous")
        entries = self._check_entries(checkpoint, previous)
        self._check_consistency(checkpoint, previous, entries)
        self._check_tree(checkpoint, entries)
        self._check_minutes(entries)
        known = entries if checkpoint is not None else None
        signed = sorted(path.name.removesuffix(".jws") for path in self._directory.glob("*.jws") if path.is_file())
        for name in signed:
            self._check_report(name, known)
        looked_at = {*PARTS, *signed, *(f"{name}.jws" for name in signed)}
        for path in sorted(self._directory.iterdir()):
            if not path.is_file() or path.name not in looked_at:
                self._check_other(path, known)
        return self

    @property
    def exit_code(self):
        if any(state == FAILED for _, state, _ in self.checks):
            return EXIT_FAILED
        proven = {name for name, state, _ in self.checks if state == OK}
        is_anything = any(name != "keys" for name in proven)
        return EXIT_VERIFIED if self._given and is_anything and not self.unproven else EXIT_UNVERIFIED

    @property
    def unproven(self):
        """Names of files that nothing proves."""
        proven = {name for name, state, _ in self.checks if state == OK}
        parts = [name for name, check in PROVEN_BY.items() if check not in proven and (self._directory / name).is_file()]
        return [*parts, *self._others]

    def _say(self, name, state, detail):
        self.checks.append((name, state, detail))

    def _read(self, name, bytes_max=FILE_BYTES_MAX):
        """The bytes of a file; None where there is none. Raises a ValueError where it is too long."""
        path = self._directory / name
        if not path.is_file():
            return None
        if path.stat().st_size > bytes_max:
            raise ValueError(f"longer than {bytes_max} bytes")
        return path.read_bytes()

    def _check_keys(self):
        try:
            data = self._read("keys.json")
            published = () if data is None else read_published(data)
        except ValueError as error:
            return self._say("keys", FAILED, f"keys.json: {error}")
        if not self._given:
            # Shows at least that everything is by one and the same signer.
            self._keys = tuple(one.key for one in published)
            return self._say("keys", NOT_CHECKED, "no key was given; those of the directory prove nothing")
        self._keys = believed_keys(self._given, published)
        known = len(self._keys) - len(self._given)
        self._say("keys", OK, f"{len(self._given)} given, {known} believed by way of them, of {len(published)}")

    def _check_checkpoint(self, check, name):
        try:
            data = self._read(name, NOTE_BYTES_MAX)
            if data is None:
                return self._say(check, NOT_CHECKED, f"no {name}")
            checkpoint = open_checkpoint(data.decode("utf-8"), self._keys)
        except ValueError as error:
            return self._say(check, FAILED, str(error))
        self._say(check, OK, f"{checkpoint.size} entries of {checkpoint.origin}")
        return checkpoint

    def _check_entries(self, checkpoint, previous):
        path = self._directory / "entries.jsonl"
        if not path.is_file():
            self._say("entries", NOT_CHECKED, "no entries.jsonl")
            return None
        seq = None
        try:
            entries = Entries(self._read("range.json"), previous)
            seq = entries.start
            for line in read_lines(path):
                leaf_hash = parse_gone(line, seq)
                if leaf_hash is None:
                    entries.add(line, parse_entry(line, seq))
                else:
                    entries.add_gone(leaf_hash)
                seq += 1
            entries.minutes.finish()
        except ValueError as error:
            self._say("entries", FAILED, str(error) if seq is None else f"entry {seq}: {error}")
            return None
        gone = f", of {entries.gone} only the hash" if entries.gone else ""
        self._say("entries", OK, f"{seq - entries.start} from {entries.start} on{gone}")
        return entries

    def _check_consistency(self, checkpoint, previous, entries):
        if previous is None or checkpoint is None:
            return self._say("consistency", NOT_CHECKED, "it takes two good checkpoints")
        how = []
        try:
            data = self._read("consistency.json")
            if data is not None:
                _check_consistency_proof(parse(data), previous, checkpoint)
                how.append("by the proof")
            if entries is not None and entries.root_before is not None:
                if entries.root_before != previous.root:
                    raise ValueError("the entries do not begin with those of the previous checkpoint")
                how.append("by the entries")
            if previous.size > checkpoint.size or (previous.size == checkpoint.size and previous.root != checkpoint.root):
                raise ValueError("the checkpoint does not go on from the previous one")
        except ValueError as error:
            return self._say("consistency", FAILED, str(error))
        detail = f"the first {previous.size} entries are as they were, {' and '.join(how)}"
        self._say("consistency", OK if how else NOT_CHECKED, detail if how else "neither a proof nor all entries")

    def _check_tree(self, checkpoint, entries):
        if checkpoint is None or entries is None:
            return self._say("tree", NOT_CHECKED, "it takes a good checkpoint and good entries")
        problem = entries.problem_of_range(checkpoint)
        if problem is not None:
            self._say("tree", FAILED, problem)
        elif entries.frontier.size != checkpoint.size:
            self._say("tree", FAILED, f"{entries.frontier.size} entries, {checkpoint.size} in the checkpoint")
        elif entries.frontier.root() != checkpoint.root:
            self._say("tree", FAILED, "the entries give another root than the checkpoint")
        else:
            self._say("tree", OK, "the entries give the root of the checkpoint")

    def _check_minutes(self, entries):
        if entries is None:
            return self._say("minutes", NOT_CHECKED, "it takes good entries")
        found = entries.minutes
        if found.problems:
            return self._say("minutes", FAILED, _some(found.problems))
        self._say("minutes", OK, f"{found.stated_count} stated numbers follow from the play")

    def _check_other(self, path, entries):
        """What is neither a part of an export nor signed: a report may be proven by its figures, nothing else is."""
        name, content = path.name, None
        try:
            content = self._read(name)
            why = f"no file of evidence, and no {name}.jws" if path.is_file() else "a folder, and what is in it was not looked at"
        except ValueError as error:
            why = str(error)
        if content is None or not figures.is_report(name, content):
            self._others.append(name)
            return self._say(name, NOT_CHECKED, why)
        self._say(f"{name}: signature", NOT_CHECKED, f"no {name}.jws")
        state = self._check_figures(name, content, entries)
        if state is None:
            self._say(f"{name}: figures", FAILED, "not of the form of a report")
        elif state != OK and name not in self._others:
            self._others.append(name)

    def _check_report(self, name, entries):
        check, signature = f"{name}: signature", self._directory / f"{name}.jws"
        try:
            content = self._read(name)
            if content is None:
                raise ValueError(f"no {name}")
            text = self._read(signature.name, jws.JWS_CHARACTERS_MAX).decode("ascii")
            jws.verify_detached(text.strip(), content, self._keys)
            self._say(check, OK, "by a believed key" if self._given else "by a key of the directory")
        except ValueError as error:
            self._say(check, FAILED, str(error))
            if content is None:
                return
        self._check_figures(name, content, entries)

    def _check_figures(self, name, content, entries):
        """The state that was said; None of a file that is no report."""
        report = figures.read_report(content)
        if report is None:
            return None
        state, detail = self._figures(name, report, entries)
        self._say(f"{name}: figures", state, detail)
        return state

    def _figures(self, name, report, entries):
        if entries is None or not entries.is_whole:
            return NOT_CHECKED, "it takes every entry, and their checkpoint"
        events = (parse(line) for line in read_lines(self._directory / "entries.jsonl"))
        try:
            problems = figures.problems_of(report, events)
            is_closed, resting_on = report[0]["closed"], report[0]["entries"] or 0
            is_missing = resting_on > entries.count
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            return FAILED, f"not of the form of a report, or of a zone that is not known here: {error!r}"
        if is_missing:
            self._others.append(name)
            return NOT_CHECKED, f"it rests on {resting_on} entries, and {entries.count} are here"
        if not problems and figures.is_all_withheld(report):
            return NOT_CHECKED, "every figure is withheld"
        if not problems:
            return OK, "counted from the entries, the same"
        if entries.gone:
            return NOT_CHECKED, f"may rest on the {entries.gone} entries that are gone: {_some(problems)}"
        return (FAILED if is_closed else NOT_CHECKED), _some(problems)


class Entries:
    """What the lines of `entries.jsonl` add up to, without keeping them."""

    def __init__(self, range_data, previous):
        self._range = None if range_data is None else _read_range(range_data)
        self.start = 0 if self._range is None else self._range["start"]
        self.frontier = merkle.Frontier()
        if self._range is not None:
            widths = merkle.widths_of_range(0, self.start)
            self._is_fitting = len(widths) == len(self._range["left"])
            for subtree, width in zip(self._range["left"], widths):
                self.frontier.append_subtree(subtree, width)
        self.is_whole = self._range is None
        self.minutes = minutes.Minutes(self.is_whole)
        self._sessions = Sessions()
        self.count = 0
        # Entries of which only the hash is left.
        self.gone = 0
        self._previous_size = previous.size if previous is not None and self._range is None else None
        # The root over as many entries as the previous checkpoint has; None where they are not all here.
        self.root_before = merkle.EMPTY_ROOT if self._previous_size == 0 else None

    def add(self, line, event):
        self._sessions.check(event)
        self.minutes.add(event)
        self._append(merkle.leaf_hash(line))

    def add_gone(self, leaf_hash):
        self.minutes.note_gone()
        self.gone += 1
        self._append(leaf_hash)

    def _append(self, leaf_hash):
        self.count += 1
        if self._range is None or self._is_fitting:
            self.frontier.append(leaf_hash)
        if self.frontier.size == self._previous_size:
            self.root_before = self.frontier.root()

    def problem_of_range(self, checkpoint):
        """Closes a part with what stands right of it. Tells what does not fit; None where nothing."""
        if self._range is None:
            return None
        start, end, size = self._range["start"], self._range["end"], self._range["size"]
        widths = merkle.widths_of_range(end + 1, size)
        if size != checkpoint.size:
            return "the range proof is of another checkpoint"
        if self.count != end + 1 - start:
            return f"{self.count} entries, and a proof for those from {start} to {end}"
        if not self._is_fitting or len(widths) != len(self._range["right"]):
            return "a range proof with too many or too few hashes"
        for subtree, width in zip(self._range["right"], widths):
            self.frontier.append_subtree(subtree, width)
        return None


def _some(problems):
    more = len(problems) - PROBLEMS_SHOWN_MAX
    return "; ".join(problems[:PROBLEMS_SHOWN_MAX]) + (f"; and {more} more" if more > 0 else "")


def _hashes(value):
    if not isinstance(value, list) or len(value) > PROOF_HASHES_MAX:
        raise ValueError("no list of hashes")
    hashes = [from_base64(one) for one in value]
    if any(len(one) != merkle.HASH_BYTES for one in hashes):
        raise ValueError("a hash of another length")
    return hashes


def _read_range(data):
    value = parse(data)
    numbers = [value.get(name) for name in ("start", "end", "size")] if isinstance(value, dict) else [None]
    if not all(type(number) is int for number in numbers) or not 0 <= numbers[0] <= numbers[1] < numbers[2] < 2**53:
        raise ValueError("range.json is no range proof")
    return {**value, "left": _hashes(value.get("left")), "right": _hashes(value.get("right"))}


def _check_consistency_proof(value, previous, checkpoint):
    if not isinstance(value, dict) or value.get("from") != previous.size or value.get("to") != checkpoint.size:
        raise ValueError("the proof is of other checkpoints")
    proof = _hashes(value.get("proof"))
    if not merkle.is_consistent(previous.size, checkpoint.size, previous.root, checkpoint.root, proof):
        raise ValueError("the proof does not lead from one checkpoint to the other")


def read_keys(value):
    """The keys of a file, one a line, or of the value itself. Raises a ValueError."""
    path = Path(value)
    text = path.read_text("utf-8") if path.is_file() else value
    keys = [parse_key(line.strip()) for line in text.splitlines() if line.strip()]
    if not keys:
        raise ValueError("no key")
    return keys


def main(words=None):
    parser = argparse.ArgumentParser(description="Checks a directory of evidence offline.")
    parser.add_argument("directory")
    parser.add_argument("--key", action="append", default=[], help="public key of the gateway, or a file with it")
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    options = parser.parse_args(words)
    if not Path(options.directory).is_dir():
        parser.error(f"there is no directory {options.directory}")
    try:
        keys = [key for value in options.key for key in read_keys(value)]
    except (ValueError, OSError):
        parser.error("no public key, and no file with one: " + ", ".join(options.key))
    verification = Verification(options.directory, keys).run()
    if options.json:
        print(json.dumps([{"name": name, "state": state, "detail": detail} for name, state, detail in verification.checks]))
    else:
        for name, state, detail in verification.checks:
            print(f"{state:<11} {name}: {detail}")
        if verification.unproven:
            print(f"Not proven: {', '.join(verification.unproven)}")
        print(OUTCOMES[verification.exit_code])
    return verification.exit_code


if __name__ == "__main__":
    sys.exit(main())
