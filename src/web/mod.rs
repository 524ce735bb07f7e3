//! Router, limits, health.
