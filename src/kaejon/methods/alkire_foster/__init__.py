"""Alkire-Foster: how many are poor in many dimensions at once, how deeply, and in what.

    from kaejon.methods import alkire_foster
    result = alkire_foster.measure("households.parquet", {"indicators": […], "k": "1/3"})
    result.as_document()

H is the share of people who are poor, A the average share of weighted deprivations among
them, M0 = H × A. A household's status goes to every member. Lists of everybody (BMN) have
no sampling error; standard errors appear only when the spec names strata or PSUs.
"""

from kaejon.methods.alkire_foster.change import Change, change
from kaejon.methods.alkire_foster.estimates import Estimate, Headline
from kaejon.methods.alkire_foster.measure import measure
from kaejon.methods.alkire_foster.results import (
    GroupResult,
    GroupTable,
    IndicatorResult,
    Measurement,
)
from kaejon.methods.alkire_foster.spec import Indicator, Spec, parse_spec

__all__ = [
    "Change",
    "Estimate",
    "GroupResult",
    "GroupTable",
    "Headline",
    "Indicator",
    "IndicatorResult",
    "Measurement",
    "Spec",
    "change",
    "measure",
    "parse_spec",
]
