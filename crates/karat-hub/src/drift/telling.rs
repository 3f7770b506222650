//! Says what has shifted in the words of a steward.

use karat_engine::matching::drift::{Severity, Shift, ShiftKind};
use karat_model::language::Language;

/// A shift in a sentence without an end; `shown` may hide a value of customers.
pub fn told(shift: &Shift, language: Language, shown: &dyn Fn(&str) -> String) -> String {
    let [english, dutch] = &shift.label;
    let label = language.say(english, dutch);
    let [then, now] = shift.shares.map(|share| percent(share, language));
    let of = shift.of.as_ref().map(|[english, dutch]| {
        let text = language.say(english, dutch);
        if shift.kind.is_of_value() { shown(text) } else { text.to_string() }
    });
    let bits = decimal(shift.index, 1, language);
    match (shift.kind, of, language) {
        (ShiftKind::TooFew, _, Language::English) => {
            let [then, now] = shift.shares.map(|records| language.count(records as u64));
            format!("the match model was learnt from {then} records; there are {now} now")
        }
        (ShiftKind::TooFew, _, Language::Dutch) => {
            let [then, now] = shift.shares.map(|records| language.count(records as u64));
            format!("het vergelijkmodel is geleerd van {then} records; nu zijn er {now}")
        }
        (ShiftKind::NeverSeen, _, Language::English) => {
            format!("{label}: never seen by the match model; filled in {now} of the records now")
        }
        (ShiftKind::NeverSeen, _, Language::Dutch) => {
            format!(
                "{label}: nooit gezien door het vergelijkmodel; nu gevuld in {now} van de records"
            )
        }
        (ShiftKind::Filled, _, Language::English) => {
            format!("{label}: filled in {then} of the records the model was learnt from, {now} now")
        }
        (ShiftKind::Filled, _, Language::Dutch) => {
            format!(
                "{label}: gevuld in {then} van de records waarvan het model leerde, nu in {now}"
            )
        }
        (ShiftKind::Values, Some(of), Language::English) => {
            format!("{label}: “{of}” was the value of {then} of the customers, of {now} now")
        }
        (ShiftKind::Values, Some(of), Language::Dutch) => {
            format!("{label}: “{of}” was de waarde van {then} van de klanten, nu van {now}")
        }
        (ShiftKind::Values, None, Language::English) => {
            format!(
                "{label}: less common values were those of {then} of the customers, of {now} now"
            )
        }
        (ShiftKind::Values, None, Language::Dutch) => {
            format!(
                "{label}: minder gangbare waarden waren die van {then} van de klanten, nu van {now}"
            )
        }
        (ShiftKind::Levels, of, Language::English) => {
            let of = of.unwrap_or_default();
            format!("{label}: “{of}” in {then} of the likely pairs, {now} now")
        }
        (ShiftKind::Levels, of, Language::Dutch) => {
            let of = of.unwrap_or_default();
            format!("{label}: “{of}” in {then} van de waarschijnlijke paren, nu in {now}")
        }
        (ShiftKind::SharedValue, of, Language::English) => {
            let of = of.unwrap_or_default();
            format!(
                "{label}: “{of}” is shared by {now} of the customers, and weighs {bits} bits too much"
            )
        }
        (ShiftKind::SharedValue, of, Language::Dutch) => {
            let of = of.unwrap_or_default();
            format!(
                "{label}: “{of}” wordt gedeeld door {now} van de klanten, en weegt {bits} bits te veel"
            )
        }
    }
}

/// Tells what a new match model would change.
pub const PREVIEW: &str = "karat preview --retrain";
/// Publishes a new match model.
pub const PUBLISH: &str = "karat publish --retrain";

/// How the match model is; `None` when it suits.
pub fn verdict(severity: Option<Severity>, language: Language) -> Option<&'static str> {
    Some(match severity? {
        Severity::Strong => {
            language.say("The match model has aged.", "Het vergelijkmodel is verouderd.")
        }
        Severity::Moderate => language
            .say("The match model begins to age.", "Het vergelijkmodel begint te verouderen."),
    })
}

