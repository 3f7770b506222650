//! Entry: how strictly a hub looks at customers that are typed in.

/// What happens to a customer who does not meet what its kind needs, or is likely known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryPolicy {
    /// It is refused.
    Strict,
    /// It is refused unless somebody says why it must be.
    Soft,
    /// It is accepted, and what is wrong is filed.
    Async,
}

impl EntryPolicy {
    /// All policies.
    pub const ALL: [EntryPolicy; 3] = [EntryPolicy::Strict, EntryPolicy::Soft, EntryPolicy::Async];

    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            EntryPolicy::Strict => "strict",
            EntryPolicy::Soft => "soft",
            EntryPolicy::Async => "async",
        }
    }
}

/// How customers are looked at that are typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct EntrySettings {
    /// What happens to those who do not meet what their kind needs.
    pub policy: EntryPolicy,
    /// From how many bits of evidence somebody counts as known already; the link threshold if
    /// nothing is said.
    pub duplicates_from_bits: Option<f64>,
    /// The sites whose forms may ask, such as `https://shop.example`.
    pub origins: Vec<String>,
    /// The codes of reasons to accept somebody nevertheless.
    pub reason_codes: Vec<String>,
}

impl EntrySettings {
    /// Soft, with three reasons, for no other site.
    pub fn standard() -> EntrySettings {
        EntrySettings {
            policy: EntryPolicy::Soft,
            duplicates_from_bits: None,
            origins: Vec::new(),
            reason_codes: ["urgent", "not_a_duplicate", "rule_is_wrong"].map(String::from).into(),
        }
    }
}
