"""The ranking on paper: figures, decision, hidden counts, and one or two pages."""

from __future__ import annotations

from kaejon.sheets.decision import MeetingDecision, MeetingSheet, RankedProblem, render_meeting


def line(place: int) -> RankedProblem:
    return RankedProblem(
        place=place,
        name="บ้านเรือนยังไม่เป็นระเบียบหรือไม่ถูกสุขลักษณะ",
        side="ที่อยู่อาศัย",
        households="1,234" if place == 1 else "น้อยกว่า 5",
        people="5,678",
        score=61,
    )


def test_the_decision_its_priorities_and_the_kept_ranking_stand_on_the_paper(
    font_dir, pages_of
) -> None:
    sheet = MeetingSheet(
        name="จังหวัดศรีสะเกษ",
        weights=(50, 30, 20),
        problems=[line(n) for n in range(1, 16)],
        decision=MeetingDecision(
            number=4,
            decided_on="20 พฤศจิกายน 2569",
            decided_by="ผู้ว่าราชการจังหวัด",
            meeting="ประชุม 3/2569",
            text="ซ่อมบ้านก่อนฤดูฝน",
            chosen=[line(1)],
            recorded="วรรณา เมื่อ 20 พ.ย. 2569",
            fingerprint="abcdef0123456789",
        ),
        source="จปฐ. 2565",
        synthetic=True,
        printed_by="วรรณา",
        printed_at="20 พ.ย. 2569",
    )
    pages = pages_of(render_meeting(sheet, font_dir=font_dir))
    assert len(pages) <= 2
    text = "".join(pages)
    for words in (
        "มติครั้งที่4",
        "ซ่อมบ้านก่อนฤดูฝน",
        "1,234",
        "น้อยกว่า5",
        "จำนวนครัวเรือน50",
        "abcdef0123456789",
        "ข้อมูลสังเคราะห์",
        "หน้า1จาก",
    ):
        assert words in text, words


def test_before_a_decision_there_are_lines_to_write_it_on(font_dir, pages_of) -> None:
    sheet = MeetingSheet(name="ตำบลสมมติ", weights=(1, 1, 1))
    [page] = pages_of(render_meeting(sheet, font_dir=font_dir))
    assert "ที่ประชุมตัดสินใจว่า" in page
    assert "มติครั้งที่" not in page
