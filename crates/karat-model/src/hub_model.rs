//! The hub model: a hub's configuration, read from YAML by the hub crate.

use std::sync::Arc;

use crate::attribute::{AttributeId, AttributeSet, EntityType, Group};
use crate::check::{Check, CustomerKind, EntrySettings, QualitySettings, Use};
use crate::feedback::Feedback;
use crate::id::SourceName;
use crate::language::Language;
pub use crate::match_settings::{MatchSettings, Phonetics};
use crate::repair_step::{RepairStep, SourceRepairs};
use crate::semantic::SemanticType;

/// The whole configuration of a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct HubModel {
    /// What the hub is called.
    pub name: String,
    /// The language of the console unless the reader chooses another.
    pub language: Language,
    /// The country of addresses and phone numbers that name none.
    pub country: Country,
    /// All attributes.
    pub attributes: AttributeSet,
    /// The source systems, in order of their names.
    pub sources: Vec<Source>,
    /// What is mended in the values of sources before they are cleaned, in order of their names.
    pub repairs: Arc<[SourceRepairs]>,
    /// Which claim wins.
    pub survivorship: Survivorship,
    /// How sure Karat must be to link.
    pub matching: MatchSettings,
    /// What is required of its data, those that ship with Karat first; shared by its copies.
    pub checks: Arc<[Check]>,
    /// What its data is used for.
    pub uses: Arc<[Use]>,
    /// The kinds of customers that are told apart.
    pub kinds: Arc<[CustomerKind]>,
    /// How quality counts.
    pub quality: QualitySettings,
    /// How customers are looked at that are typed in.
    pub entry: EntrySettings,
    /// The URL of the database that it is kept in; `None` for the file beside the hub model.
    pub database: Option<String>,
}

impl HubModel {
    /// A hub model without sources.
    pub fn new(name: &str) -> HubModel {
        HubModel {
            name: name.into(),
            language: Language::English,
            country: Country::NETHERLANDS,
            attributes: AttributeSet::builtin(),
            sources: Vec::new(),
            repairs: Arc::new([]),
            survivorship: Survivorship::standard(),
            matching: MatchSettings::standard(),
            checks: Arc::new([]),
            uses: Arc::new([]),
            kinds: Arc::new([]),
            quality: QualitySettings::standard(),
            entry: EntrySettings::standard(),
            database: None,
        }
    }

    /// What matching goes by: names sound as they do in the country, unless it is said otherwise.
    pub fn match_settings(&self) -> MatchSettings {
        let of_country = || Phonetics::of_country(self.country);
        let phonetics = self.matching.phonetics.unwrap_or_else(of_country);
        MatchSettings { phonetics: Some(phonetics), ..self.matching.clone() }
    }

    /// The source with this name.
    pub fn source(&self, name: &SourceName) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == *name)
    }

    /// The repair steps of the source with this name.
    pub fn repairs_of(&self, name: &SourceName) -> &[RepairStep] {
        let of_source = self.repairs.iter().find(|repairs| repairs.source == *name);
        of_source.map_or(&[], |repairs| &repairs.steps)
    }
}

/// A country, by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The Netherlands.
    pub const NETHERLANDS: Country = Country(*b"NL");
    /// Belgium.
    pub const BELGIUM: Country = Country(*b"BE");
    /// Germany.
    pub const GERMANY: Country = Country(*b"DE");

    /// The country with this two-letter code, in either case.
    pub fn from_code(code: &str) -> Option<Country> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two-letter code, in capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("country codes are ASCII letters")
    }
}

/// A source system: where its records are, and what its columns mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: SourceName,
    /// Files and glob patterns, relative to the hub's folder.
    pub files: Vec<String>,
    /// How the files are written; what is not given is found out.
    pub format: Format,
    /// Whether a delivery holds all records or only changed ones.
    pub delivery: Delivery,
    /// How far the source is trusted, 0 to 100.
    pub trust: u8,
    /// What its records are about.
    pub party: Party,
    /// The country of its addresses and phone numbers that name none.
    pub country: Option<Country>,
    /// The order of the parts of its dates.
    pub date_order: DateOrder,
    /// What its columns mean.
    pub columns: Vec<ColumnMapping>,
    /// How its owner hears what is wrong with its records; `None` when nobody does.
    pub feedback: Option<Feedback>,
}

