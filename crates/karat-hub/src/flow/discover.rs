//! Discovers what is in files that nobody described: their columns, and what these mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat_engine::clean::placeholder::is_missing;
use karat_engine::clean::{Context, Recognition, fold_header, recognise, truncation};
use karat_engine::quality::profile::TableProfiler;
use karat_model::attribute::EntityType;
use karat_model::hub_model::{Country, DateOrder, Delivery, Format, Party};
use karat_model::id::SourceName;
use karat_model::profile::ColumnProfile;
use karat_model::record::{Columns, Payload, Quarantined};
use karat_model::semantic::SemanticType;

use super::progress::{Progress, Stage, Unwatched};
use crate::connect::{self, Batch, FileSummary, Row};
use crate::error::Error;
use crate::hub_model::{DiscoveredColumn, DiscoveredSource};

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// The file.
    pub path: PathBuf,
    /// How it was read.
    pub summary: FileSummary,
    /// The source that it would make.
    pub source: DiscoveredSource,
    /// Its columns.
    pub columns: Columns,
    /// What stands in each column.
    pub profiles: Vec<ColumnProfile>,
    /// All its rows, in batches, none of which is empty.
    pub batches: Vec<Vec<Row>>,
    /// The rows that could not be read.
    pub quarantined: Vec<Quarantined>,
    /// What was recognised, and by what.
    pub recognitions: Vec<Recognition>,
}

/// Reads files and recognises their columns; each file is a source of its own.
///
/// A file that cannot be read is given without columns, with the problem in its summary.
pub fn discover(
    files: &[PathBuf],
    country: Country,
    progress: &dyn Progress,
) -> Result<Vec<Discovered>, Error> {
    let mut all = Vec::with_capacity(files.len());
    for path in files {
        all.push(discover_file(path, country, u64::MAX, progress)?);
    }
    Ok(all)
}

/// Reads the first rows of a file, at most so many, and recognises its columns.
pub fn discover_first(path: &Path, country: Country, rows_max: u64) -> Result<Discovered, Error> {
    discover_file(path, country, rows_max, &Unwatched)
}

fn discover_file(
    path: &Path,
    country: Country,
    rows_max: u64,
    progress: &dyn Progress,
) -> Result<Discovered, Error> {
    let mut columns: Columns = Columns::from([]);
    let mut profiler = TableProfiler::of_columns(is_missing);
    let mut batches = Vec::new();
    let mut quarantined = Vec::new();
    let mut is_started = false;
    let mut take = |batch: Batch| {
        if !is_started {
            progress.begin(Stage::Read, batch.bytes_total);
            is_started = true;
        }
        progress.reached(batch.bytes_read);
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
        columns = batch.columns;
        let payloads: Vec<&Payload> = batch.rows.iter().map(|row| &row.payload).collect();
        profiler.observe(&columns, &payloads);
        batches.extend(Some(batch.rows).filter(|rows| !rows.is_empty()));
        quarantined.extend(batch.quarantined);
        Ok(())
    };
    let summary =
        connect::read_first_ahead(&[path.to_path_buf()], &Format::default(), rows_max, &mut take)?;
    if is_started {
        progress.end();
    }
    let summary = summary.files.into_iter().next().unwrap_or_default();
    let profiles: Vec<ColumnProfile> = profiler.finish();
    let context = Context { country, date_order: date_order(&profiles) };
    let recognitions = recognise(&profiles, &context);
    let source = describe(path, &summary, &profiles, &recognitions, context);
    Ok(Discovered {
        path: path.to_path_buf(),
        summary,
        source,
        columns,
        profiles,
        batches,
        quarantined,
        recognitions,
    })
}

/// Month first, if values say so and none says otherwise.
pub(crate) fn date_order(profiles: &[ColumnProfile]) -> DateOrder {
    let mut beyond_twelve = [0u32; 2];
    for value in profiles.iter().flat_map(|profile| &profile.sample) {
        let parts: Vec<Option<u32>> =
            value.split(['/', '-', '.']).map(|part| part.parse().ok()).collect();
        if let [Some(first @ 1..=31), Some(second @ 1..=31), Some(_)] = parts[..] {
            beyond_twelve[0] += u32::from(first > 12);
            beyond_twelve[1] += u32::from(second > 12);
        }
    }
    let month_comes_first = beyond_twelve[1] > 0 && beyond_twelve[0] == 0;
    if month_comes_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
}

