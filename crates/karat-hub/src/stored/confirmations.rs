//! What people found out of values of a record, and whether it still says something.

use karat_model::finding::ValueDigest;
use karat_model::id::RecordKey;
use karat_store::{JournaledConfirmation, Reader};

use super::StoredHub;
use crate::error::Error;
use crate::flow::quality::Kept;
use crate::view::ConfirmationView;

impl StoredHub {
    pub(super) fn read_confirmations(
        &self,
        reader: &dyn Reader,
        key: &RecordKey,
    ) -> Result<Option<Vec<ConfirmationView>>, Error> {
        let Some((_, row)) = reader.rows_of(std::slice::from_ref(key))?.pop() else {
            return Ok(None);
        };
        let records: Vec<_> = reader.record(key)?.into_iter().collect();
        let details = self.details(&reader.sources()?, records);
        let kept = Kept::read(reader)?;
        let claims = details.iter().flat_map(|detail| &detail.cleaned.claims);
        let now: Vec<(&str, ValueDigest)> = match &kept {
            None => Vec::new(),
            Some(kept) => claims
                .map(|claim| {
                    let attribute = self.model.attributes.get(claim.attribute);
                    (attribute.name.as_str(), kept.digests().of(&claim.value))
                })
                .collect(),
        };
        let view = |journaled: JournaledConfirmation| {
            let JournaledConfirmation { confirmation, undone, .. } = journaled;
            let is_of_now = now.contains(&(confirmation.attribute.as_str(), confirmation.value));
            ConfirmationView { confirmation, undone, is_of_now }
        };
        Ok(Some(reader.confirmations_of(&[row])?.into_iter().map(view).collect()))
    }
}
