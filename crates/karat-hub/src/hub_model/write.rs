//! Writes the folder of a new hub: commented YAML, the schemas, and what Git should not keep.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use karat_model::attribute::AttributeSet;
use karat_model::hub_model::{
    ColumnMapping, Country, Format, HubModel, MatchSettings, Source, Survivorship, SurvivorshipRule,
};
use karat_model::language::Language;
use karat_model::semantic::SemanticType;

use super::discovered::{DiscoveredColumn, DiscoveredSource, assemble};
use super::folder::SOURCES;
use super::hub_file::HUB_FILE;
use super::quote::{in_double_quotes, quoted};
use super::schema::{hub_schema, source_schema};
use super::source_file::TAB;
use super::words::Words;

const HUB_SCHEMA: &str = "hub.schema.json";
const SOURCE_SCHEMA: &str = "source.schema.json";
const IGNORE: &str = ".gitignore";

/// Below this confidence, a person should look at the column.
const CONFIDENCE_CHECK: f32 = 0.7;

/// The column in which remarks start, unless the line is longer.
const REMARK_COLUMN: usize = 40;

/// Why a hub's folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file of the hub model is there already, and may hold somebody's work.
    #[error("{} is there already, and is not overwritten", .0.display())]
    AlreadyThere(PathBuf),
    /// The world failed.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// Writes the folder of a hub with these sources, and returns the files it made.
///
/// The schemas are generated and therefore renewed; a `.gitignore` that is there is kept.
///
/// # Errors
///
/// [`WriteError::AlreadyThere`], before anything is written, when a file of the hub model exists;
/// [`WriteError::Io`] when a file or folder cannot be made.
pub fn write(
    dir: &Path,
    name: &str,
    language: Language,
    country: Country,
    sources: &[DiscoveredSource],
) -> Result<Vec<PathBuf>, WriteError> {
    let (model, discovered) = assemble(name, sources);
    let model = HubModel { language, country, ..model };
    let mut files = vec![(dir.join(HUB_FILE), hub_text(&model))];
    for (source, discovered) in model.sources.iter().zip(discovered) {
        let path = dir.join(SOURCES).join(format!("{}.yaml", source.name));
        files.push((path, source_text(source, &model.attributes, &discovered.columns)));
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(WriteError::AlreadyThere(path.clone()));
    }
    let folder = dir.join(SOURCES);
    fs::create_dir_all(&folder).map_err(|source| WriteError::Io { path: folder, source })?;
    for (path, text) in &files {
        write_new(path, text)?;
    }
    let mut made: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
    made.extend(write_company(dir)?);
    Ok(made)
}

/// Writes the files that keep the hub model company: its schemas and `.gitignore`.
fn write_company(dir: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let mut made = Vec::new();
    for (name, schema) in [(HUB_SCHEMA, hub_schema()), (SOURCE_SCHEMA, source_schema())] {
        let path = dir.join(name);
        let text = format!("{schema:#}\n");
        fs::write(&path, text).map_err(|source| WriteError::Io { path: path.clone(), source })?;
        made.push(path);
    }
    let path = dir.join(IGNORE);
    if !path.exists() {
        write_new(
            &path,
            "# The database holds personal data and can be loaded again.\n*.db\n*.db-*\n",
        )?;
        made.push(path);
    }
    Ok(made)
}

fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WriteError::AlreadyThere(path.to_owned()),
        _ => WriteError::Io { path: path.to_owned(), source },
    })
}

/// A file's path as the hub's folder sees it, which is how the hub model names files.
///
/// # Errors
///
/// When the current folder is unknown.
pub fn path_from_hub(hub: &Path, file: &Path) -> io::Result<String> {
    let (hub, file) = (resolved(hub)?, resolved(file)?);
    let (hub, file): (Vec<Component>, Vec<Component>) =
        (hub.components().collect(), file.components().collect());
    let shared = hub.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = hub[shared..].iter().map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file[shared..].iter().copied()).collect();
    Ok(path.to_string_lossy().into_owned())
}

/// The absolute path without links; of what does not exist yet, only the folders that do count.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    for existing in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (existing.canonicalize(), absolute.strip_prefix(existing)) {
            return Ok(real.join(rest));
        }
    }
    Ok(absolute)
}

