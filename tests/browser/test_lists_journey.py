"""Lists come in: uploaded, matched, checked, applied, taken back; at a desk and on a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kaejon.demo.list_tables import COMMUNITY_MAPPING
from kaejon.methods.listfiles.fields import FIELDS
from tests.browser.sites import Site

STEP = 60_000  # milliseconds a background step may take on a busy machine
YEARS = {"TPMAP": "2566", "จปฐ": "2565", "ทุน5ด้าน": "2568", "สำรวจชุมชน": "2567"}
KINDS = {"TPMAP": "tpmap", "จปฐ": "bmn", "ทุน5ด้าน": "ppp", "สำรวจชุมชน": "community"}
SAVED = "แบบสำรวจชุมชนของจังหวัด"


def upload(page: Page, site: Site, kind: str, *, spoiled: bool = False) -> None:
    """Bring a sample file in, as far as the page of its columns."""
    page.goto(f"{site.url}/lists/upload/")
    page.select_option("[name=source]", f"demo-{KINDS[kind]}")
    page.fill("[name=year_be]", YEARS[kind])
    page.set_input_files("[name=file]", site.list_file(kind, spoiled=spoiled))
    page.click("text=อัปโหลดและอ่านไฟล์")
    page.wait_for_url("**/columns/", timeout=STEP)


def check_rows(page: Page) -> None:
    page.click("text=ตรวจทุกแถว")
    expect(page.locator("#rows")).to_be_visible(timeout=STEP)


def confirm(page: Page, link: str, button: str, state: str) -> None:
    """Follow a step's link, say yes, and wait until its work is done."""
    page.get_by_role("link", name=link).first.click()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".page-head .mark")).to_have_text(state, timeout=STEP)


def tally(page: Page) -> dict[str, int]:
    """Rows by outcome as the tabs tell them."""
    found = {}
    for tab in page.locator("#rows .tabs a").all():
        text = tab.inner_text()
        number = re.search(r"\(([\d,]+)\)", text)
        outcome = re.search(r"outcome=(\w+)", tab.get_attribute("href") or "")
        assert number
        assert outcome
        found[outcome[1]] = int(number[1].replace(",", ""))
    return found


def figures(page: Page, site: Site) -> list[str]:
    """The numbers of the first page of the province."""
    page.goto(f"{site.url}/")
    return page.locator(".stat-number").all_inner_texts()


@pytest.mark.parametrize("kind", ["TPMAP", "จปฐ", "ทุน5ด้าน"])
def test_a_known_list_is_matched_by_itself_and_applied(
    kind: str, waiting_site: Site, signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "province", at=waiting_site, path="/lists/")
    before = figures(page, waiting_site)
    page.goto(f"{waiting_site.url}/lists/upload/")
    check_page(page, "lists-upload")
    upload(page, waiting_site, kind)
    check_page(page, f"lists-columns-{KINDS[kind]}")
    check_rows(page)
    counts = tally(page)
    assert counts["created"] + counts["updated"] > 0
    check_page(page, f"lists-preview-{KINDS[kind]}")
    confirm(page, "นำเข้าทะเบียน", "นำเข้าทะเบียน", "นำเข้าแล้ว")
    assert figures(page, waiting_site) != before


def match_by_hand(page: Page) -> None:
    """Choose the meaning of every column of the community survey, typing what is looked for."""
    wanted = COMMUNITY_MAPPING["columns"]
    for row in page.locator(".mapping-table tbody tr").all():
        name = row.locator("th").inner_text().strip()
        field = row.locator("input.find-option")
        target = wanted.get(name)
        field.fill(FIELDS[target].label("th") if target else "")
        field.blur()
    for name, value in COMMUNITY_MAPPING["constants"].items():
        page.fill(f"[name=k_{name}]", value)


def test_a_community_list_is_matched_by_hand_applied_and_taken_back(
    waiting_site: Site, signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "province", at=waiting_site, path="/lists/")
    before = figures(page, waiting_site)
    upload(page, waiting_site, "สำรวจชุมชน")
    match_by_hand(page)
    expect(page.locator("#mapping-problems .notice-success")).to_be_visible()
    page.fill("[name=profile_name]", SAVED)
    check_page(page, "lists-columns-by-hand")
    check_rows(page)
    counts = tally(page)
    assert counts["created"] > 0
    assert counts["updated"] > 0
    page.locator("#rows .tabs a", has_text="เพิ่มข้อมูลรายเดิม").click()
    expect(page.locator("#rows .tabs a[aria-current]")).to_contain_text("เพิ่มข้อมูลรายเดิม")
    check_page(page, "lists-preview-updated")
    page.locator("#rows .tabs a", has_text="อาจตรงหลายราย").click()
    expect(page.locator("#rows .tabs a[aria-current]")).to_contain_text("อาจตรงหลายราย")
    check_page(page, "lists-preview-ambiguous")
    listed = page.url
    page.get_by_role("link", name="นำเข้าทะเบียน").first.click()
    check_page(page, "lists-confirm-apply")
    page.goto(listed.split("?")[0])
    confirm(page, "นำเข้าทะเบียน", "นำเข้าทะเบียน", "นำเข้าแล้ว")
    assert figures(page, waiting_site) != before
    page.goto(listed.split("?")[0])
    page.get_by_role("link", name="ถอนกลับ").click()
    check_page(page, "lists-confirm-reverse")
    page.get_by_role("button", name="ถอนกลับ").click()
    expect(page.locator(".page-head .mark")).to_have_text("ถอนกลับแล้ว", timeout=STEP)
    check_page(page, "lists-reversed")
    assert figures(page, waiting_site) == before


