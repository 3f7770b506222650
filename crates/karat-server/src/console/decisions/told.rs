//! Decisions in words.

use karat_model::decision::{Identity, Ruling, Settled, SettledValue};
use karat_model::evidence::Verdict;
use karat_model::id::RecordKey;

use crate::console::page::Page;

/// More records than these are counted.
const NAMED_MAX: usize = 4;

/// What was decided, in a sentence without its end.
pub(in crate::console) fn told(ruling: &Ruling, page: &Page) -> String {
    let text = page.text;
    let named = |keys: &[RecordKey]| named(keys, page);
    match ruling {
        Ruling::Identity(Identity { left, right, verdict }) => {
            let said = match verdict {
                Verdict::Same => text.say("are the same customer", "zijn dezelfde klant"),
                Verdict::Different => text.say("are different customers", "zijn andere klanten"),
                Verdict::Related => text.say(
                    "are different customers that have to do with each other",
                    "zijn andere klanten die met elkaar te maken hebben",
                ),
                Verdict::Unsure => text.say("are left open", "blijven onbeslist"),
            };
            format!("{} {} {} {said}", named(left), text.say("and", "en"), named(right))
        }
        Ruling::Value(Settled { record, attribute, value, .. }) => {
            let label = match page.attributes().find(attribute) {
                Some(id) => page.label(&id).to_string(),
                None => attribute.clone(),
            };
            match value {
                SettledValue::OfRecord => format!(
                    "{label}: {} {record} {}",
                    text.say("what", "wat"),
                    text.say("says is shown", "zegt wordt getoond"),
                ),
                SettledValue::Text(_) => format!(
                    "{label}: {} {record}",
                    text.say("corrected, with the customer of", "verbeterd, bij de klant van"),
                ),
                SettledValue::None => format!(
                    "{label}: {} {record}",
                    text.say(
                        "no value is right, with the customer of",
                        "geen waarde klopt, bij de klant van",
                    ),
                ),
            }
        }
        Ruling::Move { record, to, .. } if to.is_empty() => format!(
            "{record} {}",
            text.say("becomes a customer of its own", "wordt een klant op zichzelf"),
        ),
        Ruling::Move { record, to, .. } => {
            format!("{record} {} {}", text.say("belongs with", "hoort bij"), named(to),)
        }
        Ruling::Lock(records) => format!(
            "{} {}",
            text.say("locked as they are:", "vastgezet zoals ze zijn:"),
            named(records),
        ),
    }
}

fn named(keys: &[RecordKey], page: &Page) -> String {
    let shown: Vec<String> = keys.iter().take(NAMED_MAX).map(|key| key.to_string()).collect();
    let more = keys.len().saturating_sub(NAMED_MAX);
    match more {
        0 => shown.join(", "),
        more => {
            let more = page.text.counted(more, &["more", "andere"], &["more", "andere"]);
            format!("{} {} {more}", shown.join(", "), page.text.say("and", "en"))
        }
    }
}
