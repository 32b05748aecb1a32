select claims.id, claim, verdict, stance, claim_evidence.note from claim_evidence join claims on claims.id = claim_id
where :id in (partnership_id, exercise_id, statement_id, sanctions_defiance_id) order by position