def test_a_saved_matching_is_offered_and_the_same_file_changes_nothing(
    waiting_site: Site, signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "province", at=waiting_site, path="/lists/")
    upload(page, waiting_site, "สำรวจชุมชน")
    expect(page.locator("#profile")).to_contain_text(SAVED)
    expect(page.locator("#mapping-problems .notice-success")).to_be_visible()
    check_page(page, "lists-columns-saved")
    check_rows(page)
    check_page(page, "lists-preview")
    confirm(page, "นำเข้าทะเบียน", "นำเข้าทะเบียน", "นำเข้าแล้ว")
    check_page(page, "lists-applied")
    held = figures(page, waiting_site)
    upload(page, waiting_site, "สำรวจชุมชน")
    expect(page.locator("#messages")).to_contain_text("เหมือนกับ")
    check_rows(page)
    counts = tally(page)
    assert counts["created"] == counts["updated"] == 0
    assert counts["unchanged"] > 0
    assert figures(page, waiting_site) == held
    page.goto(f"{waiting_site.url}/lists/")
    check_page(page, "lists")


def test_rejected_rows_come_back_as_a_workbook_with_reasons(
    waiting_site: Site, signed_in, desktop: BrowserContext, check_page, tmp_path: Path
) -> None:
    page = signed_in(desktop, "province", at=waiting_site, path="/lists/")
    upload(page, waiting_site, "จปฐ", spoiled=True)
    check_rows(page)
    page.locator("#rows .tabs a", has_text="ใช้ไม่ได้").click()
    check_page(page, "lists-preview-rejected")
    rejected = tally(page)["rejected"]
    assert rejected > 0
    with page.expect_download() as download:
        page.click("text=ดาวน์โหลดแถวที่ต้องแก้ไข (XLSX)")
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    rows = list(openpyxl.load_workbook(target, read_only=True).active.iter_rows(values_only=True))
    assert len(rows) == rejected + 1
    assert rows[0][-1] == "เหตุผลและวิธีแก้ไข"
    assert all(row[-1] for row in rows[1:])


def test_one_row_is_opened_only_for_a_reason(
    waiting_site: Site, signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "province", at=waiting_site, path="/lists/")
    page.locator("th a").first.click()
    page.locator("#rows .tabs a", has_text="ใช้ไม่ได้").click()
    expect(page.locator("#rows .tabs a[aria-current]")).to_contain_text("ใช้ไม่ได้")
    check_page(page, "lists-preview-rejected")
    page.locator("#rows tbody th a").first.click()
    check_page(page, "lists-row")
    assert not re.search(r"(?<!\d)\d{13}(?!\d)", page.inner_text("main"))
    page.fill("[name=reason]", "ตรวจสอบกับสำเนาทะเบียนบ้าน")
    page.click("text=แสดงแถวนี้")
    expect(page.get_by_text("แถวตามที่ได้รับ")).to_be_visible()
    check_page(page, "lists-row-shown")


def test_a_file_that_is_no_list_is_refused_in_thai(
    waiting_site: Site, signed_in, phone: BrowserContext, check_page, tmp_path: Path
) -> None:
    page = signed_in(phone, "province", at=waiting_site, path="/lists/upload/")
    picture = tmp_path / "รูปบ้าน (1).png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page.select_option("[name=source]", "demo-tpmap")
    page.fill("[name=year_be]", "๒๕๖๖")
    page.set_input_files("[name=file]", picture)
    page.click("text=อัปโหลดและอ่านไฟล์")
    expect(page.locator(".field-error")).to_contain_text("วิธีแก้")
    page.context.faults.clear()  # the refusal itself (422) stands in the console
    check_page(page, "lists-upload-refused")


def test_the_promise_of_a_source_is_written_before_its_list_comes(
    waiting_site: Site, signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "province", at=waiting_site, path="/lists/sources/")
    check_page(page, "lists-sources")
    page.get_by_role("link", name="เพิ่มแหล่งข้อมูล").first.click()
    page.fill("[name=name_th]", "สำรวจที่อยู่อาศัยของอำเภอ")
    page.select_option("[name=kind]", "community")
    page.select_option("[name=owner]", "33-msdhs")
    page.fill("[name=purpose]", "วางแผนซ่อมบ้านให้ครัวเรือนที่ต้องการความช่วยเหลือ")
    check_page(page, "lists-source-new")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.get_by_role("link", name="สำรวจที่อยู่อาศัยของอำเภอ")).to_be_visible()


def test_an_officer_without_lists_is_told_the_next_step(
    waiting_site: Site, signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "tambon", at=waiting_site, path="/lists/")
    check_page(page, "lists-none-yet")
    page.locator("main").get_by_role("link", name="นำเข้าบัญชีใหม่").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("นำเข้าบัญชีใหม่")
    check_page(page, "lists-upload-tambon")