/// What to do about it; `None` when there is nothing to do.
pub fn advice(severity: Option<Severity>, language: Language) -> Option<String> {
    let severity = severity?;
    let preview = language
        .say("tells what a new one would change", "vertelt wat een nieuw model zou veranderen");
    let publish = language.say("publishes it", "publiceert het");
    Some(match severity {
        Severity::Strong => format!("`{PREVIEW}` {preview}, `{PUBLISH}` {publish}."),
        Severity::Moderate => format!("`{PREVIEW}` {preview}."),
    })
}

/// A share in per cent, with as many decimals as it needs.
fn percent(share: f64, language: Language) -> String {
    let percent = share * 100.0;
    let decimals = match percent {
        _ if percent >= 10.0 || percent == 0.0 => 0,
        _ if percent >= 1.0 => 1,
        _ if percent >= 0.1 => 2,
        _ => 3,
    };
    format!("{} %", decimal(percent, decimals, language))
}

fn decimal(number: f64, decimals: usize, language: Language) -> String {
    let text = format!("{number:.decimals$}");
    match language {
        Language::English => text,
        Language::Dutch => text.replace('.', ","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(kind: ShiftKind, of: Option<&str>, shares: [f64; 2]) -> Shift {
        let label = ["Phone".to_string(), "Telefoon".to_string()];
        let of = of.map(|of| [of.to_string(), of.to_string()]);
        Shift { kind, label, of, shares, index: 5.75, severity: Severity::Strong }
    }

    #[test]
    fn shifts_are_told_in_both_languages() {
        let hidden = |text: &str| text[..1].to_string();
        for (shift, english, dutch) in [
            (
                shift(ShiftKind::TooFew, None, [12.0, 12_345.0]),
                "the match model was learnt from 12 records; there are 12,345 now",
                "het vergelijkmodel is geleerd van 12 records; nu zijn er 12.345",
            ),
            (
                shift(ShiftKind::Filled, None, [0.123, 0.71]),
                "Phone: filled in 12 % of the records the model was learnt from, 71 % now",
                "Telefoon: gevuld in 12 % van de records waarvan het model leerde, nu in 71 %",
            ),
            (
                shift(ShiftKind::NeverSeen, None, [0.0, 0.035]),
                "Phone: never seen by the match model; filled in 3.5 % of the records now",
                "Telefoon: nooit gezien door het vergelijkmodel; nu gevuld in 3,5 % van de records",
            ),
            (
                shift(ShiftKind::SharedValue, Some("0123"), [0.0, 0.0061]),
                "Phone: “0” is shared by 0.61 % of the customers, and weighs 5.8 bits too much",
                "Telefoon: “0” wordt gedeeld door 0,61 % van de klanten, en weegt 5,8 bits te veel",
            ),
            (
                shift(ShiftKind::Levels, Some("same"), [0.9, 0.5]),
                "Phone: “same” in 90 % of the likely pairs, 50 % now",
                "Telefoon: “same” in 90 % van de waarschijnlijke paren, nu in 50 %",
            ),
        ] {
            assert_eq!(told(&shift, Language::English, &hidden), english);
            assert_eq!(told(&shift, Language::Dutch, &hidden), dutch);
        }
    }

    #[test]
    fn what_to_do_names_the_command() {
        assert_eq!(advice(None, Language::English), None);
        for language in [Language::English, Language::Dutch] {
            let strong = advice(Some(Severity::Strong), language).unwrap();
            assert!(
                verdict(Some(Severity::Strong), language)
                    != verdict(Some(Severity::Moderate), language)
            );
            assert!(strong.contains("karat publish --retrain"));
            assert!(advice(Some(Severity::Moderate), language).unwrap().contains("preview"));
        }
    }
}
