//! Tallies: how many verdicts of which kind there are, as they are and as they were.
//!
//! What there is now is kept in buckets, one for the records of a source, or all customers, of one
//! entity type, so that a change reads and writes two or three of them:
//!
//! ```text
//! distance to the rule before, attribute, dimension, weight, criticality, five counts │ … in order
//! ```

use karat_model::attribute::EntityType;
use karat_model::finding::Dimension;
use karat_model::record::Moment;

use crate::number::{AttributeNo, LoadNo, MeasureNo, RuleNo, SourceNo};
use crate::varint;

/// How many verdicts of each kind; as a difference they may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerdictCounts {
    /// What passes.
    pub pass: i64,
    /// What fails.
    pub fail: i64,
    /// What the rule says nothing of.
    pub not_applicable: i64,
    /// What cannot be known here.
    pub unverified: i64,
    /// What could not be judged.
    pub error: i64,
}

impl VerdictCounts {
    fn of(counts: [i64; 5]) -> VerdictCounts {
        let [pass, fail, not_applicable, unverified, error] = counts;
        VerdictCounts { pass, fail, not_applicable, unverified, error }
    }

    pub(crate) fn all(self) -> [i64; 5] {
        [self.pass, self.fail, self.not_applicable, self.unverified, self.error]
    }
}

/// How many verdicts of which kind a rule gives; there is one for each rule, entity type, source and
/// attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyRow {
    /// Of what entity type the subjects are, if of one.
    pub entity_type: Option<EntityType>,
    /// The source of the records; `None` for customers.
    pub source: Option<SourceNo>,
    /// The rule.
    pub rule: RuleNo,
    /// The attribute, if it is counted for one.
    pub attribute: Option<AttributeNo>,
    /// The dimension of quality that it measures.
    pub dimension: Dimension,
    /// How much the rule counts.
    pub weight: u32,
    /// How much the attribute counts.
    pub criticality: u32,
    /// The verdicts.
    pub counts: VerdictCounts,
}

/// A measure: the tallies as they were at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its number.
    pub no: MeasureNo,
    /// When it was kept.
    pub at: Moment,
    /// The load, or the time between loads, that it belongs to.
    pub load: LoadNo,
    /// As of which day all was judged, in days since 1970-01-01.
    pub as_of_day: i64,
    /// The number of the release, if there is one.
    pub release: Option<u64>,
    /// Why it was kept, by its name.
    pub reason: String,
}

/// The dimensions by their stored numbers, which stay.
const DIMENSIONS: [Dimension; 8] = [
    Dimension::Completeness,
    Dimension::Validity,
    Dimension::Consistency,
    Dimension::Uniqueness,
    Dimension::Accuracy,
    Dimension::Currency,
    Dimension::Plausibility,
    Dimension::Definition,
];

/// The bucket of a tally.
pub fn bucket(tally: &TallyRow) -> u64 {
    let entity_type = match tally.entity_type {
        None => 0,
        Some(EntityType::Person) => 1,
        Some(EntityType::Organisation) => 2,
    };
    tally.source.map_or(0, |source| source.0) << 2 | entity_type
}

/// Writes the tallies of one bucket, which are in order.
pub fn encode(tallies: &[TallyRow]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(tallies.len() * 12);
    let mut last = 0;
    for tally in tallies {
        let dimension = DIMENSIONS.iter().position(|&of| of == tally.dimension);
        varint::write(tally.rule.0 - last, &mut bytes);
        varint::write(tally.attribute.map_or(0, |attribute| attribute.0), &mut bytes);
        varint::write(dimension.expect("all dimensions have a number") as u64, &mut bytes);
        varint::write(u64::from(tally.weight), &mut bytes);
        varint::write(u64::from(tally.criticality), &mut bytes);
        for count in tally.counts.all() {
            varint::write((count << 1 ^ count >> 63) as u64, &mut bytes);
        }
        last = tally.rule.0;
    }
    bytes
}

