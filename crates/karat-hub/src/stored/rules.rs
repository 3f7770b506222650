//! The rules in force, read from what was published with them; no record is read.

use std::cmp::Reverse;

use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{Candidates, Matcher};
use karat_model::evidence::Weight;
use karat_model::id::SourceName;
use karat_model::table::TableBuilder;
use karat_store::Reader;

use super::StoredHub;
use crate::error::Error;
use crate::figures::{Figures, SharedFigures};
use crate::flow::releases::{Kept, Release, is_folder_unpublished, kept, releases};
use crate::hub_model::FolderText;
use crate::matching_report::weights_of;
use crate::view::{MatchRules, ReleaseView, Rules, Threshold};

impl StoredHub {
    pub(super) fn read_rules(&self, reader: &dyn Reader) -> Result<Rules, Error> {
        let models = self.models(reader)?;
        let types = models.iter().filter_map(|model| self.match_rules(model)).collect();
        let figures = reader.statistic(Figures::NAME)?;
        let figures = figures.map(|json| Figures::from_json(&json)).unwrap_or_default();
        let shared_values = figures.shared_values.iter().map(SharedFigures::to_shared_value);
        let sources = self.model.sources.iter();
        let mut trust: Vec<(SourceName, u8)> =
            sources.map(|source| (source.name.clone(), source.trust)).collect();
        trust.sort_by_key(|(_, trust)| Reverse(*trust));
        Ok(Rules {
            release: read_releases(reader)?.pop(),
            is_unpublished: is_folder_unpublished(reader, &self.dir)?,
            types,
            trust,
            shared_values: shared_values.collect(),
        })
    }

    /// What a match model says, asked without any record.
    fn match_rules(&self, model: &MatchModel) -> Option<MatchRules> {
        let entity_type = model.entity_type()?;
        let attributes = &self.model.attributes;
        let table = TableBuilder::new(entity_type, attributes, std::iter::empty()).finish();
        let (copy, id) = (model.clone(), model.id());
        let matcher = Matcher::frozen(&table, attributes, copy, Candidates::Hopeful, &Unwatched);
        let threshold = |weight: i32| {
            let weight = Weight(weight);
            Threshold { weight, probability: model.calibration.probability(weight) }
        };
        Some(MatchRules {
            entity_type,
            model: id,
            learnt_from: model.training.records,
            prior: Weight(model.prior),
            link: threshold(model.link_threshold),
            review: threshold(model.review_threshold),
            comparisons: weights_of(&matcher),
            blocking: matcher.blocking().map(<[String; 2]>::clone).collect(),
            warnings: model.training.warnings.clone(),
        })
    }
}

/// The releases, the first one first.
pub(super) fn read_releases(reader: &dyn Reader) -> Result<Vec<ReleaseView>, Error> {
    let loads = reader.loads()?;
    let view = |release: Release| {
        let load = loads.iter().find(|load| load.load.0 == release.load);
        let at = load.map(|load| load.started_at);
        let Release { no, reason, by, match_model, .. } = release;
        ReleaseView { no, at, reason, by, match_model }
    };
    Ok(releases(reader)?.into_iter().map(view).collect())
}

/// What the hub model of a release said; `None` when there is no such release.
pub(super) fn read_release_text(reader: &dyn Reader, no: u32) -> Result<Option<FolderText>, Error> {
    match kept(reader, no) {
        Ok(Kept { text, .. }) => Ok(Some(text)),
        Err(Error::NoRelease { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
