//! What happens when data arrives: the flow through the stages, and the façade `Hub`.

pub mod error;
pub mod hub_model;
pub mod connect;
pub mod flow;
pub mod share;
pub mod assess;
pub mod view;
