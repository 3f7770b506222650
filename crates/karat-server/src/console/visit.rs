//! A visit: who asks for what, in which language.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use karat_hub::view::EventNo;
use karat_model::hub_model::HubModel;
use karat_model::language::Language;

use super::Console;
use crate::access::Caller;
use crate::locale::Locale;

const LANGUAGE_COOKIE: &str = "karat_language";
const LANGUAGE_PARAMETER: &str = "lang";
const KEYS_COOKIE: &str = "karat_keys";
const KEYS_PARAMETER: &str = "keys";
const OFF: &str = "off";
const SEEN_COOKIE: &str = "karat_seen";
const SEEN_PARAMETER: &str = "seen";

/// Who asks for what, in which language.
#[derive(Clone)]
pub(super) struct Visit {
    /// The hub model at the time of the visit.
    pub model: Arc<HubModel>,
    /// The language of the answer.
    pub text: Locale,
    uri: Uri,
    method: Method,
    parameters: Vec<(String, String)>,
    caller: Option<Caller>,
    /// Whether single keys do something (WCAG 2.2, 2.1.4: they can be turned off).
    pub has_keys: bool,
    seen: Option<EventNo>,
}

impl Visit {
    fn new(model: Arc<HubModel>, uri: &Uri, method: &Method, headers: &HeaderMap) -> Visit {
        // An address that is no address has no parameters; its page says what it misses.
        let parameters = Query::try_from_uri(uri).map_or_else(|_| Vec::new(), |Query(all)| all);
        let language = chosen(&parameters).unwrap_or_else(|| language_of(headers, &model));
        let (uri, method) = (uri.clone(), method.clone());
        let keys = parameters.iter().find(|(name, _)| name == KEYS_PARAMETER);
        let keys =
            keys.map_or_else(|| cookie(headers, KEYS_COOKIE), |(_, value)| Some(value.clone()));
        let has_keys = keys.as_deref() != Some(OFF);
        let text = Locale::of(language);
        let seen = parameters.iter().find(|(name, _)| name == SEEN_PARAMETER);
        let seen =
            seen.map_or_else(|| cookie(headers, SEEN_COOKIE), |(_, value)| Some(value.clone()));
        let seen = seen.and_then(|number| number.parse().ok()).map(EventNo);
        Visit { model, text, uri, method, parameters, caller: None, has_keys, seen }
    }

    /// The last event that was said to be seen.
    pub fn seen(&self) -> Option<EventNo> {
        self.seen
    }

    /// A parameter of the address; blank ones do not count.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(found.1.trim()).filter(|value| !value.is_empty())
    }

    /// Who visits, if that is known.
    pub fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The address of this same page in another language.
    pub fn address_in(&self, language: Language) -> String {
        let address = self.address_without(&[LANGUAGE_PARAMETER]);
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{LANGUAGE_PARAMETER}={}", language.code())
    }

    /// The address of this same page without some parameters.
    pub fn address_without(&self, names: &[&str]) -> String {
        let is_left_out = |part: &&str| names.iter().any(|it| part.split('=').next() == Some(*it));
        let query = self.uri.query().unwrap_or_default();
        let parts = query.split('&').filter(|part| !part.is_empty() && !is_left_out(part));
        let kept: Vec<&str> = parts.collect();
        let joint = if kept.is_empty() { "" } else { "?" };
        format!("{}{joint}{}", self.path(), kept.join("&"))
    }

    /// Whether the page is the answer to a form, which a link cannot ask again.
    pub fn is_form(&self) -> bool {
        self.method == Method::POST
    }
}

