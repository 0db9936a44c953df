"""Which rows of a list speak of one household."""

from __future__ import annotations

from dataclasses import replace

from kaejon.methods.listfiles.canonical import CanonicalRow, HouseholdFacts, is_running_number


class HousesOfRunningNumbers:
    """Rows below the first of a household may leave its house number out: under a mere running
    number they belong to the house that stood there last under the same number and village."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, str], str] = {}

    def note(self, household: HouseholdFacts) -> HouseholdFacts:
        """The household with its house number; remembers it for the rows below."""
        if not is_running_number(household.household_ref):
            return household
        place = household.village_code or household.tambon_code, household.household_ref
        if household.house_no:
            self.last[place] = household.house_no
            return household
        return replace(household, house_no=self.last.get(place, ""))


def group_of(row: CanonicalRow, household: HouseholdFacts) -> str:
    """The household as this list names it; a row that names none stands alone."""
    return household.key()[:120] or f"row:{row.row}"
