"""What the apps above are told when claims change; they answer inside the same transaction."""

from django.dispatch import Signal

# households: list of household primary keys whose live claims changed;
# stated, where the sender has it at hand: everything claimed about them now (`stated.Stated`)
households_changed = Signal()
# areas: set of official codes in which counts may have changed
areas_changed = Signal()
# people, homes: whom rows would have found beyond the reach of their list (`chunk.Beyond`)
found_beyond = Signal()
# batch: the file that has just been taken in whole; by: who asked for it
list_applied = Signal()
# batch: the file that has just been taken back
list_reversed = Signal()
