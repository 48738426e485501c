"""Whether the figures of a report are those that its entries give."""

from fractions import Fraction

from canonical import parse
from recount import DIMENSIONS, Cell, query_of, recount

REPORTS = ("daily", "periodic")
# In how many units of a figure a column is shown, and the last digit that it is rounded to.
UNITS = {
    "count": (Fraction(1), Fraction(1)),
    "minutes": (Fraction(1, 60_000), Fraction(1)),
    "seconds": (Fraction(1, 1_000), Fraction(1, 1_000)),
    "percent": (Fraction(100), Fraction(1, 100)),
}
SHARE_DIGIT = Fraction(1, 10_000)


def is_report(name, data):
    """True where a file says of itself that it is a report: in JSON, or JSON lines."""
    try:
        if name.endswith(".json"):
            head = parse(data)
        elif name.endswith(".jsonl"):
            head = parse(data.split(b"\n", 1)[0])
        else:
            return False
    except ValueError:
        return False
    return isinstance(head, dict) and head.get("report") in REPORTS


def read_report(data):
    """Head, rows and totals of a report in JSON or JSON lines; None of any other file."""
    try:
        lines = [parse(line) for line in data.splitlines() if line]
    except ValueError:
        try:
            lines = [parse(data)]
        except ValueError:
            return None
    if not lines or not isinstance(lines[0], dict) or lines[0].get("report") not in REPORTS:
        return None
    if len(lines) == 1:
        return lines[0], lines[0].get("rows"), lines[0].get("totals")
    return lines[0], lines[1:-1], lines[-1]


def _resting(events, head):
    """The entries that a report of closed days rests on: what came later made another revision of it."""
    entries = head.get("entries")
    for event in events:
        # Of a line with "gone" only the hash is left.
        if "gone" not in event and (entries is None or event["seq"] < entries):
            yield event


def problems_of(report, events):
    """What in a report (as `read_report` gives it) is not what `events` give, in words. Raises a KeyError, TypeError,
    ValueError or AttributeError where the report has not the form of one."""
    head, rows, totals = report
    query = query_of(head)
    cells = recount(_resting(events, head), query)
    expected = {key: cell for key, cell in cells.items() if key is not None}
    values_of = _values_of_form(head["form"]["columns"]) if head["report"] == "periodic" else _values_of_row
    problems = _differences("totals", values_of(totals, query), cells[None], totals["suppressed"])
    can_withhold = head.get("cellPeopleMin") is not None
    keys = []
    wanted = {DIMENSIONS[name][0] for name in query.group_by}
    for row in rows:
        values = values_of(row, query)
        key = tuple(values[DIMENSIONS[name][0]] for name in query.group_by)
        keys.append(key)
        if head["report"] == "daily" and _DIMENSION_NAMES.intersection(values) != wanted:
            problems.append(f"{_name(key)}: other dimensions")
        problems += _differences(_name(key), values, expected.get(key, Cell()), row["suppressed"])
    for row in (*rows, totals):
        if row["suppressed"]:
            problems += _problems_of_withheld(row, head, can_withhold)
    return problems + _problems_of_rows(head, sorted(expected, key=_in_order), keys)


def is_all_withheld(report):
    _, rows, totals = report
    return all(row["suppressed"] for row in (*rows, totals))


def _problems_of_withheld(row, head, can_withhold):
    problems = [] if can_withhold else ["a row is withheld, and nothing may be"]
    if head["report"] == "daily":
        figures = [value for name, value in _values_of_row(row, None).items() if name not in _DIMENSION_NAMES]
    else:
        figures = [row["cells"][column["id"]] for column in head["form"]["columns"] if column["unit"] != "text"]
    return problems + [f"{value} is stated, and withheld" for value in figures if value is not None]


def _in_order(key):
    """None first, then by UTF-16 code unit."""
    return [(part is not None, (part or "").encode("utf-16-be", "surrogatepass")) for part in key]


def _problems_of_rows(head, expected, keys):
    """A page of several has a run of the rows; the last one, without a cursor, those up to the end."""
    count, is_last = head.get("rowCount", len(keys)), not head.get("nextCursor")
    if count != len(expected):
        return [f"{count} rows by its head, and {len(expected)} in the entries"]
    is_page = "nextCursor" in head
    if is_last:
        end = len(expected)
    elif keys and keys[-1] in expected[:-1]:
        end = expected.index(keys[-1]) + 1
    else:
        return ["a page without a row, or with the last one, and a cursor"]
    first = max(0, end - len(keys)) if is_page else 0
    if keys == expected[first:end]:
        return []
    return ["other rows, or in another order, than those of the entries"]


def _differences(name, values, cell, is_suppressed):
    if is_suppressed:
        return []
    figures = cell.figures()
    is_daily = not any(isinstance(value, tuple) for value in values.values())
    problems = [f"{name}: no {figure}" for figure in figures if is_daily and figure not in values and (figure in _REASONS or not figure.startswith("deniedByReason."))]
    for figure, value in values.items():
        if figure in _DIMENSION_NAMES:
            continue
        scale, digit = Fraction(1), Fraction(1)
        if isinstance(value, tuple):
            value, (scale, digit) = value
        counted = figures.get(figure, 0 if figure in _REASONS else _UNKNOWN)
        if counted is _UNKNOWN:
            problems.append(f"{name}: {figure} is no figure")
            continue
        if isinstance(counted, tuple):
            counted = Fraction(*counted) if counted[1] > 0 else None
            digit = SHARE_DIGIT * scale
        if not _agree(value, counted, scale, digit):
            problems.append(f"{name}: {figure} is {value}, counted {_shown(counted)}")
    return problems


_UNKNOWN = object()
REFUSAL_REASONS = (
    "daily_budget_spent",
    "outside_window",
    "agent_closed",
    "age_rating",
    "guardian_required",
    "phone_required",
    "unverified",
    "too_little_left",
    "concurrent_session",
    "guardian_pause",
    "guardian_window",
    "ledger_unavailable",
)
_REASONS = {f"deniedByReason.{name}" for name in REFUSAL_REASONS}
_DIMENSION_NAMES = {name for name, _ in DIMENSIONS.values()}


def _shown(counted):
    return counted if counted is None or isinstance(counted, int) else float(counted)


def _agree(value, counted, scale, digit):
    if value is None or counted is None:
        return value is counted
    # Read as text, a decimal is exact. Halfway between two digits either is right.
    shown = Fraction(repr(value))
    return shown % digit == 0 and abs(shown - counted * scale) <= digit / 2


def _values_of_row(row, _query):
    values = {}
    for name, value in row.items():
        if name in ("suppressed", "line"):
            continue
        values |= {f"{name}.{inner}": one for inner, one in value.items()} if isinstance(value, dict) else {name: value}
    return values


def _values_of_form(columns):
    def values_of(row, query):
        values = {DIMENSIONS[name][0]: None for name in query.group_by}
        for column in columns:
            value = row["cells"][column["id"]]
            is_text = column["unit"] == "text"
            values[column["source"]] = value if is_text else (value, UNITS[column["unit"]])
        return {name: value for name, value in values.items() if name in _DIMENSION_NAMES or isinstance(value, tuple)}

    return values_of


def _name(key):
    return "/".join("none" if part is None else str(part) for part in key)
