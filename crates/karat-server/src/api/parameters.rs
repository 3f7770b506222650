//! Parameters: what stands in the address of a request.

use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use karat_hub::view::AsOf;
use karat_model::id::{EntityId, RecordKey, SourceName};
use serde::de::DeserializeOwned;

use utoipa::IntoParams;

use super::cursor;
use super::problem::{Problem, ProblemKind};
use crate::serving::Server;

/// The most bytes of the id of a record.
pub const ID_BYTES_MAX: usize = 512;
/// The most characters of a query.
pub const QUERY_CHARACTERS_MAX: usize = 200;

/// The most pairs of a page, each of which is explained, and how many there usually are.
pub const PAIRS_MAX: u64 = 100;
/// How many pairs a page usually has.
pub const PAIRS_USUAL: u64 = 20;
/// The most entries of a page.
pub const ENTRIES_MAX: u64 = 500;
/// How many entries a page usually has.
pub const ENTRIES_USUAL: u64 = 100;

/// What makes a request repeatable.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // It only stands in the OpenAPI document, as those below.
pub struct Repeatable {
    /// The same key and request get the same answer for a day.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    idempotency_key: Option<String>,
}

/// Which entity is meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct Issued {
    /// Any id that was ever issued.
    id: String,
}

/// Which record is meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct RecordPlace {
    /// The source.
    source: String,
    /// The id of the record in its source, percent-encoded.
    id: String,
}

/// Which page of a list is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Page {
    /// How many at a time; 100 unless it is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The next page.
    #[param(pattern = "^([0-9a-f]{2}){5,}$")]
    cursor: Option<String>,
}

/// Which page of a list of pairs is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct PageOfPairs {
    /// How many at a time; 20 unless it is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The next page.
    #[param(pattern = "^([0-9a-f]{2}){5,}$")]
    cursor: Option<String>,
}

/// Between which moments a diff is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Between {
    /// The number of an event, or a moment such as `2026-01-31T12:00:00Z`: how it was after that.
    #[param(pattern = "^[0-9]+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+")]
    from: String,
    /// The same for how it was afterwards; now unless it is said.
    #[param(pattern = "^[0-9]+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+")]
    to: Option<String>,
}

/// What stands in the path.
pub struct Place<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Place<T> {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Place<T>, Box<Problem>> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        let broken = |_| Problem::with(ProblemKind::BadParameter, "The path must be UTF-8.");
        path.map(|Path(place)| Place(place)).map_err(broken)
    }
}

/// The query of an address: only known parameters, each once.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query of an address.
    pub fn of(uri: &Uri, known: &[&str]) -> Result<Parameters, Box<Problem>> {
        let listed = || match known {
            [] => "There are no parameters.".to_string(),
            known => format!("Each once, there are: `{}`.", known.join("`, `")),
        };
        let problem = || Problem::with(ProblemKind::BadParameter, listed());
        let Query(all) =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| problem())?;
        let is_repeated = |at: usize| all[..at].iter().any(|(name, _)| *name == all[at].0);
        let is_known = |at: usize| known.contains(&all[at].0.as_str());
        if (0..all.len()).any(|at| !is_known(at) || is_repeated(at)) {
            return Err(problem());
        }
        Ok(Parameters(all))
    }

    /// A parameter as it stands there.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number within limits.
    pub fn number(
        &self,
        name: &str,
        limits: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Box<Problem>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = whole(text).filter(|number| limits.contains(number));
        let (from, to) = (limits.start(), limits.end());
        let problem = || {
            let detail = format!("`{name}` must be a number from {from} to {to}.");
            Problem::with(ProblemKind::BadParameter, detail)
        };
        number.map(Some).ok_or_else(problem)
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Result<bool, Box<Problem>> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let detail = format!("`{name}` must be true or false.");
                Err(Problem::with(ProblemKind::BadParameter, detail))
            }
        }
    }

    /// How many are wanted on a page.
    pub fn limit(&self, max: u64, usual: u64) -> Result<usize, Box<Problem>> {
        Ok(self.number("limit", 1..=max)?.unwrap_or(usual) as usize)
    }

    /// How many came before the page that a cursor stands for.
    pub fn skipped(&self) -> Result<usize, Box<Problem>> {
        let skipped = cursor::number(self.text("cursor"))?.unwrap_or(0);
        Ok(usize::try_from(skipped).unwrap_or(usize::MAX))
    }

    /// When something is looked at: the number of an event, or a moment.
    pub fn as_of(&self, name: &str) -> Result<Option<AsOf>, Box<Problem>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        AsOf::read(text).map(Some).ok_or_else(|| {
            let detail = format!(
                "`{name}` must be the number of an event, or a moment such as 2026-01-31T12:00:00Z."
            );
            Problem::with(ProblemKind::BadParameter, detail)
        })
    }
}

