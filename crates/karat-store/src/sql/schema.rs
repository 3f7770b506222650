//! The versions of a schema, and which scripts lead to the next.

use crate::error::{Error, Result};

/// The scripts that make version 1, 2, … out of the version before; never changed once released.
pub type Migrations = [&'static str];

/// The scripts that a database of this version still needs; refuses one of a later version.
pub fn missing(migrations: &'static Migrations, found: u32) -> Result<&'static Migrations> {
    let known = migrations.len() as u32;
    migrations.get(found as usize..).ok_or(Error::Newer { found, known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_gets_the_scripts_it_lacks() {
        let all: &'static Migrations = &["one", "two", "three"];
        assert_eq!(missing(all, 0).unwrap(), all);
        assert_eq!(missing(all, 2).unwrap(), ["three"]);
        assert_eq!(missing(all, 3).unwrap(), [""; 0]);
        assert!(matches!(missing(all, 4), Err(Error::Newer { found: 4, known: 3 })));
    }
}
