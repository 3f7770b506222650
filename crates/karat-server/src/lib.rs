//! What people see of a hub in a browser: the console, and the report of an assessment.
//!
//! Server-rendered HTML with charts in SVG. Everything is embedded, nothing comes from elsewhere;
//! all works without script, without colour and by keyboard, in English and Dutch.
//! Start reading in [`console`].

pub mod locale;
mod country_names;
mod value;
mod words;
mod reasons;
pub mod chart;
pub mod console;
pub mod report;
#[cfg(test)]
mod fixture;
