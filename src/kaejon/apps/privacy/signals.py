"""What the apps above are told when somebody is erased; they answer inside the same transaction."""

from django.dispatch import Signal

# household: the household; erased: the words that take the place of what went
household_erased = Signal()
# person: the person; name: the first name that went; erased: as above
person_erased = Signal()
