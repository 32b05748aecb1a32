"""Every rule of sources/rules.yml can fail: what it forbids is done to a copy of the dataset, and the rule finds it."""

from __future__ import annotations

import sqlite3

import pytest

from coalition import ROOT
from coalition.ruling import read_rules
from tests.conftest import CODEBOOK

RULES = {rule.id: rule for rule in read_rules(ROOT / "sources", CODEBOOK)[0]}
COPY = "create temp table copy as select * from {0} limit 1; update copy set {1}; insert into {0} select * from copy"
# rule: what to do to a dataset that keeps it
BROKEN = {
    "partnership_has_source": "update partnership_sources set role = 'disputes'",
    "exercise_has_source": "update exercise_sources set role = 'disputes'",
    "statement_has_source": "update statement_sources set role = 'disputes'",
    "sanctions_event_has_source": "update sanctions_defiance_sources set role = 'disputes'",
    "source_is_used": COPY.format("sources", "id = 'unused', url = 'https://example.org/unused'"),
    "name_has_one_apostrophe": "update sanctions_defiance set entities = 'People''s Bank of China'",
    "url_stands_once": COPY.format("sources", "id = 'twice', url = url || '/'"),
    "one_name_per_publisher": COPY.format("sources", "id = 'other', url = '', publisher = 'THE ' || publisher"),
    "event_ids_are_unique": "update exercises set id = (select id from statements) where rowid = 1",
    "exercise_ends_after_start": "update exercises set end_date = '1900'",
    "sanctions_event_ends_after_start": "update sanctions_defiance set end_date = '1900'",
    "membership_ends_after_joining": """update memberships set joined = '2001', "left" = '2000'""",
    "exercise_has_china": "delete from exercise_participants where actor_id = 'CHN'",
    "exercise_has_another_participant": "delete from exercise_participants where actor_id <> 'CHN'",
    "troops_of_china_within_total": "update exercises set troops_china = 2, troops_total = 1",
    "coordinates_come_in_pairs": "update exercises set latitude = 1, longitude = null",
    "coordinates_are_not_zero": "update exercises set latitude = 0, longitude = 0",
    "hotspot_is_near": "update exercises set latitude = latitude - 60",
    "signatories_within_stated_count": "update statements set signatory_count = 0",
    "statement_has_actor": "delete from statement_actors",
    "joint_text_has_two_issuers": "delete from statement_actors where actor_id <> 'CHN'",
    "none_of_these_stands_alone": "insert or ignore into statement_themes select id, 'none-of-these' from statements",
    "key_phrase_is_short": "update statements set key_phrase = summary || summary || title || id || id || id",
    "ladder_starts_with_establishment": "update partnerships set event = 'established'",
    "upgrade_goes_up": "update partnerships set event = 'upgraded'",
    "partner_is_not_china": "update partnerships set partner_id = 'CHN'",
    "no_event_from_the_future": "update partnerships set date = '2999'",
    "no_exercise_from_the_future": "update exercises set start_date = '2999'",
    "source_published_before_access": "update sources set published = '2999'",
    "quantity_has_unit": "update sanctions_defiance set quantity = 1, unit = null",
    "designation_names_sanctioner": "update sanctions_defiance set sanctioner_id = null",
    "veto_is_an_act_at_the_un": "update sanctions_defiance set basis = 'press_report'",
    "evidence_names_one_record": "update claim_evidence set statement_id = (select id from statements)",
    "evidence_stands_once": "insert into claim_evidence select * from claim_evidence limit 1",
    "found_claim_has_evidence": "delete from claim_evidence",
    "reading_is_of_a_record": "update readings set record_id = record_id || '-gone'",
    "reading_speaks_of_documents": "update readings set note = 'true by my knowledge'",
    "reading_tells_what_changed": "update readings set changed = null",
    "membership_is_in_an_organisation": "update actors set kind = 'state'",
    "state_has_code_and_region": "update actors set region = null",
    "withdrawn_record_is_gone": "update corrections set now = 'withdrawn'",
}


@pytest.fixture(scope="module")
def loose(database):
    """A copy of the dataset in memory that takes what the build refuses."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as whole:
        whole.backup(copy)
    copy.executescript("pragma foreign_keys = off; pragma ignore_check_constraints = on")
    yield copy
    copy.close()


def test_every_rule_is_broken_here():
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_finds_what_it_forbids(loose, rule):
    assert not loose.execute(RULES[rule].sql).fetchall()
    loose.execute("begin")
    try:
        for statement in BROKEN[rule].split("; "):
            loose.execute(statement)
        assert loose.execute(RULES[rule].sql).fetchall()
    finally:
        loose.execute("rollback")
