//! The stored form of rulings: JSON with names that stay when those of the code change.

use karat_model::decision::{Identity, Ruling, Settled, SettledValue};
use karat_model::evidence::Verdict;
use karat_model::id::{RecordKey, SourceName};
use serde::{Deserialize, Serialize};

/// A ruling.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RulingRow {
    Identity { left: Vec<KeyRow>, right: Vec<KeyRow>, verdict: VerdictRow },
    Value { record: KeyRow, attribute: String, slot: u8, value: ValueRow },
    Move { record: KeyRow, from: Vec<KeyRow>, to: Vec<KeyRow> },
    Lock { records: Vec<KeyRow> },
}

/// A record key: source and id, as an id may be any text.
#[derive(Serialize, Deserialize)]
struct KeyRow(String, String);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VerdictRow {
    Same,
    Different,
    Related,
    Unsure,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ValueRow {
    OfRecord,
    Text(String),
    None,
}

/// Writes a ruling.
pub fn to_json(ruling: &Ruling) -> String {
    let row = match ruling {
        Ruling::Identity(Identity { left, right, verdict }) => {
            let verdict = match verdict {
                Verdict::Same => VerdictRow::Same,
                Verdict::Different => VerdictRow::Different,
                Verdict::Related => VerdictRow::Related,
                Verdict::Unsure => VerdictRow::Unsure,
            };
            RulingRow::Identity { left: key_rows(left), right: key_rows(right), verdict }
        }
        Ruling::Value(Settled { record, attribute, slot, value }) => {
            let value = match value {
                SettledValue::OfRecord => ValueRow::OfRecord,
                SettledValue::Text(text) => ValueRow::Text(text.clone()),
                SettledValue::None => ValueRow::None,
            };
            let record = key_row(record);
            RulingRow::Value { record, attribute: attribute.clone(), slot: *slot, value }
        }
        Ruling::Move { record, from, to } => {
            RulingRow::Move { record: key_row(record), from: key_rows(from), to: key_rows(to) }
        }
        Ruling::Lock(records) => RulingRow::Lock { records: key_rows(records) },
    };
    serde_json::to_string(&row).expect("text and numbers always become JSON")
}

/// Reads a ruling; `None` when it is damaged.
pub fn from_json(json: &str) -> Option<Ruling> {
    Some(match serde_json::from_str(json).ok()? {
        RulingRow::Identity { left, right, verdict } => {
            let verdict = match verdict {
                VerdictRow::Same => Verdict::Same,
                VerdictRow::Different => Verdict::Different,
                VerdictRow::Related => Verdict::Related,
                VerdictRow::Unsure => Verdict::Unsure,
            };
            Ruling::Identity(Identity { left: keys(left), right: keys(right), verdict })
        }
        RulingRow::Value { record, attribute, slot, value } => {
            let value = match value {
                ValueRow::OfRecord => SettledValue::OfRecord,
                ValueRow::Text(text) => SettledValue::Text(text),
                ValueRow::None => SettledValue::None,
            };
            Ruling::Value(Settled { record: key(record), attribute, slot, value })
        }
        RulingRow::Move { record, from, to } => {
            Ruling::Move { record: key(record), from: keys(from), to: keys(to) }
        }
        RulingRow::Lock { records } => Ruling::Lock(keys(records)),
    })
}

fn key_row(key: &RecordKey) -> KeyRow {
    KeyRow(key.source.as_str().into(), key.id.to_string())
}

fn key_rows(keys: &[RecordKey]) -> Vec<KeyRow> {
    keys.iter().map(key_row).collect()
}

fn key(KeyRow(source, id): KeyRow) -> RecordKey {
    RecordKey::new(SourceName::new(&source), &id)
}

fn keys(rows: Vec<KeyRow>) -> Vec<RecordKey> {
    rows.into_iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulings_are_read_as_written() {
        let key = |id: &str| RecordKey::new(SourceName::new("crm"), id);
        let value = |value| {
            Ruling::Value(Settled { record: key("1"), attribute: "city".into(), slot: 2, value })
        };
        let identity = |verdict| {
            Ruling::Identity(Identity {
                left: vec![key("1"), key("")],
                right: vec![key("a/b")],
                verdict,
            })
        };
        let rulings = [
            identity(Verdict::Same),
            identity(Verdict::Different),
            identity(Verdict::Related),
            identity(Verdict::Unsure),
            Ruling::Move { record: key("1"), from: vec![key("2")], to: vec![] },
            value(SettledValue::OfRecord),
            value(SettledValue::Text("E\u{0}de".into())),
            value(SettledValue::None),
            Ruling::Lock(vec![key("1")]),
        ];
        for ruling in rulings {
            assert_eq!(from_json(&to_json(&ruling)), Some(ruling));
        }
        insta::assert_snapshot!(to_json(&identity(Verdict::Same)), @r#"{"identity":{"left":[["crm","1"],["crm",""]],"right":[["crm","a/b"]],"verdict":"same"}}"#);
        insta::assert_snapshot!(to_json(&value(SettledValue::OfRecord)), @r#"{"value":{"record":["crm","1"],"attribute":"city","slot":2,"value":"of_record"}}"#);
        assert_eq!(from_json(r#"{"identity":{}}"#), None);
    }
}
