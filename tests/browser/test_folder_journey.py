"""One family: found by name, understood, noted, corrected, and on paper; at a desk and on a telephone."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sites import Site

PRINTED = 60_000  # milliseconds a print may take on a busy machine
FULL_ID = re.compile(r"\d-\d{4}-\d{5}-\d{2}-\d")
# Each window works on a family of its own, so that their corrections do not meet.
FAMILIES = {"desktop": 0, "phone": 1}


@pytest.fixture(params=list(FAMILIES))
def window(request: pytest.FixtureRequest) -> BrowserContext:
    context: BrowserContext = request.getfixturevalue(request.param)
    context.family = FAMILIES[request.param]  # type: ignore[attr-defined]
    return context


def open_family(page: Page, site: Site) -> str:
    """The folder of this window's family; its address."""
    page.goto(f"{site.url}/households/?area=330101&level=low")
    family = page.context.family  # type: ignore[attr-defined]
    page.locator("tbody th a").nth(family).click()
    expect(page.locator("#members-title")).to_be_visible()
    return page.url


def test_a_family_is_found_by_its_thai_name_and_told_on_one_page(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "tambon")
    address = open_family(page, site)
    head = page.get_by_role("heading", level=1).inner_text().split()[-2:]
    page.goto(f"{site.url}/households/")
    page.fill("[name=text]", head[1])
    page.get_by_role("button", name="ค้นหา").click()
    expect(page.locator(".notice-info")).to_contain_text(head[1])
    check_page(page, "folder-search")
    page.locator(f'tbody th a[href="{address.removeprefix(site.url)}"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(head[1])
    expect(page.locator("#members li h3").first).to_contain_text(head[1])
    expect(page.locator("#problems li").first).to_be_visible()
    expect(page.locator("[data-chart=radar] canvas")).to_be_visible()
    expect(page.locator("#sources ol > li").first).to_contain_text("ข้อมูล ณ")
    assert not FULL_ID.search(page.inner_text("main"))
    check_page(page, "folder")


def test_a_note_is_written_put_away_and_taken_back(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "tambon")
    open_family(page, site)
    page.get_by_role("link", name="เขียนบันทึก").click()
    check_page(page, "folder-note")
    page.fill("[name=text]", "หลังคารั่ว ฝนตกต้องย้ายที่นอน")
    page.get_by_role("button", name="บันทึก").click()
    notes = page.locator("#notes")
    expect(notes).to_contain_text("หลังคารั่ว")
    notes.get_by_role("button", name="นำออก").click()
    put_away = notes.locator("summary", has_text="1")
    put_away.click()
    check_page(page, "folder-note-put-away")
    notes.get_by_role("button", name="เลิกทำ").click()
    expect(notes.get_by_role("button", name="นำออก")).to_be_visible()
    expect(put_away).to_have_count(0)
    notes.get_by_role("button", name="นำออก").click()
    expect(put_away).to_be_visible()


def test_a_birth_date_in_buddhist_years_becomes_a_field_check_and_a_stale_form_shows_both(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "tambon")
    open_family(page, site)
    page.locator("#members").get_by_role("link", name="แก้ไข").first.click()
    stale = window.new_page()
    stale.goto(page.url)
    page.fill("[name=birth_date]", "๑๒ มี.ค. ๒๕๑๐")
    page.fill("[name=reason]", "เห็นสำเนาทะเบียนบ้าน")
    check_page(page, "folder-correct")
    page.get_by_role("button", name="บันทึก").click()
    newest = page.locator("#sources ol > li", has_text="เห็นสำเนาทะเบียนบ้าน")
    expect(newest).to_contain_text("ตรวจ")
    expect(newest).to_contain_text("12 มี.ค. 2510")
    check_page(page, "folder-corrected")
    stale.fill("[name=birth_date]", "13/3/2510")
    stale.fill("[name=reason]", "ผู้ใหญ่บ้านบอก")
    stale.get_by_role("button", name="บันทึก").click()
    main = stale.locator("main")
    expect(main).to_contain_text("12/03/2510")
    expect(main).to_contain_text("13/3/2510")
    window.faults.clear()  # type: ignore[attr-defined]  # the conflict itself (409)
    check_page(stale, "folder-conflict")


def test_a_full_national_id_is_shown_once_for_a_reason_and_the_history_tells(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "district")
    address = open_family(page, site)
    page.get_by_role("link", name="แสดงเลขเต็ม").first.click()
    check_page(page, "folder-reveal")
    page.fill("[name=reason]", "ทำคำขอรับเบี้ยยังชีพ")
    page.get_by_role("button", name="แสดงเลข").click()
    expect(page.locator(".secret")).to_have_text(FULL_ID)
    check_page(page, "folder-revealed")
    page.goto(address)
    assert not FULL_ID.search(page.inner_text("main"))
    page.goto(address.replace("/households/", "/history/household/") + "?looks")
    expect(page.locator("main")).to_contain_text("ทำคำขอรับเบี้ยยังชีพ")
    check_page(page, "folder-history")


def pdf_at(page: Page, address: str) -> pypdf.PdfReader:
    answer = page.context.request.get(address)
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
    return pypdf.PdfReader(io.BytesIO(answer.body()))


def test_a_folder_fits_one_sheet_and_a_village_is_printed_in_the_background(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "tambon")
    address = open_family(page, site)
    sheet = page.get_by_role("link", name="พิมพ์แฟ้ม").get_attribute("href")
    assert sheet == f"{address.removeprefix(site.url)}folder.pdf"
    assert len(pdf_at(page, site.url + sheet).pages) == 1
    village = page.locator(".breadcrumb a").last.get_attribute("href") or ""
    page.goto(f"{site.url}/households/print/")
    check_page(page, "print-choose")
    page.select_option("[name=area]", village.strip("/").split("/")[-1])
    page.locator("main .form-buttons .btn-primary").click()
    check_page(page, "print-area")
    told = re.search(r"ทั้งหมด\D*(\d+)", page.inner_text("main"))
    assert told
    page.get_by_label("ทุกครัวเรือน").check()
    page.get_by_role("button", name="พิมพ์", exact=True).click()
    fetch = page.get_by_role("link", name="รับไฟล์")
    fetch.wait_for(timeout=PRINTED)
    check_page(page, "print-done")
    whole = pdf_at(page, site.url + (fetch.get_attribute("href") or ""))
    assert len(whole.pages) == int(told[1])


def test_the_neighbour_tambon_does_not_exist_for_its_officer(
    site: Site, signed_in, window: BrowserContext, check_page
) -> None:
    page = signed_in(window, "province", path="/households/?area=330102")
    neighbour = page.locator("tbody th a").first.get_attribute("href") or ""
    window.clear_cookies()
    page = signed_in(window, "tambon")
    for path in (neighbour, f"{neighbour}folder.pdf", f"{neighbour}correct/"):
        answer = page.goto(site.url + path)
        assert answer
        assert answer.status == 404
    window.faults.clear()  # type: ignore[attr-defined]  # the refusals themselves (404)
    expect(page.locator("main")).not_to_contain_text("ครอบครัว")
    check_page(page, "folder-not-found")
