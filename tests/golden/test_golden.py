"""The behaviour is that of the golden picture; a commit that changes it says why."""

from __future__ import annotations

from pathlib import Path

from tests.golden.compare import LINES_SHOWN, differing, draw


def test_behaviour_is_as_the_golden_picture_shows(tmp_path: Path) -> None:
    texts = draw(Path(__file__).resolve().parents[2], tmp_path)
    pages = {name.split("-", 2)[2] for name in texts if name.startswith("page-")}
    assert len(pages) >= 60
    names = differing(texts)
    assert not names, (
        f"{len(names)} views changed, among them {', '.join(names[:LINES_SHOWN])}. "
        "See them with `make golden-diff REV=HEAD~1`; if that is meant, `make golden-write` "
        "and say why in the commit."
    )
