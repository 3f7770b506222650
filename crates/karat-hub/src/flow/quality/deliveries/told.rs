//! What is wrong with deliveries, in words: kept beside the findings, which hold no figures.

use karat_engine::quality::check::{Figure, Wanted};
use karat_model::check::{Decimal, Share};
use karat_model::finding::{FiledFinding, Severity, Subject};
use karat_model::hub_model::HubModel;
use karat_model::language::Language;
use karat_model::record::Columns;
use karat_store::{Reader, SourceNo};
use serde::{Deserialize, Serialize};

use super::super::judge::Judge;
use super::judged::JudgedDelivery;
use crate::error::Error;
use karat_model::id::SourceName;

/// All that is wrong with the last deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongDeliveries(pub Vec<ToldDelivery>);

/// Something that is wrong with the last delivery of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldDelivery {
    /// The source.
    pub source: String,
    /// The check that fails.
    pub check: String,
    /// How bad it is: `note`, `warning` or `error`.
    pub severity: String,
    /// The attribute, if it is about one.
    pub attribute: Option<String>,
    /// The column of the source, if it is about one.
    pub column: Option<String>,
    /// What the check says of it, in English and Dutch.
    pub message: [String; 2],
    /// What there is, and what there should be, in English and Dutch.
    pub figures: [String; 2],
}

impl WrongDeliveries {
    /// The name it is kept under.
    pub const NAME: &'static str = "delivery_faults";

    /// All that fails, where sources have these columns.
    pub fn of(
        judge: &Judge,
        model: &HubModel,
        sources: &[(SourceNo, SourceName, Columns)],
        judged: &[JudgedDelivery],
    ) -> WrongDeliveries {
        let mut told = Vec::new();
        for of in judged {
            let rule = &judge.rules.all()[usize::from(of.rule.0)];
            let check = model.checks.iter().find(|check| check.name.as_str() == rule.name.as_str());
            let said = check.and_then(|check| check.message.clone());
            let message = said.unwrap_or_else(|| {
                ["Not as required", "Niet zoals vereist"]
                    .map(|text| format!("{text}: {}.", rule.definition))
            });
            let columns = sources.iter().find(|(no, ..)| *no == of.source).map(|it| &it.2);
            for fault in &of.faults {
                let column = fault.column.and_then(|at| columns?.get(usize::from(at)).cloned());
                told.push(ToldDelivery {
                    source: of.name.to_string(),
                    check: rule.name.to_string(),
                    severity: rule.severity.name().to_string(),
                    attribute: fault.attribute.map(|id| model.attributes.get(id).name.to_string()),
                    column,
                    message: message.clone(),
                    figures: [Language::English, Language::Dutch]
                        .map(|language| compared(fault.is, fault.wanted, language)),
                });
            }
        }
        WrongDeliveries(told)
    }

    /// Those that were kept last.
    pub fn read(reader: &dyn Reader) -> Result<WrongDeliveries, Error> {
        let json = reader.statistic(WrongDeliveries::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("text becomes JSON")
    }

    /// What a finding that is open is about.
    pub fn find(&self, finding: &FiledFinding) -> Option<&ToldDelivery> {
        let Subject::Source(source) = &finding.subject else { return None };
        if finding.closed.is_some() {
            return None;
        }
        self.0.iter().find(|told| {
            told.source == source.as_str()
                && told.check == finding.rule.as_str()
                && told.attribute == finding.attribute
                && told.column == finding.column
        })
    }
}

impl ToldDelivery {
    /// Whether it is more than a warning.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error.name()
    }

    /// All of it in a language, with the column that it is about.
    pub fn told(&self, language: Language) -> String {
        let at = |texts: &[String; 2]| language.say(&texts[0], &texts[1]).to_string();
        let message = at(&self.message);
        let message = message.strip_suffix('.').unwrap_or(&message).to_string();
        let about = match &self.column {
            Some(column) => format!("{column}: "),
            None => String::new(),
        };
        format!("{message} ({about}{})", at(&self.figures))
    }
}

/// What there is beside what there should be.
fn compared(is: Option<Figure>, wanted: Wanted, language: Language) -> String {
    let Some(is) = is else {
        return language.say("nothing was delivered yet", "er is nog niets geleverd").to_string();
    };
    let instead = language.say("instead of", "in plaats van");
    let (how, figure) = match wanted {
        Wanted::AtLeast(figure) => (language.say("at least", "ten minste"), figure),
        Wanted::AtMost(figure) => (language.say("at most", "hoogstens"), figure),
        Wanted::About(figure) => (language.say("about", "ongeveer"), figure),
    };
    format!("{} {instead} {how} {}", with_unit(is, language), number(figure, language))
}

fn with_unit(figure: Figure, language: Language) -> String {
    let number = number(figure, language);
    match figure {
        Figure::Records(1) => format!("{number} record"),
        Figure::Records(_) => format!("{number} records"),
        Figure::Empty(_) => format!("{number} {}", language.say("empty", "leeg")),
        Figure::Index(_) => {
            format!("{} {number}", language.say("stability index", "stabiliteitsindex"))
        }
        Figure::Hours(1) => format!("{number} {}", language.say("hour", "uur")),
        Figure::Hours(_) => format!("{number} {}", language.say("hours", "uur")),
        Figure::Groups(1) => format!("{number} {}", language.say("value", "waarde")),
        Figure::Groups(_) => format!("{number} {}", language.say("values", "waarden")),
        Figure::Number(_) => number,
    }
}

fn number(figure: Figure, language: Language) -> String {
    let with_comma = |written: String| match language {
        Language::English => written,
        Language::Dutch => written.replace('.', ","),
    };
    match figure {
        Figure::Records(count) | Figure::Hours(count) | Figure::Groups(count) => {
            language.count(count)
        }
        // A tenth of a percent is enough to see by.
        Figure::Empty(Share(share)) => with_comma(Share((share + 5) / 10 * 10).to_string()),
        Figure::Index(Decimal(index)) => {
            with_comma(Decimal((index.saturating_add(50)) / 100 * 100).to_string())
        }
        Figure::Number(number) => with_comma(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_beside_what_they_should_be() {
        for (is, wanted, english, dutch) in [
            (
                Some(Figure::Records(1_234)),
                Wanted::About(Figure::Records(2_000)),
                "1,234 records instead of about 2,000",
                "1.234 records in plaats van ongeveer 2.000",
            ),
            (
                Some(Figure::Empty(Share(3_046))),
                Wanted::About(Figure::Empty(Share(204))),
                "30.5 % empty instead of about 2 %",
                "30,5 % leeg in plaats van ongeveer 2 %",
            ),
            (
                Some(Figure::Hours(31)),
                Wanted::AtMost(Figure::Hours(26)),
                "31 hours instead of at most 26",
                "31 uur in plaats van hoogstens 26",
            ),
            (
                Some(Figure::Index(Decimal(6_234))),
                Wanted::AtMost(Figure::Index(Decimal(2_500))),
                "stability index 0.62 instead of at most 0.25",
                "stabiliteitsindex 0,62 in plaats van hoogstens 0,25",
            ),
            (
                None,
                Wanted::AtMost(Figure::Hours(26)),
                "nothing was delivered yet",
                "er is nog niets geleverd",
            ),
        ] {
            assert_eq!(compared(is, wanted, Language::English), english);
            assert_eq!(compared(is, wanted, Language::Dutch), dutch);
        }
    }
}
