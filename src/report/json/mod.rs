//! JSON: one module a version of the contract.

pub mod v1;
