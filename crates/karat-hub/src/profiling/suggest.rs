//! Suggests checks of the columns of a source, from its profile.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use karat_engine::clean::placeholder::{self, Judgement};
use karat_engine::clean::{CleaningPlan, Context, Memo, date};
use karat_engine::quality::profile::TableState;
use karat_engine::quality::suggest::{Judged, Seen, Suggested, suggest};
use karat_model::attribute::{AttributeSet, EntityType};
use karat_model::check::{CheckName, Day, Share};
use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::finding::{Dimension, Finding, Severity};
use karat_model::hub_model::{Delivery, Format, HubModel, Party};
use karat_model::id::{RecordKey, SourceName};
use karat_model::language::Language;
use karat_model::record::{Payload, SourceRecord};
use karat_model::semantic::SemanticType;

use super::{ProfileBook, Profiled, ProfiledColumn, SourceProfile};
use crate::hub_model::{DiscoveredColumn, DiscoveredSource, in_memory};

/// A check that may be worth having, as it would stand in a file of `checks/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedCheck {
    /// Its name, which no other suggestion has.
    pub name: CheckName,
    /// The source whose records suggest it.
    pub source: SourceName,
    /// The column.
    pub column: String,
    /// The attribute that the column fills.
    pub attribute: String,
    /// The word of the requirement.
    pub word: &'static str,
    /// Its argument, in YAML.
    pub argument: String,
    /// The share of what was seen that passes, rounded down.
    pub passed: Share,
    /// Why, in English and in Dutch.
    pub because: [String; 2],
}

/// Suggests checks of all columns that fill an attribute, as judged on a day.
pub fn suggest_checks(profiled: &Profiled, book: &ProfileBook, as_of: Day) -> Vec<SuggestedCheck> {
    let attributes = AttributeSet::builtin();
    let mut found: Vec<SuggestedCheck> = Vec::new();
    let mut names = BTreeSet::new();
    for source in &profiled.sources {
        let Some(state) = book.state(&source.name) else { continue };
        each_suggestion(source, state, as_of, &mut |number, suggested| {
            let column = &source.columns[number];
            let Some(attribute) = attribute(column, source) else { return };
            let word = suggested.requirement.word();
            let argument = suggested.requirement.argument(&attributes);
            // Columns of one attribute suggest the same.
            let is_known = found.iter().any(|known| {
                (&known.source, &known.attribute) == (&source.name, &attribute)
                    && (known.word, &known.argument) == (word, &argument)
            });
            if is_known {
                return;
            }
            let prefix = if profiled.sources.len() > 1 { source.name.as_str() } else { "" };
            let Some(name) = name(&[prefix, &attribute, word], &mut names) else { return };
            found.push(SuggestedCheck {
                name,
                source: source.name.clone(),
                column: column.profile.header.clone(),
                attribute,
                word,
                argument,
                passed: suggested.passed,
                because: suggested.because.clone(),
            });
        });
    }
    found
}

/// The suggestions as a file of `checks/`.
pub fn as_yaml(suggested: &[SuggestedCheck], language: Language) -> String {
    let mut yaml = String::from("checks:\n");
    for check in suggested {
        let [english, dutch] = &check.because;
        let because = language.say(english, dutch);
        let passed = check.passed;
        let SuggestedCheck { name, source, attribute, word, argument, .. } = check;
        write!(
            yaml,
            "  # {because}\n  {name}:\n    on: records\n    sources: [{source}]\n    \
             attributes: {attribute}\n    {word}: {argument}\n    severity: warning\n    \
             pass_min: {passed}\n"
        )
        .expect("writing to a string cannot fail");
    }
    if suggested.is_empty() { "checks: {}\n".into() } else { yaml }
}

/// Visits the suggestions of each column, by its number.
pub(super) fn each_suggestion(
    source: &SourceProfile,
    state: &TableState,
    as_of: Day,
    visit: &mut dyn FnMut(usize, &Suggested),
) {
    for (number, (column, state)) in source.columns.iter().zip(state.columns()).enumerate() {
        let meaning = column.meaning();
        let judging = Judging::new(meaning, source.context);
        let seen = Seen { state, profile: &column.profile, meaning, as_of, judged: &judging };
        suggest(&seen).iter().for_each(|suggested| visit(number, suggested));
    }
}

