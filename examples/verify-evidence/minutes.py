"""Whether the minutes that entries state follow from the play before them (docs/evidence.md, "Minutes").

A statement below the play before it is wrong at once. One above is kept until the end, when play that was reported
later is known too."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from entries import day_number, instant_ms

PLAY_KINDS = ("play", "merged")


class Union:
    """A union of half-open intervals in milliseconds."""

    def __init__(self):
        self._starts = []
        self._ends = []
        self.measure = 0

    def add(self, start, end):
        if start >= end:
            return
        first = bisect_left(self._ends, start)
        last = bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self.measure += end - start - sum(self._ends[first:last]) + sum(self._starts[first:last])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def holds(self, other):
        """Whether all of another union is in this one."""
        for start, end in zip(other._starts, other._ends):
            last = bisect_right(self._starts, start) - 1
            if last < 0 or self._ends[last] < end:
                return False
        return True

    def measure_before(self, instant):
        """All of it where the instant is None."""
        if instant is None:
            return self.measure
        return sum(max(0, min(end, instant) - start) for start, end in zip(self._starts, self._ends))


@dataclass(frozen=True)
class Claim:
    """A stated number that is above the play before it, and the days that it may be of."""

    seq: int
    session: str | None
    person: tuple
    days: tuple
    account: tuple
    # Play from here on cannot be in it; None: any of the day can.
    until_ms: int | None
    stated_ms: int


class Minutes:
    """Takes entries in order. `is_whole`: every entry from the first on comes, so that nothing is unknown."""

    def __init__(self, is_whole):
        self._is_whole = is_whole
        self._unions = {}
        self._added_ms = {}
        self._taken_ms = {}
        self._above = []
        self._open = {}
        self._opened_day = {}
        self.stated_count = 0
        self.problems = []

    def note_gone(self):
        """An entry of which only the hash is left: not everything is known any more."""
        self._is_whole = False

    def add(self, event):
        if "person" not in event or "provider" not in event or "mode" not in event:
            return
        person = (event["mode"], event["provider"], event["person"])
        day = day_number(event["date"])
        data = event["data"]
        self._follow_session(event, person, day)
        if event["kind"] in PLAY_KINDS:
            start, end = instant_ms(data["from"]), instant_ms(data["to"])
            for account in _accounts(event):
                self._union(person, day, account).add(start, end)
        elif event["kind"] == "corrected":
            totals = self._added_ms if data["deltaMs"] > 0 else self._taken_ms
            totals[person, day] = totals.get((person, day), 0) + abs(data["deltaMs"])
        elif "usedMs" in data:
            self._check(event, person, day)

    def finish(self):
        """After the last entry: `problems` are complete."""
        if not self._is_whole:
            return
        still_open = {}
        for session, persons in self._open.items():
            for person in persons:
                still_open.setdefault(person, set()).add(session)
        for claim in self._above:
            is_another_open = bool(still_open.get(claim.person, set()) - {claim.session})
            if is_another_open or any(self._is_possible(claim, day) for day in claim.days):
                continue
            self._complain(claim.seq, claim.account, claim.stated_ms, "more than was played")

    def _is_possible(self, claim, day):
        final_ms = self._union(claim.person, day, claim.account).measure_before(claim.until_ms)
        return claim.stated_ms <= final_ms + self._added_ms.get((claim.person, day), 0)

    def _check(self, event, person, day):
        days = [day]
        session = event.get("session")
        if event["kind"] == "ended" and self._opened_day.get(session, day - (not self._is_whole)) < day:
            days.append(day - 1)
        for account in _accounts(event):
            stated_ms = event["data"]["usedMs"].get(account[0])
            if stated_ms is None:
                self.problems.append(f"entry {event['seq']} does not state the minutes of the {account[0]}")
                continue
            self.stated_count += 1
            known = {one: self._union(person, one, account).measure for one in days}
            if stated_ms in known.values():
                continue
            above = tuple(one for one in days if stated_ms >= known[one] - self._taken_ms.get((person, one), 0))
            if above:
                until_ms = _until_ms(event)
                self._above.append(Claim(event["seq"], session, person, above, account, until_ms, stated_ms))
            else:
                self._complain(event["seq"], account, stated_ms, "less than was played")

    def _follow_session(self, event, person, day):
        session = event.get("session")
        if session is None:
            return
        if event["kind"] == "opened":
            self._opened_day[session] = day
            self._open[session] = {person}
        elif event["kind"] == "ended":
            self._open.pop(session, None)
        elif session in self._open:
            self._open[session].add(person)

    def _union(self, person, day, account):
        return self._unions.setdefault((person, day, account), Union())

    def _complain(self, seq, account, stated_ms, what):
        self.problems.append(f"entry {seq} states {stated_ms} ms of the {account[0]}, {what}")


def _until_ms(event):
    """An end by order states what counted then; one that was found later than play ended, what counted when found."""
    if event["kind"] != "ended":
        return instant_ms(event["at"])
    if event["data"]["orderedAt"] is not None:
        return instant_ms(event["data"]["orderedAt"])
    return instant_ms(event["at"]) if event["data"]["cause"] == "closed" else None


def _accounts(event):
    accounts = [("provider", "")]
    accounts += [(name, event[name]) for name in ("game", "agent") if name in event]
    return accounts
