//! The URL of a database: which server, which database and who asks, but never a password.

use std::fmt;
use std::str::FromStr;

use postgres::Config;
use postgres::config::{Host, SslMode};

/// Where a PostgreSQL database is, and the password if it was told.
///
/// A URL stands in files and in messages; so it has no password, which comes from elsewhere.
#[derive(Clone)]
pub struct PostgresUrl {
    text: String,
    config: Box<Config>,
}

/// Why a text is not such a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is something else.
    #[error("not the URL of a PostgreSQL database")]
    NotPostgres,
    /// It says the password.
    #[error("the URL of the database says the password")]
    HasPassword,
    /// It does not say who asks.
    #[error("the URL of the database names no user")]
    NoUser,
    /// It does not say which server.
    #[error("the URL of the database names no server")]
    NoHost,
    /// It asks for an encrypted connection, which this version cannot make.
    #[error("the URL of the database asks for TLS, which Karat does not speak yet")]
    Tls,
    /// A part of it cannot be read.
    #[error("the URL of the database cannot be read")]
    Malformed,
}

impl UrlError {
    /// What to do next: one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            UrlError::HasPassword => {
                "Take it out; Karat reads it from `PGPASSWORD`, or from the file `~/.pgpass`."
            }
            UrlError::Tls => {
                "Leave `sslmode` out, and reach the server by a socket, a private network or a tunnel."
            }
            _ => {
                "Write `postgresql://USER@HOST/DATABASE`, or for a socket `postgresql://USER@/DATABASE?host=/var/run/postgresql`."
            }
        }
    }
}

/// What a password is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The server, or the folder of its socket.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// Who asks.
    pub user: String,
}

/// The port of PostgreSQL.
const PORT: u16 = 5432;

impl PostgresUrl {
    /// Whether a text is meant to be such a URL.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with("postgresql:") || text.starts_with("postgres:")
    }

    /// The same with a password.
    pub fn with_password(mut self, password: &str) -> PostgresUrl {
        self.config.password(password);
        self
    }

    /// What a password is looked up by.
    pub fn sign_in(&self) -> SignIn {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(folder)) => folder.display().to_string(),
            None => String::new(),
        };
        let user = self.config.get_user().unwrap_or_default().to_string();
        let database = self.config.get_dbname().map_or(user.clone(), str::to_string);
        let port = self.config.get_ports().first().copied().unwrap_or(PORT);
        SignIn { host, port, database, user }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

impl FromStr for PostgresUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<PostgresUrl, UrlError> {
        let is_url = text.starts_with("postgresql://") || text.starts_with("postgres://");
        if !is_url {
            return Err(UrlError::NotPostgres);
        }
        let mut config: Config = text.parse().map_err(|_| UrlError::Malformed)?;
        if config.get_password().is_some() {
            return Err(UrlError::HasPassword);
        }
        if config.get_user().is_none_or(str::is_empty) {
            return Err(UrlError::NoUser);
        }
        if config.get_hosts().is_empty() {
            return Err(UrlError::NoHost);
        }
        if config.get_ssl_mode() == SslMode::Require {
            return Err(UrlError::Tls);
        }
        if config.get_application_name().is_none() {
            config.application_name("karat");
        }
        Ok(PostgresUrl { text: text.into(), config: Box::new(config) })
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("PostgresUrl").field(&self.text).finish()
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &PostgresUrl) -> bool {
        self.text == other.text
    }
}

impl Eq for PostgresUrl {}

/// The password in the text of a password file: the first line that fits tells.
///
/// ```text
/// host:port:database:user:password        `*` fits all; `\:` and `\\` stand for themselves
/// ```
///
/// Source: PostgreSQL documentation, libpq, "The Password File".
pub fn password_in(file: &str, wanted: &SignIn) -> Option<String> {
    let port = wanted.port.to_string();
    // libpq writes the standard folder of sockets as `localhost`.
    let is_socket = wanted.host.starts_with('/');
    let fits = |field: &str, value: &str| field == "*" || field == value;
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let mut entries = lines.map(fields).filter(|fields| fields.len() == 5);
    let entry = entries.find(|fields| {
        let host = fits(&fields[0], &wanted.host) || is_socket && fields[0] == "localhost";
        host && fits(&fields[1], &port)
            && fits(&fields[2], &wanted.database)
            && fits(&fields[3], &wanted.user)
    });
    entry.map(|mut fields| fields.swap_remove(4))
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let last = fields.len() - 1;
        match character {
            // The password may have colons of its own.
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields[last].extend(characters.next()),
            other => fields[last].push(other),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: UrlError) {
        assert_eq!(text.parse::<PostgresUrl>().unwrap_err(), expected, "{text}");
    }

    #[test]
    fn a_url_says_all_but_the_password() {
        let url: PostgresUrl = "postgresql://ada@db.example.org:6543/hub".parse().unwrap();
        let expected = SignIn {
            host: "db.example.org".into(),
            port: 6543,
            database: "hub".into(),
            user: "ada".into(),
        };
        assert_eq!(url.sign_in(), expected);
        let url = url.with_password("hunter2");
        assert_eq!(url.to_string(), "postgresql://ada@db.example.org:6543/hub");
        assert!(!format!("{url:?}").contains("hunter2"));
        let socket: PostgresUrl = "postgres://ada@/hub?host=/run/pg".parse().unwrap();
        assert_eq!((socket.sign_in().host.as_str(), socket.sign_in().port), ("/run/pg", 5432));

        check("karat.db", UrlError::NotPostgres);
        check("postgresql:hub", UrlError::NotPostgres);
        check("postgresql://ada:hunter2@localhost/hub", UrlError::HasPassword);
        check("postgresql://ada@localhost/hub?password=x", UrlError::HasPassword);
        check("postgresql://localhost/hub", UrlError::NoUser);
        check("postgresql://ada@/hub", UrlError::NoHost);
        check("postgresql://ada@localhost/hub?sslmode=require", UrlError::Tls);
        check("postgresql://ada@localhost:x/hub", UrlError::Malformed);
    }

    #[test]
    fn the_first_line_that_fits_tells_the_password() {
        let file = "# of the office\n\
                    db.example.org:5432:hub:ada:one\n\
                    *:5432:hub:bob:two\\:2\n\
                    localhost:*:*:ada:three\n\
                    broken:line\n\
                    *:*:*:*:last";
        let check = |url: &str, expected: &str| {
            let sign_in = url.parse::<PostgresUrl>().unwrap().sign_in();
            assert_eq!(password_in(file, &sign_in).as_deref(), Some(expected), "{url}");
        };
        check("postgresql://ada@db.example.org/hub", "one");
        check("postgresql://ada@db.example.org:6543/hub", "last");
        check("postgresql://bob@elsewhere/hub", "two:2");
        check("postgresql://ada@/hub?host=/var/run/postgresql", "three");
        check("postgresql://eva@db.example.org/hub", "last");
        assert_eq!(
            password_in("", &"postgresql://a@b/c".parse::<PostgresUrl>().unwrap().sign_in()),
            None
        );
    }
}
