//! What changes of records will find, looked up before they have their turn.

use karat_store::Reader;

use super::StoredHub;
use crate::error::{Error, Failure};
use crate::flow::change::{Coming, Foreseen};

impl StoredHub {
    /// Looks up what records will be compared with; `None` where that is better told in their turn.
    pub(super) fn read_foreseen(
        &self,
        reader: &dyn Reader,
        coming: &[Coming],
    ) -> Result<Vec<Option<Foreseen>>, Error> {
        let mut failure = Failure::default();
        let mut foreseen = Vec::new();
        let read = reader.at_one_moment(&mut |reader| {
            let models = failure.note(self.models(reader))?;
            let looked_up = self.gate.with_records(reader, |records| {
                Foreseen::of_each(reader, records, &models, coming)
            });
            foreseen = failure.note(looked_up)?;
            Ok(())
        });
        failure.or(read).map(|()| foreseen)
    }
}
