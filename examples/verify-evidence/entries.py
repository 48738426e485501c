"""Lines of `entries.jsonl`: their form, and the fields of an event."""

import re
from datetime import date

from canonical import canonical, parse

LINE_BYTES_MAX = 65_536
MS_PER_DAY = 86_400_000

SOURCES = {"live", "lease", "fallback"}
MODES = {"live", "test"}
OF_PERSON = ("mode", "provider", "person", "player")

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\.(\d{3})Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH = date(1970, 1, 1).toordinal()


def instant_ms(text):
    """Milliseconds since 1970 of an instant. Raises a ValueError."""
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("no instant")
    day = date.fromisoformat(match[1]).toordinal() - _EPOCH
    return day * MS_PER_DAY + ((int(match[2]) * 60 + int(match[3])) * 60 + int(match[4])) * 1_000 + int(match[5])


def day_number(text):
    """Days since 1970 of a calendar day. Raises a ValueError."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("no day")
    return date.fromisoformat(text).toordinal() - _EPOCH


def _text(value):
    return isinstance(value, str)


def _count(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _instant(value):
    return instant_ms(value) is not None


def _or_none(check):
    return lambda value: value is None or check(value)


def _per_account(value):
    return isinstance(value, dict) and all(isinstance(one, int | None) for one in value.values())


_INTERVAL = {"from": _instant, "to": _instant}

DATA = {
    "opened": {},
    "denied": {"reason": _text},
    "play": {**_INTERVAL, "leasedMs": _count},
    "merged": {**_INTERVAL, "previous": _text},
    "gap": _INTERVAL,
    "paused": {},
    "resumed": {},
    "warned": {"leftMs": _count},
    "ended": {
        "cause": _text,
        "limitAt": _or_none(_instant),
        "orderedAt": _or_none(_instant),
        "overrunMs": _count,
        "gaps": _count,
    },
    "closed": {
        "reason": _or_none(_text),
        "clientEndedAt": _or_none(_instant),
        "verdictSeq": _or_none(_count),
        "overrunMs": _count,
    },
    "corrected": {"correctionId": _text, "game": _text, "deltaMs": _count, "author": _text, "reasonHash": _text},
    "unreadable": {"fieldsHash": _text},
}
OPTIONAL_DATA = {"usedMs": _per_account, "limitMs": _per_account}


def parse_entry(line, seq):
    """The event of a line (bytes without the newline) that must have this `seq`. Raises a ValueError."""
    event = parse(line)
    if not isinstance(event, dict) or canonical(event) != line:
        raise ValueError("not canonical JSON of an event")
    if event.get("seq") != seq or not _count(event["seq"]):
        raise ValueError(f"seq is {event.get('seq')}, not {seq}")
    checks = DATA.get(event.get("kind")) if _text(event.get("kind")) else None
    data = event.get("data")
    if checks is None or not isinstance(data, dict) or not _text(event.get("entry")):
        raise ValueError("not the fields of an event")
    instant_ms(event.get("at"))
    day_number(event.get("date"))
    needed = [name for name in OF_PERSON if name in event or event["kind"] != "unreadable"]
    if not all(_text(event.get(name)) for name in needed) or event.get("source") not in SOURCES:
        raise ValueError("not the fields of an event")
    if "mode" in needed and event["mode"] not in MODES:
        raise ValueError("not the fields of an event")
    known = {**checks, **{name: check for name, check in OPTIONAL_DATA.items() if name in data}}
    for name, check in known.items():
        if name not in data or not check(data[name]):
            raise ValueError(f"data.{name} of {event['kind']} is not there, or wrong")
    return event


def read_lines(path):
    """Each line without its newline. Raises a ValueError for one that is too long or has no newline."""
    with open(path, "rb") as file:
        while line := file.readline(LINE_BYTES_MAX + 1):
            if not line.endswith(b"\n"):
                raise ValueError("a line that is too long, or a last one without a newline")
            yield line[:-1]
