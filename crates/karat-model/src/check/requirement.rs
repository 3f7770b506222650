//! Requirements: the words of checks, each with its argument.

use super::Quantifier;
use super::amount::{Days, Decimal, Hours, Share};
use crate::attribute::{AttributeId, AttributeSet};
use crate::finding::Dimension;
use crate::id::SourceName;
use crate::phone_type::PhoneType;
use crate::semantic::SemanticType;

/// Of what a check asks something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Of source records.
    Records,
    /// Of golden records.
    Customers,
    /// Of source records and of golden records.
    Both,
    /// Of what a source delivers as a whole.
    Deliveries,
    /// Of the hub model: what is said of attributes.
    Definitions,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 5] =
        [Scope::Records, Scope::Customers, Scope::Both, Scope::Deliveries, Scope::Definitions];

    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Records => "records",
            Scope::Customers => "customers",
            Scope::Both => "both",
            Scope::Deliveries => "deliveries",
            Scope::Definitions => "definitions",
        }
    }

    /// Whether a check of this scope is made on subjects of that one.
    pub fn includes(self, of: Scope) -> bool {
        self == of || self == Scope::Both && matches!(of, Scope::Records | Scope::Customers)
    }
}

macro_rules! requirements {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident $(($argument:ty))? $word:literal $scope:ident $dimension:ident;
    )+) => {
        /// What a check requires: one word, with its argument.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Requirement { $($(#[doc = $doc])+ $variant $(($argument))?),+ }

        impl Requirement {
            /// All words, in the order of the manual.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word in the hub model.
            pub fn word(&self) -> &'static str {
                match self { $(requirements!(@pattern $variant $(, $argument)?) => $word),+ }
            }

            /// On what it is required if nothing is said.
            pub fn scope(&self) -> Scope {
                match self { $(requirements!(@pattern $variant $(, $argument)?) => Scope::$scope),+ }
            }

            /// The dimension that it measures if nothing is said.
            pub fn dimension(&self) -> Dimension {
                match self {
                    $(requirements!(@pattern $variant $(, $argument)?) => Dimension::$dimension),+
                }
            }

            /// What a word requires, in one line, for the schema and the manual.
            pub fn definition_of(word: &str) -> Option<&'static str> {
                match word { $($word => Some(concat!($($doc),+).trim_ascii()),)+ _ => None }
            }

            /// On what a word is required if nothing is said, and the dimension that it measures.
            pub fn standing_of(word: &str) -> Option<(Scope, Dimension)> {
                match word {
                    $($word => Some((Scope::$scope, Dimension::$dimension)),)+
                    _ => None,
                }
            }
        }
    };
    (@pattern $variant:ident) => { Requirement::$variant };
    (@pattern $variant:ident, $argument:ty) => { Requirement::$variant(_) };
}

