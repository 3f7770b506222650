//! Discovered sources: what recognising the columns of files found, and the model it makes.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::hub_model::{
    ColumnMapping, Country, DateOrder, Delivery, Format, HubModel, Party, Source,
};
use karat_model::id::SourceName;
use karat_model::semantic::SemanticType;

use super::attributes::is_attribute_name;
use super::checks_file::with_standard_checks;
use super::columns::{is_single, is_single_in_address};
use super::numbers::{SLOT_MAX, TRUST_MAX};

/// A source as it was recognised from its files.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscoveredSource {
    /// Its name.
    pub name: SourceName,
    /// Its files, as the hub's folder sees them.
    pub files: Vec<String>,
    /// How they are written.
    pub format: Format,
    /// Whether a delivery is all records or only what changed.
    pub delivery: Delivery,
    /// What its records are about.
    pub party: Party,
    /// The country of its addresses and phone numbers that name none.
    pub country: Option<Country>,
    /// The order of the parts of its dates.
    pub date_order: DateOrder,
    /// How far it is trusted, 0 to 100.
    pub trust: u8,
    /// Its columns, in the order of the file.
    pub columns: Vec<DiscoveredColumn>,
}

impl DiscoveredSource {
    /// Makes a column the id of records, in place of any other; tells whether there is such a one.
    pub fn name_id(&mut self, name: &str) -> bool {
        let is_known = self.columns.iter().any(|column| column.column == name);
        if is_known {
            for column in &mut self.columns {
                if column.column == name {
                    column.semantic_type = SemanticType::SourceId;
                    column.is_operational = false;
                } else if column.semantic_type == SemanticType::SourceId {
                    column.semantic_type = SemanticType::Ignored;
                }
            }
        }
        is_known
    }
}

/// A column as it was recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscoveredColumn {
    /// The header, or the dotted path in JSON.
    pub column: String,
    /// What its values mean.
    pub semantic_type: SemanticType,
    /// The attribute it fills, where the type does not tell; named after the column if absent.
    pub attribute: Option<String>,
    /// Which address, phone or e-mail of the record, counted from 0.
    pub slot: u8,
    /// The most characters that the field seems to hold, if values seem cut off.
    pub length_max: Option<u16>,
    /// How sure the type is, from 0 to 1.
    pub confidence: f32,
    /// The share of rows with a value, from 0 to 1.
    pub fill: f32,
    /// Whether it tells of the work of the source system, not of the customer: such a column is
    /// kept with the record, and is neither a golden value nor evidence.
    pub is_operational: bool,
}

/// The hub model of discovered sources, without a folder.
///
/// A name that is taken gets a number; of two columns that contradict each other, such as two
/// record keys, the first one counts and the other one is ignored.
pub fn in_memory(name: &str, sources: &[DiscoveredSource]) -> HubModel {
    assemble(name, sources).0
}

/// The hub model, and what was discovered of each of its sources, in their order.
pub(super) fn assemble<'a>(
    name: &str,
    sources: &'a [DiscoveredSource],
) -> (HubModel, Vec<&'a DiscoveredSource>) {
    let mut discovered: Vec<&DiscoveredSource> = sources.iter().collect();
    discovered.sort_by(|a, b| a.name.cmp(&b.name));
    let mut model = with_standard_checks(HubModel::new(name));
    let mut pairs: Vec<(Source, &DiscoveredSource)> = Vec::with_capacity(discovered.len());
    for discovered in discovered {
        let is_taken = |name: &SourceName| pairs.iter().any(|(source, _)| source.name == *name);
        let name = free_name(&discovered.name, is_taken);
        pairs.push((source(name, discovered, &mut model.attributes), discovered));
    }
    pairs.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    let (sources, discovered) = pairs.into_iter().unzip();
    (HubModel { sources, ..model }, discovered)
}

fn free_name(wanted: &SourceName, is_taken: impl Fn(&SourceName) -> bool) -> SourceName {
    let wanted = if wanted.as_str().is_empty() { "source" } else { wanted.as_str() };
    let numbered = (2..).map(|number| SourceName::new(&format!("{wanted}_{number}")));
    std::iter::once(SourceName::new(wanted))
        .chain(numbered)
        .find(|name| !is_taken(name))
        .expect("some number is free")
}

/// What was discovered, as a source of this name; attributes that are not known yet are added.
pub(crate) fn source(
    name: SourceName,
    discovered: &DiscoveredSource,
    attributes: &mut AttributeSet,
) -> Source {
    let mut columns: Vec<ColumnMapping> = Vec::with_capacity(discovered.columns.len());
    for column in &discovered.columns {
        let is_known = columns.iter().any(|other| other.column == column.column);
        if !is_known {
            columns.push(mapping(column, &columns, attributes));
        }
    }
    Source {
        name,
        files: discovered.files.clone(),
        format: discovered.format.clone(),
        delivery: discovered.delivery,
        trust: discovered.trust.min(TRUST_MAX),
        party: discovered.party,
        country: discovered.country,
        date_order: discovered.date_order,
        feedback: None,
        columns,
    }
}

fn mapping(
    discovered: &DiscoveredColumn,
    earlier: &[ColumnMapping],
    attributes: &mut AttributeSet,
) -> ColumnMapping {
    let is_operational = discovered.is_operational;
    let wanted = if is_operational { SemanticType::Ignored } else { discovered.semantic_type };
    let slot = free_slot(wanted, discovered.slot, earlier);
    let semantic_type = slot.map_or(SemanticType::Ignored, |_| wanted);
    let needs_attribute = semantic_type.needs_attribute();
    ColumnMapping {
        column: discovered.column.clone(),
        semantic_type,
        attribute: needs_attribute.then(|| own_attribute(discovered, attributes)),
        slot: slot.unwrap_or(0),
        length_max: discovered.length_max.filter(|_| semantic_type == discovered.semantic_type),
    }
}

