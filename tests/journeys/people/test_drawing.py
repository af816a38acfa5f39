"""Where the cards of the people map stand."""

from __future__ import annotations

from journeys.people import drawing


def test_a_vacant_role_keeps_its_lane():
    picture = drawing.by_role(["champion", "decider"], {"decider": [1, 2]}, {})
    assert [(box.pk, box.role) for box in picture.boxes] == [(None, "champion"), (1, "decider"), (2, "decider")]
    first, second = picture.boxes[1:]
    assert (first.x, first.y < second.y) == (second.x, True)


def test_superiors_stand_above_their_reports():
    picture = drawing.by_report([1, 2, 3, 4], {2: 1, 3: 1, 4: 3})
    at = {box.pk: box for box in picture.boxes}
    assert at[1].y < at[2].y == at[3].y < at[4].y
    assert len(picture.lines) == 3


def test_no_two_cards_overlap():
    picture = drawing.by_report(list(range(1, 12)), {2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 8: 7, 9: 7, 10: 9})
    boxes = picture.boxes
    assert len(boxes) == 11
    for one in boxes:
        for other in boxes:
            if one is not other and one.y == other.y:
                assert abs(one.x - other.x) >= drawing.WIDTH


def test_a_circle_is_drawn_once():
    picture = drawing.by_report([1, 2, 3], {1: 2, 2: 1})
    assert sorted(box.pk for box in picture.boxes) == [1, 2, 3]


def test_everything_is_inside_the_picture():
    for picture in (drawing.by_role(["a"], {}, {}), drawing.by_report([], {}), drawing.by_report([1], {})):
        for box in picture.boxes:
            assert box.x + drawing.WIDTH <= picture.width
            assert box.y + drawing.HEIGHT <= picture.height
