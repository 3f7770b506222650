//! What happens to a hub that lives: failures, and growth from nothing.

mod failing;
mod growing;
