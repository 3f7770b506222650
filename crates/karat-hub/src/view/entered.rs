//! How well customers are entered: what is right the first time, and what the entry gate was told.

use karat_engine::quality::score::interval::wilson;
use serde::{Deserialize, Serialize};

/// How well what is new was entered, in figures of the last measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// How much of what came 30 days ago or earlier is as it came, by source and channel.
    pub first_time_right: Vec<FirstTimeRight>,
    /// How many of the last records of each source are without an error where it matters.
    pub friday_afternoon: Vec<FridayAfternoon>,
    /// What the entry gate was told when it was overridden, most often first.
    pub overrides: Vec<OverrideCount>,
}

/// How a record came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Somebody typed it in at the entry gate.
    EntryGate,
    /// Its source delivered it.
    Delivery,
}

impl Channel {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Channel::EntryGate => "entry_gate",
            Channel::Delivery => "delivery",
        }
    }
}

/// How many new records of a source were right the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstTimeRight {
    /// The source.
    pub source: String,
    /// How they came.
    pub channel: Channel,
    /// How many came long enough ago.
    pub records: u64,
    /// How many of them were neither corrected, merged nor withdrawn within 30 days.
    pub right: u64,
    /// How many had a value corrected that the entry gate asks for.
    pub corrected: u64,
    /// How many were of a customer that the source had already.
    pub merged: u64,
    /// How many were taken back.
    pub withdrawn: u64,
    /// How many came too short a time ago to be counted.
    pub young: u64,
}

/// How many of the last new records of a source are without an error of a critical attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FridayAfternoon {
    /// The source.
    pub source: String,
    /// How many records were looked at.
    pub records: u64,
    /// How many of them are without such an error.
    pub right: u64,
}

/// How often a check of the entry gate was overridden for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideCount {
    /// The check, or that the customer was probably known already.
    pub check: String,
    /// The code of the reason.
    pub reason_code: String,
    /// How often.
    pub times: u64,
    /// How often the gate turned out to be right: the record passes the check by now, or is one
    /// customer with an older one. `None` where records cannot tell.
    pub gate_was_right: Option<u64>,
}

/// A share of what was counted, with the limits between which it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountedShare {
    /// Between 0 and 1.
    pub share: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl CountedShare {
    /// The share that a part is of so many; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<CountedShare> {
        let (low, high) = wilson(part, whole)?;
        Some(CountedShare { share: part as f64 / whole as f64, low, high })
    }
}

impl FirstTimeRight {
    /// The share that was right; `None` if none came long enough ago.
    pub fn share(&self) -> Option<CountedShare> {
        CountedShare::of(self.right, self.records)
    }
}

impl FridayAfternoon {
    /// The share without an error; `None` of no records.
    pub fn share(&self) -> Option<CountedShare> {
        CountedShare::of(self.right, self.records)
    }
}