fn hub_text(model: &HubModel) -> String {
    let mut text = format!(
        "# yaml-language-server: $schema=./{HUB_SCHEMA}\n\
         #\n\
         # This folder is the hub model: keep it in Git, and run `karat check` after a change.\n\
         # The sources are described in {SOURCES}/, one file each.\n\n"
    );
    line(&mut text, &format!("name: {}", quoted(&model.name)), "");
    line(&mut text, &format!("language: {}", model.language.word()), "of the console: en or nl");
    let remark = "of addresses and phone numbers that name no country";
    line(&mut text, &format!("country: {}", quoted(model.country.code())), remark);
    attributes_text(&mut text, &model.attributes);
    matching_text(&mut text, &model.matching);
    survivorship_text(&mut text, &model.survivorship, &model.attributes);
    text
}

fn attributes_text(text: &mut String, attributes: &AttributeSet) {
    text.push_str("\n# Attributes beyond the built-in ones. Each can say more of itself, built-in ones too.\n");
    let own: Vec<_> = attributes.iter().skip(AttributeSet::builtin().len()).collect();
    let opening = if own.is_empty() { "# attributes:" } else { "attributes:" };
    line(text, opening, "");
    for (_, attribute) in own {
        let kind = attribute.semantic_type;
        let entry = format!("  {}: {{ type: {} }}", quoted(&attribute.name), kind.name());
        line(text, &entry, "");
    }
    line(text, "#  loyalty_tier:", "");
    line(text, "#    type: category", "identifier, category, flag, date, number or text");
    line(text, "#    label: { en: Tier, nl: Niveau }", "what people read");
    line(text, "#    definition: Earned by buying", "what it means to the company");
    line(text, "#    owner: Marketing", "who answers for it");
    line(text, "#    privacy: personal", "public, internal, personal or special");
}

fn matching_text(text: &mut String, matching: &MatchSettings) {
    text.push_str(
        "\n# How sure Karat must be that two records are about one customer.\nmatching:\n",
    );
    let MatchSettings { false_discovery_rate, link_threshold_bits, review_band_bits } = matching;
    let rate = format!("  false_discovery_rate: {false_discovery_rate}");
    line(text, &rate, "the share of links that may be wrong");
    let threshold = match link_threshold_bits {
        Some(bits) => format!("  link_threshold: {bits}"),
        None => "  # link_threshold: 12.5".into(),
    };
    line(text, &threshold, "bits; a fixed threshold instead of the rate");
    let band = format!("  review_band: {review_band_bits}");
    line(text, &band, "bits below the threshold: shown to a steward");
}

fn survivorship_text(text: &mut String, survivorship: &Survivorship, all: &AttributeSet) {
    text.push_str(
        "\n# Which value wins in a golden record: the rules are tried from left to right.\n\
         # A name and an address survive whole; `default` is for all others.\n\
         survivorship:\n",
    );
    let Survivorship { default, groups, attributes } = survivorship;
    ladder_text(text, "default", default);
    for (group, rules) in groups {
        ladder_text(text, group.name(), rules);
    }
    for (id, rules) in attributes {
        ladder_text(text, &all.get(*id).name, rules);
    }
}

fn ladder_text(text: &mut String, name: &str, rules: &[SurvivorshipRule]) {
    let rules: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
    line(text, &format!("  {}: [{}]", quoted(name), rules.join(", ")), "");
}

fn source_text(
    source: &Source,
    attributes: &AttributeSet,
    discovered: &[DiscoveredColumn],
) -> String {
    let mut text = format!("# yaml-language-server: $schema=../{SOURCE_SCHEMA}\n\n");
    let files: Vec<String> = source.files.iter().map(|file| quoted(file)).collect();
    let files = format!("files: [{}]", files.join(", "));
    line(&mut text, &files, "from the hub's folder; patterns: crm*.csv");
    format_text(&mut text, &source.format);
    let delivery = format!("delivery: {}", source.delivery.word());
    line(&mut text, &delivery, "full: an absent record was deleted; or changes");
    let trust = format!("trust: {}", source.trust);
    line(&mut text, &trust, "0 to 100, compared with the other sources");
    let party = format!("party: {}", source.party.word());
    line(&mut text, &party, "person, organisation or by_values");
    let country = match source.country {
        Some(country) => format!("country: {}", quoted(country.code())),
        None => "# country: NL".into(),
    };
    line(&mut text, &country, "if other than the hub's");
    let dates = format!("dates: {}", source.date_order.word());
    line(&mut text, &dates, "31-12-1980; or month_first: 12/31/1980");
    text.push_str(
        "\n# What each column means. `ignored` keeps a column with the record and leaves it alone.\n",
    );
    let opening = if source.columns.is_empty() { "columns: {}" } else { "columns:" };
    line(&mut text, opening, "");
    for mapping in &source.columns {
        let found = discovered.iter().find(|column| column.column == mapping.column);
        let remark = found.map_or(String::new(), |found| remark(found, mapping));
        line(&mut text, &format!("  {}", column_text(mapping, attributes)), &remark);
    }
    text
}

