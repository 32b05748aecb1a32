select
  (select count(*) from current_partnerships where rank < 16) as partners,
  (select count(*) from exercises where status = 'conducted') as exercises,
  (select count(*) from statements) as statements,
  (select count(*) from sanctions_defiance) as sanctions,
  (select count(*) from sources) as documents
