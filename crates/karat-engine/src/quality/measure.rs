//! Measures cleaned records: what is filled, valid and found wrong.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::finding::FindingCode;
use rustc_hash::FxHashMap;

/// How good the values of one attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeQuality {
    /// The attribute.
    pub attribute: AttributeId,
    /// How many records there are, with or without it.
    pub records: u64,
    /// How many have a value of it; the sum of valid, suspect and invalid.
    pub filled: u64,
    /// How many have a valid value.
    pub valid: u64,
    /// How many have a suspect value and no valid one.
    pub suspect: u64,
    /// How many have only invalid values.
    pub invalid: u64,
    /// How many placeholders stand in the columns that fill it.
    pub placeholder: u64,
}

/// Counts over the records of one source; in several parts, if need be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityCounts {
    records: u64,
    /// Per attribute, how many records have which best validity.
    validity: FxHashMap<AttributeId, [u64; 3]>,
    /// Per column, how many claims it made on which attribute.
    claims: FxHashMap<(u16, AttributeId), u64>,
    findings: FxHashMap<(Option<u16>, FindingCode), u64>,
}

/// Counts over the records of one source.
pub fn measure<'a>(records: impl IntoIterator<Item = &'a CleanRecord>) -> QualityCounts {
    let mut counts = QualityCounts::default();
    records.into_iter().for_each(|record| counts.observe(record));
    counts
}

impl QualityCounts {
    /// Adds a record.
    pub fn observe(&mut self, record: &CleanRecord) {
        self.records += 1;
        for (at, claim) in record.claims.iter().enumerate() {
            let of_same = |other: &&Claim| other.attribute == claim.attribute;
            let is_first = !record.claims[..at].iter().any(|other| of_same(&other));
            if is_first {
                let validities = record.claims[at..].iter().filter(of_same).map(|c| c.validity);
                let best = validities.max().unwrap_or(claim.validity);
                self.validity.entry(claim.attribute).or_default()[best as usize] += 1;
            }
            *self.claims.entry((claim.column, claim.attribute)).or_default() += 1;
        }
        for finding in &record.findings {
            *self.findings.entry((finding.column, finding.code)).or_default() += 1;
        }
    }

    /// Adds the counts of other records of the same source.
    pub fn merge(&mut self, other: QualityCounts) {
        self.records += other.records;
        for (attribute, counts) in other.validity {
            let known = self.validity.entry(attribute).or_default();
            for (count, added) in known.iter_mut().zip(counts) {
                *count += added;
            }
        }
        for (place, count) in other.claims {
            *self.claims.entry(place).or_default() += count;
        }
        for (place, count) in other.findings {
            *self.findings.entry(place).or_default() += count;
        }
    }

    /// How many records were counted.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How often each finding was made, by column and code; findings on no column come first.
    pub fn findings(&self) -> impl Iterator<Item = (Option<u16>, FindingCode, u64)> + '_ {
        let findings = self.findings.iter().map(|(&(column, code), &count)| (column, code, count));
        let mut findings: Vec<(Option<u16>, FindingCode, u64)> = findings.collect();
        findings.sort_unstable();
        findings.into_iter()
    }

    /// The quality of each attribute that some record has, in order of attribute.
    pub fn attributes(&self) -> Vec<AttributeQuality> {
        let placeholders = self.placeholders();
        let quality = |(&attribute, counts): (&AttributeId, &[u64; 3])| AttributeQuality {
            attribute,
            records: self.records,
            filled: counts.iter().sum(),
            valid: counts[Validity::Valid as usize],
            suspect: counts[Validity::Suspect as usize],
            invalid: counts[Validity::Invalid as usize],
            placeholder: placeholders.get(&attribute).copied().unwrap_or(0),
        };
        let mut qualities: Vec<AttributeQuality> = self.validity.iter().map(quality).collect();
        qualities.sort_unstable_by_key(|quality| quality.attribute);
        qualities
    }

    /// Placeholders by attribute: those of a column are laid at the attribute it fills most often.
    fn placeholders(&self) -> BTreeMap<AttributeId, u64> {
        let mut placeholders = BTreeMap::new();
        for (column, code, count) in self.findings() {
            if let (Some(column), FindingCode::Placeholder) = (column, code) {
                let filled = self.claims.iter().filter(|((of, _), _)| *of == column);
                // Of attributes that it fills as often, the first.
                let most = filled.max_by_key(|&((_, at), claims)| (claims, Reverse(at)));
                if let Some((&(_, attribute), _)) = most {
                    *placeholders.entry(attribute).or_default() += count;
                }
            }
        }
        placeholders
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;
    use karat_model::finding::Finding;

    use super::*;

    const EMAIL: AttributeId = AttributeId::EMAIL;
    const CITY: AttributeId = AttributeId::CITY;

    /// A record with claims (attribute, column, validity) and findings (column, code).
    fn record(
        claims: &[(AttributeId, u16, Validity)],
        findings: &[(Option<u16>, FindingCode)],
    ) -> CleanRecord {
        let claim = |&(attribute, column, validity): &(AttributeId, u16, Validity)| Claim {
            attribute,
            slot: 0,
            value: "x".into(),
            validity,
            column,
        };
        CleanRecord {
            entity_type: EntityType::Person,
            claims: claims.iter().map(claim).collect(),
            findings: findings.iter().map(|&(column, code)| Finding::new(code, column)).collect(),
        }
    }

    fn records() -> Vec<CleanRecord> {
        use FindingCode::*;
        use Validity::*;
        vec![
            record(&[(EMAIL, 1, Invalid), (EMAIL, 2, Valid), (CITY, 3, Valid)], &[]),
            record(&[(EMAIL, 1, Invalid)], &[(Some(1), InvalidEmail), (None, NothingKnown)]),
            record(&[(CITY, 3, Suspect)], &[(Some(1), Placeholder), (Some(9), Placeholder)]),
            record(&[(EMAIL, 1, Suspect)], &[(Some(3), Placeholder)]),
        ]
    }

    #[test]
    fn a_record_counts_once_by_its_best_value() {
        let counts = measure(&records());
        let email = AttributeQuality {
            attribute: EMAIL,
            records: 4,
            filled: 3,
            valid: 1,
            suspect: 1,
            invalid: 1,
            placeholder: 1,
        };
        let city = AttributeQuality {
            attribute: CITY,
            records: 4,
            filled: 2,
            valid: 1,
            suspect: 1,
            invalid: 0,
            placeholder: 1,
        };
        let mut expected = [email, city];
        expected.sort_by_key(|quality| quality.attribute);
        assert_eq!(counts.attributes(), expected);
    }

    #[test]
    fn findings_are_counted_by_column_and_code() {
        use FindingCode::*;
        let found: Vec<_> = measure(&records()).findings().collect();
        let expected = [
            (None, NothingKnown, 1),
            (Some(1), Placeholder, 1),
            (Some(1), InvalidEmail, 1),
            (Some(3), Placeholder, 1),
            (Some(9), Placeholder, 1),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn parts_add_up_in_any_order() {
        let records = records();
        let whole = measure(&records);
        for cut in 0..=records.len() {
            let (left, right) = records.split_at(cut);
            let mut parts = measure(right);
            parts.merge(measure(left));
            assert_eq!(parts, whole);
        }
    }
}
