//! Gender: as what somebody is addressed.

/// The gender of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Neither.
    Other,
}

impl Gender {
    /// All genders.
    pub const ALL: [Gender; 3] = [Gender::Male, Gender::Female, Gender::Other];

    /// The standardised value.
    pub fn name(self) -> &'static str {
        match self {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Other => "other",
        }
    }

    /// The gender with this standardised value.
    pub fn from_name(name: &str) -> Option<Gender> {
        Gender::ALL.into_iter().find(|gender| gender.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standardised_value_leads_back() {
        for gender in Gender::ALL {
            assert_eq!(Gender::from_name(gender.name()), Some(gender));
        }
        assert_eq!(Gender::from_name("m"), None);
    }
}
