"""A run in words, where a run or a footprint may stand."""

from __future__ import annotations

import datetime as dt

import pytest

import wattgram
from wattgram import advise, compare, estimate
from wattgram.errors import InputError


@pytest.mark.parametrize("by", ["region", "zone", "provider", "hardware", "year"])
def test_words_are_the_run_they_say(by):
    """Words, a run and a footprint give one comparison, figure by figure."""
    footprint = estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1", load=0.8)
    of_words = compare("8xA100-SXM4-80GB", "100h", "aws:us-east-1", by=by, load=0.8).to_dict(5)
    assert of_words == compare(footprint, by).to_dict(5) == compare(footprint.run, by=by).to_dict(5)
    assert of_words == compare("8xA100-SXM4-80GB", "100h", "aws:us-east-1", by, load=0.8).to_dict(5)
    assert of_words["by"] == by


def test_words_of_advice_are_the_run_they_say():
    """Words and a footprint give the same actions with the same savings."""
    of_words = advise("8xA100-SXM4-80GB", "100h", "aws:us-east-1", overhead=1.4, trials=50)
    of_run = advise(estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1", overhead=1.4), trials=50)
    assert [action.to_dict() for action in of_words] == [action.to_dict() for action in of_run]
    assert of_words[0].saved.central > 0


def test_a_start_is_where_a_search_begins_and_the_run_s_own_where_it_is_past():
    """By start, a time to come is the earliest start; elsewhere a start is that of the run."""
    coming = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    found = compare("8xA100", "10h", "aws:us-west-1", by="start", start=coming, within="24h")
    assert found.best.pieces[0][0] >= coming.timestamp() - 3600
    assert found.stated.run.start is None
    past = compare("8xA100", "10h", "FR", by="zone", start="2023-05-01")
    assert past.base.run.start.year == past.base.assembled.year == 2023


def test_work_in_words_keeps_its_number_format():
    """A number format is that of the training where its work is said, and that of the comparison everywhere."""
    said = {"parameters": "7 billion", "tokens": "1T", "number_format": "fp16"}
    found = compare("64xA100", where="FR", by="hardware", **said)
    assert found.constraint["number_format"] == "fp16"
    assert found.base.assembled.training.number_format == "fp16"


def test_words_that_do_not_go_together_are_refused():
    """Words beside a run that says everything are a slip of the program; a run that is none is said as one."""
    footprint = estimate("A100", "1h", "FR")
    with pytest.raises(TypeError, match="not load beside one"):
        compare(footprint, load=0.5)
    with pytest.raises(TypeError, match="not '1h' beside one"):
        advise(footprint, "1h")
    with pytest.raises(TypeError, match="lod"):
        compare("A100", "1h", "FR", lod=0.5)
    with pytest.raises(InputError, match="it takes a run, a footprint, or words"):
        compare(3)
    with pytest.raises(InputError, match="duration is missing"):
        wattgram.advise("A100")
