//! The kinds of defects, and how each spoils a row.

use super::{Cells, Column};
use crate::dice::Dice;
use crate::world::calendar::{self, TODAY};

macro_rules! forms {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal of $kind:literal),+ $(,)?) => {
        /// A form of a defect; misuse has four of them, the other kinds one each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DefectForm { $($(#[doc = $doc])+ $variant),+ }

        impl DefectForm {
            /// All forms.
            pub const ALL: [DefectForm; 15] = [$(DefectForm::$variant),+];

            /// The name in the truth.
            pub fn name(self) -> &'static str {
                match self { $(DefectForm::$variant => $name),+ }
            }

            /// The kind that it is a form of.
            pub fn kind(self) -> &'static str {
                match self { $(DefectForm::$variant => $kind),+ }
            }
        }
    };
}

forms! {
    /// A word that says that there is no value.
    MissingToken "missing_token" of "missing_token",
    /// A value that lacks the form of its column.
    WrongPattern "wrong_pattern" of "wrong_pattern",
    /// A phone number in a name.
    MisusePhone "misuse_phone" of "misuse",
    /// A remark in the street.
    MisuseRemark "misuse_remark" of "misuse",
    /// A number of the trade register among the remarks.
    MisuseKvk "misuse_kvk" of "misuse",
    /// A mark behind the name that the person has died.
    MisuseDeceased "misuse_deceased" of "misuse",
    /// A remark that was cut off where the field ended.
    Truncation "truncation" of "truncation",
    /// The policy number of another row.
    DuplicateKey "duplicate_key" of "duplicate_key",
    /// UTF-8 that was read as Windows-1252.
    Mojibake "mojibake" of "mojibake",
    /// Postal code and town that hold each other's values.
    SwappedColumns "swapped_columns" of "swapped_columns",
    /// A birth date long ago, or in the future.
    OutOfRangeDate "out_of_range_date" of "out_of_range_date",
    /// A postal code of another country.
    ForeignPostcode "foreign_postcode" of "foreign_postcode",
    /// A letter of another script that looks like a Latin one.
    LookAlike "look_alike" of "look_alike",
    /// A value of a list, written in other capitals.
    MixedCase "mixed_case" of "mixed_case",
    /// A record that nobody has looked at for years.
    Stale "stale" of "stale",
}

/// How many characters the field of remarks holds.
const NOTE_CHARS: usize = 30;

/// Remarks that are longer than that.
const LONG_NOTES: [&str; 4] = [
    "wil alleen gebeld worden als het echt niet anders kan",
    "heeft in het voorjaar een klacht gehad over de levering",
    "staat te boek als zeer tevreden en komt ieder jaar terug",
    "verhuist volgend jaar waarschijnlijk naar het buitenland",
];

impl DefectForm {
    /// Spoils a row; gives the column that was spoilt. Some rows cannot be spoilt so: these stay.
    pub(super) fn spoil(self, row: &mut Cells, earlier: &[Cells], dice: &mut Dice) -> Column {
        use Column::*;
        match self {
            DefectForm::MissingToken => {
                let column = *dice.pick(&[Given, Family, Town, Phone, Email]);
                let token = dice.pick(&["onbekend", "n.v.t.", "-", "ONBEKEND", "n/a"]);
                row[column as usize] = token.to_string();
                column
            }
            DefectForm::WrongPattern => {
                let column = *dice.pick(&[Policy, Postcode, Phone, Email]);
                let cell = &mut row[column as usize];
                *cell = match column {
                    Policy => cell.trim_start_matches("AB-").to_string(),
                    Postcode => cell[..cell.len() - 1].to_string(),
                    Phone => cell[..6].to_string(),
                    _ => cell.replace('@', " at "),
                };
                column
            }
            DefectForm::MisusePhone => {
                let column = *dice.pick(&[Given, Family]);
                let phone = row[Phone as usize].clone();
                let cell = &mut row[column as usize];
                *cell = if dice.percent(50) { phone } else { format!("{cell} {phone}") };
                column
            }
            DefectForm::MisuseRemark => {
                let remark = dice.pick(&[
                    "(achterom)",
                    "let op de hond",
                    "graag eerst bellen",
                    "pakket bij de buren",
                    "niet bezorgen",
                    "sleutel bij de receptie",
                ]);
                row[Street as usize].push_str(&format!(" {remark}"));
                Street
            }
            DefectForm::MisuseKvk => {
                let number = 10_000_000 + dice.below(80_000_000);
                let label = dice.pick(&["KvK", "kvk nr", "KvK-nummer:", "K.v.K."]);
                row[Note as usize] = format!("{label} {number}");
                Note
            }
            DefectForm::MisuseDeceased => {
                let mark = dice.pick(&["(overleden)", "overleden", "- OVERLEDEN", "(overl.)"]);
                row[Family as usize].push_str(&format!(" {mark}"));
                Family
            }
            DefectForm::Truncation => {
                row[Note as usize] = dice.pick(&LONG_NOTES).chars().take(NOTE_CHARS).collect();
                Note
            }
            DefectForm::DuplicateKey => {
                row[Policy as usize] = dice.pick(earlier)[Policy as usize].clone();
                Policy
            }
            DefectForm::Mojibake => {
                let column = *dice.pick(&[Given, Family, Town]);
                let damaged = [('e', "Ã«"), ('o', "Ã³"), ('a', "Ã¡"), ('i', "Ã¯"), ('u', "Ã¼")];
                replace_letter(&mut row[column as usize], &damaged);
                column
            }
            DefectForm::SwappedColumns => {
                row.swap(Postcode as usize, Town as usize);
                Postcode
            }
            DefectForm::OutOfRangeDate => {
                let years =
                    if dice.percent(50) { -dice.between(125, 170) } else { dice.between(5, 60) };
                row[Born as usize] = calendar::iso(calendar::later(TODAY, years * 365));
                Born
            }
            DefectForm::ForeignPostcode => {
                row[Postcode as usize] =
                    dice.pick(&["2000", "9000", "50667", "75008", "SW1A 1AA"]).to_string();
                Postcode
            }
            DefectForm::LookAlike => {
                let column = *dice.pick(&[Given, Family, Town]);
                // Cyrillic letters.
                let alike = [
                    ('e', "\u{435}"),
                    ('o', "\u{43E}"),
                    ('a', "\u{430}"),
                    ('i', "\u{456}"),
                    ('p', "\u{440}"),
                ];
                replace_letter(&mut row[column as usize], &alike);
                column
            }
            DefectForm::MixedCase => {
                let cell = &mut row[Tier as usize];
                *cell = if dice.percent(50) { cell.to_uppercase() } else { cell.to_lowercase() };
                Tier
            }
            DefectForm::Stale => {
                let day = calendar::later(TODAY, -dice.between(12 * 365, 18 * 365));
                row[Updated as usize] = calendar::iso(day);
                Updated
            }
        }
    }
}

/// Writes another text for the first of these letters that a value has.
fn replace_letter(cell: &mut String, letters: &[(char, &str)]) {
    if let Some((letter, instead)) = letters.iter().find(|(letter, _)| cell.contains(*letter)) {
        *cell = cell.replacen(*letter, instead, 1);
    }
}
