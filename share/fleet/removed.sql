-- References that another repository answered before, and that nobody answers now.
SELECT v.repository, v.path, v.line, v.col, v.kind, v.name, v.via, v.strength, v.resolution
FROM verdicts v JOIN answered_before b
  ON b.repository = v.repository AND b.path = v.path AND b.ordinal = v.ordinal
WHERE v.resolution IN ('missing', 'open') AND v.strength <> 'guarded'
ORDER BY v.repository, v.path, v.line, v.col, v.kind, v.name, v.via, v.strength, v.resolution;
