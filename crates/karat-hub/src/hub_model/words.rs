//! Words: closed lists from which a value of the hub model is chosen.

use karat_model::attribute::{EntityType, Privacy};
use karat_model::check::EntryPolicy;
use karat_model::hub_model::{DateOrder, Delivery, FileKind, Party, SurvivorshipRule};
use karat_model::language::Language;
use karat_model::match_settings::{PairScope, Phonetics};
use karat_model::semantic::SemanticType;
use serde_json::json;

use super::problem::Report;
use super::shape::{Shape, scalar};
use super::suggest::{listed, nearest};
use super::tree::Node;

/// A closed list of words.
pub(crate) trait Words: Copy + 'static {
    /// What the words are, in the singular.
    const WHAT: &'static str;
    /// What can be said.
    const CHOICES: &'static [Self];

    /// The word for it.
    fn word(self) -> &'static str;

    /// What the word means.
    fn meaning(self) -> &'static str;

    /// What a word says.
    fn from_word(word: &str) -> Option<Self> {
        Self::CHOICES.iter().copied().find(|choice| choice.word() == word)
    }

    /// Words that people use instead.
    fn synonyms() -> &'static [(&'static str, Self)] {
        &[]
    }

    /// What to do about a word that resembles none of them.
    fn hint() -> String {
        format!("write one of {}", listed(Self::CHOICES.iter().map(|choice| choice.word())))
    }
}

/// The word that was probably meant.
fn meant<T: Words>(word: &str) -> Option<&'static str> {
    let synonym = T::synonyms().iter().find(|(other, _)| word.eq_ignore_ascii_case(other));
    let nearest = || nearest(word, T::CHOICES.iter().map(|choice| choice.word()));
    synonym.map(|(_, meant)| meant.word()).or_else(nearest)
}

impl<T: Words> Shape for T {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<T> {
        let word = scalar(node, key, report)?;
        let found = T::from_word(word);
        if found.is_none() {
            let message = format!("unknown {} `{word}`", T::WHAT);
            let hint = meant::<T>(word).map(|meant| format!("did you mean `{meant}`?"));
            report.error(node.place, message).with_hint(hint.unwrap_or_else(T::hint));
        }
        found
    }

    fn schema() -> serde_json::Value {
        let choices: Vec<serde_json::Value> = T::CHOICES
            .iter()
            .map(|choice| json!({ "const": choice.word(), "description": choice.meaning() }))
            .collect();
        json!({ "oneOf": choices })
    }
}

impl Words for SemanticType {
    const WHAT: &'static str = "semantic type";
    const CHOICES: &'static [SemanticType] = SemanticType::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        self.definition()
    }

    fn synonyms() -> &'static [(&'static str, SemanticType)] {
        use SemanticType::*;
        &[
            ("id", SourceId),
            ("key", SourceId),
            ("customer_id", SourceId),
            ("ignore", Ignored),
            ("name", FullName),
            ("first_name", GivenName),
            ("last_name", FamilyName),
            ("surname", FamilyName),
            ("middle_name", FamilyNamePrefix),
            ("prefix", FamilyNamePrefix),
            ("tussenvoegsel", FamilyNamePrefix),
            ("suffix", NameSuffix),
            ("sex", Gender),
            ("dob", BirthDate),
            ("date_of_birth", BirthDate),
            ("birthday", BirthDate),
            ("company", CompanyName),
            ("organisation", CompanyName),
            ("kvk", KvkNumber),
            ("vestigingsnummer", EstablishmentNumber),
            ("kbo", KboNumber),
            ("duns_number", Duns),
            ("sbi", IndustryCode),
            ("vat", VatNumber),
            ("url", Website),
            ("address", AddressLine),
            ("bag_id", BagObjectId),
            ("zip", Postcode),
            ("zip_code", Postcode),
            ("zipcode", Postcode),
            ("postal_code", Postcode),
            ("town", City),
            ("state", Region),
            ("province", Region),
            ("mobile", Phone),
            ("telephone", Phone),
            ("tel", Phone),
            ("bank_account", Iban),
            ("boolean", Flag),
            ("string", Text),
        ]
    }

    fn hint() -> String {
        "docs/hub-model.md lists all semantic types; `ignored` leaves a column alone".into()
    }
}

