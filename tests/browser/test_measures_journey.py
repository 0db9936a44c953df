"""From starting a measurement to its figures, a comparison and a file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import BrowserContext, expect

from tests.browser.sites import Site


def test_an_officer_measures_reads_compares_and_exports(
    site: Site, signed_in, desktop: BrowserContext, check_page, tmp_path: Path
) -> None:
    page = signed_in(desktop, "province", path="/measures/start/?kind=tpmap")
    check_page(page, "run-start")
    page.get_by_label("บัญชีรายชื่อ").select_option(index=1)
    page.get_by_role("button", name="วัด", exact=True).click()
    expect(page.get_by_role("heading", name="ที่มาของตัวเลข")).to_be_visible(timeout=30_000)
    expect(page.locator(".stat").first).to_contain_text("ใน 100 คน")
    check_page(page, "run-page")

    page.locator(".page-actions").get_by_role("link", name="เปรียบเทียบ").click()
    page.get_by_label("ตัวที่สอง").select_option(index=1)
    page.get_by_role("button", name="เปรียบเทียบ").click()
    expect(page.get_by_role("heading", name="สองผลนี้ต่างกันตรงไหน")).to_be_visible()
    check_page(page, "run-compare")

    page.goto(site.url + "/measures/")
    page.locator("tbody th a").first.click()
    page.locator(".page-actions").get_by_role("link", name="ส่งออก").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="XLSX").click()
    path = tmp_path / "run.xlsx"
    waiting.value.save_as(path)
    assert len(openpyxl.load_workbook(path, read_only=True).sheetnames) > 3
