//! Writes the folder of a new hub: commented YAML, the schemas, and what Git should not keep.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use karat_model::hub_model::{Country, HubModel};
use karat_model::language::Language;

use super::commented::{checks_text, hub_text, source_text};
use super::discovered::{DiscoveredSource, assemble};
use super::folder::{CHECKS, SOURCES};
use super::hub_file::HUB_FILE;
use super::schema::{
    CHECKS_SCHEMA, HUB_SCHEMA, SOURCE_SCHEMA, checks_schema, hub_schema, source_schema,
};

/// The file of the hub's own checks.
const CHECKS_FILE: &str = "customers.yaml";

const IGNORE: &str = ".gitignore";

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
/// The schemas are generated and therefore renewed; a `.gitignore` and a file of checks that are
/// there are kept.
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
    for folder in [SOURCES, CHECKS].map(|folder| dir.join(folder)) {
        fs::create_dir_all(&folder).map_err(|source| WriteError::Io { path: folder, source })?;
    }
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
    for (name, schema) in [
        (HUB_SCHEMA, hub_schema()),
        (SOURCE_SCHEMA, source_schema()),
        (CHECKS_SCHEMA, checks_schema()),
    ] {
        let path = dir.join(name);
        let text = format!("{schema:#}\n");
        fs::write(&path, text).map_err(|source| WriteError::Io { path: path.clone(), source })?;
        made.push(path);
    }
    let path = dir.join(CHECKS).join(CHECKS_FILE);
    if !path.exists() {
        write_new(&path, &checks_text())?;
        made.push(path);
    }
    let path = dir.join(IGNORE);
    if !path.exists() {
        write_new(
            &path,
            "# The database holds personal data and can be loaded again.\nkarat.db*\n",
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

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use karat_model::attribute::EntityType;
    use karat_model::hub_model::{DateOrder, Delivery, FileKind, Format, Party};
    use karat_model::id::SourceName;
    use karat_model::semantic::SemanticType;
    use proptest::prelude::*;

    use super::super::words::Words;
    use super::super::{DiscoveredColumn, Problem, check, fingerprint, in_memory, read};
    use super::*;

    fn column(header: &str, semantic_type: SemanticType) -> DiscoveredColumn {
        DiscoveredColumn {
            column: header.into(),
            semantic_type,
            attribute: None,
            slot: 0,
            length_max: None,
            confidence: 0.95,
            fill: 1.0,
            is_operational: false,
        }
    }

    fn erp_columns() -> Vec<DiscoveredColumn> {
        use SemanticType::*;
        vec![
            column("debnr", SourceId),
            column("naam", PartyName),
            DiscoveredColumn { fill: 0.987, confidence: 0.55, ..column("adres: 1", AddressLine) },
            DiscoveredColumn { fill: 0.002, slot: 1, ..column("tel_mobiel", Phone) },
            DiscoveredColumn { length_max: Some(30), ..column("plaats", City) },
            column("segment", Category),
            DiscoveredColumn { fill: 0.4, ..column("opm", Ignored) },
            column("oud_nr", SourceId),
            DiscoveredColumn { is_operational: true, ..column("aangemaakt op", Date) },
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
            delivery: Delivery::Full,
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
        #   loyalty_tier:
        #     type: category                     # identifier, category, flag, date, number or text
        #     label: { en: Tier, nl: Niveau }    # what people read
        #     definition: Earned by buying       # what it means to the company
        #     owner: Marketing                   # who answers for it
        #     privacy: personal                  # public, internal, personal or special
        #     steward: Anna                      # who looks after its values
        #     legal_basis: contract              # why its values may be kept
        #     retention: 7y                      # how long its values are kept
        #     criticality: 4                     # how much its quality matters: 0, 1, 2 or 4

        # How sure Karat must be that two records are about one customer.
        matching:
          false_discovery_rate: 0.05             # the share of links that may be wrong
          # link_threshold: 12.5                 # bits; a fixed threshold instead of the rate
          review_band: 4                         # bits below the threshold: shown to a steward
          # phonetics: german                    # how names sound, if not as in the country
          # Which clusters a steward must see before they are one customer; or `off`.
          gate: { single_valued: [birth_date, kvk_number], confirmed_by: 2, large: 5 }

        # Which value wins in a golden record: the rules are tried from left to right.
        # A name and an address survive whole; `default` is for all others.
        survivorship:
          default: [validity, trust, frequency, recency, completeness]
          name: [validity, completeness, frequency, trust, recency]
          address: [validity, recency, trust, completeness, frequency]
          gender: [validity, frequency, trust, recency]
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

        # What each column means. An `ignored` column stays with the source record: it is no golden
        # value and no evidence. Those that say nothing of the customer, such as the subject of a
        # ticket, are ignored to begin with.
        columns:
          debnr: source_id                       # 100 % filled; 95 % sure
          naam: party_name                       # 100 % filled; 95 % sure
          "adres: 1": address_line               # 99 % filled; please check: 55 % sure
          tel_mobiel: { type: phone, slot: 1 }   # under 1 % filled; 95 % sure
          plaats: { type: city, length: 30 }     # 100 % filled; 95 % sure
          segment: { type: category, attribute: segment } # 100 % filled; 95 % sure
          opm: ignored                           # 40 % filled; not recognised
          oud_nr: ignored                        # 100 % filled; another column is the source_id
          aangemaakt op: ignored                 # 100 % filled; a date of the system's own. To keep: { type: date, attribute: aangemaakt_op }
        "#);
        assert!(fs::read_to_string(dir.join(".gitignore")).unwrap().contains("\nkarat.db*\n"));
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
        (any::<String>(), kind, attribute, 0..20u8, 0.0..=1f32, any::<bool>()).prop_map(
            |(column, semantic_type, attribute, slot, share, is_operational)| DiscoveredColumn {
                column,
                semantic_type,
                attribute,
                slot,
                length_max: (slot > 9).then_some(30),
                confidence: share,
                fill: share,
                is_operational,
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
                delivery: Delivery::Full,
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