impl DiscoveredColumn {
    /// The name of the attribute that the column would fill, as far as it is free.
    pub fn attribute_name(&self) -> String {
        attribute_name(self.attribute.as_deref().unwrap_or(&self.column))
    }
}

/// The first slot from the wanted one in which the column contradicts no earlier one.
fn free_slot(kind: SemanticType, wanted: u8, earlier: &[ColumnMapping]) -> Option<u8> {
    let is_used = |slot: u8| {
        let mut rivals = earlier.iter().filter(|other| other.semantic_type == kind);
        rivals.any(|other| other.slot == slot)
    };
    if is_single(kind) {
        (!is_used(0)).then_some(0)
    } else if is_single_in_address(kind) {
        (wanted..=SLOT_MAX).find(|slot| !is_used(*slot))
    } else {
        Some(if kind.is_metadata() { 0 } else { wanted.min(SLOT_MAX) })
    }
}

/// The attribute of a column; one of the same name and type is shared with other columns.
fn own_attribute(column: &DiscoveredColumn, attributes: &mut AttributeSet) -> AttributeId {
    let kind = column.semantic_type;
    let plain = column.attribute_name();
    let typed = format!("{plain}_{}", kind.name());
    let numbered = (2..).map(|number| format!("{typed}_{number}"));
    let is_usable = |name: &String| {
        let found = attributes.find(name).map(|id| attributes.get(id).semantic_type);
        is_attribute_name(name) && found.is_none_or(|holds| holds == kind)
    };
    let name = [plain, typed.clone()]
        .into_iter()
        .chain(numbered)
        .find(is_usable)
        .expect("some number is free");
    attributes.add_named(&name, kind)
}

/// A header as the name of an attribute: lower case, words joined by `_`.
fn attribute_name(header: &str) -> String {
    let lower = header.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.starts_with(char::is_alphabetic) { name } else { format!("column_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(header: &str, semantic_type: SemanticType, slot: u8) -> DiscoveredColumn {
        DiscoveredColumn {
            column: header.into(),
            semantic_type,
            attribute: None,
            slot,
            length_max: None,
            confidence: 1.0,
            fill: 1.0,
            is_operational: false,
        }
    }

    fn discovered(name: &str, columns: Vec<DiscoveredColumn>) -> DiscoveredSource {
        DiscoveredSource {
            name: SourceName::new(name),
            files: vec![format!("../{name}.csv")],
            format: Format::default(),
            delivery: Delivery::Full,
            party: Party::ByValues,
            country: None,
            date_order: DateOrder::DayFirst,
            trust: 50,
            columns,
        }
    }

    /// One line per column: source, column, type, attribute, slot.
    fn check(sources: &[DiscoveredSource], expected: &str) {
        let model = in_memory("Shop", sources);
        let mut lines = Vec::new();
        for source in &model.sources {
            for mapping in &source.columns {
                let name = mapping.attribute.map(|id| &*model.attributes.get(id).name);
                lines.push(format!(
                    "{} {} {} {} {}",
                    source.name,
                    mapping.column,
                    mapping.semantic_type.name(),
                    name.unwrap_or("-"),
                    mapping.slot
                ));
            }
        }
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn sources_are_sorted_and_have_names_of_their_own() {
        let one = || vec![column("id", SemanticType::SourceId, 0)];
        check(
            &[
                discovered("web", one()),
                discovered("crm", one()),
                discovered("web", one()),
                discovered("", one()),
            ],
            "crm id source_id - 0\nsource id source_id - 0\nweb id source_id - 0\nweb_2 id source_id - 0",
        );
    }

    #[test]
    fn attributes_are_named_after_columns_and_shared_when_they_mean_the_same() {
        use SemanticType::*;
        let crm = vec![column("Segment", Category, 0), column("E-mail", Text, 0)];
        let web = vec![
            column("segment", Category, 0),
            column("SEGMENT", Number, 0),
            column("email", Flag, 0),
            column("name", Text, 0),
            column("2nd", Text, 0),
        ];
        check(
            &[discovered("crm", crm), discovered("web", web)],
            "crm Segment category segment 0
crm E-mail text e_mail 0
web segment category segment 0
web SEGMENT number segment_number 0
web email flag email_flag 0
web name text name_text 0
web 2nd text column_2nd 0",
        );
    }

    #[test]
    fn columns_that_contradict_each_other_are_told_apart() {
        use SemanticType::*;
        let columns = vec![
            column("id", SourceId, 3),
            column("nr", SourceId, 0),
            column("street", Street, 0),
            column("ship_street", Street, 0),
            column("phone", Phone, 0),
            column("mobile", Phone, 99),
            column("phone", Email, 0),
        ];
        check(
            &[discovered("crm", columns)],
            "crm id source_id - 0
crm nr ignored - 0
crm street street - 0
crm ship_street street - 1
crm phone phone - 0
crm mobile phone - 15",
        );
    }

    #[test]
    fn operational_columns_make_no_attributes() {
        let told = column("segment", SemanticType::Category, 0);
        let ticket = DiscoveredColumn {
            is_operational: true,
            ..column("ticket_status", SemanticType::Category, 0)
        };
        let sources = [discovered("desk", vec![told, ticket])];
        check(&sources, "desk segment category segment 0\ndesk ticket_status ignored - 0");
        assert_eq!(in_memory("Shop", &sources).attributes.find("ticket_status"), None);
    }
}
