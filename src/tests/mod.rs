//! Tests of what is not public: laws of single parts, and a system that is made here. Whatever the
//! library or the program can show is tested from outside, in `tests/`.

mod against_laws;
mod deadline_laws;
mod graph_laws;
mod made_history;
mod puppet_parser;
mod replay_laws;
mod schedule_model;
mod schedule_speed;
mod tiny_system;
mod tree_sources;
