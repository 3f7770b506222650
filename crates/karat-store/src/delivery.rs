//! Deliveries: what one source hands over in one load, in columns of its own order.

use karat_model::record::Payload;

use crate::error::{Error, Result};
use crate::number::{LoadNo, SourceNo};
use crate::payload::{self, Digest};

/// A delivery of one source; tells the columns of the delivered file from those of the source.
///
/// Files of one source may have their columns in any order, and may have new ones: arrivals are
/// numbered by the columns of the delivery, stored records by those of the source.
#[derive(Clone, Debug)]
pub struct Delivery {
    load: LoadNo,
    source: SourceNo,
    /// Per column of the delivery its number in the source.
    columns: Vec<u16>,
    /// Per column of the delivery its name.
    names: Vec<String>,
    /// Per column of the delivery its place in the order of names.
    places: Vec<u16>,
}

impl Delivery {
    /// Announces a delivery; columns that the source never had are added to `known`.
    pub(crate) fn new(
        load: LoadNo,
        source: SourceNo,
        known: &mut Vec<String>,
        delivered: &[String],
    ) -> Result<Delivery> {
        let mut columns = Vec::with_capacity(delivered.len());
        for name in delivered {
            // A file may have two columns of one name: the second is the second of the source.
            let known_at = (0..known.len())
                .find(|&at| known[at] == *name && !columns.contains(&(at as u16)))
                .unwrap_or_else(|| {
                    known.push(name.clone());
                    known.len() - 1
                });
            let column =
                u16::try_from(known_at).map_err(|_| Error::TooManyColumns { source_no: source })?;
            columns.push(column);
        }
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|&at| (&delivered[at], columns[at]));
        let mut places = vec![0; order.len()];
        for (place, at) in order.into_iter().enumerate() {
            places[at] = place as u16;
        }
        Ok(Delivery { load, source, columns, names: delivered.to_vec(), places })
    }

    /// Announces a delivery of a source whose columns are stored as JSON; gives also what they are
    /// to be stored as, if there are new ones.
    pub(crate) fn announce(
        load: LoadNo,
        source: SourceNo,
        stored: &str,
        delivered: &[String],
    ) -> Result<(Delivery, Option<String>)> {
        let mut known = column_names(source, stored)?;
        let known_before = known.len();
        let delivery = Delivery::new(load, source, &mut known, delivered)?;
        let json = || serde_json::to_string(&known).expect("text always becomes JSON");
        Ok((delivery, (known.len() > known_before).then(json)))
    }

    /// The load it belongs to.
    pub fn load(&self) -> LoadNo {
        self.load
    }

    /// The source that delivers.
    pub fn source(&self) -> SourceNo {
        self.source
    }

    /// Writes the stored form of a delivered payload, and gives its digest.
    pub(crate) fn encode(&self, payload: &Payload, into: &mut Vec<u8>) -> Result<Digest> {
        if let Some((column, _)) = payload.iter().find(|(at, _)| *at as usize >= self.names.len()) {
            return Err(Error::UnknownColumn { source_no: self.source, column });
        }
        let mut values: Vec<(u16, &str)> = payload.iter().collect();
        values.sort_by_key(|(at, _)| self.places[*at as usize]);
        let digest = payload::digest(
            values.iter().map(|(at, value)| (self.names[*at as usize].as_str(), *value)),
        );
        for (at, _) in &mut values {
            *at = self.columns[*at as usize];
        }
        values.sort_by_key(|(column, _)| *column);
        payload::encode(&values, into);
        Ok(digest)
    }
}

/// Reads the columns of a source.
pub(crate) fn column_names(source: SourceNo, json: &str) -> Result<Vec<String>> {
    let damaged = |_| Error::Damaged { what: "source", number: source.0 };
    serde_json::from_str(json).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRM: SourceNo = SourceNo(1);

    fn columns(names: &str) -> Vec<String> {
        names.split_whitespace().map(String::from).collect()
    }

    /// Delivers values under these columns; gives the source's values and the digest.
    fn deliver(known: &mut Vec<String>, names: &str, values: &[&str]) -> (String, Digest) {
        let delivery = Delivery::new(LoadNo(1), CRM, known, &columns(names)).unwrap();
        let mut payload = Payload::new();
        for (column, value) in values.iter().enumerate() {
            payload.push(column as u16, value);
        }
        let mut bytes = Vec::new();
        let digest = delivery.encode(&payload, &mut bytes).unwrap();
        let stored = payload::decode(&bytes).unwrap();
        let shown: Vec<_> = stored.iter().map(|(at, value)| format!("{at}={value}")).collect();
        (shown.join(" "), digest)
    }

    #[test]
    fn the_order_of_columns_in_a_file_does_not_matter() {
        let mut known = Vec::new();
        let first = deliver(&mut known, "name city", &["Jansen", "Ede"]);
        assert_eq!(first.0, "0=Jansen 1=Ede");
        assert_eq!(deliver(&mut known, "city name", &["Ede", "Jansen"]), first);
        assert_ne!(deliver(&mut known, "city name", &["Jansen", "Ede"]).1, first.1);
        assert_eq!(known, columns("name city"));
    }

    #[test]
    fn new_columns_are_added_behind_the_known_ones() {
        let mut known = columns("name");
        let grown = deliver(&mut known, "phone name", &["0201234567", "Jansen"]);
        assert_eq!(grown.0, "0=Jansen 1=0201234567");
        assert_eq!(known, columns("name phone"));
        // An unfilled new column does not make every record a changed one.
        let mut payload = Payload::new();
        payload.push(1, "Jansen");
        let delivery =
            Delivery::new(LoadNo(2), CRM, &mut known, &columns("fax name phone")).unwrap();
        let digest = delivery.encode(&payload, &mut Vec::new()).unwrap();
        assert_eq!(digest, deliver(&mut known, "name", &["Jansen"]).1);
    }

    #[test]
    fn two_columns_of_one_name_stay_apart() {
        let mut known = Vec::new();
        let first = deliver(&mut known, "phone phone", &["1", "2"]);
        assert_eq!(known, columns("phone phone"));
        assert_eq!(first.0, "0=1 1=2");
        assert_ne!(deliver(&mut known, "phone phone", &["2", "1"]).1, first.1);
    }

    #[test]
    fn unannounced_columns_are_refused() {
        let delivery = Delivery::new(LoadNo(1), CRM, &mut Vec::new(), &columns("name")).unwrap();
        let mut payload = Payload::new();
        payload.push(1, "Ede");
        let refused = delivery.encode(&payload, &mut Vec::new());
        assert!(matches!(refused, Err(Error::UnknownColumn { column: 1, .. })));
    }
}
