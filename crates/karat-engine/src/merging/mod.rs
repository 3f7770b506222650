//! Turns a cluster of records into one golden record.
