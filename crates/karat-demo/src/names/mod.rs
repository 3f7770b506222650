//! What people and companies are called.
//!
//! Dice and a few facts (gender, origin, year of birth) arrive; names leave.
//! Names are as frequent as in the Netherlands, given names by generation, and combined at random.
//! Start reading at [`family`].

pub mod family;
pub mod given;
pub mod company;

/// Where a family's names come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Dutch and Frisian.
    Dutch,
    /// Turkish.
    Turkish,
    /// Moroccan.
    Moroccan,
    /// Surinamese.
    Surinamese,
    /// Polish.
    Polish,
    /// German.
    German,
    /// From Aruba, Curaçao and the other islands.
    Antillean,
    /// Arab, Persian, Somali, Eritrean.
    MiddleEastern,
    /// Chinese and Vietnamese.
    Chinese,
}

impl Origin {
    /// All origins, in the order of their codes in the data folder.
    pub const ALL: [Origin; 9] = [
        Origin::Dutch,
        Origin::Turkish,
        Origin::Moroccan,
        Origin::Surinamese,
        Origin::Polish,
        Origin::German,
        Origin::Antillean,
        Origin::MiddleEastern,
        Origin::Chinese,
    ];

    /// The code in the data folder.
    pub fn code(self) -> &'static str {
        ["nl", "tr", "ma", "sr", "pl", "de", "an", "ar", "cn"][self as usize]
    }
}

/// A gender, as far as a name shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gender {
    /// A woman or a girl.
    Female,
    /// A man or a boy.
    Male,
}
