"""The area codes a list is checked against: our own table, inside the uploader's scope."""

from __future__ import annotations

from kaejon.apps.areas.models import Area, Level
from kaejon.methods.listfiles.areas import AreaHit, OfficialBook


class RegistryBook:
    """Area book of the areas this system holds; other provinces are known by official code.

    A village is current when its tambon is: villages come with the lists.
    """

    def __init__(self) -> None:
        self._official = OfficialBook()
        self._tambons = {
            code: (name, until is None, successor)
            for code, name, until, successor in Area.objects.filter(level=Level.TAMBON).values_list(
                "code", "name_th", "valid_until", "successor_id"
            )
        }
        self._villages = dict(
            Area.objects.filter(level=Level.VILLAGE).values_list("code", "name_th")
        )
        self._names: dict[tuple[str, str, str], AreaHit | None] = {}

    def tambon(self, code: str) -> AreaHit:
        """The tambon of a 6-digit code."""
        if code not in self._tambons:
            return self._official.tambon(code)
        name, current, successor = self._tambons[code]
        return AreaHit(code, name, "current" if current else "abolished", successor)

    def village(self, code: str) -> AreaHit:
        """The village of an 8-digit code."""
        tambon = self.tambon(code[:6])
        successor = tambon.successor + code[6:] if tambon.successor else None
        return AreaHit(code, self._villages.get(code, ""), tambon.status, successor)

    def find_tambon(
        self, province_name: str, district_name: str, tambon_name: str
    ) -> AreaHit | None:
        """The tambon of three names, or None when no tambon, or more than one, bears them."""
        key = (province_name, district_name, tambon_name)
        if key not in self._names:
            self._names[key] = self._official.find_tambon(*key)
        return self._names[key]