impl Words for Language {
    const WHAT: &'static str = "language";
    const CHOICES: &'static [Language] = &[Language::English, Language::Dutch];

    fn word(self) -> &'static str {
        self.code()
    }

    fn meaning(self) -> &'static str {
        match self {
            Language::English => "English.",
            Language::Dutch => "Dutch.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Language)] {
        &[("english", Language::English), ("dutch", Language::Dutch)]
    }
}

impl Words for FileKind {
    const WHAT: &'static str = "kind of file";
    const CHOICES: &'static [FileKind] =
        &[FileKind::Csv, FileKind::Json, FileKind::JsonLines, FileKind::Parquet];

    fn word(self) -> &'static str {
        match self {
            FileKind::Csv => "csv",
            FileKind::Json => "json",
            FileKind::JsonLines => "json_lines",
            FileKind::Parquet => "parquet",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            FileKind::Csv => "Delimited text with a header, whatever the delimiter.",
            FileKind::Json => "One JSON document.",
            FileKind::JsonLines => "One JSON object per line.",
            FileKind::Parquet => "Apache Parquet.",
        }
    }

    fn synonyms() -> &'static [(&'static str, FileKind)] {
        &[
            ("tsv", FileKind::Csv),
            ("txt", FileKind::Csv),
            ("jsonl", FileKind::JsonLines),
            ("ndjson", FileKind::JsonLines),
        ]
    }
}

impl Words for Delivery {
    const WHAT: &'static str = "delivery";
    const CHOICES: &'static [Delivery] = &[Delivery::Full, Delivery::Changes];

    fn word(self) -> &'static str {
        match self {
            Delivery::Full => "full",
            Delivery::Changes => "changes",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Delivery::Full => "All records: one that is absent has been deleted.",
            Delivery::Changes => "Only new and changed records: one that is absent stays.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Delivery)] {
        &[("all", Delivery::Full), ("delta", Delivery::Changes), ("incremental", Delivery::Changes)]
    }
}

impl Words for Party {
    const WHAT: &'static str = "party";
    const CHOICES: &'static [Party] = &[
        Party::Always(EntityType::Person),
        Party::Always(EntityType::Organisation),
        Party::ByValues,
    ];

    fn word(self) -> &'static str {
        match self {
            Party::Always(entity_type) => entity_type.name(),
            Party::ByValues => "by_values",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Party::Always(EntityType::Person) => "Every record is about a person.",
            Party::Always(EntityType::Organisation) => "Every record is about an organisation.",
            Party::ByValues => "The values of each record tell.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Party)] {
        &[
            ("organization", Party::Always(EntityType::Organisation)),
            ("company", Party::Always(EntityType::Organisation)),
            ("mixed", Party::ByValues),
        ]
    }
}

impl Words for DateOrder {
    const WHAT: &'static str = "order of dates";
    const CHOICES: &'static [DateOrder] = &[DateOrder::DayFirst, DateOrder::MonthFirst];

    fn word(self) -> &'static str {
        match self {
            DateOrder::DayFirst => "day_first",
            DateOrder::MonthFirst => "month_first",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            DateOrder::DayFirst => "31-12-1980; 1980-12-31 is understood too.",
            DateOrder::MonthFirst => "12/31/1980; 1980-12-31 is understood too.",
        }
    }
}

impl Words for SurvivorshipRule {
    const WHAT: &'static str = "survivorship rule";
    const CHOICES: &'static [SurvivorshipRule] = &SurvivorshipRule::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            SurvivorshipRule::Validity => "A valid value wins over a suspect or an invalid one.",
            SurvivorshipRule::Trust => "The most trusted source wins.",
            SurvivorshipRule::Recency => "The value observed last wins.",
            SurvivorshipRule::Frequency => "The value that most records claim wins.",
            SurvivorshipRule::Completeness => "The value that says most wins.",
            SurvivorshipRule::Decision => "What a steward decided wins.",
        }
    }

    fn synonyms() -> &'static [(&'static str, SurvivorshipRule)] {
        &[
            ("source", SurvivorshipRule::Trust),
            ("newest", SurvivorshipRule::Recency),
            ("latest", SurvivorshipRule::Recency),
            ("longest", SurvivorshipRule::Completeness),
        ]
    }
}

