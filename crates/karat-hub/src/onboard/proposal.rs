//! What the columns of an upload seem to mean: what `karat init` would write, and why.

use std::path::Path;

use karat_engine::clean::{Context, Recognition};
use karat_model::hub_model::{HubModel, Source};
use karat_model::semantic::SemanticType;

use super::ROWS_MAX;
use crate::error::Error;
use crate::flow::discover::{Discovered, discover_first};
use crate::flow::source_profiles::KeptColumn;
use crate::hub_model::{DiscoveredColumn, source_of};
use crate::profiling::undescribed_columns;
use crate::stored::sources::seen_column;
use crate::view::SourceColumn;

/// What the first rows of an upload say.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The rows, and what was recognised in them.
    pub found: Discovered,
    /// The source as it would be written.
    pub source: Source,
    /// The columns, in the order of the file.
    pub columns: Vec<ProposedColumn>,
}

/// What a column seems to mean.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedColumn {
    /// What stands in it; of values of persons the form alone.
    pub column: SourceColumn,
    /// What is proposed that it means.
    pub semantic_type: SemanticType,
    /// The attribute that it would fill, where the type does not tell.
    pub attribute: Option<String>,
    /// The attribute that it would fill if it had one of its own.
    pub own_attribute: String,
    /// Why that is proposed.
    pub because: Because,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
}

/// Why a meaning is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The header says so.
    Header,
    /// The values say so.
    Values,
    /// Both say so.
    HeaderAndValues,
    /// It tells of the work of the source system, not of the customer.
    OwnWork,
    /// Another column means that already, and only one can.
    Rival,
    /// It was not recognised.
    NotRecognised,
}

impl Proposal {
    /// Looks at the first rows of a file, as they would be read into a hub. A file without columns
    /// tells why in its summary.
    pub fn of(path: &Path, model: &HubModel) -> Result<Proposal, Error> {
        let found = discover_first(path, model.country, ROWS_MAX)?;
        let name = found.source.name.clone();
        let mut attributes = model.attributes.clone();
        let source = source_of(name, &found.source, &mut attributes);
        let context = Context { country: model.country, date_order: found.source.date_order };
        let seen = undescribed_columns(found.profiles.clone(), context).into_iter();
        let seen = seen.map(|column| seen_column(&KeptColumn::of(&column, context)));
        let proposed = |column: SourceColumn| {
            let known = found.source.columns.iter().find(|it| it.column == column.header)?;
            let mapping = source.columns.iter().find(|it| it.column == column.header)?;
            let is_of_it = |it: &&Recognition| found.profiles[it.column].header == column.header;
            let recognised = found.recognitions.iter().find(is_of_it);
            Some(ProposedColumn {
                because: because(known, mapping.semantic_type, recognised),
                semantic_type: mapping.semantic_type,
                attribute: mapping.attribute.map(|id| attributes.get(id).name.clone()),
                own_attribute: known.attribute_name(),
                confidence: known.confidence,
                column,
            })
        };
        let columns = seen.filter_map(proposed).collect();
        Ok(Proposal { columns, source, found })
    }

    /// How many rows were looked at, those that cannot be read left out.
    pub fn rows(&self) -> u64 {
        self.found.summary.rows
    }

    /// Whether the file has more rows than were looked at.
    pub fn is_cut(&self) -> bool {
        self.found.summary.is_cut
    }

    /// The column with this header.
    pub fn column(&self, header: &str) -> Option<&ProposedColumn> {
        self.columns.iter().find(|column| column.column.header == header)
    }
}

fn because(
    known: &DiscoveredColumn,
    proposed: SemanticType,
    recognised: Option<&Recognition>,
) -> Because {
    let (by_header, by_content) =
        recognised.map_or((false, false), |found| (found.by_header, found.by_content));
    match (by_header, by_content) {
        _ if known.is_operational => Because::OwnWork,
        _ if proposed != known.semantic_type => Because::Rival,
        _ if proposed == SemanticType::Ignored => Because::NotRecognised,
        (true, true) => Because::HeaderAndValues,
        (true, false) => Because::Header,
        (false, true) => Because::Values,
        (false, false) => Because::NotRecognised,
    }
}
