"""Published figures of Si Sa Ket that the synthetic province is fitted to.

Counts are persons unless the name says households. Source of the TPMAP block:
TPMAP year label 2561, province 33, repository NEWKNP/TPMAP, files
collection/61/61_province_*.csv; the joint distributions are those of the whole
country from the 31 union masks of the same source. Source of the capital
block: PPPConnext / SRA-DSS dashboards of year 2569 and 2568.
"""

from __future__ import annotations

from typing import Final

PROVINCE_CODE: Final = "33"

DIMENSIONS: Final = ("health", "living", "education", "income", "accessibility")

HOUSEHOLDS: Final = 277_358
PERSONS: Final = 960_505
REGISTERED: Final = 395_796
VALIDATED: Final = 324_189
BMN_POOR_HOUSEHOLDS: Final = 30_136
BMN_POOR_PERSONS: Final = 127_344
BMN_POOR_AND_REGISTERED: Final = 48_159
TARGET_POOR: Final = 40_302

TARGET_POOR_BY_DIMENSION: Final = {
    "health": 7_540,
    "living": 8_940,
    "education": 21_233,
    "income": 8_755,
    "accessibility": 102,
}
# Persons deprived in exactly one, exactly two, three or more dimensions.
TARGET_POOR_BY_COUNT: Final = (34_960, 4_478, 864)
BMN_POOR_BY_COUNT: Final = (111_324, 13_393, 2_627)

# Country, persons by set of failed dimensions; bit order as DIMENSIONS.
COUNTRY_JOINT_TARGET: Final = {
    "00001": 4061, "00010": 293769, "00011": 736, "00100": 312262, "00101": 795,
    "00110": 21981, "00111": 142, "01000": 142628, "01001": 186, "01010": 18516,
    "01011": 74, "01100": 17141, "01101": 22, "01110": 3565, "01111": 28,
    "10000": 120481, "10001": 96, "10010": 23550, "10011": 76, "10100": 8062,
    "10101": 12, "10110": 2203, "10111": 22, "11000": 41724, "11001": 97,
    "11010": 8846, "11011": 67, "11100": 9302, "11101": 27, "11110": 2467, "11111": 49,
}  # fmt: skip
COUNTRY_JOINT_BMN: Final = {
    "00001": 13210, "00010": 1165674, "00011": 2715, "00100": 1496449, "00101": 2835,
    "00110": 86698, "00111": 622, "01000": 607679, "01001": 654, "01010": 71764,
    "01011": 333, "01100": 66301, "01101": 115, "01110": 12590, "01111": 137,
    "10000": 498152, "10001": 377, "10010": 87548, "10011": 289, "10100": 34555,
    "10101": 45, "10110": 8249, "10111": 84, "11000": 176405, "11001": 298,
    "11010": 32465, "11011": 300, "11100": 30923, "11101": 111, "11110": 7965, "11111": 142,
}  # fmt: skip

DIMENSION_INDICATORS: Final = {
    "health": (1, 4, 5, 7),
    "living": (8, 9, 10, 11),
    "education": (15, 16, 17, 19),
    "income": (20, 21, 22),
    "accessibility": (27, 28),
}
# Country, share of the persons an indicator applies to who live with a failure.
INDICATOR_FAIL_RATE: Final = {
    1: 0.0035, 2: 0.0316, 3: 0.0009, 4: 0.0099, 5: 0.0086, 6: 0.0475, 7: 0.0082, 8: 0.0028,
    9: 0.0018, 10: 0.0020, 11: 0.0240, 12: 0.0058, 13: 0.0090, 14: 0.0007, 15: 0.0017,
    16: 0.1095, 17: 0.0350, 18: 0.0187, 19: 0.0092, 20: 0.0126, 21: 0.0582, 22: 0.0040,
    23: 0.1302, 24: 0.1786, 25: 0.1960, 26: 0.0071, 27: 0.0010, 28: 0.0033, 29: 0.0010,
    30: 0.0039, 31: 0.0058,
}  # fmt: skip

CAPITALS: Final = ("human", "physical", "financial", "natural", "social")
CAPITAL_ITEMS: Final = {"human": 6, "physical": 8, "financial": 5, "natural": 8, "social": 10}
# Province 33, year 2569; the spread is that of the 20 provinces, none is published per province.
CAPITAL_MEAN: Final = {
    "human": 2.56, "physical": 2.29, "financial": 1.96, "natural": 1.88, "social": 1.13,
}  # fmt: skip
CAPITAL_SD: Final = {
    "human": 0.29, "physical": 0.31, "financial": 0.66, "natural": 0.28, "social": 0.49,
}  # fmt: skip
# PPPConnext, province 33: 23,462 households surveyed, 22,793 of them poor.
SURVEYED_HOUSEHOLDS: Final = 23_462
SURVEYED_POOR_SHARE: Final = 0.9715
