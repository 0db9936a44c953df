"""From who is missed to the households of one set of lists, at a desk and on a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import BrowserContext, expect

from tests.browser.sites import Site


def test_from_a_set_of_lists_to_its_households_and_out_as_a_file(
    site: Site, signed_in, check_page, desktop: BrowserContext, tmp_path: Path
) -> None:
    page = signed_in(desktop, "province", path="/picture/")
    check_page(page, "picture")
    page.get_by_role("navigation", name="หน้าต่าง ๆ ของภาพรวมบัญชี").get_by_role(
        "link", name="บัญชีใดระบุใคร"
    ).click()
    check_page(page, "picture-sets")
    row = page.locator("section[aria-labelledby=sets] tbody tr").first
    told = int(row.locator("td.num a").inner_text().replace(",", ""))
    with page.expect_download() as download:
        page.get_by_role("link", name="ส่งออกตารางนี้เป็น Excel").click()
    download.value.save_as(tmp_path / "sets.xlsx")
    assert openpyxl.load_workbook(tmp_path / "sets.xlsx").active["B2"].value == told
    row.locator("td.num a").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".page-head-lead")).to_contain_text(re.compile(rf"{told}\b"))
    expect(page.locator(".notice")).to_contain_text("บัญชีที่ระบุว่าเดือดร้อน")
    page.get_by_role("link", name="เอาตัวกรองนี้ออก").click()
    expect(page.locator(".page-head-lead")).not_to_contain_text(re.compile(rf"^{told}\b"))


def test_the_picture_is_sound_on_a_telephone(
    site: Site, signed_in, check_page, phone: BrowserContext
) -> None:
    page = signed_in(phone, "province")
    for name in ("", "sets/", "accuracy/", "quality/", "unseen/"):
        page.goto(f"{site.url}/picture/{name}")
        check_page(page, f"picture-{name.strip('/')}-phone")