/// The id of an entity; a text that is none was never issued.
pub fn entity_id(text: &str) -> Result<EntityId, Box<Problem>> {
    let problem =
        |_| Problem::with(ProblemKind::UnknownEntity, "An id has twelve letters and digits.");
    text.parse().map_err(problem)
}

/// The source with this name.
pub fn source(server: &Server, name: &str) -> Result<SourceName, Box<Problem>> {
    let model = server.hub.model();
    let known = model.sources.iter().find(|source| source.name.as_str() == name);
    known.map(|source| source.name.clone()).ok_or_else(|| Problem::new(ProblemKind::UnknownSource))
}

/// The key of a record of a source that is known.
pub fn record_key(server: &Server, name: &str, id: &str) -> Result<RecordKey, Box<Problem>> {
    let source = source(server, name)?;
    if !is_record_id(id) {
        let detail =
            format!("The id of a record has 1 to {ID_BYTES_MAX} bytes, none of them zero.");
        return Err(Problem::with(ProblemKind::BadParameter, detail));
    }
    Ok(RecordKey::new(source, id))
}

/// Whether a text can be the id of a record.
pub fn is_record_id(id: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&id.len()) && !id.contains('\0')
}

/// A whole number in digits, as the journals count.
pub(crate) fn whole(text: &str) -> Option<u64> {
    // The standard library also reads `+7`.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number <= i64::MAX as u64)
}

#[cfg(test)]
mod tests {
    use karat_hub::view::EventNo;
    use karat_model::record::Moment;

    use super::*;

    fn parameters(query: &str) -> Result<Parameters, Box<Problem>> {
        Parameters::of(&format!("/v1/x?{query}").parse().unwrap(), &["limit", "as_of", "versions"])
    }

    #[test]
    fn only_known_parameters_come_once() {
        for query in ["limits=1", "limit=1&limit=2", "Limit=1"] {
            assert!(parameters(query).is_err(), "{query}");
        }
        assert!(parameters("").is_ok());
    }

    #[test]
    fn numbers_and_moments_are_read() {
        let limit = |query| parameters(query).unwrap().limit(500, 100);
        assert_eq!(limit("").unwrap(), 100);
        assert_eq!(limit("limit=500").unwrap(), 500);
        for query in ["limit=0", "limit=501", "limit=-1", "limit=%2B7", "limit=", "limit=1e2"] {
            assert!(limit(query).is_err(), "{query}");
        }
        let as_of = |query| parameters(query).unwrap().as_of("as_of");
        assert_eq!(as_of("").unwrap(), None);
        assert_eq!(as_of("as_of=7").unwrap(), Some(AsOf::Event(EventNo(7))));
        let new_year = AsOf::Moment(Moment(1_767_225_600));
        assert_eq!(as_of("as_of=2026-01-01T00:00:00Z").unwrap(), Some(new_year));
        assert!(as_of("as_of=yesterday").is_err());
        assert!(as_of("as_of=").is_err());
    }
}
