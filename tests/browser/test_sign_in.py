"""The door of the site, before anybody is signed in."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.browser.sites import Site


def test_a_wrong_password_is_told_in_thai_and_lets_nobody_in(
    site: Site, phone: BrowserContext, check_page
) -> None:
    page = phone.new_page()
    page.goto(f"{site.url}/accounts/login/")
    check_page(page, "login")
    page.fill("[name=login]", "province")
    page.fill("[name=password]", "not-the-password")
    page.click("main button.btn-primary")
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page, "login-refused")
    assert not [c for c in phone.cookies() if c["name"] == "sessionid"]
