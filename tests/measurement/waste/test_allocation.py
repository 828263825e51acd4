"""How shared costs reach the rows: worked by hand, and never a fen lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from measurement.waste.allocation import BASES, FullCost, spread


def test_a_rebate_follows_ads_and_an_agency_fee_follows_ads_and_note_fees():
    """Ads 6,000 and 3,000, note fee 3,000 of the first: of the agency's 1,200 the first gets 9/12."""
    found = spread(
        {"ads": {"a": 6000, "b": 3000}, "note_fee": {"a": 3000}},
        {"ads": 9000, "note_fee": 3000, "agency_fee": 1200, "rebate": -900, "sample": 500},
    )
    assert found == {
        "a": FullCost(9000, {"rebate": -600, "sample": 500, "agency_fee": 900}),
        "b": FullCost(3000, {"rebate": -300, "agency_fee": 300}),
    }
    assert (found["a"].fen, found["b"].fen) == (9800, 3000)


def test_what_a_source_names_a_row_for_stays_with_it_and_only_the_rest_is_spread():
    found = spread({"note_fee": {"a": 100, "b": 100}, "sample": {"a": 40}}, {"note_fee": 200, "sample": 50})
    assert found == {"a": FullCost(140, {"sample": 5}), "b": FullCost(100, {"sample": 5})}


def test_the_part_of_unnamed_ads_stays_unspread():
    """Half of the ads name no campaign, so half of the rebate belongs to none."""
    found = spread({"ads": {"a": 500}}, {"ads": 1000, "rebate": -100})
    assert found == {"a": FullCost(500, {"rebate": -50})}


def test_a_campaign_carries_no_note_fee():
    found = spread({"ads": {"a": 1000}}, {"ads": 1000, "note_fee": 3000, "agency_fee": 400})
    assert found == {"a": FullCost(1000, {"agency_fee": 100})}


def test_three_equal_rows_share_a_fen_more_by_the_order_of_their_keys():
    found = spread({"ads": {"a": 1, "b": 1, "c": 1}}, {"ads": 3, "agency_fee": 100})
    assert [found[key].shared["agency_fee"] for key in "abc"] == [34, 33, 33]


FEN = st.integers(0, 10**9)
ROWS = st.dictionaries(st.sampled_from("abcdef"), FEN, max_size=6)


@given(st.fixed_dictionaries({"ads": ROWS, "note_fee": ROWS}), FEN, FEN, st.integers(-(10**9), 0))
def test_rows_and_rest_add_up_to_the_whole_whatever_the_costs(named, unnamed, agency, rebate):
    whole = {kind: sum(rows.values()) for kind, rows in named.items()}
    whole["ads"] += unnamed
    whole |= {"agency_fee": agency, "rebate": rebate}
    found = spread(named, whole)
    for kind, bases in BASES.items():
        fen, given_out = whole.get(kind, 0), sum(row.shared.get(kind, 0) for row in found.values())
        assert 0 <= given_out <= fen or fen <= given_out <= 0
        if not unnamed and any(sum(named[base].values()) for base in bases):
            assert given_out == fen
