//! Uses and kinds of customers: what data is good enough for.

use super::name::CheckName;
use crate::attribute::EntityType;

/// Something that data is used for, and the checks that a customer must pass to be fit for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its name, such as `mailing`.
    pub name: String,
    /// What people read, in English and in Dutch.
    pub label: [String; 2],
    /// The entity types that it is for; all if empty.
    pub entity_types: Vec<EntityType>,
    /// The checks that must pass.
    pub needs: Vec<CheckName>,
}

/// A kind of customer, and the checks that must pass before one is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerKind {
    /// Its name, such as `lead`.
    pub name: String,
    /// The entity types that it is for; all if empty.
    pub entity_types: Vec<EntityType>,
    /// The checks that must pass.
    pub needs: Vec<CheckName>,
}