impl Words for Privacy {
    const WHAT: &'static str = "privacy class";
    const CHOICES: &'static [Privacy] = &Privacy::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Privacy::Public => "Anyone may see it.",
            Privacy::Internal => "For the company only; says nothing of a person.",
            Privacy::Personal => "Says something of a person.",
            Privacy::Special => "A special category of personal data (GDPR, article 9).",
        }
    }
}

impl Words for PairScope {
    const WHAT: &'static str = "choice of pairs";
    const CHOICES: &'static [PairScope] = &PairScope::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            PairScope::Both => "All pairs.",
            PairScope::Within => "Only pairs of one file.",
            PairScope::Between => "Only pairs of different files.",
        }
    }

    fn synonyms() -> &'static [(&'static str, PairScope)] {
        &[
            ("all", PairScope::Both),
            ("dedupe", PairScope::Within),
            ("dedupe_only", PairScope::Within),
            ("link", PairScope::Between),
            ("link_only", PairScope::Between),
            ("link_and_dedupe", PairScope::Both),
        ]
    }
}

impl Words for EntryPolicy {
    const WHAT: &'static str = "entry policy";
    const CHOICES: &'static [EntryPolicy] = &EntryPolicy::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            EntryPolicy::Strict => "Who lacks what the kind needs, or is likely known, is refused.",
            EntryPolicy::Soft => "The same, unless somebody says why it must be.",
            EntryPolicy::Async => "Everybody is accepted, and what is wrong is filed.",
        }
    }

    fn synonyms() -> &'static [(&'static str, EntryPolicy)] {
        &[
            ("hard", EntryPolicy::Strict),
            ("block", EntryPolicy::Strict),
            ("warn", EntryPolicy::Soft),
            ("asynchronous", EntryPolicy::Async),
        ]
    }
}

impl Words for Phonetics {
    const WHAT: &'static str = "kind of phonetics";
    const CHOICES: &'static [Phonetics] = &Phonetics::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Phonetics::Dutch => "Dutch and Flemish names: `Kuijpers` sounds as `Cuypers`.",
            Phonetics::German => "German names, by the Kölner Phonetik: `Meier` sounds as `Mayr`.",
            Phonetics::English => "English names, by NYSIIS: `Knight` sounds as `Night`.",
            Phonetics::International => "Names of any language, coarsely.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Phonetics)] {
        &[
            ("nl", Phonetics::Dutch),
            ("flemish", Phonetics::Dutch),
            ("de", Phonetics::German),
            ("cologne", Phonetics::German),
            ("en", Phonetics::English),
            ("nysiis", Phonetics::English),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Words>() {
        for (synonym, _) in T::synonyms() {
            let is_word = T::CHOICES.iter().any(|choice| choice.word() == *synonym);
            assert!(!is_word, "{synonym} is a {} itself", T::WHAT);
        }
    }

    #[test]
    fn synonyms_are_no_words_themselves() {
        check::<SemanticType>();
        check::<Language>();
        check::<FileKind>();
        check::<Delivery>();
        check::<Party>();
        check::<SurvivorshipRule>();
        check::<PairScope>();
        check::<Phonetics>();
    }

    #[test]
    fn synonyms_and_misspellings_find_the_word() {
        assert_eq!(meant::<SemanticType>("Zip_Code"), Some("postcode"));
        assert_eq!(meant::<SemanticType>("post_code"), Some("postcode"));
        assert_eq!(meant::<SemanticType>("shoe_size"), None);
        assert_eq!(meant::<FileKind>("jsonl"), Some("json_lines"));
    }
}