requirements! {
    // Completeness.
    /// There is a value.
    Present "present" Both Completeness;
    /// There is a value wherever a condition holds.
    RequiredIf(String) "required_if" Both Completeness;
    /// The value is none of the words that stand for nothing.
    MissingTokens(Vec<String>) "missing_tokens" Both Completeness;
    /// Of several attributes any has a value, or all of them have one.
    GroupComplete(Quantifier) "group_complete" Both Completeness;
    /// The source delivers as many records as another one knows.
    RecordCoverage(Coverage) "record_coverage" Deliveries Completeness;
    /// The value names a record that there is; without a value it fails.
    RelationPresent(Reference) "relation_present" Records Completeness;

    // Validity.
    /// The whole value matches a regular expression.
    Regex(String) "regex" Both Validity;
    /// The value has the form of a semantic type.
    Format(SemanticType) "format" Both Validity;
    /// The phone number is of one of these kinds.
    PhoneType(Vec<PhoneType>) "phone_type" Both Validity;
    /// The value is one of a list.
    InSet(Vec<String>) "in_set" Both Validity;
    /// The value stands in a column of a reference file.
    RefTable(RefTable) "ref_table" Both Validity;
    /// The value has so many characters.
    Length(Bounds) "length" Both Validity;
    /// The number lies between two others.
    Range(RangeOf) "range" Both Validity;
    /// The value is written with these characters only.
    Charset(Charset) "charset" Both Validity;
    /// One date comes before another, or is the same day.
    DateOrder(DateOrder) "date_order" Both Consistency;
    /// The date is not in the future.
    NotFuture "not_future" Both Plausibility;
    /// The age in whole years lies between two numbers.
    AgeBetween(Bounds) "age_between" Both Plausibility;
    /// The value is not of another field: no phone number in a name, no remark in an address.
    FieldMisuse "field_misuse" Both Validity;

    // Accuracy.
    /// A register knows the value as it is.
    MatchesRegister(Register) "matches_register" Customers Accuracy;
    /// Mail to the e-mail address arrives.
    EmailDeliverable "email_deliverable" Customers Accuracy;
    /// The customer answers the phone number.
    PhoneReachable "phone_reachable" Customers Accuracy;
    /// No mail to the address came back.
    ReturnedMail "returned_mail" Customers Accuracy;
    /// The customer said that the value is right.
    CustomerConfirmed "customer_confirmed" Customers Accuracy;

    // Consistency.
    /// Nobody remarked that the customer is deceased.
    NotDeceased "not_deceased" Both Consistency;
    /// All sources say the same.
    EqualAcrossSources "equal_across_sources" Customers Consistency;
    /// Two fields do not contradict each other.
    CrossField(Pair) "cross_field" Both Consistency;
    /// The value names a record that there is.
    Referential(Reference) "referential" Records Consistency;
    /// Nobody is his own parent, however far up.
    HierarchyAcyclic(Hierarchy) "hierarchy_acyclic" Records Consistency;
    /// Counts or sums agree with those of another source.
    Reconciliation(Reconciliation) "reconciliation" Deliveries Consistency;
    /// What the sources hold is what the golden record says.
    GoldenEqualsSource "golden_equals_source" Customers Consistency;

    // Uniqueness.
    /// No other has the same value, or the same values together.
    UniqueKey "unique_key" Both Uniqueness;
    /// No other customer looks like the same one.
    DuplicateCluster(Decimal) "duplicate_cluster" Customers Uniqueness;
    /// Not more than so many have the same value.
    SharedIdentifier(u32) "shared_identifier" Customers Uniqueness;

    // Currency.
    /// The value was seen within so many days.
    MaxAge(Days) "max_age" Both Currency;
    /// The value is still right with at least this probability.
    Current(Share) "current" Both Currency;
    /// The source delivered within so many hours.
    Freshness(Hours) "freshness" Deliveries Currency;
    /// What arrives is in the golden records within so many hours.
    PropagationLatency(Hours) "propagation_latency" Deliveries Currency;

    // Plausibility.
    /// A delivery has about as many records as the one before.
    Volume(Volume) "volume" Deliveries Plausibility;
    /// Values are distributed as in the delivery before.
    Drift(Decimal) "drift" Deliveries Plausibility;
    /// No group of values appears or vanishes.
    GroupEvolution(GroupEvolution) "group_evolution" Deliveries Plausibility;
    /// The mean of the numbers lies within so many deviations of those before.
    Outlier(Decimal) "outlier" Deliveries Plausibility;
    /// A delivery has about as many records as is usual for its source.
    UsualVolume(Volume) "usual_volume" Deliveries Plausibility;
    /// No column is left empty more often than is usual for the source.
    UsualNullRate(Share) "usual_null_rate" Deliveries Completeness;
    /// The values of columns are distributed as is usual for the source.
    UsualValues(Decimal) "usual_values" Deliveries Plausibility;

    // Definition.
    /// It is said what the attribute means.
    HasDefinition "has_definition" Definitions Definition;
    /// It is said who answers for the attribute.
    HasOwner "has_owner" Definitions Definition;
    /// It is said who looks after its values.
    HasSteward "has_steward" Definitions Definition;
    /// It is said on which basis in law its values are kept.
    HasLegalBasis "has_legal_basis" Definitions Definition;
    /// It is said how long its values are kept.
    HasRetention "has_retention" Definitions Definition;

    // Anything else.
    /// An expression in CEL is true.
    Expression(String) "expression" Both Validity;
}

