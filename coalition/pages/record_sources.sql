select cited.role, cited.note, sources.* from (
  select partnership_id as record_id, source_id, role, note from partnership_sources
  union all select exercise_id, source_id, role, note from exercise_sources
  union all select statement_id, source_id, role, note from statement_sources
  union all select sanctions_defiance_id, source_id, role, note from sanctions_defiance_sources
) as cited join sources on sources.id = source_id
where record_id = :id order by cited.role desc, published