fn format_text(text: &mut String, format: &Format) {
    let Format { kind, delimiter, encoding, records } = format;
    let delimiter = delimiter.map(|delimiter| match delimiter {
        '\t' => TAB.to_owned(),
        other => in_double_quotes(&other.to_string()),
    });
    let parts = [
        ("kind", kind.map(|kind| kind.word().to_owned())),
        ("delimiter", delimiter),
        ("encoding", encoding.as_deref().map(quoted)),
        ("records", records.as_deref().map(quoted)),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| format!("{key}: {value}")))
        .collect();
    if !said.is_empty() {
        line(text, &format!("format: {{ {} }}", said.join(", ")), "");
    }
}

fn column_text(mapping: &ColumnMapping, attributes: &AttributeSet) -> String {
    let kind = mapping.semantic_type.name();
    let column = quoted(&mapping.column);
    let mut parts = Vec::new();
    if let Some(id) = mapping.attribute {
        parts.push(format!("attribute: {}", quoted(&attributes.get(id).name)));
    }
    if mapping.slot > 0 {
        parts.push(format!("slot: {}", mapping.slot));
    }
    match parts.is_empty() {
        true => format!("{column}: {kind}"),
        false => format!("{column}: {{ type: {kind}, {} }}", parts.join(", ")),
    }
}

/// What was found of a column; never a value of it.
fn remark(found: &DiscoveredColumn, mapping: &ColumnMapping) -> String {
    let fill = percent(found.fill);
    let was_dropped = found.semantic_type != mapping.semantic_type;
    if was_dropped {
        format!("{fill} filled; another column is the {}", found.semantic_type.name())
    } else if mapping.semantic_type == SemanticType::Ignored {
        format!("{fill} filled; not recognised")
    } else if found.confidence < CONFIDENCE_CHECK {
        format!("{fill} filled; please check: {} sure", percent(found.confidence))
    } else {
        format!("{fill} filled; {} sure", percent(found.confidence))
    }
}

/// A share in whole percents; only all is 100 %, and only nothing is 0 %.
fn percent(share: f32) -> String {
    match (share * 100.0) as u8 {
        0 if share > 0.0 => "under 1 %".into(),
        whole => format!("{} %", whole.min(100)),
    }
}