impl Requirement {
    /// Its argument, as it is written in YAML.
    pub fn argument(&self, attributes: &AttributeSet) -> String {
        use Requirement::*;
        let name = |id: &AttributeId| &*attributes.get(*id).name;
        match self {
            Present | NotFuture | NotDeceased | FieldMisuse | EmailDeliverable | PhoneReachable
            | ReturnedMail | CustomerConfirmed | EqualAcrossSources | GoldenEqualsSource
            | UniqueKey | HasDefinition | HasOwner | HasSteward | HasLegalBasis | HasRetention => {
                "true".into()
            }
            RequiredIf(text) | Regex(text) | Expression(text) => quoted(text),
            MissingTokens(words) | InSet(words) => list(words.iter().map(|word| quoted(word))),
            GroupComplete(quantifier) => quantifier.name().into(),
            RecordCoverage(Coverage { of, min }) => format!("{{ of: {of}, min: {min} }}"),
            RelationPresent(reference) | Referential(reference) => {
                let Reference { source, attribute } = reference;
                let source = source.as_ref().map(|it| format!("source: {it}, "));
                format!("{{ {}attribute: {} }}", source.unwrap_or_default(), name(attribute))
            }
            Format(semantic_type) => semantic_type.name().into(),
            PhoneType(kinds) => list(kinds.iter().map(|kind| kind.name().to_owned())),
            RefTable(table) => {
                format!("{{ file: {}, column: {} }}", quoted(&table.file), quoted(&table.column))
            }
            Length(bounds) | AgeBetween(bounds) => within(bounds.min, bounds.max),
            Range(range) => within(range.min, range.max),
            Charset(charset) => charset.name().into(),
            DateOrder(order) => {
                format!("{{ before: {}, after: {} }}", name(&order.before), name(&order.after))
            }
            MatchesRegister(register) => register.name().into(),
            CrossField(pair) => pair.name().into(),
            HierarchyAcyclic(Hierarchy { key, parent }) => {
                format!("{{ key: {}, parent: {} }}", name(key), name(parent))
            }
            Reconciliation(it) => {
                let sum = it.sum.as_ref().map(|id| format!(", sum: {}", name(id)));
                let sum = sum.unwrap_or_default();
                format!("{{ with: {}, tolerance: {}{sum} }}", it.with, it.tolerance)
            }
            DuplicateCluster(bits) => format!("{{ from: {bits} }}"),
            SharedIdentifier(max) => format!("{{ max: {max} }}"),
            MaxAge(days) => days.to_string(),
            Current(share) => share.to_string(),
            Freshness(hours) | PropagationLatency(hours) => hours.to_string(),
            Volume(volume) | UsualVolume(volume) => {
                let rise = volume.rise_max.map(|rise| format!(", rise_max: {rise}"));
                format!("{{ drop_max: {}{} }}", volume.drop_max, rise.unwrap_or_default())
            }
            UsualNullRate(rise) => format!("{{ rise_max: {rise} }}"),
            Drift(psi) | UsualValues(psi) => format!("{{ psi_max: {psi} }}"),
            GroupEvolution(it) => {
                format!("{{ new_max: {}, gone_max: {} }}", it.new_max, it.gone_max)
            }
            Outlier(deviations) => format!("{{ deviations_max: {deviations} }}"),
        }
    }
}

/// A text between quotes, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            other if other.is_control() => written.push_str(&format!("\\u{:04x}", other as u32)),
            other => written.push(other),
        }
    }
    written.push('"');
    written
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<String>>().join(", "))
}

fn within<T: ToString>(min: Option<T>, max: Option<T>) -> String {
    let min = min.map(|min| format!("min: {}", min.to_string()));
    let max = max.map(|max| format!("max: {}", max.to_string()));
    let bounds: Vec<String> = [min, max].into_iter().flatten().collect();
    format!("{{ {} }}", bounds.join(", "))
}

/// Two whole numbers, of which one may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub min: Option<u32>,
    /// The most.
    pub max: Option<u32>,
}

impl Bounds {
    /// Whether a number lies between them, or is one of them.
    pub fn contain(&self, number: i64) -> bool {
        self.min.is_none_or(|min| number >= i64::from(min))
            && self.max.is_none_or(|max| number <= i64::from(max))
    }
}

/// Two numbers, of which one may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeOf {
    /// The least.
    pub min: Option<Decimal>,
    /// The most.
    pub max: Option<Decimal>,
}

