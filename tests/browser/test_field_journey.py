"""Field work: an enumerator with a telephone in the village, an officer with the forum at her desk."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sites import Site


def open_worklist(page: Page, site: Site) -> None:
    """The first village with somebody left to check."""
    page.goto(f"{site.url}/field/")
    page.locator("tbody .field-progress").first.wait_for()
    waiting = page.evaluate(
        """() => [...document.querySelectorAll("tbody .field-progress progress")]
          .find((bar) => bar.value < bar.max).closest("tr").querySelector("th a").href"""
    )
    page.goto(waiting)


def test_a_household_is_checked_with_two_taps_and_a_missed_one_is_added(
    site: Site, signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "enumerator")
    open_worklist(page, site)
    check_page(page, "field-village")
    first = page.locator(".visit").first
    name = first.locator("strong").inner_text()
    first.get_by_text("บันทึกผล").click()
    first.get_by_role("button", name="เดือดร้อนจริง").click()
    done = page.locator(".notice-success")
    expect(done).to_contain_text(name)
    check_page(page, "field-recorded")
    done.get_by_role("button", name="เลิกทำ").click()
    expect(page.locator(".visit strong").first).to_have_text(name)
    page.get_by_role("link", name="เพิ่มครัวเรือนตกหล่น").click()
    page.fill("[name=house_no]", "199/9")
    page.fill("[name=first_name]", "สมมติ")
    page.fill("[name=last_name]", "ตกหล่น")
    page.fill("[name=reason]", "พบระหว่างเยี่ยม")
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation({"latitude": 15.1186, "longitude": 104.322})
    page.get_by_role("button", name="ใส่พิกัดที่อยู่ตอนนี้").click()
    expect(page.locator("[name=latitude]")).to_have_value("15.118600")
    expect(page.locator("[name=longitude]")).to_have_value("104.322000")
    check_page(page, "field-missed")
    page.get_by_role("button", name="เพิ่มครัวเรือน").click()
    expect(page.locator("#checks")).to_contain_text("ตกหล่น เพิ่มในพื้นที่")
    check_page(page, "folder-checked")


def test_a_forum_is_read_decided_and_shown_against_the_state_lists(
    site: Site, signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "tambon")
    page.goto(f"{site.url}/field/forums/")
    check_page(page, "forum-list")
    page.locator("tbody tr").filter(has_text="ปิดแล้ว").locator("a").click()
    expect(page.locator(".objection").first).to_contain_text("คำตอบ")
    check_page(page, "forum-closed")
    page.goto(f"{site.url}/field/forums/")
    page.locator("tbody tr").filter(has_text="ยังเปิดอยู่").locator("a").click()
    page.get_by_role("link", name=re.compile("^ลงมติ")).first.click()
    page.get_by_label("เดือดร้อนจริง ยืนยันแล้ว").check()
    check_page(page, "forum-decide")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.locator(".visit .mark").first).to_be_visible()
    check_page(page, "forum-open")
    page.goto(f"{site.url}/field/differences/?area=330101&view=listed")
    check_page(page, "clash-listed")
    page.goto(f"{site.url}/field/corrections/")
    check_page(page, "corrections")
