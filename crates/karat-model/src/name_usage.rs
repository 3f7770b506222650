//! Name usage: which family names somebody with a partner goes by.

/// Whether a person goes by the own family name, the partner's, or both (*aanduiding naamgebruik*).
///
/// Source: the Dutch register of persons, Logisch Ontwerp BRP, element 61.10; the law is article 9
/// of book 1 of the Dutch civil code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameUsage {
    /// The own name: code E.
    Own,
    /// The partner's name: code P.
    Partner,
    /// The partner's name before the own name: code V.
    PartnerOwn,
    /// The partner's name after the own name: code N.
    OwnPartner,
}

impl NameUsage {
    /// All usages.
    pub const ALL: [NameUsage; 4] =
        [NameUsage::Own, NameUsage::Partner, NameUsage::PartnerOwn, NameUsage::OwnPartner];

    /// The standardised value.
    pub fn name(self) -> &'static str {
        match self {
            NameUsage::Own => "own",
            NameUsage::Partner => "partner",
            NameUsage::PartnerOwn => "partner_own",
            NameUsage::OwnPartner => "own_partner",
        }
    }

    /// The usage with this standardised value.
    pub fn from_name(name: &str) -> Option<NameUsage> {
        NameUsage::ALL.into_iter().find(|usage| usage.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standardised_value_leads_back() {
        for usage in NameUsage::ALL {
            assert_eq!(NameUsage::from_name(usage.name()), Some(usage));
        }
        assert_eq!(NameUsage::from_name("E"), None);
    }
}
