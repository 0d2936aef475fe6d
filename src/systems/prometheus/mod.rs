//! Prometheus and Alertmanager, and what other YAML says of monitors and of those who are
//! told to keep quiet.

mod metrics;
mod monitors;
mod rules;
mod silences;

use crate::extract::Extractor;
use crate::systems::System;

/// Prometheus and Alertmanager, and monitors and silences in YAML.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&monitors::Monitors, &silences::Silences, &metrics::Metrics, &metrics::Dashboards]
    }
}
