-- Calls of what another repository declares, with what is passed: by its name, or by that of a
-- command that leads to it. has_own says that the caller has a thing of that name itself, and is
-- likely to mean that.
WITH named AS (
  SELECT repository, path AS declared_in, kind, name, kind AS called_kind, name AS called
  FROM interfaces
  UNION
  SELECT i.repository, i.path, i.kind, i.name, p.kind, p.name
  FROM interfaces i JOIN provides p
    ON p.leads_to = concat(i.kind, ':', i.name) AND p.repository = i.repository
  WHERE p.pattern IS NULL AND p.standing = 'live'
)
SELECT n.kind, n.name, n.repository AS declared_by, n.declared_in,
  c.repository, c.path, c.line, c.via, c.args,
  own.repository IS NOT NULL AS has_own
FROM named n JOIN calls c ON c.kind = n.called_kind AND c.name = n.called
LEFT JOIN (SELECT DISTINCT repository, called_kind, called FROM named) own
  ON own.repository = c.repository AND own.called_kind = c.kind AND own.called = c.name
WHERE c.pattern IS NULL AND c.repository <> n.repository
ORDER BY n.kind, n.name, declared_by, n.declared_in, c.repository, c.path, c.line, c.via, c.args, has_own;
