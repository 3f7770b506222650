//! Shared values: those that clearly more customers have than is usual for their attribute, such as
//! `info@` addresses, the telephone number of a head office, and the door of a student house.
//!
//! They lose their weight by how common they are, as any value does: what many have is told here so
//! that people see it. A model keeps their hashes with those of all values that several have.

use karat_model::evidence::Weight;
use karat_model::partition::Partition;
use karat_model::table::{NO_VALUE, RecordNo};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Matcher;
use super::compare::Terms;
use super::model::ComparisonModel;
use super::values::Fold;

/// A value that many customers share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedValue {
    /// What people call the attribute, in English and Dutch.
    pub label: [String; 2],
    /// The value as people read it.
    pub value: String,
    /// How many records have it.
    pub records: u64,
    /// How many customers have it.
    pub customers: u64,
    /// What two records that agree on it still weigh for it.
    pub weight: Weight,
    /// What they would weigh if nobody else had it.
    pub rarest: Weight,
}

/// Who has a value.
#[derive(Default)]
struct HeldBy {
    records: u64,
    customers: u64,
    first: RecordNo,
}

/// The values that many customers of a partition share, those of most customers first.
pub(super) fn shared_values(matcher: &Matcher, partition: &Partition) -> Vec<SharedValue> {
    let comparisons = matcher.comparisons.par_iter().zip(&matcher.model.comparisons);
    let of_comparison = comparisons.flat_map_iter(|(comparison, model)| {
        let shared: Vec<Terms> = comparison
            .terms()
            .into_iter()
            .filter(|terms| terms.rarities.counts.has_shared())
            .collect();
        shared.into_iter().flat_map(|terms| shared_terms(&terms, model, partition))
    });
    let mut all: Vec<SharedValue> = of_comparison.collect();
    all.sort_by(|a, b| {
        let key = |value: &SharedValue| (std::cmp::Reverse(value.customers), value.label.clone());
        key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
    });
    all
}