/// Reads what was written; `None` when it is damaged.
pub fn decode(bucket: u64, mut bytes: &[u8]) -> Option<Vec<TallyRow>> {
    let entity_type = match bucket & 3 {
        0 => None,
        1 => Some(EntityType::Person),
        2 => Some(EntityType::Organisation),
        _ => return None,
    };
    let source = Some(bucket >> 2).filter(|&source| source > 0).map(SourceNo);
    let mut tallies = Vec::with_capacity(bytes.len() / 10);
    let mut last = 0u64;
    while !bytes.is_empty() {
        last = last.checked_add(varint::read(&mut bytes)?)?;
        let attribute = Some(varint::read(&mut bytes)?).filter(|&attribute| attribute > 0);
        let dimension = *DIMENSIONS.get(usize::try_from(varint::read(&mut bytes)?).ok()?)?;
        let weight = varint::read(&mut bytes)?.try_into().ok()?;
        let criticality = varint::read(&mut bytes)?.try_into().ok()?;
        let mut counts = [0; 5];
        for count in &mut counts {
            let stored = varint::read(&mut bytes)?;
            *count = (stored >> 1) as i64 ^ -((stored & 1) as i64);
        }
        tallies.push(TallyRow {
            entity_type,
            source,
            rule: RuleNo(last),
            attribute: attribute.map(AttributeNo),
            dimension,
            weight,
            criticality,
            counts: VerdictCounts::of(counts),
        });
    }
    Some(tallies)
}

/// What is there for each rule and attribute after these were added to what there was; both in order
/// and of one bucket. How much they count is what was said last.
pub fn added(known: &[TallyRow], more: &[TallyRow]) -> Vec<TallyRow> {
    let key = |tally: &TallyRow| (tally.rule, tally.attribute);
    let mut sum: Vec<TallyRow> = Vec::with_capacity(known.len() + more.len());
    let mut known = known.iter().peekable();
    for tally in more {
        sum.extend(std::iter::from_fn(|| known.next_if(|of| key(of) <= key(tally))));
        match sum.last_mut() {
            Some(last) if key(last) == key(tally) => {
                let counts = last.counts.all();
                *last = *tally;
                let counts = std::array::from_fn(|at| counts[at] + tally.counts.all()[at]);
                last.counts = VerdictCounts::of(counts);
            }
            _ => sum.push(*tally),
        }
    }
    sum.extend(known);
    sum.retain(|tally| tally.counts != VerdictCounts::default());
    sum
}

impl TallyRow {
    /// What is the same for the tallies that are added up.
    pub(crate) fn place(&self) -> (u64, RuleNo, Option<AttributeNo>) {
        (bucket(self), self.rule, self.attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rule: u64, attribute: Option<u64>, pass: i64, fail: i64) -> TallyRow {
        TallyRow {
            entity_type: Some(EntityType::Person),
            source: Some(SourceNo(3)),
            rule: RuleNo(rule),
            attribute: attribute.map(AttributeNo),
            dimension: Dimension::Definition,
            weight: u32::MAX,
            criticality: 4,
            counts: VerdictCounts { pass, fail, error: -1, ..VerdictCounts::default() },
        }
    }

    #[test]
    fn tallies_are_read_as_written() {
        let tallies =
            [tally(1, None, 9, 0), tally(1, Some(2), i64::MAX, i64::MIN), tally(9, None, 0, 1)];
        let stored = encode(&tallies);
        assert_eq!(bucket(&tallies[0]), 13);
        assert_eq!(decode(13, &stored).as_deref(), Some(&tallies[..]));
        assert_eq!(decode(13, &stored[..stored.len() - 1]), None);
        assert_eq!(decode(15, &stored), None);
        let customers = TallyRow { source: None, entity_type: None, ..tallies[0] };
        assert_eq!(decode(bucket(&customers), &encode(&[customers])), Some(vec![customers]));
    }

    #[test]
    fn tallies_are_added_where_rule_and_attribute_are_the_same() {
        let known = [tally(1, None, 9, 0), tally(2, None, 1, 0), tally(4, None, 5, 5)];
        let mut back = tally(2, None, -1, 0);
        back.counts.error = 1;
        let more = [tally(1, Some(1), 1, 0), back, tally(4, None, -1, 1), tally(5, None, 1, 0)];
        let shown = |tallies: &[TallyRow]| -> Vec<(u64, i64, i64, i64)> {
            let counts =
                |of: &TallyRow| (of.rule.0, of.counts.pass, of.counts.fail, of.counts.error);
            tallies.iter().map(counts).collect()
        };
        let expected = [(1, 9, 0, -1), (1, 1, 0, -1), (4, 4, 6, -2), (5, 1, 0, -1)];
        assert_eq!(shown(&added(&known, &more)), expected);
        assert_eq!(added(&known, &[]), known);
        let twice = [tally(7, None, 1, 0), tally(7, None, 2, 0)];
        assert_eq!(shown(&added(&[], &twice)), [(7, 3, 0, -2)]);
    }
}
