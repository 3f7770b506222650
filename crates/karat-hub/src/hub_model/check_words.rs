//! The closed lists from which checks choose.

use karat_model::attribute::EntityType;
use karat_model::check::{Charset, Pair, Quantifier, Register, Scope};
use karat_model::finding::{Dimension, Severity};
use karat_model::phone_type::PhoneType;

use super::words::Words;

impl Words for Scope {
    const WHAT: &'static str = "scope";
    const CHOICES: &'static [Scope] = &Scope::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Scope::Records => "Records as the sources have them.",
            Scope::Customers => "Golden records.",
            Scope::Both => "Records and golden records.",
            Scope::Deliveries => "What a source delivers as a whole.",
            Scope::Definitions => "What the hub model says of attributes.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Scope)] {
        &[
            ("record", Scope::Records),
            ("sources", Scope::Records),
            ("customer", Scope::Customers),
            ("golden", Scope::Customers),
            ("delivery", Scope::Deliveries),
            ("feeds", Scope::Deliveries),
            ("attributes", Scope::Definitions),
        ]
    }
}

impl Words for Quantifier {
    const WHAT: &'static str = "quantifier";
    const CHOICES: &'static [Quantifier] = &Quantifier::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Quantifier::All => "Every one of them.",
            Quantifier::Any => "At least one of them.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Quantifier)] {
        &[("every", Quantifier::All), ("one", Quantifier::Any), ("some", Quantifier::Any)]
    }
}

impl Words for Severity {
    const WHAT: &'static str = "severity";
    const CHOICES: &'static [Severity] = &[Severity::Note, Severity::Warning, Severity::Error];

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Severity::Note => "Worth knowing.",
            Severity::Warning => "Doubtful.",
            Severity::Error => "It cannot be used so.",
        }
    }

    fn synonyms() -> &'static [(&'static str, Severity)] {
        &[("warn", Severity::Warning), ("gate", Severity::Error), ("info", Severity::Note)]
    }
}

impl Words for Dimension {
    const WHAT: &'static str = "dimension";
    const CHOICES: &'static [Dimension] = &Dimension::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            Dimension::Completeness => "A value that should be there is not.",
            Dimension::Validity => "A value does not have the form of its type.",
            Dimension::Consistency => "Values contradict each other.",
            Dimension::Uniqueness => "Something is there twice.",
            Dimension::Accuracy => "A value is not what is so in the world.",
            Dimension::Currency => "A value was so once, and is not any more.",
            Dimension::Plausibility => "A value is hardly possible.",
            Dimension::Definition => "Nobody said what values mean.",
        }
    }
}

impl Words for EntityType {
    const WHAT: &'static str = "entity type";
    const CHOICES: &'static [EntityType] = &EntityType::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            EntityType::Person => "Natural persons.",
            EntityType::Organisation => "Companies and other organisations.",
        }
    }

    fn synonyms() -> &'static [(&'static str, EntityType)] {
        &[
            ("persons", EntityType::Person),
            ("people", EntityType::Person),
            ("company", EntityType::Organisation),
            ("organization", EntityType::Organisation),
            ("organisations", EntityType::Organisation),
        ]
    }
}

macro_rules! words_of {
    ($($name:ident $what:literal;)+) => {
        $(impl Words for $name {
            const WHAT: &'static str = $what;
            const CHOICES: &'static [$name] = $name::ALL;

            fn word(self) -> &'static str {
                self.name()
            }

            fn meaning(self) -> &'static str {
                self.definition()
            }
        })+
    };
}

words_of! {
    Charset "character set";
    Pair "pair of fields";
    PhoneType "kind of phone number";
    Register "register";
}
