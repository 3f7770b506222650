//! The report of an assessment: how people meet Karat.
//!
//! Arrives: an [`Assessment`](karat_hub::assess::assessment::Assessment) of customer files.
//! Leaves: one HTML page that holds all it needs, or text for a terminal.
//! Promises: nothing is loaded from elsewhere; masked means that no value of a customer is shown.
//! Start reading in `html.rs`; what to do about each problem is in `advice.rs`.

mod advice;
mod mask;
mod html;
mod terminal;

pub use html::{ReportOptions, assess_html};
pub use terminal::{TextOptions, assess_text};
