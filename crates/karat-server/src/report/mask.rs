//! Masking: values of customers as a report shows them.

pub(super) use karat_hub::mask::mask;

use crate::chart::Show;

/// How values of a comparison are shown: as people read them, or masked.
pub(super) fn shown(masked: bool) -> Show {
    if masked {
        |_, _, values| mask(values)
    } else {
        |text, evidence, values| text.compared(evidence, values)
    }
}
