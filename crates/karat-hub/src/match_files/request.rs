//! Requests: what was said of the files and of matching, put together from flags and files.

use karat_engine::matching::model::MatchModel;
use karat_model::hub_model::{Country, HubModel, MatchSettings};
use karat_model::match_settings::PairScope;

use super::comparisons::known_comparisons;
use super::splink::{Imported, SplinkModel};
use crate::error::Error;
use crate::flow::discover::Discovered;
use crate::flow::files::model_of;
use crate::hub_model::MatchFile;
use crate::score::labels::PairLabels;

/// What was said of the files and of matching; what was not is found out or learnt.
#[derive(Debug, Default)]
pub struct MatchRequest {
    /// The country of addresses and phone numbers that name none.
    pub country: Option<Country>,
    /// The column of ids, in all files that have it.
    pub id_column: Option<String>,
    /// Which pairs are compared.
    pub pairs: Option<PairScope>,
    /// A fixed link threshold in bits.
    pub link_threshold_bits: Option<f64>,
    /// The settings of a file.
    pub given: Given,
    /// Models to use instead of learning new ones; at most one per entity type.
    pub models: Vec<MatchModel>,
    /// What people said of pairs; a model that is learnt learns from it.
    pub labels: PairLabels,
    /// How many pairs to name that are most worth asking about.
    pub questions: usize,
    /// Whether to report how each entity type was matched, which takes a little longer.
    pub wants_report: bool,
}

/// Where settings come from.
#[derive(Debug, Default)]
pub enum Given {
    /// From nowhere.
    #[default]
    Nothing,
    /// From a `match.yaml`.
    File(Box<MatchFile>),
    /// From a Splink model.
    Splink(SplinkModel),
}

impl MatchRequest {
    /// The country: what is said on the command line goes before what a file says.
    pub fn country(&self) -> Country {
        let of_file = match &self.given {
            Given::File(file) => file.country(),
            Given::Nothing | Given::Splink(_) => None,
        };
        self.country.or(of_file).unwrap_or(Country::NETHERLANDS)
    }

    /// The column of ids that a person named.
    fn named_id_column(&self) -> Option<&str> {
        let of_file = match &self.given {
            Given::File(file) => file.id_column(),
            Given::Nothing | Given::Splink(_) => None,
        };
        self.id_column.as_deref().or(of_file)
    }
}

/// Files that are ready to be cleaned and matched.
pub struct Prepared {
    /// What their columns mean, and how they are matched.
    pub model: HubModel,
    /// The column of ids that was named, and that a file has.
    pub id_column: Option<String>,
    /// What a person should know, in English.
    pub remarks: Vec<String>,
}

/// Corrects what was recognised by what was said, and makes a hub model of both.
pub fn prepare(request: &MatchRequest, discovered: &mut [Discovered]) -> Result<Prepared, Error> {
    if let Given::File(file) = &request.given {
        let sources = discovered.iter_mut().map(|found| &mut found.source);
        file.apply_columns(sources).map_err(Error::MatchFile)?;
    }
    let mut remarks = Vec::new();
    let id_column = name_ids(request, discovered, &mut remarks)?;
    let mut model = model_of("match", discovered, request.country());
    let comparisons = known_comparisons(&model.attributes);
    model.matching = match &request.given {
        Given::Nothing => MatchSettings::standard(),
        Given::File(file) => {
            file.settings(&model.attributes, &comparisons).map_err(Error::MatchFile)?
        }
        Given::Splink(splink) => {
            let Imported { settings, remarks: more } = splink.import(&model, &comparisons);
            remarks.extend(more);
            settings
        }
    };
    let matching = &mut model.matching;
    matching.pairs = request.pairs.unwrap_or(matching.pairs);
    matching.link_threshold_bits = request.link_threshold_bits.or(matching.link_threshold_bits);
    Ok(Prepared { model, id_column, remarks })
}

/// Makes the column of ids that was said the one of the files; that of Splink may be missing.
fn name_ids(
    request: &MatchRequest,
    discovered: &mut [Discovered],
    remarks: &mut Vec<String>,
) -> Result<Option<String>, Error> {
    let (column, is_needed) = match (request.named_id_column(), &request.given) {
        (Some(column), _) => (column, true),
        (None, Given::Splink(splink)) => match splink.id_column() {
            Some(column) => (column, false),
            None => return Ok(None),
        },
        (None, _) => return Ok(None),
    };
    if name_id(discovered, column) {
        return Ok(Some(column.to_string()));
    }
    if is_needed {
        return Err(no_id_column(discovered, column));
    }
    remarks.push(format!("no file has the column `{column}`, which holds the ids in Splink"));
    Ok(None)
}

/// Makes a column the id in all files that have it; tells whether any has.
fn name_id(discovered: &mut [Discovered], column: &str) -> bool {
    let named = discovered.iter_mut().map(|found| found.source.name_id(column));
    named.fold(false, |any, is_named| any | is_named)
}

fn no_id_column(discovered: &[Discovered], column: &str) -> Error {
    let mut columns: Vec<String> =
        discovered.iter().flat_map(|found| found.columns.iter().cloned()).collect();
    columns.sort();
    columns.dedup();
    Error::NoColumn { column: column.into(), columns }
}
