//! Types of telephone numbers: what a number is for.

use crate::language::Language;

macro_rules! phone_types {
    ($(#[doc = $doc:literal] $variant:ident $name:literal $english:literal $dutch:literal,)+) => {
        /// What a telephone number is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PhoneType { $(#[doc = $doc] $variant),+ }

        impl PhoneType {
            /// All types, in the order of the manual.
            pub const ALL: &'static [PhoneType] = &[$(PhoneType::$variant),+];

            /// The name in the hub model, in files and in exports.
            pub fn name(self) -> &'static str {
                match self { $(PhoneType::$variant => $name),+ }
            }

            /// What it means, in one line.
            pub fn definition(self) -> &'static str {
                match self { $(PhoneType::$variant => $doc),+ }
            }

            /// The word that people read; nothing where there is nothing to say.
            pub fn label(self, language: Language) -> &'static str {
                match self { $(PhoneType::$variant => language.say($english, $dutch)),+ }
            }
        }
    };
}

phone_types! {
    #[doc = "A number of a place."]
    Fixed "fixed" "fixed" "vast",
    #[doc = "A mobile phone."]
    Mobile "mobile" "mobile" "mobiel",
    #[doc = "A number of a company."]
    Company "company" "company number" "bedrijfsnummer",
    #[doc = "A number without a place."]
    NonGeographic "non_geographic" "of no place" "niet plaatsgebonden",
    #[doc = "A number that is passed on to another one."]
    PersonalAssistant "personal_assistant" "follows a person" "persoonlijk nummer",
    #[doc = "A network of one company."]
    Vpn "vpn" "private network" "bedrijfsnetwerk",
    #[doc = "A pager."]
    Pager "pager" "pager" "semafoon",
    #[doc = "A machine."]
    Machine "machine" "machine" "apparaat",
    #[doc = "A free or paid service."]
    Service "service" "service number" "servicenummer",
    #[doc = "A number of the government."]
    Government "government" "government" "overheid",
    #[doc = "An emergency number."]
    Emergency "emergency" "emergency or help line" "nood- of hulplijn",
    #[doc = "What it is for is not known."]
    Unknown "unknown" "" "",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = PhoneType::ALL.iter().map(|of| of.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PhoneType::ALL.len());
    }
}
