//! A private browser for tests: one Chromium per test program, one page of its own per test.
//!
//! A page shares nothing with other pages, cookies neither, so that tests run side by side. What it
//! is told to do it does as a person would: the mouse goes to what can be seen, and keys are
//! pressed. Whatever leads to another page is waited for.
//!
//! The browser is spoken to over a pipe and listens nowhere. It keeps its profile in a temporary
//! folder, and ends with the test program. Where there is no Chromium a test fails, as one that is
//! left out has shown nothing.
//!
//! Start reading at [`Page`].

mod browser;
mod connection;
mod events;
mod page;
mod script;
mod keys;
mod accessibility;
mod base64;

pub use accessibility::{Examined, Violation};
pub use page::Page;

#[cfg(test)]
mod tests;
