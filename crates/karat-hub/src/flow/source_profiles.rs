//! What stood in the columns of the last delivery of each source: kept with the hub, without values
//! of customers.

use std::collections::BTreeMap;

use karat_engine::clean::Context;
use karat_engine::quality::profile::TableState;
use karat_model::check::Day;
use karat_model::hub_model::{HubModel, Source};
use karat_model::id::SourceName;
use karat_model::profile::LengthCount;
use karat_model::record::Moment;
use karat_model::semantic::SemanticType;
use karat_store::{LoadNo, Reader, Store};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::profiling::{ProfiledColumn, SuggestedCheck, profile_delivery, validity_of_sample};

/// What stood in the columns of sources, by their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceProfiles(pub BTreeMap<String, KeptProfile>);

/// What stood in the columns of the last delivery of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptProfile {
    /// When it was delivered.
    pub at: i64,
    /// How many rows were looked at.
    pub rows: u64,
    /// The columns, in the order of the file.
    pub columns: Vec<KeptColumn>,
    /// The checks that its columns suggest.
    pub checks: Vec<KeptCheck>,
}

/// What stood in a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptColumn {
    /// The header, or the dotted path in JSON.
    pub header: String,
    /// The semantic type that its values seem to be of.
    pub guess: String,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// Why it calls for care.
    pub sensitive: Option<String>,
    /// How many rows have a value.
    pub filled: u64,
    /// How many different values of a sample were judged by what the column means.
    pub judged: u64,
    /// How many of them are valid.
    pub valid: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Whether that is an estimate.
    pub is_estimate: bool,
    /// Whether it could be a key.
    pub is_candidate_key: bool,
    /// From how many characters to how many, and how many values.
    pub lengths: Vec<(u32, u32, u64)>,
    /// The most frequent patterns, with their counts.
    pub patterns: Vec<(String, u64)>,
    /// The most frequent values, of columns alone whose values say nothing of one person.
    pub top: Vec<(String, u64)>,
}

/// A check that a column suggests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCheck {
    /// The column.
    pub column: String,
    /// The attribute that it fills.
    pub attribute: String,
    /// The word of the requirement.
    pub word: String,
    /// The share of what was seen that passes, in hundredths of a percent.
    pub passed: u16,
    /// Why, in English and in Dutch.
    pub because: [String; 2],
}

/// How many patterns and values of a column are kept.
const KEPT_MAX: usize = 8;

/// Columns with more different values than this may name persons, whatever they mean.
const CATEGORIES_MAX: u64 = 50;

impl SourceProfiles {
    /// The name they are kept under.
    pub const NAME: &'static str = "source_profiles";

    /// What is kept; nothing in a hub that is new.
    pub fn read(reader: &dyn Reader) -> Result<SourceProfiles, Error> {
        let json = reader.statistic(SourceProfiles::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Keeps what sources brought in a load that is derived and not finished; what others brought
    /// before stays.
    pub fn keep(
        store: &mut dyn Store,
        load: LoadNo,
        model: &HubModel,
        profiled: Vec<(SourceName, TableState)>,
        at: Moment,
    ) -> Result<(), Error> {
        let mut kept = SourceProfiles::read(store.reader())?;
        let before = kept.clone();
        for (name, state) in profiled.into_iter().filter(|(_, state)| state.rows() > 0) {
            let Some(source) = model.source(&name) else { continue };
            let profile = KeptProfile::of(model, source, state, at);
            kept.0.insert(name.to_string(), profile);
        }
        kept.0.retain(|name, _| model.source(&SourceName::new(name)).is_some());
        if kept == before || store.reader().model_id()?.is_none() {
            return Ok(());
        }
        let json = serde_json::to_string(&kept).expect("numbers and text become JSON");
        store.publish(load, at, &mut |publication| {
            publication.put_statistic(SourceProfiles::NAME, &json)
        })?;
        Ok(())
    }
}

impl KeptProfile {
    fn of(model: &HubModel, source: &Source, state: TableState, at: Moment) -> KeptProfile {
        let rows = state.rows();
        let (profile, suggested) = profile_delivery(model, source, state, Day::of(at));
        let column = |column: &ProfiledColumn| KeptColumn::of(column, profile.context);
        KeptProfile {
            at: at.0,
            rows,
            columns: profile.columns.iter().map(column).collect(),
            checks: suggested.into_iter().map(KeptCheck::of).collect(),
        }
    }
}

impl KeptColumn {
    /// What stood in a column, with the values alone that say nothing of one person.
    pub fn of(column: &ProfiledColumn, context: Context) -> KeptColumn {
        let (judged, valid) = validity_of_sample(column, context);
        let profile = &column.profile;
        let top = profile.top.iter().take(KEPT_MAX).filter(|_| is_shareable(column));
        let length = |&LengthCount { from, to, count }: &LengthCount| (from, to, count);
        KeptColumn {
            header: profile.header.clone(),
            guess: column.guess.name().to_string(),
            confidence: column.confidence,
            sensitive: column.sensitive.map(|it| it.name().to_string()),
            filled: profile.filled,
            judged,
            valid,
            distinct: profile.distinct,
            is_estimate: profile.is_estimate,
            is_candidate_key: profile.is_candidate_key(),
            lengths: profile.lengths.iter().map(length).collect(),
            patterns: profile.patterns.iter().take(KEPT_MAX).cloned().collect(),
            top: top.cloned().collect(),
        }
    }
}

/// Whether the values of a column are a few words that say nothing of one person.
fn is_shareable(column: &ProfiledColumn) -> bool {
    use SemanticType::{Category, Country, Flag, LegalForm, PartyKind};
    let is_closed = |kind| matches!(kind, Category | Country | Flag | LegalForm | PartyKind);
    let is_ignored = column.told == Some(SemanticType::Ignored);
    let is_told_closed = is_ignored || column.told.is_none_or(is_closed);
    let are_few = column.profile.distinct <= CATEGORIES_MAX;
    is_closed(column.guess) && is_told_closed && are_few && column.sensitive.is_none()
}

impl KeptCheck {
    fn of(check: SuggestedCheck) -> KeptCheck {
        let SuggestedCheck { column, attribute, word, passed, because, .. } = check;
        KeptCheck { column, attribute, word: word.to_string(), passed: passed.0, because }
    }
}
