//! How many values of each semantic type are standardised in a second on one core.
//!
//! Each value is a record of one column and takes the way that records take: tidying the text,
//! looking for placeholders and withheld numbers, the standardiser of its type, and the record as a
//! whole. Nothing is remembered from value to value, so that every value costs its full price.

mod samples;

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use karat_engine::clean::{CleaningPlan, Memo};
use karat_model::attribute::EntityType;
use karat_model::hub_model::{
    ColumnMapping, Country, DateOrder, Delivery, Format, HubModel, Party, Source,
};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Payload, SourceRecord};
use karat_model::semantic::SemanticType;
use samples::{SAMPLES, Sample};
use serde_json::{Value, json};

/// How many different records are made of the samples of a type.
const RECORDS: u64 = 20_000;

/// What was measured of a type.
struct Speed {
    semantic_type: SemanticType,
    per_second: f64,
    target: f64,
    /// Values that gave claims.
    understood: u64,
}

impl Speed {
    fn ratio(&self) -> f64 {
        self.per_second / self.target
    }

    fn json(&self) -> Value {
        json!({
            "semantic_type": self.semantic_type.name(),
            "values_per_second": self.per_second.round(),
            "target": self.target,
            "ratio": (self.ratio() * 100.0).round() / 100.0,
            "understood": self.understood as f64 / RECORDS as f64,
        })
    }
}

/// Measures all types, or those that are named, for so long each, prints a table, and writes it as
/// JSON if asked to. The best of three times counts: what slows a machine down is not ours.
pub fn values(names: &[String], seconds: f64, out: Option<&Path>) -> io::Result<()> {
    let is_wanted = |sample: &&Sample| {
        names.is_empty() || names.iter().any(|name| name == sample.semantic_type.name())
    };
    let mut speeds = Vec::new();
    println!(
        "{:<24} {:>12} {:>12} {:>7} {:>11}",
        "type", "values/s", "target", "ratio", "understood"
    );
    for sample in SAMPLES.iter().filter(is_wanted) {
        let speed = measure(sample, Duration::from_secs_f64(seconds / 3.0));
        println!(
            "{:<24} {:>12.0} {:>12.0} {:>7.2} {:>10.0} %",
            speed.semantic_type.name(),
            speed.per_second,
            speed.target,
            speed.ratio(),
            speed.understood as f64 * 100.0 / RECORDS as f64
        );
        speeds.push(speed);
    }
    if let Some(path) = out {
        let all: Vec<Value> = speeds.iter().map(Speed::json).collect();
        std::fs::write(path, serde_json::to_string_pretty(&all)? + "\n")?;
    }
    Ok(())
}

fn measure(sample: &Sample, time: Duration) -> Speed {
    let plan = plan(sample);
    let records = records(sample);
    let mut memo = Memo::none();
    let cleaned = records.iter().map(|record| plan.standardise(record, &mut memo));
    let understood = cleaned.filter(|cleaned| !cleaned.claims.is_empty()).count() as u64;
    let mut run = || {
        let began = Instant::now();
        let mut values = 0_u64;
        while began.elapsed() < time {
            for record in &records {
                black_box(plan.standardise(black_box(record), &mut memo));
            }
            values += RECORDS;
        }
        values as f64 / began.elapsed().as_secs_f64()
    };
    let per_second = (0..3).map(|_| run()).fold(0.0, f64::max);
    Speed { semantic_type: sample.semantic_type, per_second, target: sample.target, understood }
}

/// How a source is cleaned that has one column of the type.
fn plan(sample: &Sample) -> CleaningPlan {
    let semantic_type = sample.semantic_type;
    let mut model = HubModel::new("bench");
    let own = model.attributes.add_named("own", semantic_type);
    let source = Source {
        name: SourceName::new("bench"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Full,
        trust: 0,
        party: Party::Always(if is_of_organisation(semantic_type) {
            EntityType::Organisation
        } else {
            EntityType::Person
        }),
        country: Some(Country::NETHERLANDS),
        date_order: DateOrder::DayFirst,
        feedback: None,
        columns: vec![ColumnMapping {
            column: "value".to_owned(),
            semantic_type,
            attribute: semantic_type.needs_attribute().then_some(own),
            slot: 0,
            length_max: None,
        }],
    };
    CleaningPlan::new(&model, &source, &["value".to_owned()])
}

fn is_of_organisation(semantic_type: SemanticType) -> bool {
    use SemanticType::{CompanyName, IndustryCode, LegalForm, Website};
    semantic_type.is_number_of_organisation()
        || matches!(semantic_type, CompanyName | LegalForm | IndustryCode | Website)
}

/// Records in a random order that is the same each time, with random digits where samples leave them
/// open.
fn records(sample: &Sample) -> Vec<SourceRecord> {
    let mut dice = Dice(crate::SEED);
    let record = |number: u64| {
        let text = sample.values[dice.below(sample.values.len() as u64) as usize];
        let filled: String = text
            .chars()
            .map(|sign| match sign {
                '#' => char::from(b'0' + dice.below(10) as u8),
                other => other,
            })
            .collect();
        let mut payload = Payload::new();
        payload.push(0, &filled);
        let key = RecordKey::new(SourceName::new("bench"), &number.to_string());
        SourceRecord { key, observed_at: None, payload }
    };
    (0..RECORDS).map(record).collect()
}

/// Chance that can be repeated (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_standardised_has_samples() {
        for &semantic_type in SemanticType::ALL {
            let own = SAMPLES.iter().filter(|sample| sample.semantic_type == semantic_type).count();
            let expected = usize::from(!semantic_type.is_metadata());
            assert_eq!(own, expected, "{}", semantic_type.name());
        }
    }

    #[test]
    fn records_are_the_same_each_time() {
        let made = || records(&SAMPLES[0]).into_iter().map(|it| it.payload).collect::<Vec<_>>();
        assert!(made() == made());
    }
}