/// Of the different values that stand for a column, how many were judged by what it means, and how
/// many of them are valid.
pub(crate) fn validity_of_sample(column: &ProfiledColumn, context: Context) -> (u64, u64) {
    let meaning = column.meaning();
    if meaning.is_metadata() || meaning == SemanticType::Ignored {
        return (0, 0);
    }
    let judging = Judging::new(meaning, context);
    // What another column has to say, such as the house number of a street, is not missed here.
    let is_whole = |claim: &Claim| claim.validity == Validity::Valid;
    let is_valid = |value: &&String| {
        let CleanRecord { claims, findings, .. } = judging.cleaned(value);
        let is_doubt = |finding: &Finding| {
            let is_of_parts = finding.code.dimension() == Dimension::Completeness;
            !is_of_parts && finding.code.severity() != Severity::Note
        };
        !claims.is_empty() && claims.iter().all(is_whole) && !findings.iter().any(is_doubt)
    };
    let valid = column.profile.sample.iter().filter(is_valid).count();
    (column.profile.sample.len() as u64, valid as u64)
}

/// The attribute of a column that a check can name: none for what fills several. When a record was
/// last changed is asked of where its customer can be reached.
fn attribute(column: &ProfiledColumn, source: &SourceProfile) -> Option<String> {
    use SemanticType::*;
    let meaning = column.meaning();
    if meaning == UpdatedAt {
        let reached = [Street, AddressLine, Email, Phone];
        let other = |wanted| source.columns.iter().find(|other| other.meaning() == wanted);
        return attribute(reached.into_iter().find_map(other)?, source);
    }
    if let Some(attribute) = &column.attribute {
        return Some(attribute.clone());
    }
    let name = if meaning == AddressLine { "street" } else { meaning.name() };
    AttributeSet::builtin().find(name).map(|_| name.to_string())
}

/// A name that was not given out yet.
fn name(parts: &[&str], names: &mut BTreeSet<CheckName>) -> Option<CheckName> {
    let words = parts.iter().filter(|part| !part.is_empty());
    let joined = words.map(|part| part.to_lowercase()).collect::<Vec<_>>().join("_");
    let word: String = joined.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let word = word.trim_start_matches(|c: char| !c.is_lowercase());
    let numbered = (2..).map(|number| format!("{word}_{number}"));
    let mut free = std::iter::once(word.to_string()).chain(numbered);
    let name = free.find_map(|text| match CheckName::new(&text) {
        Some(name) if names.contains(&name) => None,
        other => Some(other),
    });
    let name = name.flatten()?;
    names.insert(name.clone());
    Some(name)
}

/// Judges the values of a column as they are cleaned.
struct Judging {
    meaning: SemanticType,
    plan: CleaningPlan,
    memo: RefCell<Memo>,
    context: Context,
}

impl Judging {
    fn new(meaning: SemanticType, context: Context) -> Judging {
        let column = DiscoveredColumn {
            column: "value".into(),
            semantic_type: meaning,
            attribute: meaning.needs_attribute().then(|| "value".into()),
            slot: 0,
            confidence: 1.0,
            fill: 1.0,
            length_max: None,
            is_operational: false,
        };
        let source = DiscoveredSource {
            name: SourceName::new("source"),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Full,
            party: Party::Always(EntityType::Person),
            country: Some(context.country),
            date_order: context.date_order,
            trust: 50,
            columns: vec![column],
        };
        let model: HubModel = in_memory("suggest", &[source]);
        let plan = CleaningPlan::new(&model, &model.sources[0], &["value".to_string()]);
        Judging { meaning, plan, memo: RefCell::new(Memo::new()), context }
    }

    fn cleaned(&self, value: &str) -> CleanRecord {
        let mut payload = Payload::new();
        payload.push(0, value);
        let key = RecordKey::new(SourceName::new("source"), "");
        let record = SourceRecord { key, observed_at: None, payload };
        self.plan.standardise(&record, &mut self.memo.borrow_mut())
    }
}

/// What is told of a value that belongs in another field.
const MISUSED: [&str; 7] = [
    "wrong_field",
    "misused_field",
    "remark",
    "deceased",
    "moved_away",
    "undeliverable",
    "bankrupt",
];

impl Judged for Judging {
    fn is_missing(&self, value: &str) -> bool {
        placeholder::judge(value.trim(), self.meaning) == Judgement::Placeholder
    }

    fn is_valid(&self, value: &str) -> bool {
        let CleanRecord { claims, findings, .. } = self.cleaned(value);
        let of_value = findings.iter().filter(|finding| finding.column.is_some());
        let is_doubted =
            of_value.into_iter().any(|finding| finding.code.severity() != Severity::Note);
        let is_valid = claims.iter().all(|claim| claim.validity == Validity::Valid);
        !claims.is_empty() && is_valid && !is_doubted
    }

    fn is_misused(&self, value: &str) -> bool {
        let findings = self.cleaned(value).findings;
        findings.iter().any(|finding| MISUSED.contains(&finding.code.name()))
    }

    fn day(&self, value: &str) -> Option<Day> {
        let day = date::calendar_date(value, &self.context)?;
        let since = day.duration_since(jiff::civil::date(1970, 1, 1));
        i32::try_from(since.as_hours() / 24).ok().map(Day)
    }
}
