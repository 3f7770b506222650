//! The URL of the database: which server and who asks, but no password.

use karat_store::{PostgresUrl, UrlError};
use serde_json::json;

use super::problem::Report;
use super::shape::{Shape, scalar};
use super::tree::Node;

/// Where the hub is kept.
#[derive(Clone, Debug)]
pub(super) struct DatabaseUrl(pub PostgresUrl);

impl Shape for DatabaseUrl {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<DatabaseUrl> {
        let text = scalar(node, key, report)?;
        match text.trim().parse::<PostgresUrl>() {
            Ok(url) => Some(DatabaseUrl(url)),
            // What is wrong may be the password itself, which no message repeats.
            Err(error) => {
                let message = match error {
                    UrlError::NotPostgres => format!("`{key}` is {error}"),
                    _ => error.to_string(),
                };
                report.error(node.place, message).with_hint(error.hint());
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^postgres(ql)?://[^:@/]+@[^@]+$" })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{check, read};

    /// The mistakes in a hub that says this of its database.
    fn mistakes(database: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hub.yaml"), format!("name: Shop\n{database}\n")).unwrap();
        let problems = check(folder.path());
        let shown = problems.into_iter().filter(|problem| problem.file.ends_with("hub.yaml"));
        shown.map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn a_hub_may_be_kept_in_postgresql() {
        let database = "postgresql://karat@db.example.org/karat";
        let folder = tempfile::tempdir().unwrap();
        let hub = folder.path();
        fs::create_dir(hub.join("sources")).unwrap();
        fs::write(hub.join("crm.csv"), "id\n1\n").unwrap();
        fs::write(hub.join("sources/crm.yaml"), "files: crm.csv\n").unwrap();
        fs::write(hub.join("hub.yaml"), format!("name: Shop\ndatabase: {database}\n")).unwrap();
        assert_eq!(read(hub).unwrap().database.as_deref(), Some(database));
        fs::write(hub.join("hub.yaml"), "name: Shop\n").unwrap();
        assert_eq!(read(hub).unwrap().database, None);
    }

    #[test]
    fn a_password_in_the_file_is_a_mistake_that_is_not_repeated() {
        let said = mistakes("database: postgresql://karat:hunter2@db.example.org/karat").join("\n");
        assert!(said.contains("hub.yaml:2:"), "{said}");
        assert!(said.contains("the URL of the database says the password"), "{said}");
        assert!(said.contains("hint: Take it out; Karat reads it from `PGPASSWORD`"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }

    #[test]
    fn other_databases_are_mistakes() {
        for (database, message) in [
            ("mysql://karat@db.example.org/karat", "is not the URL of a PostgreSQL database"),
            ("postgresql://db.example.org/karat", "names no user"),
            ("postgresql://karat@/karat", "names no server"),
            ("postgresql://karat@db.example.org/karat?sslmode=require", "asks for TLS"),
        ] {
            let said = mistakes(&format!("database: {database}")).join("\n");
            assert!(said.contains(message) && said.contains("hint:"), "{database}: {said}");
        }
    }
}
