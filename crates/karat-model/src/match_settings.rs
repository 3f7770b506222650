//! Match settings: what a user says of matching, instead of having it learnt.

use crate::attribute::AttributeId;
use crate::hub_model::Country;

/// How sure Karat must be, and what it need not find out itself.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchSettings {
    /// The share of wrong links that is accepted, between 0 and 1; sets the link threshold.
    pub false_discovery_rate: f64,
    /// A fixed link threshold in bits, instead of the rate.
    pub link_threshold_bits: Option<f64>,
    /// How many bits below the link threshold a pair is still shown as a potential match.
    pub review_band_bits: f64,
    /// Which pairs are compared.
    pub pairs: PairScope,
    /// log2 of the odds that two random records are one customer, instead of having it learnt.
    pub prior_bits: Option<f64>,
    /// Weights that are given instead of learnt; a comparison comes at most once.
    pub weights: Vec<FixedWeights>,
    /// The blocking rules, instead of the built-in ones; those are used when there is none here.
    pub blocking: Vec<BlockingRule>,
    /// By which rules names sound alike, instead of those of the country.
    pub phonetics: Option<Phonetics>,
    /// Which clusters are not published as one customer before a steward looked.
    pub gate: GateSettings,
}

impl MatchSettings {
    /// The settings that suit most companies.
    pub fn standard() -> MatchSettings {
        MatchSettings {
            false_discovery_rate: 0.05,
            link_threshold_bits: None,
            review_band_bits: 4.0,
            pairs: PairScope::Both,
            prior_bits: None,
            weights: Vec::new(),
            blocking: Vec::new(),
            phonetics: None,
            gate: GateSettings::standard(),
        }
    }
}

/// By which rules names sound alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phonetics {
    /// Dutch and Flemish names: `Kuijpers` and `Cuypers`, `Hendriks` and `Hendrickx`.
    Dutch,
    /// German names: `Meier` and `Mayr`, by the Kölner Phonetik.
    German,
    /// English names: `Knight` and `Night`, by NYSIIS.
    English,
    /// Names of any language, coarsely.
    International,
}

impl Phonetics {
    /// All rules.
    pub const ALL: [Phonetics; 4] =
        [Phonetics::Dutch, Phonetics::German, Phonetics::English, Phonetics::International];

    /// The rules that suit the names of a country.
    pub fn of_country(country: Country) -> Phonetics {
        match country.code() {
            "NL" | "BE" | "SR" | "AW" | "CW" | "SX" | "BQ" => Phonetics::Dutch,
            "DE" | "AT" | "CH" | "LI" => Phonetics::German,
            "GB" | "IE" | "US" | "CA" | "AU" | "NZ" | "ZA" => Phonetics::English,
            _ => Phonetics::International,
        }
    }

    /// The rules with this name.
    pub fn from_name(name: &str) -> Option<Phonetics> {
        Phonetics::ALL.into_iter().find(|phonetics| phonetics.name() == name)
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Phonetics::Dutch => "dutch",
            Phonetics::German => "german",
            Phonetics::English => "english",
            Phonetics::International => "international",
        }
    }
}

/// Which clusters are not published as one customer before a steward looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSettings {
    /// Attributes of which a customer has one value: two that contradict each other hold a cluster.
    pub single_valued: Vec<AttributeId>,
    /// How many records of the cluster must say a value before it can hold it.
    pub confirmed_by: u32,
    /// From how many records a customer is large: two that were are not joined; 0 for never.
    pub large: u32,
}

impl GateSettings {
    /// The settings that suit most companies.
    pub fn standard() -> GateSettings {
        GateSettings {
            single_valued: vec![AttributeId::BIRTH_DATE, AttributeId::KVK_NUMBER],
            confirmed_by: 2,
            large: 5,
        }
    }

    /// Nothing is held.
    pub fn off() -> GateSettings {
        GateSettings { single_valued: Vec::new(), confirmed_by: 2, large: 0 }
    }

    /// Whether anything can be held.
    pub fn is_on(&self) -> bool {
        self.large > 0 || !self.single_valued.is_empty()
    }
}

