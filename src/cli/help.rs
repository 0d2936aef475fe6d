//! What `--help` and the manual say after the options: exit codes and examples.

/// Of the program as a whole.
pub const PROGRAM: &str = "\
Exit codes:
  0  nothing at or above --fail-on (default: error)
  1  findings
  2  wrong usage or configuration
  3  could not be completed: unreadable tree, unknown revision, nothing to check, time over

Examples:
  crosscheck check                              the tree in this folder
  crosscheck check git:HEAD --against git:main  what this branch breaks
  crosscheck explain unresolved-reference       a rule, and how to silence it";

/// Of `check`.
pub const CHECK: &str = "\
Exit codes:
  0  nothing at or above --fail-on (default: error)
  1  findings
  2  wrong usage or configuration
  3  could not be completed: unreadable tree, unknown revision, a clone that lacks contents,
     nothing to check, time over

Examples:
  crosscheck check puppet                        one folder
  crosscheck check --new-since origin/main       what this branch breaks, unstaged edits included
  crosscheck check git:HEAD --against git:main   what one revision breaks against another
  crosscheck check index: --against git:HEAD     what is staged
  crosscheck check --format concise --min-severity error
  crosscheck check --diff                        what --fix would change, as a diff
  crosscheck check --select unresolved-reference,parse-error
  crosscheck check --format sarif -o out.sarif --format human
  crosscheck check --format sarif --pages https://docs.example.org/crosscheck/rules";

/// Of `hook`.
pub const HOOK: &str = "\
What is compared depends on how the hook runs:

  - if PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF are set, as pre-commit does with --from-ref
    and --to-ref and before a push: TO_REF against the commit where it branched off FROM_REF;
  - otherwise what is staged against HEAD; before the first commit, against nothing;
  - if nothing is staged, as in `pre-commit run --all-files`: the whole tree.

Exit codes:
  0  nothing at or above --fail-on (default: error), or nothing to check
  1  findings
  2  wrong usage or configuration
  3  could not be completed: no repository, unknown revision, time over

Examples:
  exec crosscheck hook          as .git/hooks/pre-commit
  exec crosscheck hook puppet   if the tree is the folder `puppet` of the repository";

/// Of `replay`.
pub const REPLAY: &str = "\
Each commit of the first-parent history is checked against its parent, as `crosscheck check
git:COMMIT --against git:COMMIT^` does, with the configuration that the commit has; --config names
one for all. A finding is mended by the first later commit whose tree does not have it.

Exit codes:
  0  printed
  2  wrong usage or configuration
  3  could not be completed: no repository, unknown revision, a clone that lacks contents, time over
     (with what was found so far)

Examples:
  crosscheck replay                              the newest 500 commits of HEAD
  crosscheck replay v1.0..main                   what came since v1.0
  crosscheck replay main:puppet --since 1y       of the folder puppet, for a year
  crosscheck replay --format html -o history.html
  crosscheck replay --rule unresolved-reference --verbose";

/// Of `promote`.
pub const PROMOTE: &str = "\
Exit codes:
  0  the promotion is complete
  1  findings at or above --fail-on (default: error); with --complete, paths are missing
  2  wrong usage or configuration
  3  could not be completed: unreadable tree, unknown revision, time over, or one tree of which
     nothing pairs with another environment

Examples:
  crosscheck promote --staging git:staging --production git:production modules/wiki
  crosscheck promote --staging . --production . modules-staging/wiki --complete";

/// Of `baseline`.
pub const BASELINE: &str = "\
Exit codes:
  0  written
  2  wrong usage or configuration
  3  could not be completed: unreadable tree, unknown revision, time over

Examples:
  crosscheck baseline -o crosscheck-baseline.yaml
  crosscheck baseline --prune -o crosscheck-baseline.yaml   without what is fixed

With `baseline: crosscheck-baseline.yaml` in crosscheck.yaml, every check uses it.";

/// Of `lsp`.
pub const LSP: &str = "\
An editor starts it, and speaks to it over standard input and output. It shows the findings of
open files as they are edited, finds definitions and uses, and offers names and edits. Of the
editor's folder nothing is run or written; crosscheck.yaml at its root holds once it is saved.

Exit codes:
  0  the editor ended it
  1  the editor went away without a word
  3  what was read is not the protocol

Examples:
  crosscheck lsp                                 what an editor's settings name
  crosscheck lsp --pages https://docs.example.org/crosscheck/rules";
