"""What became of the same households between two rounds.

Households are matched by their identifier. Those seen in both rounds are poor in both (PP),
left poverty (PN), fell into it (NP) or were poor in neither (NN); those lost or new between
the rounds are reported as rows of their own, never mixed in. The weight is that of the first
round, the second round's for new households. The change of M0 among the matched is exactly
the sum of three parts: the still poor, those who entered, those who left.

Source: Alkire et al. (2015), Multidimensional Poverty Measurement and Analysis, ch. 9.3.
"""

from kaejon.methods.dynamics.follow import follow
from kaejon.methods.dynamics.graduation import GraduationRule, graduated
from kaejon.methods.dynamics.spec import PanelSpec, parse_panel_spec
from kaejon.methods.dynamics.transitions import STATES, Transitions, annualised

__all__ = [
    "STATES",
    "GraduationRule",
    "PanelSpec",
    "Transitions",
    "annualised",
    "follow",
    "graduated",
    "parse_panel_spec",
]
