"""A real server with its worker, a real Chromium, and the checks every page must pass.

How to use these fixtures: README.md beside this file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import sites
from tests.browser.sites import Site
from tests.engines import chromium

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = os.environ.get("KAEJON_SCREENSHOTS", "")
SERIOUS = ("serious", "critical")
FIND_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 160));
}"""
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((v) => ({id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.slice(0, 4).map((n) => n.html.slice(0, 200))}));
}"""

# Other tests run beside these; what takes longer than this is a fault.
expect.set_options(timeout=20_000)

SignIn = Callable[..., Page]
Check = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=quiet)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small demonstration with its four lists applied. Shared: leave it as you found it."""
    folder = tmp_path_factory.mktemp("province")
    sites.build(folder, with_lists=True)
    with sites.served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def waiting_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A province with accounts and sources whose lists have not come in yet; one for each module."""
    folder = tmp_path_factory.mktemp("waiting")
    sites.build(folder, with_lists=False)
    with sites.served(folder) as running:
        yield running


def watched(browser: Browser, width: int, height: int, **more: Any) -> BrowserContext:
    """A window whose script errors are remembered in `faults`."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="th-TH", accept_downloads=True, **more
    )
    context.set_default_timeout(30_000)
    faults: list[str] = []
    context.faults = faults  # type: ignore[attr-defined]
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    return context


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    """A window of 1280 × 900; the test fails when a script did."""
    context = watched(browser, 1280, 900)
    yield context
    context.close()
    assert not context.faults  # type: ignore[attr-defined]


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A telephone of 360 × 740; the test fails when a script did."""
    context = watched(browser, 360, 740, has_touch=True, is_mobile=True)
    yield context
    context.close()
    assert not context.faults  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], Any]:
    """Cookies by site and login, so that each account signs in once."""
    return {}


@pytest.fixture
def signed_in(request: pytest.FixtureRequest, sessions: dict[tuple[str, str], Any]) -> SignIn:
    """`signed_in(desktop, "province")`: a page at the start of the site, signed in.

    `at=` names another site than `site`; `path=` another first page.
    """

    def open_page(
        context: BrowserContext, username: str, *, at: Site | None = None, path: str = "/"
    ) -> Page:
        where = at or request.getfixturevalue("site")
        page = context.new_page()
        key = (where.url, username)
        if key in sessions:
            context.add_cookies(sessions[key])
        else:
            page.goto(f"{where.url}/accounts/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", sites.PASSWORD)
            page.click("main button.btn-primary")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
            sessions[key] = context.cookies()
        page.goto(where.url + path)
        return page

    return open_page


@pytest.fixture
def check_page() -> Check:
    """`check_page(page, "name")`: no script error, nothing sideways, no serious finding of axe.

    With KAEJON_SCREENSHOTS=folder a picture of the whole page is kept under that name.
    """

    def check(page: Page, name: str = "") -> None:
        page.wait_for_load_state()
        if SCREENSHOTS and name:
            width = (page.viewport_size or {"width": 0})["width"]
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=f"{SCREENSHOTS}/{name}-{width}.png", full_page=True)
        assert not page.context.faults  # type: ignore[attr-defined]
        assert page.evaluate(FIND_WIDE) == [], "the page scrolls sideways"
        # Evaluated from outside the page: our policy allows no injected script element.
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
        found = [v for v in page.evaluate(RUN_AXE) if v["impact"] in SERIOUS]
        assert not found, json.dumps(found, ensure_ascii=False, indent=1)

    return check
