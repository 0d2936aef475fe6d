-- References that nothing of any repository answers, where one of them is authoritative.
SELECT repository, path, line, col, kind, name, via, strength, alone
FROM verdicts
WHERE resolution = 'missing' AND strength <> 'guarded'
ORDER BY repository, path, line, col, kind, name, via, strength, alone;
