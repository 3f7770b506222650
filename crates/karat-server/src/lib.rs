//! What applications and people have of a hub: the REST API, the console, and reports.
//!
//! Server-rendered HTML with charts in SVG. Everything is embedded, nothing comes from elsewhere;
//! all works without script, without colour and by keyboard, in English and Dutch.
//! Start reading in [`serving`].

pub mod locale;
mod country_names;
mod value;
mod words;
mod reasons;
pub mod chart;
mod quality;
pub mod console;
pub mod api;
pub mod access;
pub mod embed;
pub mod serving;
pub mod report;
#[cfg(test)]
mod fixture;