/// The shared values among those that a comparison counts.
fn shared_terms(terms: &Terms, model: &ComparisonModel, partition: &Partition) -> Vec<SharedValue> {
    let is_shared =
        |fold: &Fold| *fold != NO_VALUE && terms.rarities.is_shared(terms.values, *fold);
    let mut held_by: FxHashMap<Fold, HeldBy> = FxHashMap::default();
    let (mut found, mut of_customer) = (Vec::new(), Vec::new());
    for members in partition.clusters() {
        of_customer.clear();
        for &record in members {
            found.clear();
            (terms.of)(record, &mut found);
            found.retain(is_shared);
            found.sort_unstable();
            found.dedup();
            for &fold in &found {
                let held =
                    held_by.entry(fold).or_insert(HeldBy { first: record, ..HeldBy::default() });
                held.records += 1;
                held.first = held.first.min(record);
            }
            of_customer.extend_from_slice(&found);
        }
        of_customer.sort_unstable();
        of_customer.dedup();
        for fold in &of_customer {
            held_by.get_mut(fold).expect("its records were counted").customers += 1;
        }
    }
    let level = &model.levels[terms.level as usize];
    let weight = |rarity: i32| Weight(level.weight + level.log_u + rarity);
    // A model that was learnt before may know a value as shared that one customer is left of.
    let several = held_by.into_iter().filter(|(_, held)| held.customers > 1);
    let told = several.map(|(fold, held)| SharedValue {
        label: terms.label.clone(),
        value: (terms.show)(held.first, fold),
        records: held.records,
        customers: held.customers,
        weight: weight(terms.rarities.of(terms.values, fold)),
        rarest: weight(terms.rarities.counts.rarest),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
    use karat_model::claim::{Claim, Validity};
    use karat_model::decision::Standing;
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::match_settings::MatchSettings;
    use karat_model::table::{RecordTable, TableBuilder};

    use super::*;
    use crate::matching::progress::Unwatched;
    use crate::matching::tests::{FAMILY, GIVEN};
    use crate::matching::{Candidates, Matched};

    const COLUMNS: [AttributeId; 8] = [
        AttributeId::GIVEN_NAME,
        AttributeId::FAMILY_NAME,
        AttributeId::BIRTH_DATE,
        AttributeId::EMAIL,
        AttributeId::PHONE,
        AttributeId::STREET,
        AttributeId::HOUSE_NUMBER,
        AttributeId::POSTCODE,
    ];

    /// What an invented person tells, by number; persons are told apart by all of it.
    fn person(number: usize) -> [String; 8] {
        let (given, family) = (GIVEN[number % 20], FAMILY[number % 13]);
        let (month, day) = (1 + number * 5 % 12, 1 + number * 11 % 28);
        [
            given.into(),
            family.into(),
            format!("{}-{month:02}-{day:02}", 1940 + number * 7 % 60),
            format!("{}.{number}@post.example", given.to_lowercase()),
            format!("+316{:08}", number * 7919 % 100_000_000),
            format!("{family}laan"),
            format!("{}", 1 + number % 90),
            format!("{}AB", 1000 + number),
        ]
    }

    /// The values that all of the first thirty persons share, by column.
    const SHARED: [(usize, &str); 5] = [
        (3, "info@club.example"),
        (4, "+31201234567"),
        (5, "Studentenweg"),
        (6, "1"),
        (7, "9999ZZ"),
    ];

    /// Two records each of invented persons; the first thirty share values, of which the second
    /// records of the first ten have lost all that is their own but the name.
    fn table() -> RecordTable {
        let attributes = AttributeSet::builtin();
        let source = SourceName::new("crm");
        let mut builder = TableBuilder::new(EntityType::Person, &attributes, [source.clone()]);
        for record in 0..800 {
            let mut values = person(record / 2);
            if record / 2 < 30 {
                SHARED.iter().for_each(|&(column, value)| values[column] = value.into());
            }
            if record < 20 && record % 2 == 1 {
                values[2].clear();
            }
            let claim = |(value, attribute): (String, AttributeId)| Claim {
                attribute,
                slot: 0,
                value: value.into(),
                validity: Validity::Valid,
                column: 0,
            };
            let claims: Vec<Claim> = values.into_iter().zip(COLUMNS).map(claim).collect();
            let known: Vec<Claim> =
                claims.into_iter().filter(|claim| !claim.value.is_empty()).collect();
            let key = RecordKey::new(source.clone(), &format!("{record:04}"));
            builder.push(&key, None, record as u64, &known);
        }
        builder.finish()
    }

    fn matched<'a>(table: &'a RecordTable, attributes: &'a AttributeSet) -> (Matcher<'a>, Matched) {
        let settings = MatchSettings::standard();
        let mut matcher =
            Matcher::train(table, attributes, &settings, Candidates::All, &Unwatched).unwrap();
        let matched = matcher.partition(&Standing::default()).unwrap();
        (matcher, matched)
    }

    #[test]
    fn who_share_an_office_are_not_one_and_who_agree_on_more_are() {
        let (table, attributes) = (table(), AttributeSet::builtin());
        let (matcher, matched) = matched(&table, &attributes);
        let partition = &matched.partition;
        for left in 0..30 {
            for right in 0..left {
                let (a, b) = (2 * left, 2 * right);
                assert_ne!(partition.cluster_of(a), partition.cluster_of(b), "{left} and {right}");
            }
        }
        let is_whole =
            |person: u32| partition.cluster_of(2 * person) == partition.cluster_of(2 * person + 1);
        assert!((0..400).all(is_whole), "nobody is lost");
        assert!(matcher.weigh(0, 2) < matcher.weigh(0, 1));
    }

    #[test]
    fn shared_values_are_told_with_what_they_still_weigh() {
        let (table, attributes) = (table(), AttributeSet::builtin());
        let (matcher, matched) = matched(&table, &attributes);
        let shared = matcher.shared_values(&matched.partition);
        let told: Vec<(&str, &str, u64, u64)> =
            shared.iter().map(|it| (&*it.label[0], &*it.value, it.customers, it.records)).collect();
        assert_eq!(
            told,
            [
                ("Address", "Studentenweg 1, 9999ZZ", 30, 60),
                ("E-mail", "info@club.example", 30, 60),
                ("E-mail, before the @", "info", 30, 60),
                ("Phone", "+31201234567", 30, 60),
            ]
        );
        for value in &shared {
            assert!(value.rarest - value.weight > Weight::from_bits(3.0), "{value:?}");
        }
    }

    #[test]
    fn a_frozen_model_tells_the_same_and_holds_no_value() {
        let (table, attributes) = (table(), AttributeSet::builtin());
        let (matcher, found) = matched(&table, &attributes);
        let stored = matcher.model.to_bytes();
        let text = String::from_utf8(stored.clone()).unwrap();
        for (_, value) in SHARED.into_iter().filter(|(_, value)| value.len() > 3) {
            assert!(!text.contains(value), "{value}");
        }
        let model = crate::matching::MatchModel::from_bytes(&stored).unwrap();
        let mut frozen = Matcher::frozen(&table, &attributes, model, Candidates::All, &Unwatched);
        let again = frozen.partition(&Standing::default()).unwrap();
        let shared = matcher.shared_values(&found.partition);
        assert_eq!(frozen.shared_values(&again.partition), shared);
    }
}
