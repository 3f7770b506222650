//! Profiles: what stands in a column, before anything is known of its meaning.

use crate::semantic::SemanticType;

/// What stands in one column of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnProfile {
    /// The header, or the dotted path in JSON.
    pub header: String,
    /// How many rows were read.
    pub rows: u64,
    /// How many of them have a value that is not blank.
    pub filled: u64,
    /// How many different values there are; an estimate beyond some ten thousand.
    pub distinct: u64,
    /// How many of the different values come more than once; an estimate as `distinct` is.
    pub repeated: u64,
    /// Whether `distinct` and `repeated` are estimates.
    pub is_estimate: bool,
    /// The most frequent values with their counts, most frequent first, ties in order of text.
    pub top: Vec<(String, u64)>,
    /// The most frequent patterns with their counts: a digit is `9`, a letter `a` or `A`.
    pub patterns: Vec<(String, u64)>,
    /// The fewest and the most characters of a value.
    pub length_min_max: (u32, u32),
    /// How many values have how many characters.
    pub lengths: Vec<LengthCount>,
    /// How many values have which kinds of characters.
    pub characters: CharacterCounts,
    /// How many values only say that there is none: `onbekend`, `n/a`.
    pub missing_words: u64,
    /// How numbers or dates are spread, if nearly all values are such.
    pub quantiles: Option<Quantiles>,
    /// Different values spread over the file, for recognising what they mean.
    pub sample: Vec<String>,
}

impl ColumnProfile {
    /// How many values there are: in files where a row may have several, more than `filled`.
    pub fn values(&self) -> u64 {
        self.lengths.iter().map(|length| length.count).sum()
    }

    /// How many values have the most characters.
    pub fn longest(&self) -> u64 {
        let last = self.lengths.last().filter(|length| length.from == length.to);
        last.map_or(0, |length| length.count)
    }

    /// How well the column tells rows apart, from 0 to 1: the share of the rows that have a value,
    /// times the share of the values that are different.
    pub fn key_score(&self) -> f32 {
        if self.rows == 0 { 0.0 } else { (self.distinct as f32 / self.rows as f32).min(1.0) }
    }

    /// Whether the column could be a key: each row has a value, and none was seen twice.
    pub fn is_candidate_key(&self) -> bool {
        self.rows > 0 && self.filled == self.rows && self.repeated == 0 && self.distinct > 1
    }
}

/// How many values have a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthCount {
    /// The fewest characters that were counted here.
    pub from: u32,
    /// The most: the same up to 256 characters, and beyond that one less than twice `from`.
    pub to: u32,
    /// How many values.
    pub count: u64,
}

macro_rules! character_classes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal),+ $(,)?) => {
        /// A kind of characters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CharacterClass { $($(#[doc = $doc])+ $variant),+ }

        impl CharacterClass {
            /// All kinds.
            pub const ALL: [CharacterClass; 8] = [$(CharacterClass::$variant),+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(CharacterClass::$variant => $name),+ }
            }
        }
    };
}

character_classes! {
    /// Small letters.
    Lower "lower",
    /// Capitals.
    Upper "upper",
    /// Digits.
    Digit "digit",
    /// White space.
    Space "space",
    /// Signs.
    Punctuation "punctuation",
    /// Latin letters with accents and their kin: `é`, `ß`.
    AccentedLatin "accented_latin",
    /// Letters of other scripts.
    OtherScript "other_script",
    /// Characters that steer and are not seen.
    Control "control",
}

/// How many values have at least one character of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CharacterCounts(pub [u64; 8]);

impl CharacterCounts {
    /// How many values have a character of this kind.
    pub fn of(&self, class: CharacterClass) -> u64 {
        self.0[class as usize]
    }
}

/// How the numbers or dates of a column are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    /// How many values are such.
    pub counted: u64,
    /// Up to which value lie how many in a thousand, in order; a number is exact to 2 %, the first
    /// and the last are exact, and a date tells its month.
    pub points: Vec<(u16, QuantileValue)>,
}

/// A value in a spread of numbers or dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QuantileValue {
    /// A number.
    Number(f64),
    /// A month of a year.
    Month(u16, u8),
}

impl Quantiles {
    /// The value up to which so many in a thousand lie.
    pub fn at(&self, per_mille: u16) -> Option<QuantileValue> {
        self.points.iter().find(|(at, _)| *at == per_mille).map(|(_, value)| *value)
    }
}

/// That one column determines another: rows with one value of the first have one of the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dependency {
    /// The number of the column that determines.
    pub from: usize,
    /// The number of the column that is determined.
    pub to: usize,
    /// The share of the values looked at whose rows agree.
    pub share: f32,
    /// How many values were looked at, each in several rows.
    pub looked_at: u32,
}

/// Why a column calls for care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Citizen service numbers, which companies may not keep.
    CitizenNumber,
    /// Bank accounts.
    Account,
    /// Free text, in which anything may stand.
    FreeText,
    /// What tells who somebody is: names, birth dates, contact points, addresses.
    Personal,
}

impl Sensitivity {
    /// What a column of this type calls for.
    pub fn of(semantic_type: SemanticType) -> Option<Sensitivity> {
        use SemanticType::*;
        match semantic_type {
            Iban => Some(Sensitivity::Account),
            Text => Some(Sensitivity::FreeText),
            FullName | PartyName | GivenName | Initials | FamilyName | PartnerName | Gender
            | BirthDate | BirthPlace | FullAddress | AddressLine | Street | HouseNumber
            | HouseNumberAddition | Postcode | PostcodeCity | Email | Phone => {
                Some(Sensitivity::Personal)
            }
            _ => None,
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Sensitivity::CitizenNumber => "citizen_number",
            Sensitivity::Account => "account",
            Sensitivity::FreeText => "free_text",
            Sensitivity::Personal => "personal",
        }
    }
}
