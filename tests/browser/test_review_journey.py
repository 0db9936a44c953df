"""Rows that could be several people are decided with the keyboard and undone; at a desk and on a telephone."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect


def left(page: Page) -> str:
    return page.locator(".page-head-lead").first.inner_text()


def test_a_row_is_decided_with_the_keyboard_and_undone(
    signed_in, desktop: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "province", path="/lists/")
    page.get_by_role("link", name="แถวที่รอตัดสิน").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("แถวที่รอตัดสิน")
    check_page(page, "review-list")
    page.get_by_role("link", name="เริ่มจากแถวแรก").click()
    check_page(page, "review-page")
    first, before = page.url, left(page)

    page.keyboard.press("1")
    page.wait_for_url("**done=*")
    expect(page.get_by_text("คนเดียวกับ")).to_be_visible()
    assert left(page) != before
    check_page(page, "review-next")
    page.keyboard.press("u")
    page.wait_for_url(first)
    expect(page.locator("#messages")).to_contain_text("ยกเลิกการตัดสินแล้ว")
    assert left(page) == before

    page.keyboard.press("t")
    page.wait_for_url("**done=*")
    page.keyboard.press("u")
    page.wait_for_url(first)
    assert left(page) == before


def test_writing_a_reason_presses_no_button(signed_in, desktop: BrowserContext) -> None:
    page = signed_in(desktop, "province", path="/review/")
    page.get_by_role("link", name="เริ่มจากแถวแรก").click()
    where = page.url
    page.fill("[name=reason]", "")
    page.locator("[name=reason]").press_sequentially("1 d t u")
    page.locator("[name=reason]").press("Enter")
    expect(page.locator("[name=reason]")).to_have_value("1 d t u")
    assert page.url == where


def test_a_row_stands_beside_its_candidates_on_a_telephone(
    signed_in, phone: BrowserContext, check_page
) -> None:
    page = signed_in(phone, "province", path="/review/")
    check_page(page, "review-list")
    page.get_by_role("link", name="เริ่มจากแถวแรก").click()
    expect(page.get_by_role("button", name="บอกไม่ได้")).to_be_visible()
    check_page(page, "review-page")


def test_two_names_are_made_one_with_the_keyboard_and_two_again(
    signed_in, desktop: BrowserContext, phone: BrowserContext, check_page
) -> None:
    page = signed_in(desktop, "province", path="/review/pairs/")
    expect(page.get_by_role("heading", level=1)).to_have_text("คนที่อาจมีชื่อซ้ำ")
    check_page(page, "pair-list")
    page.get_by_role("link", name="เริ่มจากคู่แรก").click()
    check_page(page, "pair-page")
    first, before = page.url, left(page)

    page.keyboard.press("1")
    page.wait_for_url("**done=*")
    expect(page.locator(".notice-success")).to_contain_text("รวมเป็นคนเดียวแล้ว")
    assert left(page) != before
    page.keyboard.press("u")
    page.wait_for_url(first)
    expect(page.locator("#messages")).to_contain_text("คู่นี้กลับมารอ")
    assert left(page) == before

    check_page(signed_in(phone, "province", path="/review/pairs/"), "pair-list")