/// A column of a reference file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefTable {
    /// The file, relative to the folder of the checks.
    pub file: String,
    /// Its column.
    pub column: String,
}

/// Two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateOrder {
    /// The one that comes first.
    pub before: AttributeId,
    /// The one that comes after it.
    pub after: AttributeId,
}

/// The records that a value may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The source that has them; any if left out.
    pub source: Option<SourceName>,
    /// The attribute that has the same value there.
    pub attribute: AttributeId,
}

/// What names a record, and what names its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// The attribute by which others name it.
    pub key: AttributeId,
    /// The attribute that names its parent.
    pub parent: AttributeId,
}

/// How many records another source knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The other source.
    pub of: SourceName,
    /// The share of its number of records.
    pub min: Share,
}

/// What must agree with another source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// The other source.
    pub with: SourceName,
    /// How far they may differ.
    pub tolerance: Share,
    /// The numbers that are added up; records are counted if left out.
    pub sum: Option<AttributeId>,
}

/// How far the number of records may differ from that of the delivery before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// By how much it may drop.
    pub drop_max: Share,
    /// By how much it may rise.
    pub rise_max: Option<Share>,
}

/// How many groups of values may come or go between two deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupEvolution {
    /// How many may appear.
    pub new_max: u32,
    /// How many may vanish.
    pub gone_max: u32,
}

macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident { $(#[doc = $doc:literal] $variant:ident $word:literal,)+ }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $doc] $variant),+ }

        impl $name {
            /// All of them, in the order of the manual.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name in the hub model.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// What it means, in one line.
            pub fn definition(self) -> &'static str {
                match self { $($name::$variant => $doc.trim_ascii()),+ }
            }
        }
    };
}

words! {
    /// The characters that a value may be written with.
    Charset {
        /// Letters, digits and punctuation of ASCII.
        Ascii "ascii",
        /// Letters of the Latin script, digits and punctuation.
        Latin "latin",
        /// Letters of any script.
        Letters "letters",
        /// The digits 0 to 9.
        Digits "digits",
        /// Letters of any script and the digits 0 to 9.
        LettersDigits "letters_digits",
        /// No lower-case letters.
        Upper "upper",
    }
}

words! {
    /// Two fields that can contradict each other.
    Pair {
        /// A title or form of address and the gender.
        SalutationGender "salutation_gender",
        /// The country of the bank account and that of the address.
        IbanCountry "iban_country",
        /// The postal code and the country.
        PostcodeCountry "postcode_country",
        /// Postal code and house number against street and city; only a register can tell.
        PostcodeAddress "postcode_address",
    }
}

words! {
    /// A register of the world outside.
    Register {
        /// The Dutch trade register.
        Kvk "kvk",
        /// The Dutch register of addresses and buildings.
        Bag "bag",
        /// The European register of VAT numbers.
        Vies "vies",
        /// The register of legal entity identifiers.
        Gleif "gleif",
        /// The register of Dun & Bradstreet.
        Dnb "dnb",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_defined() {
        for (at, word) in Requirement::WORDS.iter().enumerate() {
            assert!(!Requirement::WORDS[..at].contains(word), "{word}");
            let definition = Requirement::definition_of(word).unwrap();
            assert!(definition.ends_with('.') && !definition.contains('\n'), "{definition}");
        }
        assert_eq!(Requirement::definition_of("presence"), None);
    }

    #[test]
    fn an_argument_is_written_as_yaml() {
        let set = AttributeSet::builtin();
        let written = |requirement: Requirement| requirement.argument(&set);
        assert_eq!(written(Requirement::Present), "true");
        assert_eq!(written(Requirement::Regex("^\"\\d".into())), r#""^\"\\d""#);
        assert_eq!(written(Requirement::InSet(vec!["NO".into()])), r#"["NO"]"#);
        let adult = Bounds { min: Some(18), max: None };
        assert_eq!(written(Requirement::AgeBetween(adult)), "{ min: 18 }");
        let reference = Reference { source: None, attribute: AttributeId::KVK_NUMBER };
        assert_eq!(written(Requirement::Referential(reference)), "{ attribute: kvk_number }");
    }
}
