"""The figures of docs/reports.md, counted from the entries alone."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from entries import MS_PER_DAY, day_number, instant_ms
from minutes import PLAY_KINDS, Union

MS_PER_MINUTE = 60_000
# Of one report.
DAYS_MAX = 400
# What shows that a session ran: its play, and its end.
RUN_KINDS = (*PLAY_KINDS, "ended")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ASSURANCES = ("declared", "attested", "document", "wallet")
# How a dimension is called in a row, and in an entry.
DIMENSIONS = {
    "provider": ("providerId", "provider"),
    "game": ("gameId", "game"),
    "agent": ("agentId", "agent"),
    "province": ("province", "province"),
    "day": ("day", "date"),
}


@dataclass(frozen=True)
class Query:
    """What a report is about, as its head says."""

    mode: str
    first_day: int
    last_day: int
    zone: ZoneInfo
    grace_ms: int
    group_by: tuple
    # (field of an entry, values let through).
    allowed: tuple

    def takes(self, event):
        if event.get("mode") != self.mode:
            return False
        return all(event.get(name) in values for name, values in self.allowed)

    def has_day(self, event):
        return self.first_day <= day_number(event["date"]) <= self.last_day

    def date_of(self, at):
        return (EPOCH + timedelta(milliseconds=instant_ms(at))).astimezone(self.zone).date().isoformat()

    def closes_at_ms(self, day):
        """When the days of reports close: after the midnight that ends them."""
        midnight = (EPOCH + timedelta(days=day + 1)).replace(tzinfo=self.zone)
        return (midnight - EPOCH) // timedelta(milliseconds=1) + self.grace_ms

    def key_of(self, event):
        return tuple(event.get(DIMENSIONS[name][1]) for name in self.group_by)


@dataclass
class Cell:
    """What is counted for one row, or for the totals."""

    players: set = field(default_factory=set)
    minors: set = field(default_factory=set)
    opened: int = 0
    started: int = 0
    fallback: int = 0
    play_ms: int = 0
    corrections_ms: int = 0
    assurance: Counter = field(default_factory=Counter)
    denied: Counter = field(default_factory=Counter)
    ends: list = field(default_factory=list)

    def figures(self):
        """By the names of reports; nested ones with dots."""
        confirmed = [end for end in self.ends if end["confirmed_at"] is not None]
        figures = {
            "players": len(self.players),
            "minors": len(self.minors),
            "sessions": self.opened,
            "playMs": self.play_ms,
            "limitReached": sum(end["limit_at"] is not None for end in self.ends),
            "overrunMs": sum(end["overrun_ms"] for end in self.ends),
            "unacknowledgedEnds": sum(end["is_ordered"] and end["confirmed_at"] is None for end in self.ends),
            "gaps": sum(end["gaps"] for end in self.ends),
            "agentHourBreaches": sum(end["is_outside_hours"] for end in self.ends),
            "fallbackDecisions": self.fallback,
            "fallbackShare": (self.fallback, self.started),
            "correctionsMs": self.corrections_ms,
            **{f"assurance.{name}": self.assurance[name] for name in ASSURANCES},
        }
        spans = {
            "timeToEnforceMs": _spans(confirmed, "limit_at", "confirmed_at"),
            "limitToOrderMs": _spans(self.ends, "limit_at", "ordered_at"),
            "orderToEndMs": _spans(confirmed, "ordered_at", "confirmed_at"),
        }
        for name, values in spans.items():
            figures |= {f"{name}.p50": _rank(values, 50), f"{name}.p95": _rank(values, 95), f"{name}.max": _rank(values, 100)}
        return figures | {f"deniedByReason.{name}": count for name, count in self.denied.items()}


def _spans(ends, earlier, later):
    pairs = [(end[earlier], end[later]) for end in ends]
    return sorted(max(0, after - before) for before, after in pairs if before is not None and after is not None)


def _rank(values, percent):
    """The smallest value that `percent` of them do not exceed; None of none."""
    return values[max(0, -(-percent * len(values) // 100) - 1)] if values else None


def query_of(head):
    """The query of a report's head. Raises a KeyError, TypeError or ValueError where the head is none, and a
    ZoneInfoNotFoundError (a KeyError) where this computer does not know its zone."""
    scope, filters = head["scope"], head["filters"]
    allowed = [("provider", scope["providerIds"]), ("province", scope["provinces"])]
    allowed += [("provider", filters["providerId"]), ("game", filters["gameId"])]
    allowed += [("agent", filters["agentId"]), ("province", filters["province"])]
    as_list = [(name, [value] if isinstance(value, str) else value) for name, value in allowed if value is not None]
    group_by = head["form"]["groupBy"] if head["report"] == "periodic" else head["groupBy"]
    if not group_by or any(name not in DIMENSIONS for name in group_by):
        raise ValueError("a dimension that is not known")
    first_day, last_day = day_number(head["from"]), day_number(head["to"])
    if not 1 <= last_day - first_day + 1 <= DAYS_MAX:
        raise ValueError(f"of {last_day - first_day + 1} days")
    return Query(
        mode=head["mode"],
        first_day=first_day,
        last_day=last_day,
        zone=ZoneInfo(head["zone"]),
        grace_ms=head["graceMs"],
        group_by=tuple(group_by),
        allowed=tuple(as_list),
    )


def recount(events, query):
    """Cells by the values of the dimensions, and the totals under None."""
    count = _Recount(query)
    for event in events:
        if event["kind"] == "merged" and event["mode"] == query.mode:
            count.give_away(event)
        if query.takes(event):
            count.add(event)
    return count.finish()


class _Recount:
    def __init__(self, query):
        self._query = query
        self._cells = {None: Cell()}
        self._play = {}
        # What merges took from a person on a day, of whatever game.
        self._given_away = {}
        self._ended = {}
        self._closed = {}
        self._overruns = {}
        self._gaps = Counter()
        self._outside_hours = set()

    def give_away(self, merged):
        """It is of no agent, and may be of no game: what it takes is so, whatever the report is narrowed to."""
        data = merged["data"]
        given_away = self._given_away.setdefault((data["previous"], merged["provider"], merged["date"]), Union())
        given_away.add(instant_ms(data["from"]), instant_ms(data["to"]))

    def add(self, event):
        kind, data, session = event["kind"], event["data"], event.get("session")
        if kind in RUN_KINDS and "hours" in event and _is_outside_hours(event, self._query.zone):
            self._outside_hours.add(session)
        if "overrunMs" in data:
            self._overruns.setdefault(session, []).append((instant_ms(event["at"]), data["overrunMs"]))
        if kind == "gap":
            self._gaps[session] += 1
        if kind == "closed":
            self._closed.setdefault(session, event)
        if kind == "corrected":
            # It counts on the day it is made.
            event = {**event, "date": self._query.date_of(event["at"])}
        if not self._query.has_day(event):
            return
        if kind in PLAY_KINDS:
            self._add_play(event)
        elif kind == "ended":
            self._ended[session] = event
        elif kind == "corrected" and "game" in event:
            for cell in self._cells_of(event):
                cell.corrections_ms += data["deltaMs"]
        elif kind in ("opened", "denied"):
            self._add_start(event)

    def finish(self):
        for (person, provider, *_, date), (events, union) in self._play.items():
            given_away = self._given_away.get((person, provider, date))
            if given_away is not None and given_away.holds(union):
                continue
            for cell in self._cells_of(events[0]):
                cell.play_ms += union.measure
                for event in events:
                    _add_player(cell, event)
        for session, event in self._ended.items():
            end = self._end_of(session, event)
            for cell in self._cells_of(event):
                cell.ends.append(end)
        return self._cells

    def _cells_of(self, event):
        return self._cells[None], self._cells.setdefault(self._query.key_of(event), Cell())

    def _add_play(self, event):
        place = tuple(event.get(name) for name in ("provider", "game", "agent", "province", "date"))
        data = event["data"]
        if "game" not in event:
            return
        events, union = self._play.setdefault((event["person"], *place), ([], Union()))
        if not events or events[-1].get("band") != event.get("band"):
            events.append(event)
        union.add(instant_ms(data["from"]), instant_ms(data["to"]))

    def _add_start(self, event):
        for cell in self._cells_of(event):
            cell.started += 1
            cell.fallback += event["source"] == "fallback"
            if event["kind"] == "denied":
                cell.denied[event["data"]["reason"]] += 1
                continue
            cell.opened += 1
            cell.assurance[event.get("assurance")] += 1
            _add_player(cell, event)

    def _end_of(self, session, event):
        data = event["data"]
        closed = self._closed.get(session)
        closes_at_ms = self._query.closes_at_ms(day_number(event["date"]))
        if closed is not None and instant_ms(closed["at"]) > closes_at_ms:
            closed = None
        limit_at, ordered_at = data["limitAt"], data["orderedAt"]
        return {
            "limit_at": limit_at and instant_ms(limit_at),
            "ordered_at": ordered_at and instant_ms(ordered_at),
            "confirmed_at": None if closed is None else _confirmed_at_ms(closed, ordered_at or limit_at),
            "is_ordered": limit_at is not None or ordered_at is not None,
            "overrun_ms": max((ms for at_ms, ms in self._overruns[session] if at_ms <= closes_at_ms), default=0),
            "gaps": max(data["gaps"], self._gaps[session]),
            "is_outside_hours": session in self._outside_hours,
        }


def _confirmed_at_ms(closed, told_at):
    """When the client stopped, by its own word, but not before it was told (None: it was not) nor after its word came;
    None where it answers no verdict."""
    data, closed_at_ms = closed["data"], instant_ms(closed["at"])
    if data["verdictSeq"] is None:
        return None
    said_ms = closed_at_ms if data["clientEndedAt"] is None else instant_ms(data["clientEndedAt"])
    return min(said_ms if told_at is None else max(said_ms, instant_ms(told_at)), closed_at_ms)


def _add_player(cell, event):
    person = (event["provider"], event["person"])
    cell.players.add(person)
    if event.get("band") not in (None, "adult"):
        cell.minors.add(person)


def _is_outside_hours(event, zone):
    """Whether play, which never goes over a midnight of the zone, or an end was outside the hours of the agent."""
    opens_ms, closes_ms = (_wall_ms(text) for text in event["hours"].split("-"))
    data = event["data"]
    start, end = instant_ms(data.get("from", event["at"])), instant_ms(data.get("to", event["at"]))
    offset = (EPOCH + timedelta(milliseconds=start)).astimezone(zone).utcoffset() // timedelta(milliseconds=1)
    from_ms = (start + offset) % MS_PER_DAY
    to_ms = from_ms + end - start
    if opens_ms < closes_ms:
        return from_ms < opens_ms or to_ms > closes_ms
    return from_ms < opens_ms and to_ms > closes_ms


def _wall_ms(text):
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * MS_PER_MINUTE
