"""A page that shows every shared component with invented figures, for people who build pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaejon.web.forms import Form

CAPITALS = ["ทุนมนุษย์", "ทุนกายภาพ", "ทุนเศรษฐกิจ", "ทุนธรรมชาติ", "ทุนทางสังคม"]
DISTRICTS = ["อำเภอ ก", "อำเภอ ข", "อำเภอ ค", "อำเภอ ง", "อำเภอ จ", "อำเภอ ฉ", "อำเภอ ช"]
LEVELS = ["อยู่ลำบาก", "อยู่ยาก", "อยู่พอได้", "อยู่ดี"]


class SampleForm(Form):
    """One field of each kind, with help and an error."""

    name = forms.CharField(label="ชื่อหัวหน้าครัวเรือน", help_text="ชื่อและนามสกุลตามทะเบียนบ้าน")
    district = forms.ChoiceField(label="อำเภอ", choices=[("1", "อำเภอ ก"), ("2", "อำเภอ ข")])
    result = forms.ChoiceField(
        label="ผลการตรวจสอบ",
        widget=forms.RadioSelect,
        choices=[("a", "เดือดร้อนจริง"), ("b", "ย้ายออกแล้ว"), ("c", "ไม่พบตัว")],
    )
    note = forms.CharField(label="บันทึก", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="ครัวเรือนยินยอมให้ส่งต่อข้อมูล", required=False)
    file = forms.FileField(label="ไฟล์", required=False)


class SampleFilter(Form):
    q = forms.CharField(
        label="ค้นหา", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    district = SampleForm.base_fields["district"]


def _table(names: list[str], *columns: tuple[str, list[float]]) -> dict[str, Any]:
    return {
        "columns": [{"label": "ชื่อ"}] + [{"label": label, "numeric": True} for label, _ in columns],
        "rows": [
            {"cells": [{"text": name}, *({"text": values[at]} for _, values in columns)]}
            for at, name in enumerate(names)
        ],
    }


def _charts() -> list[dict[str, Any]]:
    means = [2.45, 2.22, 1.92, 1.80, 1.66]
    counts = [
        [40, 31, 22, 18, 15, 9, 5],
        [60, 55, 41, 33, 20, 18, 12],
        [30, 28, 19, 17, 16, 9, 7],
        [9, 8, 4, 4, 3, 1, 1],
    ]
    square = [[[104.0, 15.0], [104.5, 15.0], [104.5, 15.4], [104.0, 15.4], [104.0, 15.0]]]
    other = [[[104.5, 15.0], [105.0, 15.1], [104.9, 15.5], [104.5, 15.4], [104.5, 15.0]]]
    boundaries = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": {"type": "Polygon", "coordinates": ring},
            }
            for code, ring in (("9001", square), ("9002", other))
        ],
    }
    places = [
        {
            "name": name,
            "lon": 104.1 + 0.11 * at,
            "lat": 15.05 + 0.05 * (at % 4),
            "value": 60 - 8 * at,
        }
        for at, name in enumerate(DISTRICTS)
    ]
    return [
        {
            "id": "g-radar",
            "kind": "radar",
            "title": "ทุน 5 ด้าน",
            "data": {
                "indicators": [{"name": name} for name in CAPITALS],
                "series": [
                    {"name": "ครัวเรือนนี้", "values": [2.1, 1.8, 1.4, 2.6, 3.1]},
                    {"name": "ค่าเฉลี่ยจังหวัด", "values": means},
                ],
            },
            "table": _table(CAPITALS, ("ค่าเฉลี่ย", means)),
        },
        {
            "id": "g-bar",
            "kind": "bar",
            "title": "ครัวเรือนรายอำเภอ",
            "data": {
                "categories": DISTRICTS,
                "unit": "ครัวเรือน",
                "series": [{"name": "ครัวเรือน", "values": counts[1]}],
            },
        },
        {
            "id": "g-stacked",
            "kind": "stacked",
            "title": "ระดับรายอำเภอ",
            "data": {
                "categories": DISTRICTS,
                "unit": "ครัวเรือน",
                "series": [
                    {"name": LEVELS[at], "level": at + 1, "values": counts[at]} for at in range(4)
                ],
            },
        },
        {
            "id": "g-line",
            "kind": "line",
            "title": "แนวโน้ม",
            "data": {
                "categories": ["2566", "2567", "2568", "2569"],
                "unit": "ครัวเรือน",
                "series": [
                    {"name": "ก", "values": [90, 82, 75, 61]},
                    {"name": "ข", "values": [40, 44, None, 39]},
                ],
            },
        },
        {
            "id": "g-range",
            "kind": "range",
            "title": "ช่วงความเชื่อมั่น",
            "data": {
                "categories": DISTRICTS[:4],
                "unit": "%",
                "values": [12.1, 9.8, 7.2, 6.0],
                "low": [10.0, 8.1, 5.5, None],
                "high": [14.2, 11.5, 8.9, None],
            },
        },
        {
            "id": "g-points",
            "kind": "points",
            "title": "จุด",
            "data": {"points": places, "unit": "ครัวเรือน"},
        },
        {
            "id": "g-areas",
            "kind": "areas",
            "title": "แผนที่",
            "data": {
                "boundaries": boundaries,
                "unit": "ครัวเรือน",
                "values": [
                    {"code": "9001", "name": "อำเภอ ก", "value": 40},
                    {"code": "9002", "name": "อำเภอ ข", "value": 12},
                ],
            },
        },
        {
            "id": "g-sankey",
            "kind": "sankey",
            "title": "การส่งต่อ",
            "data": {
                "unit": "เรื่อง",
                "nodes": [
                    {"name": name} for name in ("สุขภาพ", "ที่อยู่อาศัย", "โรงพยาบาล", "อบต.", "ยังไม่มีผู้รับ")
                ],
                "links": [
                    {"source": "สุขภาพ", "target": "โรงพยาบาล", "value": 30},
                    {"source": "สุขภาพ", "target": "ยังไม่มีผู้รับ", "value": 6},
                    {"source": "ที่อยู่อาศัย", "target": "อบต.", "value": 18},
                    {"source": "ที่อยู่อาศัย", "target": "ยังไม่มีผู้รับ", "value": 9},
                ],
            },
        },
        {
            "id": "g-scatter",
            "kind": "scatter",
            "title": "เทียบสองค่า",
            "data": {
                "xName": "ครัวเรือน",
                "yName": "ร้อยละ",
                "points": [
                    {"name": name, "x": 10 * at + 5, "y": 30 - 3 * at}
                    for at, name in enumerate(DISTRICTS)
                ],
            },
        },
    ]


def component_gallery(request: HttpRequest) -> HttpResponse:
    """Every component once. Holds no data of the installation."""
    context = {
        "breadcrumb": [
            {"label": "จังหวัดตัวอย่าง", "url": "#"},
            {"label": "อำเภอ ก", "url": "#"},
            {"label": "ตำบล ข"},
        ],
        "actions": [
            {"url": "#", "label": "นำเข้ารายชื่อ", "icon": "upload", "primary": True},
            {"url": "#", "label": "ส่งออก", "icon": "download"},
        ],
        "form": SampleForm({"name": ""}),
        "filter_form": SampleFilter({"q": ""}),
        "page": Paginator(range(2340), 50).page(3),
        "tabs": [
            {"url": "#", "label": "ครอบครัว", "icon": "users", "active": True},
            {"url": "#", "label": "ที่มาของข้อมูล", "count": 12},
        ],
        "facts": [
            {"label": "บ้านเลขที่", "value": "12/3"},
            {"label": "หมู่บ้าน", "value": "หมู่ 4 บ้านตัวอย่าง"},
        ],
        "table": {
            "columns": [
                {"label": "หัวหน้าครัวเรือน", "sort_url": "?sort=-name", "sorted": "asc"},
                {"label": "หมู่บ้าน", "sort_url": "?sort=village"},
                {"label": "สมาชิก (คน)", "numeric": True},
            ],
            "rows": [
                {
                    "cells": [
                        {"text": f"นางตัวอย่าง ที่ {at}", "url": "#"},
                        {"text": f"หมู่ {at} บ้านตัวอย่าง"},
                        {"text": at + 2},
                    ]
                }
                for at in range(1, 5)
            ],
        },
        "charts": _charts(),
    }
    return render(request, "components/gallery.html", context)