/// Makes the visit, before anything is routed, so that error pages have one as well.
pub(super) async fn arrive(
    State(console): State<Console>,
    mut request: Request,
    next: Next,
) -> Response {
    let model = console.hub.model();
    let visit = Visit::new(model, request.uri(), request.method(), request.headers());
    let visit = Visit { caller: request.extensions().get::<Caller>().cloned(), ..visit };
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// Keeps in cookies what was chosen on the page: a language, and whether single keys do something.
pub(super) async fn remember_choices(visit: Visit, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let language = chosen(&visit.parameters).map(|it| (LANGUAGE_COOKIE, it.code()));
    let keys = visit
        .parameter(KEYS_PARAMETER)
        .map(|_| (KEYS_COOKIE, if visit.has_keys { "on" } else { OFF }));
    let seen = visit.parameter(SEEN_PARAMETER).and(visit.seen);
    let seen = seen.map(|event| event.0.to_string());
    let seen = seen.as_deref().map(|event| (SEEN_COOKIE, event));
    for (name, value) in language.into_iter().chain(keys).chain(seen) {
        let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        let cookie = HeaderValue::from_str(&cookie).expect("what can be chosen is plain ASCII");
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Infallible> {
        Ok(parts.extensions.get::<Visit>().expect("every request arrives first").clone())
    }
}

/// The language of whoever asks: that of the cookie, of the browser, or of the hub.
pub(crate) fn language_of(headers: &HeaderMap, model: &HubModel) -> Language {
    remembered(headers).or_else(|| preferred(headers)).unwrap_or(model.language)
}

fn chosen(parameters: &[(String, String)]) -> Option<Language> {
    let (_, code) = parameters.iter().find(|(name, _)| name == LANGUAGE_PARAMETER)?;
    Language::from_code(code)
}

fn remembered(headers: &HeaderMap) -> Option<Language> {
    Language::from_code(&cookie(headers, LANGUAGE_COOKIE)?)
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    let named =
        |cookie: &str| Some(cookie.trim().strip_prefix(name)?.strip_prefix('=')?.to_string());
    cookies.split(';').find_map(named)
}

/// The language the browser likes best of those Karat speaks (RFC 9110, section 12.5.4).
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let accepted = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f64, Language)> = None;
    for range in accepted.split(',') {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(|tag| Language::from_code(tag.trim())) else {
            continue;
        };
        let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
        let quality: f64 = quality.unwrap_or(1.0);
        let is_better = quality > 0.0 && best.is_none_or(|(known, _)| quality > known);
        if is_better {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language_at(address: &str, cookie: &str, accepted: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        for (name, value) in [(COOKIE, cookie), (ACCEPT_LANGUAGE, accepted)] {
            if !value.is_empty() {
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        let model = Arc::new(HubModel::new("test"));
        let uri = address.parse().unwrap();
        Visit::new(model, &uri, &Method::GET, &headers).text.language.code()
    }

    #[test]
    fn the_address_wins_over_the_cookie_over_the_browser_over_the_hub() {
        for (address, cookie, accepted, expected) in [
            ("/?lang=nl", "karat_language=en", "en", "nl"),
            ("/", "theme=dark; karat_language=nl", "en", "nl"),
            ("/", "", "nl-NL,nl;q=0.9,en;q=0.8", "nl"),
            ("/", "", "en;q=0.4, nl;q=0.7", "nl"),
            ("/", "", "fr, de", "en"),
            ("/?lang=fr", "karat_language=xx", "", "en"),
            ("/", "not_karat_language=nl", "nl;q=0", "en"),
            ("/", "", "", "en"),
        ] {
            assert_eq!(
                language_at(address, cookie, accepted),
                expected,
                "{address} {cookie} {accepted}"
            );
        }
    }

    #[test]
    fn switching_language_keeps_the_rest_of_the_address() {
        let model = Arc::new(HubModel::new("test"));
        let uri = "/compare?left=crm%2F1&lang=en&right=shop%2F9".parse().unwrap();
        let visit = Visit::new(model, &uri, &Method::GET, &HeaderMap::new());
        assert_eq!(
            visit.address_in(Language::Dutch),
            "/compare?left=crm%2F1&right=shop%2F9&lang=nl",
        );
        assert_eq!(visit.parameter("left"), Some("crm/1"));
        assert_eq!(visit.parameter("nothing"), None);
    }
}
