"""Words for a match, and figures about matches."""

from __future__ import annotations

import pyarrow as pa
import pytest

from kaejon.methods.errors import DataError, UsageError
from kaejon.methods.linkage.evaluate import choose_thresholds, quality
from kaejon.methods.linkage.explain import evidence, explain
from kaejon.methods.linkage.profile import load_model, load_profile, model_from

from .people import columns, match, number, person, rows

PROFILE = load_profile("thai-person")


def test_a_scored_pair_is_explained_in_plain_thai() -> None:
    left = person("a", first_name="ณัฐพงษ์", birth_date="2510")
    right = person("b", first_name="ณัฐพงศ์", birth_date="12/3/2510", house_no="99")
    (row,) = rows(match(columns([left]), columns([right])))
    words = explain(PROFILE, lane=row["lane"], levels=row)
    assert words == (
        "ชื่อเขียนต่างแต่ออกเสียงเหมือนกัน, นามสกุลเหมือนกัน, ปีเกิดตรง (รู้เพียงปี), เพศตรง, หมู่บ้านเดียวกัน บ้านเลขที่ต่าง"
    )
    assert "first names sound the same" in explain(PROFILE, lane=None, levels=row, language="en")


def test_ids_are_compared_on_what_can_be_seen() -> None:
    digits = number(3_141_592)
    birth = {"birth_date": "2510"}  # a full date would be an exact rule
    head, tail = digits[:5], digits[-4:]
    slip = f"{digits[:6]}{(int(digits[6]) + 1) % 10}{digits[7:]}"
    swap = f"{digits[:9]}{digits[10]}{digits[9]}{digits[11:]}"
    seen = "เลขประจำตัวประชาชนส่วนที่เห็นและสี่ตัวท้ายตรงกัน"
    differ = "เลขประจำตัวประชาชนต่างกัน"
    cases = {
        "สมชาย": (f"x-xxxx-xxxx{tail}", digits, seen),
        "วรรณา": (f"{head}xxxx{tail}", digits, seen),
        "ประเสริฐ": (f"x-xxxx-x9999-{tail}", digits, differ),
        "บุญมี": (f"{head}xxxxxxxx", digits, "เลขประจำตัวประชาชนส่วนที่เห็นตรงกัน แต่ไม่เห็นตัวท้าย"),
        "จิราพร": ("12345xxxxxxxx", digits, differ),
        "อนงค์": (slip, digits, "เลขประจำตัวประชาชนต่างกันหนึ่งตำแหน่งหรือสลับกัน"),
        "ธีระ": (swap, digits, "เลขประจำตัวประชาชนต่างกันหนึ่งตำแหน่งหรือสลับกัน"),
        "กมล": (f"{head}xxxxxxxx", f"xxxxxxxxx{tail}", None),
    }
    left, right = (
        columns(
            [
                person(
                    name, first_name=name, national_id=case[side], house_no=f"{place + 20}", **birth
                )
                for place, (name, case) in enumerate(cases.items())
            ]
        )
        for side in (0, 1)
    )
    found = {r["left_id"]: r for r in rows(match(left, right)) if r["left_id"] == r["right_id"]}
    for name, (_, _, words) in cases.items():
        if words == differ and name not in found:
            continue  # so much against them that nobody is asked
        told = explain(PROFILE, lane=found[name]["lane"], levels=found[name]).split(", ")
        told = [part for part in told if part.startswith("เลขประจำตัว")]
        assert told == ([words] if words else []), name


def test_a_lane_and_a_decision_explain_themselves() -> None:
    assert "วันเดือนปีเกิดตรงกัน" in explain(PROFILE, lane="same_name_same_date", levels={})
    assert "ตัดสินแล้ว" in explain(PROFILE, lane="decided_same", levels={})
    assert explain(PROFILE, lane=None, levels={}) == "ไม่มีข้อมูลให้เปรียบเทียบ"


def test_every_level_has_words_in_both_languages_and_a_trained_chance() -> None:
    model = load_model(PROFILE)
    for comparison in PROFILE.comparisons:
        for level in comparison.levels:
            assert level.th
            assert level.en
            m, u = model.probabilities[comparison.name, level.name]
            assert 0 < m < 1
            assert 0 < u < 1


def test_evidence_for_and_against_has_a_sign() -> None:
    model = load_model(PROFILE)
    names = {c.name: [level.name for level in c.levels] for c in PROFILE.comparisons}
    levels = {
        "first_name": names["first_name"].index("same"),
        "birth": names["birth"].index("different"),
    }
    first, birth = evidence(PROFILE, model, levels)
    assert first.weight > 5
    assert birth.weight < -3
    assert model_from(model.document()) == model


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        load_profile("martian")
    assert "thai-person" in refused.value.remedy


def pairs(*found: tuple[str, str, float]) -> pa.Table:
    return pa.table(
        {
            "left_id": [f[0] for f in found],
            "right_id": [f[1] for f in found],
            "probability": [f[2] for f in found],
        }
    )


def test_quality_counts_right_found_and_true() -> None:
    found = quality(
        pairs(("a", "1", 1), ("b", "2", 1), ("c", "9", 1)),
        pairs(("a", "1", 1), ("b", "2", 1), ("d", "4", 1), ("e", "5", 1)),
    )
    assert (found.precision, found.recall) == (2 / 3, 0.5)
    assert found.f1 == pytest.approx(4 / 7)
    nothing = quality(
        pairs().cast(
            pa.schema(
                [("left_id", pa.string()), ("right_id", pa.string()), ("probability", pa.float64())]
            )
        ),
        pairs(("a", "1", 1)),
    )
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, 0.0, 0.0)


def test_thresholds_hold_the_precision_and_the_queue() -> None:
    truth = pairs(*[(str(n), str(n), 1.0) for n in range(100)])
    scored = pairs(
        *[(str(n), str(n), 0.95) for n in range(99)],
        ("x", "y", 0.7),
        ("z", "99", 0.6),
        ("99", "99", 0.55),
    )
    chosen = choose_thresholds(scored, truth, precision=1.0, queue=0.021)
    assert (chosen.sure, chosen.ask) == (0.71, 0.56)
    with pytest.raises(DataError):
        choose_thresholds(pairs(("x", "y", 1.0)), truth, precision=0.9, queue=0.1)
