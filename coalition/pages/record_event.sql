select events.*, (select value from dataset where property = 'confidence_' || confidence) as rule from events where id = :id
