//! Amounts: shares, days, hours and money, as people write them.

use karat_model::check::{Days, Decimal, Hours, Share};
use serde_json::json;

use super::problem::Report;
use super::shape::{Shape, scalar};
use super::tree::Node;

/// Reads a single value, or reports it with what to write.
fn read<T>(
    node: &Node,
    key: &str,
    report: &mut Report,
    hint: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = scalar(node, key, report)?;
    let read = parse(text.trim());
    if read.is_none() {
        report.error(node.place, format!("`{key}` cannot be `{text}`")).with_hint(hint);
    }
    read
}

/// A share: `98 %`.
impl Shape for Share {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Share> {
        read(node, key, report, "write a percentage from 0 % to 100 %, such as `98 %`", |text| {
            let percent = Decimal::parse(text.strip_suffix('%')?.trim_end())?;
            let is_whole = percent.0 % 100 == 0;
            (is_whole && (0..=1_000_000).contains(&percent.0))
                .then(|| Share((percent.0 / 100) as u16))
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,2})? ?%$" })
    }
}

/// A number of days: `30d`, `6w`, `18m`, `2y`.
impl Shape for Days {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Days> {
        let hint = "write days, weeks, months or years: `30d`, `6w`, `18m`, `2y`";
        read(node, key, report, hint, |text| {
            let (count, unit) = counted(text)?;
            let days = match unit {
                "d" => count * 100,
                "w" => count * 700,
                // The mean month and year, in hundredths of days.
                "m" => count * 3_044,
                "y" => count * 36_525,
                _ => return None,
            };
            Some(Days(u32::try_from(days / 100).ok()?))
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[0-9]{1,5} ?[dwmy]$" })
    }
}

/// A number of hours: `26h`, `3d`.
impl Shape for Hours {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Hours> {
        read(node, key, report, "write hours or days: `26h`, `3d`", |text| {
            let (count, unit) = counted(text)?;
            let hours = match unit {
                "h" => count,
                "d" => count * 24,
                _ => return None,
            };
            Some(Hours(u32::try_from(hours).ok()?))
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[0-9]{1,5} ?[hd]$" })
    }
}

/// A count and its unit.
fn counted(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(end);
    let is_short = (1..=5).contains(&count.len());
    Some((count.parse().ok().filter(|_| is_short)?, unit.trim_start()))
}

/// A number with a decimal point.
impl Shape for Decimal {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Decimal> {
        let hint = "write a number such as `12` or `0.25`, with at most four decimals";
        read(node, key, report, hint, Decimal::parse)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number" })
    }
}

/// An amount of euros, in cents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cents(pub u32);

impl Shape for Cents {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Cents> {
        read(node, key, report, "write an amount in euros, such as `4.50`", |text| {
            let euros = Decimal::parse(text)?;
            let is_in_cents = euros.0 % 100 == 0;
            u32::try_from(euros.0 / 100).ok().filter(|_| is_in_cents).map(Cents)
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number", "minimum": 0, "multipleOf": 0.01 })
    }
}

/// A whole number, from 0 up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count(pub u32);

impl Shape for Count {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Count> {
        let hint = "write a whole number from 0 to 1000000";
        read(node, key, report, hint, |text| {
            text.parse().ok().filter(|count| *count <= 1_000_000).map(Count)
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000 })
    }
}

/// How heavily something weighs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heaviness(pub u16);

impl Shape for Heaviness {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Heaviness> {
        let hint = "write a whole number from 0 (does not count) to 100; 1 is usual";
        read(node, key, report, hint, |text| {
            text.parse().ok().filter(|weight| *weight <= 100).map(Heaviness)
        })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0, "maximum": 100 })
    }
}

/// The only thing that a word without an argument can be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Required;

impl Shape for Required {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Required> {
        let hint = format!("write `{key}: true`; to require nothing, leave the check out");
        read(node, key, report, &hint, |text| (text == "true").then_some(Required))
    }

    fn schema() -> serde_json::Value {
        json!({ "const": true })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn read<T: Shape>(text: &str) -> Option<T> {
        let mut report = Report::new("x.yaml");
        let node = tree::parse(text, &mut report)?;
        let read = T::read(&node, "x", &mut report);
        assert_eq!(read.is_none(), !report.finish().is_empty(), "{text}");
        read
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(read::<Share>("98 %"), Some(Share(9_800)));
        assert_eq!(read::<Share>("'99.95%'"), Some(Share(9_995)));
        for text in ["98", "101 %", "-1 %", "99.999 %", "many", "0.98"] {
            assert_eq!(read::<Share>(text), None, "{text}");
        }
        assert_eq!(read::<Days>("2y"), Some(Days(730)));
        assert_eq!(read::<Days>("18m"), Some(Days(547)));
        assert_eq!(read::<Days>("6 w"), Some(Days(42)));
        assert_eq!(read::<Days>("30"), None);
        assert_eq!(read::<Hours>("3d"), Some(Hours(72)));
        assert_eq!(read::<Hours>("999999h"), None);
        assert_eq!(read::<Cents>("4.50").map(|cents| cents.0), Some(450));
        assert!(read::<Cents>("4.505").is_none() && read::<Cents>("-1").is_none());
        assert!(read::<Required>("false").is_none() && read::<Required>("true").is_some());
    }
}
