//! The dimensions of data quality, and the tiles of a scorecard that they are shown under.

use crate::language::Language;

/// The dimension of data quality that a finding lowers (after DAMA-NL).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// A value that should be there is not.
    Completeness,
    /// A value does not have the form of its type.
    Validity,
    /// Values contradict each other.
    Consistency,
    /// Something is there twice.
    Uniqueness,
    /// A value is not what is so in the world.
    Accuracy,
    /// A value was so once, and is not any more.
    Currency,
    /// A value has the right form, and is hardly possible.
    Plausibility,
    /// Nobody said what values mean.
    Definition,
}

impl Dimension {
    /// All dimensions, in the order of the manual.
    pub const ALL: [Dimension; 8] = [
        Dimension::Completeness,
        Dimension::Validity,
        Dimension::Consistency,
        Dimension::Uniqueness,
        Dimension::Accuracy,
        Dimension::Currency,
        Dimension::Plausibility,
        Dimension::Definition,
    ];

    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Completeness => "completeness",
            Dimension::Validity => "validity",
            Dimension::Consistency => "consistency",
            Dimension::Uniqueness => "uniqueness",
            Dimension::Accuracy => "accuracy",
            Dimension::Currency => "currency",
            Dimension::Plausibility => "plausibility",
            Dimension::Definition => "definition",
        }
    }

    /// The tile of a scorecard that it counts for.
    pub fn tile(self) -> Tile {
        match self {
            Dimension::Completeness => Tile::Complete,
            Dimension::Validity | Dimension::Consistency | Dimension::Plausibility => Tile::Correct,
            Dimension::Uniqueness => Tile::Unique,
            Dimension::Accuracy => Tile::Accurate,
            Dimension::Currency => Tile::UpToDate,
            Dimension::Definition => Tile::Defined,
        }
    }
}

/// What a scorecard tells apart: one question that people ask of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tile {
    /// Is it so in the world?
    Accurate,
    /// Is it written as it should be, and without contradictions?
    Correct,
    /// Is everything there?
    Complete,
    /// Is it still so?
    UpToDate,
    /// Is it known what it means, and who answers for it?
    Defined,
    /// Is everything there once?
    Unique,
}

impl Tile {
    /// All tiles, in the order of a scorecard.
    pub const ALL: [Tile; 6] = [
        Tile::Accurate,
        Tile::Correct,
        Tile::Complete,
        Tile::UpToDate,
        Tile::Defined,
        Tile::Unique,
    ];

    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Tile::Accurate => "accurate",
            Tile::Correct => "correct",
            Tile::Complete => "complete",
            Tile::UpToDate => "up_to_date",
            Tile::Defined => "defined",
            Tile::Unique => "unique",
        }
    }

    /// The word that people read.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Tile::Accurate => language.say("Accurate", "Accuraat"),
            Tile::Correct => language.say("Correct", "Correct"),
            Tile::Complete => language.say("Complete", "Compleet"),
            Tile::UpToDate => language.say("Up to date", "Up-to-date"),
            Tile::Defined => language.say("Defined", "Gedefinieerd"),
            Tile::Unique => language.say("Unique", "Uniek"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_has_a_dimension_and_names_are_unique() {
        for tile in Tile::ALL {
            assert!(Dimension::ALL.iter().any(|dimension| dimension.tile() == tile), "{tile:?}");
        }
        let mut names: Vec<&str> = Dimension::ALL.iter().map(|it| it.name()).collect();
        names.extend(Tile::ALL.iter().map(|it| it.name()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
