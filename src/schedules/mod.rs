//! When: cadences, zones, slots. Never waits.
