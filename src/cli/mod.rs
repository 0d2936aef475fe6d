//! The command line: one file per command; arguments only, no analysis.
