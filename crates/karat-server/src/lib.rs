//! Karat.
