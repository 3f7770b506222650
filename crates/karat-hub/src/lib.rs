//! What happens when data arrives: the flow through the stages, and the façade `Hub`.

pub mod error;
pub mod hub_model;
pub mod connect;
pub mod flow;
mod search_text;
pub mod figures;
pub mod mask;
pub mod profiling;
pub mod matching_report;
pub mod share;
pub mod assess;
pub mod validate;
pub mod onboard;
pub mod match_files;
pub mod score;
pub mod view;
pub mod stored;
pub mod entry;
pub mod feedback;
mod alone;
pub mod live;
pub mod operate;
pub mod what_if;
pub mod repairs;
pub mod drift;
pub mod jobs;
pub mod scorecard;
pub mod currency;
pub mod hub;
#[cfg(test)]
mod invented;

pub use hub::Hub;
