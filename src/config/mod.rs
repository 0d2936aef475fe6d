//! `crosscheck.yaml`.
