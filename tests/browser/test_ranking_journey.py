"""From what was measured to what is decided: measures, ranking, another rule, a decision; desk and telephone."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect


def test_a_province_officer_goes_from_the_measures_to_a_decision(
    signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "province", path="/areas/33/measures/")
    expect(page.locator("#pentagon-chart + [data-chart] canvas")).to_be_visible()
    check_page(page, "measures")
    page.get_by_label("แผนที่แสดง").select_option("target")
    page.wait_for_url("**map=target**")

    page.locator(".tabs").get_by_role("link", name="ลำดับปัญหา").first.click()
    check_page(page, "ranking")
    page.get_by_label("น้ำหนัก: จำนวนครัวเรือน").fill("0")
    page.get_by_label("น้ำหนัก: ความหนักของปัญหา").fill("100")
    page.get_by_role("button", name="ลองกติกานี้").click()
    expect(page.get_by_text("ยังไม่มีอะไรบันทึก")).to_be_visible()
    expect(page.locator(".moved").first).to_be_visible()
    page.get_by_role("link", name="กลับไปใช้กติกาปัจจุบัน").click()

    page.get_by_role("link", name="บันทึกมติ").click()
    page.fill("[name=meeting]", "ประชุมทดสอบ 1/2569")
    page.fill("[name=decided_by]", "ผู้ว่าราชการจังหวัด")
    page.fill("[name=text]", "ทำเรื่องแรกก่อน")
    page.locator("[name=priority_1]").select_option(index=1)
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_text("คำนวณซ้ำจากข้อมูลที่เก็บไว้ได้ลำดับเดิม")).to_be_visible()
    check_page(page, "decision")


def test_measures_and_ranking_are_read_on_a_telephone(
    signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "tambon", path="/areas/")
    page.locator(".tabs").get_by_role("link", name="ผลการวัด").click()
    check_page(page, "measures-phone")
    page.locator(".tabs").get_by_role("link", name="ลำดับปัญหา").first.click()
    check_page(page, "ranking-phone")
