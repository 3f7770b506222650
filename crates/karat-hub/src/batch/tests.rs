//! Matching files without a hub.
