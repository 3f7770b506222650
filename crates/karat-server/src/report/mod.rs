//! The reports: of an assessment, by which people meet Karat, and of matching alone.
//!
//! Arrives: an [`Assessment`](karat_hub::assess::assessment::Assessment) of customer files, or a
//! [`MatchingReport`](karat_hub::matching_report::MatchingReport) per entity type.
//! Leaves: one HTML page that holds all it needs, or text for a terminal.
//! Promises: nothing is loaded from elsewhere; masked means that no value of a customer is shown.
//! Start reading in `html.rs`; what to do about each problem is in `advice.rs`, and the sections on
//! matching, which both pages have, are in `sections.rs`.

mod advice;
mod mask;
mod cluster;
mod potential;
mod matching;
mod sections;
mod html;
mod match_page;
mod lines;
mod terminal;
mod comparison;
mod scorecard;

pub use comparison::comparison_text;
pub use html::{ReportOptions, assess_html};
pub use lines::TextOptions;
pub use match_page::match_html;
pub use scorecard::scorecard_html;
pub use terminal::assess_text;
