-- What the other files ask. The engine has a view `facts` of all files of facts as they are now,
-- and `facts_before` of those of an earlier time (the same, where nobody asks for a change).

CREATE OR REPLACE TEMPORARY VIEW provides AS
SELECT * FROM facts WHERE fact = 'provides' AND standing <> 'unloaded';

CREATE OR REPLACE TEMPORARY VIEW provided_before AS
SELECT * FROM facts_before WHERE fact = 'provides' AND standing <> 'unloaded';

CREATE OR REPLACE TEMPORARY VIEW requires AS
SELECT * FROM facts WHERE fact = 'requires';

CREATE OR REPLACE TEMPORARY VIEW interfaces AS
SELECT * FROM facts WHERE fact = 'interface' AND standing = 'live';

CREATE OR REPLACE TEMPORARY VIEW calls AS
SELECT * FROM facts WHERE fact = 'call';

CREATE OR REPLACE TEMPORARY VIEW authority AS
SELECT * FROM facts WHERE fact = 'authority';

-- What a repository requires and does not have itself. A name that is seen from a folder is one of
-- that folder, and a name that is no plain one (by_name) is looked up in the repository alone.
CREATE OR REPLACE TEMPORARY VIEW sought AS
SELECT *,
  by_name OR kind = 'nagios.command' AS crosses
FROM requires WHERE resolution IN ('missing', 'open');

-- Those of them that another repository has: a live file has use for what is live alone.
CREATE OR REPLACE TEMPORARY VIEW answered AS
-- Both names are known.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provides p
  ON p.kind = s.kind AND p.name = s.name
WHERE s.pattern IS NULL AND p.pattern IS NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
-- One is built at run time: `%` stands for what is not known, `!` makes letters of signs.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provides p
  ON p.kind = s.kind AND p.name LIKE s.pattern ESCAPE '!'
WHERE s.pattern IS NOT NULL AND p.pattern IS NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provides p
  ON p.kind = s.kind AND s.name LIKE p.pattern ESCAPE '!'
WHERE s.pattern IS NULL AND p.pattern IS NOT NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
-- Both are: their beginnings fit, and their ends.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provides p
  ON p.kind = s.kind AND (left(p.prefix, length(s.prefix)) = s.prefix OR left(s.prefix, length(p.prefix)) = p.prefix)
  AND (right(p.suffix, length(s.suffix)) = s.suffix OR right(s.suffix, length(p.suffix)) = p.suffix)
WHERE s.pattern IS NOT NULL AND p.pattern IS NOT NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live');

-- The same, of what the repositories had before.
CREATE OR REPLACE TEMPORARY VIEW answered_before AS
-- Both names are known.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provided_before p
  ON p.kind = s.kind AND p.name = s.name
WHERE s.pattern IS NULL AND p.pattern IS NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
-- One is built at run time: `%` stands for what is not known, `!` makes letters of signs.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provided_before p
  ON p.kind = s.kind AND p.name LIKE s.pattern ESCAPE '!'
WHERE s.pattern IS NOT NULL AND p.pattern IS NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provided_before p
  ON p.kind = s.kind AND s.name LIKE p.pattern ESCAPE '!'
WHERE s.pattern IS NULL AND p.pattern IS NOT NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live')
UNION
-- Both are: their beginnings fit, and their ends.
SELECT s.repository, s.path, s.ordinal
FROM sought s JOIN provided_before p
  ON p.kind = s.kind AND (left(p.prefix, length(s.prefix)) = s.prefix OR left(s.prefix, length(p.prefix)) = p.prefix)
  AND (right(p.suffix, length(s.suffix)) = s.suffix OR right(s.suffix, length(p.suffix)) = p.suffix)
WHERE s.pattern IS NOT NULL AND p.pattern IS NOT NULL
  AND s.crosses AND s.seen_from IS NULL AND p.repository <> s.repository
  AND (p.standing = 'live' OR s.standing <> 'live');

-- First parts of names that some repository knows to come from outside: what is not here of them
-- does not have to be.
CREATE OR REPLACE TEMPORARY VIEW listed AS
SELECT DISTINCT r.kind, split_part(r.name, a.detail, 1) AS segment, a.detail AS separator
FROM requires r JOIN (
  SELECT DISTINCT kind, detail FROM authority WHERE covers = 'segment'
) a ON a.kind = r.kind
WHERE r.resolution = 'elsewhere' AND r.pattern IS NULL AND r.by_name;

-- Names that some repository is authoritative for: what nobody has of them does not exist.
CREATE OR REPLACE TEMPORARY VIEW owned AS
SELECT s.repository, s.path, s.ordinal, s.alternative
FROM sought s JOIN authority a ON a.kind = s.kind
WHERE s.by_name AND s.seen_from IS NULL AND (
  a.covers = 'all'
  OR a.covers = 'prefix' AND left(coalesce(s.prefix, s.name), length(a.name)) = a.name
  OR a.covers = 'segment' AND (
    s.pattern IS NULL AND s.name = a.name
    OR left(coalesce(s.prefix, s.name), length(a.name) + length(a.detail))
      = concat(a.name, a.detail)
  )
  OR a.covers = 'exact' AND a.repository = s.repository AND s.pattern IS NULL
  OR a.covers = 'qualified' AND a.repository = s.repository AND s.pattern IS NULL
    AND s.name LIKE concat('%', a.detail, '%')
)
GROUP BY s.repository, s.path, s.ordinal, s.alternative;

-- What becomes of each requirement among all repositories: the first of its names speaks for it.
CREATE OR REPLACE TEMPORARY VIEW verdicts AS
SELECT r.repository, r.revision, r.path, r.line, r.col, r.ordinal, r.kind, r.name, r.via,
  r.strength, r.standing,
  r.resolution AS alone,
  CASE
    WHEN r.resolution IN ('found', 'elsewhere') THEN r.resolution
    WHEN a.path IS NOT NULL THEN 'found'
    WHEN l.kind IS NOT NULL THEN 'elsewhere'
    WHEN r.resolution = 'missing' OR u.path IS NULL THEN 'missing'
    ELSE 'open'
  END AS resolution
FROM requires r
LEFT JOIN answered a
  ON a.repository = r.repository AND a.path = r.path AND a.ordinal = r.ordinal
LEFT JOIN (
  SELECT DISTINCT s.repository, s.path, s.ordinal
  FROM sought s LEFT JOIN owned o
    ON o.repository = s.repository AND o.path = s.path AND o.ordinal = s.ordinal
    AND o.alternative = s.alternative
  WHERE o.path IS NULL
) u ON u.repository = r.repository AND u.path = r.path AND u.ordinal = r.ordinal
LEFT JOIN listed l
  ON l.kind = r.kind AND r.pattern IS NULL
  AND l.segment = split_part(r.name, l.separator, 1)
WHERE r.alternative = 0;