/// How files are written; `None` is found out from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// CSV, JSON, JSON lines or Parquet.
    pub kind: Option<FileKind>,
    /// The character between fields.
    pub delimiter: Option<char>,
    /// The character encoding, by its WHATWG label, such as `windows-1252`.
    pub encoding: Option<String>,
    /// For JSON: the path to the array of records, such as `data.customers`.
    pub records: Option<String>,
}

/// The kinds of file that Karat reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Delimited text with a header.
    Csv,
    /// One JSON document.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

/// What a delivery of a source holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// All records: one that is absent has been deleted.
    Full,
    /// Only new and changed records.
    Changes,
}

/// What the records of a source are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// All of one entity type.
    Always(EntityType),
    /// Told by the values of each record.
    ByValues,
}

/// The order of the parts of an all-numeric date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// 31-12-1980; a date that starts with the year is still understood.
    DayFirst,
    /// 12/31/1980.
    MonthFirst,
}

/// What one column of a source means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The header, or the dotted path in JSON.
    pub column: String,
    /// What its values mean.
    pub semantic_type: SemanticType,
    /// The attribute it fills, where the semantic type does not tell.
    pub attribute: Option<AttributeId>,
    /// Which address, phone or e-mail of the record, counted from 0: parts of one address share it.
    pub slot: u8,
    /// The most characters that the field can hold; a value that long may be cut off.
    pub length_max: Option<u16>,
}

/// Which claim wins, for each attribute or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivorship {
    /// The ladder for what has none of its own.
    pub default: Vec<SurvivorshipRule>,
    /// Ladders of groups.
    pub groups: Vec<(Group, Vec<SurvivorshipRule>)>,
    /// Ladders of attributes.
    pub attributes: Vec<(AttributeId, Vec<SurvivorshipRule>)>,
}

impl Survivorship {
    /// The ladders that suit most companies.
    pub fn standard() -> Survivorship {
        use SurvivorshipRule::*;
        Survivorship {
            default: vec![Validity, Trust, Frequency, Recency, Completeness],
            groups: vec![
                (Group::Name, vec![Validity, Completeness, Frequency, Trust, Recency]),
                (Group::Address, vec![Validity, Recency, Trust, Completeness, Frequency]),
            ],
            attributes: vec![
                (AttributeId::GENDER, vec![Validity, Frequency, Trust, Recency]),
                (AttributeId::EMAIL, vec![Validity, Recency, Trust, Frequency]),
                (AttributeId::PHONE, vec![Validity, Recency, Trust, Frequency]),
            ],
        }
    }

    /// The ladder of an attribute within its group.
    pub fn ladder(&self, attribute: AttributeId, group: Option<Group>) -> &[SurvivorshipRule] {
        let own = self.attributes.iter().find(|(id, _)| *id == attribute).map(|(_, rules)| rules);
        let of_group = self.groups.iter().find(|(g, _)| Some(*g) == group).map(|(_, rules)| rules);
        own.or(of_group).unwrap_or(&self.default)
    }
}

/// A reason for one claim to win over another; a ladder tries them in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SurvivorshipRule {
    /// A valid value wins over a suspect or an invalid one.
    Validity,
    /// The most trusted source wins.
    Trust,
    /// The value observed last wins.
    Recency,
    /// The value that most records claim wins.
    Frequency,
    /// The value that says most wins: a full name over initials, a whole address over a part.
    Completeness,
    /// What a steward decided wins, before any rule of a ladder; no ladder names it.
    Decision,
}

impl SurvivorshipRule {
    /// All rules that ladders are made of.
    pub const ALL: [SurvivorshipRule; 5] = [
        SurvivorshipRule::Validity,
        SurvivorshipRule::Trust,
        SurvivorshipRule::Recency,
        SurvivorshipRule::Frequency,
        SurvivorshipRule::Completeness,
    ];

    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            SurvivorshipRule::Validity => "validity",
            SurvivorshipRule::Trust => "trust",
            SurvivorshipRule::Recency => "recency",
            SurvivorshipRule::Frequency => "frequency",
            SurvivorshipRule::Completeness => "completeness",
            SurvivorshipRule::Decision => "decision",
        }
    }
}
