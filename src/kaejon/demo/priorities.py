"""A rule of the province and one decision by it, so that the ranking can be seen at work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.ranking.actions import record_decision, save_rule
from kaejon.apps.ranking.queries import ranking
from kaejon.methods.ranking import default_rule

PROVINCE = "33"
CHOSEN = 3
DECIDED_ON = date(2025, 11, 20)


def decide_priorities(officer: User) -> None:
    """Put a rule in force and record what an invented meeting chose by it."""
    area = Area.objects.get(code=PROVINCE)
    ready = dict(default_rule().readiness) | {"health": 2, "housing": 2, "education": 2}
    rule = replace(default_rule(), households=60, severity=20, readiness=ready)
    save_rule(
        area=area,
        rule=rule,
        reason="จังหวัดตั้งคณะทำงาน 6 ด้านแล้ว (ตัวอย่างสมมติ)",
        by=officer,
    )
    ranked = ranking(scope_of(officer, Permission.DECIDE), area, rule)
    if not ranked:
        return
    record_decision(
        area=area,
        decided_on=DECIDED_ON,
        decided_by="ผู้ว่าราชการจังหวัด (สมมติ)",
        meeting="ประชุมศูนย์อำนวยการขจัดความยากจนจังหวัด ครั้งที่ 4/2568 (สมมติ)",
        text=(
            "ให้คณะทำงานที่รับผิดชอบลงพื้นที่ครัวเรือนตามลำดับที่เลือก เริ่มจากครัวเรือนที่เดือดร้อนหลายด้าน "
            "และรายงานผลต่อที่ประชุมทุกไตรมาส (ตัวอย่างสมมติ)"
        ),
        chosen=[row.problem.code for row in ranked[:CHOSEN]],
        by=officer,
    )