fn describe(
    path: &Path,
    summary: &FileSummary,
    profiles: &[ColumnProfile],
    recognitions: &[Recognition],
    context: Context,
) -> DiscoveredSource {
    let mut columns: BTreeMap<usize, DiscoveredColumn> = BTreeMap::new();
    for found in recognitions {
        let profile = &profiles[found.column];
        let fill = profile.filled as f32 / profile.rows.max(1) as f32;
        columns.insert(
            found.column,
            DiscoveredColumn {
                column: profile.header.clone(),
                semantic_type: found.semantic_type,
                attribute: found.attribute.clone(),
                slot: found.slot,
                length_max: truncation::length_max(profile, found.semantic_type),
                confidence: found.confidence,
                fill,
                is_operational: is_operational(&profile.header, found),
            },
        );
    }
    let columns: Vec<DiscoveredColumn> = columns.into_values().collect();
    DiscoveredSource {
        name: source_name(path),
        files: vec![path.to_string_lossy().into_owned()],
        format: Format {
            kind: summary.kind,
            delimiter: summary.delimiter,
            encoding: summary.encoding.map(str::to_string),
            records: None,
        },
        delivery: Delivery::Full,
        party: party(&columns),
        country: None,
        date_order: context.date_order,
        trust: trust(&columns),
        columns,
    }
}

/// The name of the file without its extensions; `stdin` for standard input.
pub(crate) fn source_name(path: &Path) -> SourceName {
    let name =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    match name.split('.').next().unwrap_or_default() {
        "-" => SourceName::new("stdin"),
        "" => SourceName::new("source"),
        stem => SourceName::new(stem),
    }
}

fn party(columns: &[DiscoveredColumn]) -> Party {
    use SemanticType::*;
    let has = |kinds: &[SemanticType]| columns.iter().any(|c| kinds.contains(&c.semantic_type));
    let has_company =
        has(&[CompanyName, KvkNumber, EstablishmentNumber, Rsin, KboNumber, Lei, LegalForm]);
    let has_person = has(&[FullName, GivenName, FamilyName, BirthDate, Initials]);
    if has(&[PartyKind, PartyName]) || has_company && has_person {
        Party::ByValues
    } else if has_company {
        Party::Always(EntityType::Organisation)
    } else {
        Party::Always(EntityType::Person)
    }
}

/// Words that begin parts of headers of what a system keeps of its own work, in Dutch, English and
/// German.
const OPERATIONAL: &[&str] = &[
    "agent",
    "auftrag",
    "bericht",
    "bestel",
    "betreff",
    "cart",
    "channel",
    "factuur",
    "gast",
    "guest",
    "invoice",
    "kanaal",
    "medewerker",
    "message",
    "onderwerp",
    "order",
    "payment",
    "prioriteit",
    "priority",
    "rechnung",
    "session",
    "sessie",
    "status",
    "subject",
    "ticket",
];

/// Words in headers of dates that belong to the customer, not to the record.
const OF_CUSTOMER: &[&str] = &[
    "deceased",
    "died",
    "joined",
    "member",
    "overleden",
    "overlijden",
    "seit",
    "since",
    "sinds",
    "trouw",
    "verstorben",
    "wedding",
];

/// Whether a column tells of the work of the source system and not of the customer: when a record
/// was made, what a ticket is about. A person's own dates and categories, such as an occupation,
/// are kept; so are numbers that identify the customer elsewhere.
fn is_operational(header: &str, found: &Recognition) -> bool {
    use SemanticType::*;
    let folded = fold_header(header);
    let says = |words: &[&str]| {
        folded.split('_').any(|part| words.iter().any(|word| part.starts_with(word)))
    };
    match found.semantic_type {
        Text => true,
        Date => !says(OF_CUSTOMER),
        Category | Flag | Number | Identifier => says(OPERATIONAL),
        _ => false,
    }
}

fn says_of_customer(column: &DiscoveredColumn) -> bool {
    !column.semantic_type.is_metadata() && !column.is_operational
}

/// A source that fills its columns is trusted more, until a person says otherwise.
fn trust(columns: &[DiscoveredColumn]) -> u8 {
    let telling: Vec<f32> =
        columns.iter().filter(|column| says_of_customer(column)).map(|c| c.fill).collect();
    let mean = telling.iter().sum::<f32>() / telling.len().max(1) as f32;
    (30.0 + 60.0 * mean).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_keeps_of_its_own_work_says_nothing_of_the_customer() {
        use SemanticType::*;
        for (header, semantic_type, expected) in [
            ("onderwerp", Category, true),
            ("customer.order_status", Category, true),
            ("OrderStatus", Category, true),
            ("status", Category, true),
            ("beroep", Category, false),
            ("created_at", Date, true),
            ("klant_sinds", Date, false),
            ("birth", BirthDate, false),
            ("opmerking", Text, true),
            ("bestelnr", Identifier, true),
            ("klantnummer", Identifier, false),
            ("guest", Flag, true),
            ("newsletter", Flag, false),
            ("email", Email, false),
        ] {
            let found = Recognition {
                column: 0,
                semantic_type,
                attribute: None,
                slot: 0,
                confidence: 1.0,
                by_header: false,
                by_content: true,
            };
            assert_eq!(is_operational(header, &found), expected, "{header}");
        }
    }
}
