"""Joining records of many lists into persons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.decide import Decision, Edge, Record, clusters

A, B, C, D = (("tpmap", "1"), ("bmn", "1"), ("bmn", "2"), ("survey", "9"))

RECORDS = st.tuples(st.sampled_from(["x", "y", "z"]), st.sampled_from("123456"))
EDGES = st.lists(
    st.builds(Edge, RECORDS, RECORDS, st.floats(0.5, 1)).filter(lambda e: e.a != e.b), max_size=25
)
IDS = st.dictionaries(RECORDS, st.sampled_from(["1", "2"]), max_size=10)


def test_edges_join_records_across_lists() -> None:
    found = clusters([Edge(A, B, 0.9), Edge(B, D, 0.8)])
    assert found.groups == ((B, D, A),)
    assert found.blocked == ()


def test_two_valid_ids_are_never_joined_without_a_person() -> None:
    ids = {A: "1", D: "2"}
    found = clusters([Edge(A, B, 0.99), Edge(B, D, 0.95)], valid_ids=ids)
    assert found.groups == ((B, A),)
    assert [(b.edge.b, b.reason) for b in found.blocked] == [(D, "two_valid_ids")]
    decided = clusters([Edge(A, B, 0.99)], [Decision(B, D, same=True)], valid_ids=ids)
    assert [(b.edge.a, b.reason) for b in decided.blocked] == [(A, "two_valid_ids")]
    both = [Decision(B, D, same=True), Decision(A, B, same=True)]
    assert clusters([], both, valid_ids=ids).groups == ((B, D, A),)


def test_records_decided_to_differ_stay_apart_through_any_path() -> None:
    apart = [Decision(A, D, same=False)]
    found = clusters([Edge(A, B, 0.9), Edge(B, C, 0.8), Edge(C, D, 0.7)], apart)
    assert found.groups == ((B, C, A),)
    assert [b.reason for b in found.blocked] == ["decided_different"]


def test_contradicting_decisions_are_refused() -> None:
    said = [Decision(A, B, same=True), Decision(B, C, same=True), Decision(A, C, same=False)]
    with pytest.raises(DataError) as refused:
        clusters([], said)
    assert refused.value.code == "contradicting_decisions"


@given(EDGES, IDS, st.randoms(use_true_random=False))
def test_the_order_of_edges_does_not_matter(
    edges: list[Edge], ids: dict[Record, str], dice: object
) -> None:
    again = list(edges)
    dice.shuffle(again)  # type: ignore[attr-defined]
    turned = [Edge(e.b, e.a, e.probability) for e in again]
    assert clusters(edges, valid_ids=ids).groups == clusters(turned, valid_ids=ids).groups


@given(EDGES, IDS)
def test_no_group_made_by_edges_holds_two_valid_ids(
    edges: list[Edge], ids: dict[Record, str]
) -> None:
    for group in clusters(edges, valid_ids=ids).groups:
        assert len({ids[record] for record in group if record in ids}) <= 1


@given(EDGES)
def test_every_record_is_in_one_group_at_most(edges: list[Edge]) -> None:
    members = [record for group in clusters(edges).groups for record in group]
    assert len(members) == len(set(members))
    assert set(members) == {end for e in edges for end in (e.a, e.b)}
