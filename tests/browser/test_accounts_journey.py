"""A new colleague: invited, welcomed, at work in one tambon, and gone; at a desk and on a telephone."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import watched
from tests.browser.sites import Site

TAMBON = "330102"
OWN_PASSWORD = "ทุ่งนา-ฝนแรก-2569"
WINDOWS = {"desktop": (1280, 900), "phone": (360, 740)}


def invite(page: Page, site: Site, username: str) -> str:
    """Fill in the invitation; the path of the one-time link."""
    page.goto(f"{site.url}/people/")
    page.get_by_role("link", name="เชิญผู้ใช้ใหม่").click()
    for name, text in (
        ("first_name", "สมหญิง"),
        ("last_name", f"สมมติ{username}"),
        ("username", username),
        ("purpose", "ทะเบียนครัวเรือนของตำบล"),
        ("valid_from", "1/1/2567"),
    ):
        page.fill(f"[name={name}]", text)
    for name, value in (("role", "tambon_officer"), ("area", TAMBON)):
        page.locator(f"select[name={name}]").select_option(value, force=True)
    page.locator("select[name=organization]").select_option(index=1, force=True)
    page.get_by_role("button", name="สร้างบัญชี").click()
    return urlsplit(page.locator("main code").inner_text()).path


def join(page: Page, address: str, username: str) -> None:
    """Open the link, set the password and sign in."""
    page.goto(address)
    page.fill("[name=password]", OWN_PASSWORD)
    page.fill("[name=again]", OWN_PASSWORD)
    page.get_by_role("button", name="ตั้งรหัสผ่าน").click()
    page.fill("[name=login]", username)
    page.fill("[name=password]", OWN_PASSWORD)
    page.locator("main button.btn-primary").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def refused(page: Page, address: str) -> bool:
    """True when the address does not exist for this person."""
    answer = page.goto(address)
    page.context.faults.clear()  # type: ignore[attr-defined]  # the refusal itself stands in the console
    return answer is not None and answer.status == 404


@pytest.mark.parametrize("window", list(WINDOWS))
def test_an_invited_colleague_sees_one_tambon_until_the_role_ends(
    window: str, site: Site, signed_in, browser: Browser, request, check_page
) -> None:
    width, height = WINDOWS[window]
    username = f"somying-{window}"
    office: BrowserContext = request.getfixturevalue(window)
    admin = signed_in(office, "admin", path="/people/invite/")
    check_page(admin, "account-invite")
    link = site.url + invite(admin, site, username)
    check_page(admin, "account-link")
    admin.get_by_role("link", name="ไปที่บัญชี").click()
    expect(admin.locator("main")).to_contain_text("สมหญิง")
    check_page(admin, "account-page")

    home = watched(browser, width, height)
    guest = home.new_page()
    guest.goto(link)
    check_page(guest, "account-join")
    join(guest, link, username)
    guest.goto(f"{site.url}/households/")
    folder = guest.locator("tbody th a").first.get_attribute("href") or ""
    codes = guest.locator("select[name=area] option").evaluate_all("all => all.map(o => o.value)")
    assert all(code.startswith(TAMBON) for code in codes if code)
    check_page(guest, "account-first-list")
    assert not refused(guest, site.url + folder)
    assert refused(guest, f"{site.url}/households/?area=330101")
    assert refused(guest, link)
    check_page(guest, "account-link-used")

    admin.get_by_role("link", name="ยุติบทบาท").click()
    admin.fill("[name=last_day]", "๑ ม.ค. ๒๕๖๗")
    check_page(admin, "account-end-role")
    admin.get_by_role("button", name="สิ้นสุดบทบาท").click()
    expect(admin.locator("main")).to_contain_text("ไม่เห็นอะไร")
    check_page(admin, "account-ended")
    assert refused(guest, site.url + folder)
    guest.goto(f"{site.url}/")
    check_page(guest, "account-without-role")
    expect(guest.locator(".mainnav-item")).to_have_count(0)
    home.close()


@pytest.mark.parametrize("window", list(WINDOWS))
def test_an_administrator_and_an_agency_without_grant_find_no_folder(
    window: str, site: Site, signed_in, request, check_page
) -> None:
    context: BrowserContext = request.getfixturevalue(window)
    page = signed_in(context, "viewer", path="/households/")
    folder = page.locator("tbody th a").first.get_attribute("href") or ""
    for stranger in ("admin", "agency"):
        context.clear_cookies()
        page = signed_in(context, stranger)
        assert refused(page, site.url + folder)
        check_page(page, f"folder-for-{stranger}")
    context.clear_cookies()
    page.goto(site.url + folder)
    assert "/accounts/login/" in page.url
