//! Leads changes through the hub, one record at a time or a few.
//!
//! Arrives: the rows of records that came, changed or went, and decisions that were made or undone.
//! Leaves: customers, crosswalk, potential matches, match index and events as a full derivation
//! would publish them, in the transaction of the change.
//! Promises: the same customers as deriving everything anew; what is not near is not looked at.
//! Start reading at [`apply`]; the files stand in the order of what happens.
//!
//! ```text
//! changed rows ─► records: read and cleaned
//!      │
//!      └─► edges: keys ─► match index ─► candidates ─► pairs that are weighed
//!      │          (what was foreseen is not looked up again)
//!              └─► neighbourhood: what edges, decisions and customers of before lead to
//!                      └─► divided and published as if there were nothing else
//!                             └─► judged, with whoever has a value that came or went
//! ```

mod basis;
mod records;
mod newcomer;
mod foreseen;
mod edges;
mod neighbourhood;
mod publish;
mod quality;

#[cfg(test)]
mod tests;

use karat_model::attribute::EntityType;
use karat_store::{RowNo, Transaction};

pub use basis::Basis;
use edges::FoundEdges;
pub use foreseen::{Coming, Foreseen};
use neighbourhood::Neighbourhood;
pub use newcomer::{Company, Newcomer};
pub use publish::Applied;
pub use quality::judged_among;
pub use records::{KnownRecord, Records};

use crate::error::Error;

/// Leads the change of some records through, within the transaction that wrote them; `changed` are
/// their rows, in any order, and those that decisions name. What was foreseen of some of them, under
/// the hub model of the basis, makes it quicker, and nothing else.
///
/// The basis is that of the hub as it was; it may be another one afterwards, which counts once the
/// transaction is committed. Afterwards those that were looked at are among the records. When records came of a type that was never matched, nothing is written.
pub fn apply(
    transaction: &mut dyn Transaction,
    basis: &mut Basis,
    records: &mut Records,
    changed: &[RowNo],
    foreseen: &[(RowNo, &Foreseen)],
) -> Result<Applied, Error> {
    let mut found = FoundEdges::of(changed);
    for entity_type in EntityType::ALL {
        found.look_up(transaction.reader(), basis, records, entity_type, foreseen)?;
    }
    if found.lacks_model {
        return Ok(Applied { lacks_model: true, ..Applied::default() });
    }
    let near = Neighbourhood::of(transaction.reader(), basis, records, &found)?;
    publish::publish(transaction, basis, records, &found, &near)
}
