"""Five livelihood capitals (ทุน 5 ด้าน) of a household and its level.

    from kaejon.methods import capitals
    scored = capitals.score_columns(columns, capitals.definition())
    scored.as_document()                        # a row per household, means and counts
    capitals.area_table(scored, tambons, inside_municipality)

Input: item scores 1-4. An item answered by several members is averaged over them, a
capital is the weighted mean of its items, the overall score the simple mean of the
capitals. All sums are exact: float sums put households on the wrong side of a boundary.
Source: practice of the area research fund (บพท.); weights and boundaries with their
sources are in `definitions/five_capitals_ppp_2568.toml`.
"""

from kaejon.methods.capitals.areas import AreaRow, area_table, measure_areas
from kaejon.methods.capitals.households import (
    CapitalScore,
    LowItem,
    columns_needed,
    level_of,
    low_items,
    score_household,
)
from kaejon.methods.capitals.table import CapitalTable, score_columns, score_table
from kaejon.methods.definitions.five_capitals import load as definition

__all__ = [
    "AreaRow",
    "CapitalScore",
    "CapitalTable",
    "LowItem",
    "area_table",
    "columns_needed",
    "definition",
    "level_of",
    "low_items",
    "measure_areas",
    "score_columns",
    "score_household",
    "score_table",
]
