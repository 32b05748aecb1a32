select claim_id, stance, claim_evidence.note, events.id, events.type, events.date, events.title
from claim_evidence
  join events on events.id = coalesce(partnership_id, exercise_id, statement_id, sanctions_defiance_id)
order by claim_id, stance desc, date
