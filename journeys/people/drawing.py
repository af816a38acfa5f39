"""Where everything of the people map stands: boxes and lines in units of the picture. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 148, 62
GAP_X, GAP_Y = 12, 16
LANE_HEAD = 30
LEVEL = HEIGHT + 34
PAD = 8
MOST_DEEP = 12  # whoever reports in a circle is drawn once


@dataclass(frozen=True)
class Box:
    """A card's place; `pk` is None where a role is vacant."""

    pk: int | None
    x: int
    y: int
    role: str = ""


@dataclass(frozen=True)
class Line:
    """From a report (below, or left) up to the superior."""

    path: str


@dataclass(frozen=True)
class Lane:
    role: str
    x: int


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    boxes: list[Box]
    lines: list[Line]
    lanes: list[Lane]


def by_role(roles: Sequence[str], people: Mapping[str, Sequence[int]], reports_to: Mapping[int, int]) -> Picture:
    """A lane a role, in the method's order; a vacant role has a dashed place. Lines run to superiors."""
    boxes, lanes = [], []
    for column, role in enumerate(roles):
        x = PAD + column * (WIDTH + GAP_X)
        lanes.append(Lane(role, x))
        found: Sequence[int | None] = people.get(role) or [None]
        boxes += [
            Box(pk, x, LANE_HEAD + PAD + row * (HEIGHT + GAP_Y), role) for row, pk in enumerate(found)
        ]  # fmt: skip
    places = {box.pk: box for box in boxes if box.pk is not None}
    lines = [
        _across(places[below], places[above])
        for below, above in sorted(reports_to.items())
        if below in places and above in places
    ]
    return _picture(boxes, lines, lanes)


def by_report(people: Sequence[int], reports_to: Mapping[int, int]) -> Picture:
    """Superiors above their reports; who reports to nobody stands at the top."""
    below: dict[int | None, list[int]] = {}
    for pk in people:
        above = reports_to.get(pk)
        below.setdefault(above if above in people else None, []).append(pk)
    tops = below.get(None) or list(people[:1])
    boxes: list[Box] = []
    drawn: set[int] = set()
    right = PAD
    for top in tops:
        right = _branch(top, 0, right, below, boxes, drawn)
    for left_over in people:  # a circle without a top
        if left_over not in drawn:
            right = _branch(left_over, 0, right, below, boxes, drawn)
    places = {box.pk: box for box in boxes}
    lines = [
        _down(places[above], places[pk])
        for pk, above in sorted(reports_to.items())
        if pk in places and above in places and places[above].y < places[pk].y
    ]
    return _picture(boxes, lines, [])


def _branch(
    pk: int, depth: int, left: int, below: Mapping[int | None, list[int]], boxes: list[Box], drawn: set[int]
) -> int:
    """Draws a person over their reports, and returns where the next branch may begin."""
    drawn.add(pk)
    right = left
    for report in below.get(pk, []):
        if report not in drawn and depth < MOST_DEEP:
            right = _branch(report, depth + 1, right, below, boxes, drawn)
    right = max(right, left + WIDTH + GAP_X)
    middle = left + (right - GAP_X - left - WIDTH) // 2
    boxes.append(Box(pk, middle, PAD + depth * LEVEL))
    return right


def _down(above: Box, report: Box) -> Line:
    start_x, start_y = above.x + WIDTH // 2, above.y + HEIGHT
    end_x, half = report.x + WIDTH // 2, (report.y - start_y) // 2
    return Line(f"M{start_x} {start_y}v{half}H{end_x}V{report.y}")


def _across(report: Box, above: Box) -> Line:
    """Under the report's row and through the gap beside the superior, so that it runs behind nobody's card."""
    start_x, start_y, end_y = report.x + WIDTH // 2, report.y + HEIGHT, above.y + HEIGHT // 2
    from_right = report.x > above.x
    edge = above.x + (WIDTH if from_right else 0)
    turn = edge + (GAP_X // 2 if from_right else -GAP_X // 2)
    return Line(f"M{start_x} {start_y}v{GAP_Y // 2}H{turn}V{end_y}H{edge}")


def _picture(boxes: list[Box], lines: list[Line], lanes: list[Lane]) -> Picture:
    right = max((box.x for box in boxes), default=0) + WIDTH + PAD
    bottom = max((box.y for box in boxes), default=0) + HEIGHT + PAD + GAP_Y
    return Picture(right, bottom, boxes, lines, lanes)
