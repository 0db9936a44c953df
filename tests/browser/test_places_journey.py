"""From the Governor's first page down to a village, its households, a file and what the community has."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sites import Site


def number_in(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found
    return int(found[0].replace(",", ""))


def households_told(page: Page) -> int:
    return number_in(page.locator(".page-head-lead").inner_text())


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_pages_of_places_are_sound_at_a_desk_and_on_a_telephone(
    window: str, site: Site, signed_in, check_page, request: pytest.FixtureRequest
) -> None:
    page = signed_in(request.getfixturevalue(window), "province")
    for name, path in (
        ("dashboard", "/"),
        ("area-province", "/areas/33/"),
        ("area-tambon", "/areas/330101/"),
        ("area-search", "/areas/?q=เมือง"),
        ("households", "/households/"),
        ("households-empty", "/households/?area=330101&level=4&conflicts=1&bmn=1"),
        ("strength", "/areas/330101/strengths/add/"),
    ):
        page.goto(site.url + path)
        check_page(page, name)


def test_the_hardest_problem_opens_the_households_that_have_it(
    site: Site, signed_in, desktop: BrowserContext
) -> None:
    page = signed_in(desktop, "viewer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ศรีสะเกษ")
    expect(page.locator("#problems-chart + .chart canvas")).to_be_visible()
    first = page.locator("ol.ranked a").first
    told = number_in(first.inner_text())
    first.click()
    assert households_told(page) == told
    expect(page.locator("tbody tr .level").first).to_be_visible()


def test_one_walks_from_the_province_to_a_village_and_its_households(
    site: Site, signed_in, desktop: BrowserContext
) -> None:
    page = signed_in(desktop, "province", path="/areas/")
    for _step in ("district", "tambon", "village"):
        page.locator("tbody th a").first.click()
    told = number_in(page.locator(".stat-number").first.inner_text())
    page.locator("a.stat").first.click()
    assert households_told(page) == told
    page.locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/households/[0-9a-f-]{36}/"))


def test_a_search_by_keyboard_finds_a_name_and_keeps_it_out_of_the_address(
    site: Site, signed_in, desktop: BrowserContext
) -> None:
    page = signed_in(desktop, "tambon", path="/households/")
    head = page.locator("tbody th a").last.inner_text()
    last_name = head.split()[-1]
    page.locator("body").press("/")
    page.keyboard.type(last_name)
    page.keyboard.press("Enter")
    expect(page.locator("tbody th a", has_text=head).first).to_be_visible()
    assert last_name not in page.evaluate("decodeURIComponent(location.href)")
    page.locator("body").press("j")
    assert page.evaluate("document.activeElement.matches('tbody th a')")


def test_a_filtered_list_is_taken_out_as_filtered(
    site: Site, signed_in, desktop: BrowserContext, tmp_path: Path
) -> None:
    page = signed_in(desktop, "tambon", path="/households/")
    page.get_by_label("ระดับ").select_option("low")
    page.wait_for_url("**level=low**")
    told = households_told(page)
    page.get_by_text("ส่งออกเป็นไฟล์").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel (XLSX)").click()
    download.value.save_as(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    assert sheet.max_row == told + 1


def test_what_the_community_has_is_written_down_corrected_and_removed(
    site: Site, signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "tambon", path="/areas/330101/")
    page.get_by_role("link", name="บันทึกเพิ่ม").click()
    page.get_by_label("ทุน").select_option("social")
    page.get_by_label("สิ่งที่ชุมชนมี").fill("กลุ่มออมทรัพย์สมมติ")
    page.get_by_label("ใครให้ข้อมูล").fill("ประชาคม")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.locator("#strengths")).to_contain_text("กลุ่มออมทรัพย์สมมติ")
    check_page(page, "strengths")
    page.locator("#strengths").get_by_role("link", name="แก้ไข").click()
    page.get_by_label("สิ่งที่ชุมชนมี").fill("กลุ่มออมทรัพย์สมมติ 80 คน")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.locator("#strengths")).to_contain_text("80 คน")
    page.locator("#strengths").get_by_role("link", name="นำออก").click()
    page.get_by_role("button", name="นำออก").click()
    expect(page.locator("#strengths")).not_to_contain_text("กลุ่มออมทรัพย์สมมติ")


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_the_numbers_of_a_tambon_open_lists_of_the_same_size(
    window: str, site: Site, signed_in, check_page, request: pytest.FixtureRequest
) -> None:
    page = signed_in(request.getfixturevalue(window), "province")
    for name in ("district", "tambon"):
        page.locator("tbody th[scope=row] a").first.click()
        page.wait_for_url("**/areas/*/")
        check_page(page, f"walk-{name}")
    for place in range(page.locator("a.stat[href*='/households/']").count()):
        stat = page.locator("a.stat[href*='/households/']").nth(place)
        told, unit = number_in(stat.locator(".stat-number").inner_text()), stat.inner_text()
        address = page.url
        stat.click()
        page.wait_for_url("**/households/**")
        if "ครัวเรือน" in unit.splitlines()[1]:
            assert households_told(page) == told
        check_page(page)
        page.goto(address)


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_a_list_taken_out_holds_the_families_told_and_no_whole_number(
    window: str, site: Site, signed_in, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page = signed_in(request.getfixturevalue(window), "tambon", path="/households/?level=low")
    told = households_told(page)
    page.get_by_text("ส่งออกเป็นไฟล์").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel (XLSX)").click()
    download.value.save_as(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == told + 1
    words = "\n".join(str(cell) for row in rows for cell in row if cell is not None)
    assert "x-xxxx" in words
    assert not re.search(r"(?<!\d)\d{13}(?!\d)|\d-\d{4}-\d{5}-\d{2}-\d", words)


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_the_frame_speaks_english_when_asked_and_thai_again(
    window: str, site: Site, signed_in, check_page, request: pytest.FixtureRequest
) -> None:
    thai = re.compile(r"[\u0e00-\u0e7f]")
    page = signed_in(request.getfixturevalue(window), "viewer")
    page.get_by_role("button", name="EN: show in English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in ("/", "/areas/330101/", "/households/"):
        page.goto(site.url + path)
        frame = page.locator(".mainnav, footer, main h2, main thead").all_inner_texts()
        assert not [words for words in frame if thai.search(words)]
        check_page(page, f"english{path.replace('/', '-')}")
    page.get_by_role("button", name="ไทย: แสดงเป็นภาษาไทย").click()
    expect(page.locator("html")).to_have_attribute("lang", "th")
