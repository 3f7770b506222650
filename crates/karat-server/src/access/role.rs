//! Roles and what they may do.

/// What somebody does in a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Has what is typed into a form checked, and learns nothing of others.
    Form,
    /// Reads.
    Reader,
    /// Reads, and sends source records: an application.
    Writer,
    /// Reads, and decides.
    Steward,
    /// Does all.
    Administrator,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// To have values checked, and learn nothing of others.
    Check,
    /// To read all that is in the hub.
    Read,
    /// To send and delete source records.
    Write,
    /// To type in a customer, past the gate.
    Enter,
    /// To make and undo decisions.
    Decide,
    /// To say how far findings are, towards their sources.
    Step,
    /// To change the hub model, publish it, go back, and load.
    Publish,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] =
        [Role::Form, Role::Reader, Role::Writer, Role::Steward, Role::Administrator];

    /// The name in commands and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Role::Form => "form",
            Role::Reader => "reader",
            Role::Writer => "writer",
            Role::Steward => "steward",
            Role::Administrator => "administrator",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it may do this.
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Check => true,
            Permission::Read => self != Role::Form,
            Permission::Write => matches!(self, Role::Writer | Role::Administrator),
            Permission::Decide => matches!(self, Role::Steward | Role::Administrator),
            Permission::Enter | Permission::Step => {
                matches!(self, Role::Writer | Role::Steward | Role::Administrator)
            }
            Permission::Publish => self == Role::Administrator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_its_own_work() {
        let may = |role: Role| {
            use Permission::{Check, Decide, Enter, Publish, Read, Step, Write};
            [Check, Read, Write, Enter, Decide, Step, Publish]
                .map(|permission| role.may(permission))
        };
        assert_eq!(may(Role::Form), [true, false, false, false, false, false, false]);
        assert_eq!(may(Role::Reader), [true, true, false, false, false, false, false]);
        assert_eq!(may(Role::Writer), [true, true, true, true, false, true, false]);
        assert_eq!(may(Role::Steward), [true, true, false, true, true, true, false]);
        assert_eq!(may(Role::Administrator), [true; 7]);
        assert_eq!(Role::ALL.map(|role| Role::from_name(role.name())), Role::ALL.map(Some));
    }
}