/// Which pairs of records are compared.
///
/// A pair that is not compared is neither linked nor a potential match, but records that are not
/// compared with each other may still come together through a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairScope {
    /// All pairs.
    Both,
    /// Only pairs of one source: each file is rid of its duplicates.
    Within,
    /// Only pairs of different sources: files without duplicates are linked.
    Between,
}

impl PairScope {
    /// All scopes.
    pub const ALL: [PairScope; 3] = [PairScope::Both, PairScope::Within, PairScope::Between];

    /// The scope with this name.
    pub fn from_name(name: &str) -> Option<PairScope> {
        PairScope::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            PairScope::Both => "both",
            PairScope::Within => "within",
            PairScope::Between => "between",
        }
    }

    /// Whether a pair is compared, of which both records are of one source or not.
    pub fn allows(self, same_source: bool) -> bool {
        match self {
            PairScope::Both => true,
            PairScope::Within => same_source,
            PairScope::Between => !same_source,
        }
    }
}

/// The weights of a comparison, as far as they are given.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedWeights {
    /// The name of the comparison: `name`, `birth_date`, `address`, …
    pub comparison: String,
    /// Labels of levels in English, each with its weight in bits; other levels are learnt.
    pub levels: Vec<(String, f64)>,
}

/// A blocking rule: records whose parts are all equal are candidates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlockingRule {
    /// What the key is made of; at least one part.
    pub parts: Vec<KeyPart>,
}

/// A part of a blocking key: a value of a record, or something made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyPart {
    /// The attribute.
    pub attribute: AttributeId,
    /// What is made of its value.
    pub form: KeyForm,
}

/// What a blocking key takes of a value, after case, accents and punctuation are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyForm {
    /// The whole value.
    Whole,
    /// So many of its first letters and digits: `Start(4)` of a date is the year.
    Start(u8),
    /// How a name sounds.
    Sound,
    /// The first letter of a given name; of the initials where there is no given name.
    Initial,
    /// The first word.
    FirstWord,
    /// The word that the fewest values have.
    RarestWord,
    /// What stands before the `@` of an e-mail address.
    LocalPart,
}

impl KeyForm {
    /// The most letters and digits that a start can have.
    pub const START_MAX: u8 = 20;

    /// The name in match models.
    pub fn name(self) -> String {
        match self {
            KeyForm::Whole => "whole".into(),
            KeyForm::Start(length) => format!("start_{length}"),
            KeyForm::Sound => "sound".into(),
            KeyForm::Initial => "initial".into(),
            KeyForm::FirstWord => "first_word".into(),
            KeyForm::RarestWord => "rarest_word".into(),
            KeyForm::LocalPart => "local_part".into(),
        }
    }

    /// The form with this name.
    pub fn from_name(name: &str) -> Option<KeyForm> {
        use KeyForm::*;
        let length = name.strip_prefix("start_").and_then(|length| length.parse().ok());
        let named = [Whole, Sound, Initial, FirstWord, RarestWord, LocalPart];
        let found = named.into_iter().find(|form| form.name() == name);
        length.map(Start).or(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_names() {
        use KeyForm::*;
        for form in [Whole, Start(4), Sound, Initial, FirstWord, RarestWord, LocalPart] {
            assert_eq!(KeyForm::from_name(&form.name()), Some(form));
        }
        assert_eq!(KeyForm::from_name("start_x"), None);
    }

    #[test]
    fn phonetics_have_names_and_countries() {
        for phonetics in Phonetics::ALL {
            assert_eq!(Phonetics::from_name(phonetics.name()), Some(phonetics));
        }
        for (code, expected) in [
            ("NL", Phonetics::Dutch),
            ("BE", Phonetics::Dutch),
            ("AT", Phonetics::German),
            ("GB", Phonetics::English),
            ("FR", Phonetics::International),
        ] {
            let country = Country::from_code(code).unwrap();
            assert_eq!(Phonetics::of_country(country), expected, "{code}");
        }
    }

    #[test]
    fn scopes_allow_the_pairs_they_name() {
        let allowed = PairScope::ALL.map(|scope| [scope.allows(true), scope.allows(false)]);
        assert_eq!(allowed, [[true, true], [true, false], [false, true]]);
    }
}
