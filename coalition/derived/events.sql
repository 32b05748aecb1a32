-- All four kinds of event in one shape, with the confidence that their sources give.
with cited(event_id, source_id, role) as (
  select partnership_id, source_id, role from partnership_sources
  union all select exercise_id, source_id, role from exercise_sources
  union all select statement_id, source_id, role from statement_sources
  union all select sanctions_defiance_id, source_id, role from sanctions_defiance_sources
),
backing as (
  select
    event_id,
    count(*) filter (where role = 'supports') as source_count,
    count(distinct publisher) filter (where role = 'supports') as publishers,
    max(role = 'supports' and sources.kind in (
      'treaty_or_joint_text', 'official_china', 'official_partner', 'official_third', 'united_nations', 'news_agency'
    )) as official,
    max(role = 'disputes') as disputed
  from cited join sources on sources.id = cited.source_id
  group by event_id
),
records(id, type, date, year, date_precision, title, summary) as (
  select partnerships.id, 'partnership', date, year, date_precision,
    'China and ' || actors.name || ': ' || coalesce(partnerships.label_en, partnership_levels.label_en)
      || ' (' || event || ')',
    nullif(sentences(occasion, partnerships.note), '')
  from partnerships
    join actors on actors.id = partner_id
    join partnership_levels on partnership_levels.id = level_id
  union all
  select id, 'exercise', start_date, year, date_precision,
    name || case when status = 'conducted' then '' else ' (' || status || ')' end,
    nullif(sentences(name_zh, location, summary, note), '')
  from exercises
  union all
  select id, 'statement', date, year, date_precision, title, nullif(sentences(summary, '“' || key_phrase || '”', note), '')
  from statements
  union all
  select sanctions_defiance.id, 'sanctions_defiance', date, year, date_precision,
    case sanctions_defiance.kind
      when 'other' then 'Event'
      else upper(substr(sanctions_defiance.kind, 1, 1)) || replace(substr(sanctions_defiance.kind, 2), '_', ' ')
    end || coalesce(' concerning ' || target.name, '') || ': ' || coalesce(few_of(entities), rtrim(shortened(summary, 90), '.')),
    nullif(sentences(summary, china_position, sanctions_defiance.note), '')
  from sanctions_defiance left join actors as target on target.id = target_id
),
cast_of as (
  select event_id, json_group_array(actor_id) as actors, group_concat(names, '; ') as actor_names
  from (
    select distinct event_id, actor_id, name || coalesce(' ' || name_zh, '') as names
    from event_actors join actors on actors.id = actor_id
    order by event_id, actor_id
  )
  group by event_id
)
select
  records.id, type, date, year, date_precision, title, summary, actors, actor_names,
  coalesce(source_count, 0) as source_count,
  case
    when publishers >= 2 and official and not disputed then 'high'
    when official or publishers >= 2 then 'medium'
    else 'low'
  end as confidence
from records
  left join backing on backing.event_id = records.id
  left join cast_of on cast_of.event_id = records.id
order by date, records.id
