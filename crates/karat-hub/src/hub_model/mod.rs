//! hub_model.
