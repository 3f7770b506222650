//! Numbers: each with the range in which it makes sense.

use serde_json::json;

use super::problem::Report;
use super::shape::{Shape, scalar};
use super::tree::Node;

/// The most that trust can be.
pub(super) const TRUST_MAX: u8 = 100;

/// The highest slot: a record has at most sixteen addresses, phones or e-mails.
pub(super) const SLOT_MAX: u8 = 15;

/// The most records that the gate can ask for.
const RECORDS_MAX: u8 = 100;

/// How far a source is trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust(pub u8);

impl Shape for Trust {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Trust> {
        let hint = "write a whole number from 0 to 100; 50 is in the middle";
        whole(node, key, TRUST_MAX, hint, report).map(Trust)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0, "maximum": TRUST_MAX })
    }
}

/// Which address, phone or e-mail of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot(pub u8);

impl Shape for Slot {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Slot> {
        let hint = "write a whole number from 0, the first address, phone or e-mail, to 15";
        whole(node, key, SLOT_MAX, hint, report).map(Slot)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0, "maximum": SLOT_MAX })
    }
}

/// A share of links that may be wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate(pub f64);

impl Shape for Rate {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Rate> {
        let hint = "write a share between 0 and 0.5: 0.01 is one wrong link in a hundred";
        fraction(node, key, |rate| rate > 0.0 && rate < 0.5, hint, report).map(Rate)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5 })
    }
}

/// A weight of evidence in bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits(pub f64);

impl Shape for Bits {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Bits> {
        let hint = "write a number of bits from 0 to 100: each bit doubles the odds";
        fraction(node, key, |bits| (0.0..=100.0).contains(&bits), hint, report).map(Bits)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number", "minimum": 0, "maximum": 100 })
    }
}

/// A weight of evidence in bits, for or against.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedBits(pub f64);

impl Shape for SignedBits {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<SignedBits> {
        let hint = "write a number of bits from -100 to 100: each bit doubles or halves the odds";
        fraction(node, key, |bits| (-100.0..=100.0).contains(&bits), hint, report).map(SignedBits)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number", "minimum": -100, "maximum": 100 })
    }
}

/// How many records must say a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confirmations(pub u32);

impl Shape for Confirmations {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Confirmations> {
        let hint = "write a whole number from 1 to 100";
        let number = whole(node, key, RECORDS_MAX, hint, report)?;
        if number == 0 {
            report.error(node.place, format!("`{key}` cannot be `0`")).with_hint(hint);
            return None;
        }
        Some(Confirmations(u32::from(number)))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 1, "maximum": RECORDS_MAX })
    }
}

/// From how many records a customer is large; 0 for never.
#[derive(Clone, Copy, Debug)]
pub(super) struct LargeFrom(pub u32);

impl Shape for LargeFrom {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<LargeFrom> {
        let hint = "write a whole number of records from 1 to 100, or 0 for never";
        let number = whole(node, key, RECORDS_MAX, hint, report)?;
        Some(LargeFrom(u32::from(number)))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0, "maximum": RECORDS_MAX })
    }
}

/// How much the quality of an attribute matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Criticality(pub u8);

impl Shape for Criticality {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Criticality> {
        let text = scalar(node, key, report)?;
        let number = text.parse().ok().filter(|number| [0, 1, 2, 4].contains(number));
        if number.is_none() {
            report
                .error(node.place, format!("`{key}` cannot be `{text}`"))
                .with_hint("write 0 (does not count), 1, 2, or 4 (critical)");
        }
        number.map(Criticality)
    }

    fn schema() -> serde_json::Value {
        json!({ "enum": [0, 1, 2, 4] })
    }
}

fn whole(node: &Node, key: &str, max: u8, hint: &str, report: &mut Report) -> Option<u8> {
    let text = scalar(node, key, report)?;
    let number = text.parse().ok().filter(|number| *number <= max);
    if number.is_none() {
        report.error(node.place, format!("`{key}` cannot be `{text}`")).with_hint(hint);
    }
    number
}

fn fraction(
    node: &Node,
    key: &str,
    makes_sense: fn(f64) -> bool,
    hint: &str,
    report: &mut Report,
) -> Option<f64> {
    let text = scalar(node, key, report)?;
    let number = text.parse().ok().filter(|number| makes_sense(*number));
    if number.is_none() {
        report.error(node.place, format!("`{key}` cannot be `{text}`")).with_hint(hint);
    }
    number
}
