//! Deliveries: what each source brought, kept small, and judged by the checks of deliveries.
//!
//! Arrives: what a source brought in a load, or record by record in a day.
//! Leaves: per check of deliveries and source a verdict, and what is wrong in words.
//! Promises: what is judged by is kept with the hub, so that the same is judged anew at any time;
//! no value of a record is kept, only keyed digests and forms; nothing that is wrong with a delivery
//! keeps its records out.
//! Start reading at [`Deliveries`].
//!
//! ```text
//! rows as they come ─► watch ─► Delivered ─┐
//! changes of a day ───► day ──► Delivered ─┴─► kept: figures of 70 deliveries, what is usual
//!                                                        │
//!                                     as of a moment ────┴─► judge ─► verdicts, findings, words
//! ```

mod watch;
mod day;
mod kept;
mod judged;
mod told;
mod taking;

pub use judged::{JudgedDelivery, judge_deliveries};
pub use kept::Deliveries;
pub use taking::{announce_awaited, judge_deliveries_alone, take_deliveries};
pub use told::{ToldDelivery, WrongDeliveries};
pub use watch::{Asked, Delivered, DeliveryWatch};

#[cfg(test)]
mod tests;