/// Adds a line, with its remark in the column of remarks.
fn line(text: &mut String, said: &str, remark: &str) {
    let written = match remark {
        "" => writeln!(text, "{said}"),
        _ => writeln!(text, "{said:<REMARK_COLUMN$} # {remark}"),
    };
    written.expect("text can be written to a string");
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use karat_model::attribute::EntityType;
    use karat_model::hub_model::{DateOrder, FileKind, Party};
    use karat_model::id::SourceName;
    use proptest::prelude::*;

    use super::super::{Problem, check, fingerprint, in_memory, read};
    use super::*;

    fn column(header: &str, semantic_type: SemanticType) -> DiscoveredColumn {
        DiscoveredColumn {
            column: header.into(),
            semantic_type,
            attribute: None,
            slot: 0,
            confidence: 0.95,
            fill: 1.0,
        }
    }

    fn erp_columns() -> Vec<DiscoveredColumn> {
        use SemanticType::*;
        vec![
            column("debnr", SourceId),
            column("naam", PartyName),
            DiscoveredColumn { fill: 0.987, confidence: 0.55, ..column("adres: 1", AddressLine) },
            DiscoveredColumn { fill: 0.002, slot: 1, ..column("tel_mobiel", Phone) },
            column("segment", Category),
            DiscoveredColumn { fill: 0.4, ..column("opm", Ignored) },
            column("oud_nr", SourceId),
        ]
    }

    fn erp() -> DiscoveredSource {
        DiscoveredSource {
            name: SourceName::new("erp"),
            files: vec!["../erp.txt".into()],
            format: Format {
                kind: Some(FileKind::Csv),
                delimiter: Some(';'),
                encoding: Some("windows-1252".into()),
                records: None,
            },
            party: Party::ByValues,
            country: Some(Country::BELGIUM),
            date_order: DateOrder::DayFirst,
            trust: 60,
            columns: erp_columns(),
        }
    }

    /// A folder with a hub in it and the file of its source beside it.
    fn hub(sources: &[DiscoveredSource]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("erp.txt"), "").unwrap();
        let dir = folder.path().join("hub");
        write(&dir, "My customers", Language::Dutch, Country::NETHERLANDS, sources).unwrap();
        (folder, dir)
    }

    #[test]
    fn the_files_explain_themselves() {
        let (_folder, dir) = hub(&[erp()]);
        assert_snapshot!(fs::read_to_string(dir.join("hub.yaml")).unwrap(), @"
        # yaml-language-server: $schema=./hub.schema.json
        #
        # This folder is the hub model: keep it in Git, and run `karat check` after a change.
        # The sources are described in sources/, one file each.

        name: My customers
        language: nl                             # of the console: en or nl
        country: NL                              # of addresses and phone numbers that name no country

        # Attributes beyond the built-in ones. Each can say more of itself, built-in ones too.
        attributes:
          segment: { type: category }
        #  loyalty_tier:
        #    type: category                      # identifier, category, flag, date, number or text
        #    label: { en: Tier, nl: Niveau }     # what people read
        #    definition: Earned by buying        # what it means to the company
        #    owner: Marketing                    # who answers for it
        #    privacy: personal                   # public, internal, personal or special

        # How sure Karat must be that two records are about one customer.
        matching:
          false_discovery_rate: 0.01             # the share of links that may be wrong
          # link_threshold: 12.5                 # bits; a fixed threshold instead of the rate
          review_band: 6                         # bits below the threshold: shown to a steward

        # Which value wins in a golden record: the rules are tried from left to right.
        # A name and an address survive whole; `default` is for all others.
        survivorship:
          default: [validity, trust, frequency, recency, completeness]
          name: [validity, completeness, frequency, trust, recency]
          address: [validity, recency, trust, completeness, frequency]
          email: [validity, recency, trust, frequency]
          phone: [validity, recency, trust, frequency]
        ");
        assert_snapshot!(fs::read_to_string(dir.join("sources/erp.yaml")).unwrap(), @r#"
        # yaml-language-server: $schema=../source.schema.json

        files: [../erp.txt]                      # from the hub's folder; patterns: crm*.csv
        format: { kind: csv, delimiter: ";", encoding: windows-1252 }
        delivery: full                           # full: an absent record was deleted; or changes
        trust: 60                                # 0 to 100, compared with the other sources
        party: by_values                         # person, organisation or by_values
        country: BE                              # if other than the hub's
        dates: day_first                         # 31-12-1980; or month_first: 12/31/1980

        # What each column means. `ignored` keeps a column with the record and leaves it alone.
        columns:
          debnr: source_id                       # 100 % filled; 95 % sure
          naam: party_name                       # 100 % filled; 95 % sure
          "adres: 1": address_line               # 98 % filled; please check: 55 % sure
          tel_mobiel: { type: phone, slot: 1 }   # under 1 % filled; 95 % sure
          segment: { type: category, attribute: segment } # 100 % filled; 95 % sure
          opm: ignored                           # 40 % filled; not recognised
          oud_nr: ignored                        # 100 % filled; another column is the source_id
        "#);
        assert!(fs::read_to_string(dir.join(".gitignore")).unwrap().contains("*.db\n"));
        let schema = fs::read_to_string(dir.join("hub.schema.json")).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&schema).unwrap(), hub_schema());
    }

    #[test]
    fn what_is_written_has_no_problem_and_reads_back() {
        let (_folder, dir) = hub(&[erp()]);
        assert_eq!(check(&dir), Vec::<Problem>::new());
        let mut expected = in_memory("My customers", &[erp()]);
        expected.language = Language::Dutch;
        let model = read(&dir).unwrap();
        assert_eq!(model, expected);
        assert_eq!(fingerprint(&model), fingerprint(&expected));
    }

    #[test]
    fn nothing_is_overwritten() {
        let (_folder, dir) = hub(&[]);
        let again = || write(&dir, "Other", Language::English, Country::NETHERLANDS, &[erp()]);
        assert!(
            matches!(again(), Err(WriteError::AlreadyThere(path)) if path.ends_with("hub.yaml"))
        );
        assert!(!dir.join("sources/erp.yaml").exists());

        fs::remove_file(dir.join("hub.yaml")).unwrap();
        fs::write(dir.join(".gitignore"), "mine").unwrap();
        let made = again().unwrap();
        assert!(!made.contains(&dir.join(".gitignore")));
        assert_eq!(fs::read_to_string(dir.join(".gitignore")).unwrap(), "mine");
    }

    #[test]
    fn files_are_named_as_the_hub_sees_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        fs::create_dir(at("hub")).unwrap();
        for (hub, file, expected) in [
            ("hub", "crm.csv", "../crm.csv"),
            ("hub", "hub/data/crm.csv", "data/crm.csv"),
            ("new/hub", "data/crm.csv", "../../data/crm.csv"),
        ] {
            assert_eq!(path_from_hub(&at(hub), &at(file)).unwrap(), expected);
        }
    }

    fn any_format() -> impl Strategy<Value = Format> {
        let kind = proptest::option::of(proptest::sample::select(FileKind::CHOICES));
        let encoding = proptest::sample::select(vec![None, Some("utf-8"), Some("utf-16le")]);
        (kind, any::<char>(), encoding, any::<String>()).prop_map(
            |(kind, delimiter, encoding, path)| {
                let is_json = matches!(kind, Some(FileKind::Json | FileKind::JsonLines));
                Format {
                    delimiter: (kind == Some(FileKind::Csv)).then_some(delimiter),
                    encoding: encoding.map(str::to_owned),
                    records: is_json.then_some(path),
                    kind,
                }
            },
        )
    }

    fn any_column() -> impl Strategy<Value = DiscoveredColumn> {
        let kind = proptest::sample::select(SemanticType::ALL);
        let attribute = proptest::option::of(any::<String>());
        (any::<String>(), kind, attribute, 0..20u8, 0.0..=1f32, 0.0..=1f32).prop_map(
            |(column, semantic_type, attribute, slot, confidence, fill)| DiscoveredColumn {
                column,
                semantic_type,
                attribute,
                slot,
                confidence,
                fill,
            },
        )
    }

    fn any_source() -> impl Strategy<Value = DiscoveredSource> {
        let name = proptest::sample::select(vec!["crm", "erp", "Web shop", ""]);
        let party = proptest::sample::select(Party::CHOICES);
        let columns = proptest::collection::vec(any_column(), 0..12);
        (name, any_format(), party, columns, any::<u8>()).prop_map(
            |(name, format, party, columns, trust)| DiscoveredSource {
                name: SourceName::new(name),
                files: vec!["../erp.txt".into()],
                format,
                party,
                country: (trust % 2 == 0).then_some(Country::GERMANY),
                date_order: if trust % 3 == 0 {
                    DateOrder::MonthFirst
                } else {
                    DateOrder::DayFirst
                },
                trust,
                columns,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_discovered_reads_back(sources in proptest::collection::vec(any_source(), 0..4)) {
            let (_folder, dir) = hub(&sources);
            let expected = HubModel { language: Language::Dutch, ..in_memory("My customers", &sources) };
            let model = read(&dir);
            prop_assert!(model.is_ok(), "{}", model.unwrap_err());
            prop_assert_eq!(model.unwrap(), expected);
        }
    }

    #[test]
    fn a_source_of_persons_stays_one() {
        let source = DiscoveredSource { party: Party::Always(EntityType::Person), ..erp() };
        let (_folder, dir) = hub(&[source]);
        assert_eq!(read(&dir).unwrap().sources[0].party, Party::Always(EntityType::Person));
    }
}
