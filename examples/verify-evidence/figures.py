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


def problems_of(report, events):
    """What in a report (as `read_report` gives it) is not what `events` give, in words. Raises a KeyError, TypeError,
    ValueError or AttributeError where the report has not the form of one."""
    head, rows, totals = report
    query = query_of(head)
    cells = recount(events, query)
    expected = {key: cell for key, cell in cells.items() if key is not None}
    values_of = _values_of_form(head["form"]["columns"]) if head["report"] == "periodic" else _values_of_row
    problems = _differences("totals", values_of(totals, query), cells[None], totals["suppressed"])
    seen = set()
    for row in rows:
        values = values_of(row, query)
        key = tuple(values[DIMENSIONS[name][0]] for name in query.group_by)
        if key in seen:
            problems.append(f"{_name(key)}: twice")
        seen.add(key)
        problems += _differences(_name(key), values, expected.get(key, Cell()), row["suppressed"])
    return problems + _missing(head, sorted(expected, key=_in_order), seen)


def _in_order(key):
    return [(part is not None, part or "") for part in key]


def _missing(head, expected, seen):
    """A page of several has a run of the rows; the last one, without a cursor, those up to the end."""
    count = head.get("rowCount", len(expected))
    if count != len(expected) and count != len(expected) + len(seen.difference(expected)):
        return [f"{count} rows by its head, and {len(expected)} in the entries"]
    shown = [index for index, key in enumerate(expected) if key in seen]
    first = 0 if "nextCursor" not in head or not shown else shown[0]
    last = shown[-1] if head.get("nextCursor") and shown else len(expected) - 1
    return [f"{_name(key)}: missing" for key in expected[first : last + 1] if key not in seen]


def _differences(name, values, cell, is_suppressed):
    if is_suppressed:
        return []
    figures = cell.figures()
    is_daily = not any(isinstance(value, tuple) for value in values.values())
    problems = [f"{name}: no {figure}" for figure in figures if is_daily and figure not in values]
    for figure, value in values.items():
        if figure in _DIMENSION_NAMES:
            continue
        scale, digit = Fraction(1), Fraction(1)
        if isinstance(value, tuple):
            value, (scale, digit) = value
        counted = figures.get(figure, 0 if figure.startswith("deniedByReason.") else _UNKNOWN)
        if counted is _UNKNOWN:
            continue
        if isinstance(counted, tuple):
            counted = Fraction(*counted) if counted[1] > 0 else None
            digit = SHARE_DIGIT * scale
        if not _agree(value, counted, scale, digit):
            problems.append(f"{name}: {figure} is {value}, counted {_shown(counted)}")
    return problems


_UNKNOWN = object()
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
