//! Measures what stands in columns and records.
