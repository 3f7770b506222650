//! `/v1/docs`: the OpenAPI document as a page that people read, without script and offline.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse};
use karat_model::language::Language;
use serde_json::Value;

use super::openapi::document;
use super::parameters::Parameters;
use super::problem::{Answer, ProblemKind};
use crate::console::language_of;
use crate::locale::Locale;
use crate::serving::Server;

#[derive(Template)]
#[template(path = "api/manual.html")]
struct Manual {
    text: Locale,
    hub: String,
    is_open: bool,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// The operations of one tag.
struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    summary: String,
    about: String,
    parameters: Vec<Field>,
    body: Option<Kind>,
    answers: Vec<AnswerLine>,
}

struct AnswerLine {
    status: String,
    about: String,
    body: Option<Kind>,
}

/// A body that several operations use.
struct Shape {
    name: String,
    about: String,
    /// One list of fields, or one for each form that it can have.
    forms: Vec<Vec<Field>>,
}

struct Field {
    name: String,
    place: String,
    kind: Kind,
    is_required: bool,
    about: String,
}

/// What a value is: words, or the name of a shape, perhaps of which there are several.
#[derive(Default)]
struct Kind {
    words: String,
    shape: Option<String>,
}

/// Where the page is.
pub const MANUAL: &str = "/v1/docs";

/// What there is, as a page.
///
/// A browser in which nobody signed in is led to where one does, and back.
#[utoipa::path(
    get, path = "/v1/docs", tag = "server",
    params(("lang" = Option<String>, Query,
        description = "The language of what surrounds the operations: `en` or `nl`; if left out \
            that of the reader.")),
    responses(
        (status = 200, description = "A page.", body = String, content_type = "text/html"),
        (status = 303, description = "To whoever takes `text/html` and shows no key, on a hub that \
            is closed: where one signs in."),
    ),
)]
pub async fn show(State(server): State<Server>, uri: Uri, headers: HeaderMap) -> Answer {
    let parameters = Parameters::of(&uri, &["lang"])?;
    let model = server.hub.model();
    let chosen = parameters.text("lang").and_then(Language::from_code);
    let language = chosen.unwrap_or_else(|| language_of(&headers, &model));
    let document = serde_json::to_value(document()).expect("the document becomes JSON");
    let manual = Manual {
        text: Locale::of(language),
        hub: model.name.clone(),
        is_open: server.access.is_open(),
        groups: groups(&document),
        shapes: shapes(&document),
    };
    let page = manual.render().expect("a page of plain data renders");
    let headers = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, Html(page)).into_response())
}

impl Manual {
    fn problems(&self) -> &'static [ProblemKind] {
        ProblemKind::ALL
    }

    /// The other language.
    fn other(&self) -> Language {
        match self.text.language {
            Language::English => Language::Dutch,
            Language::Dutch => Language::English,
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn groups(document: &Value) -> Vec<Group> {
    let all = || {
        let paths = entries(&document["paths"]);
        paths.flat_map(|(path, item)| {
            entries(item).map(move |(method, operation)| (path, method, operation))
        })
    };
    let group = |tag: &Value| {
        let of_tag = all().filter(|(.., operation)| operation["tags"][0] == tag["name"]);
        Group {
            name: text(&tag["name"]),
            about: text(&tag["description"]),
            operations: of_tag.map(|(path, method, it)| operation(path, method, it)).collect(),
        }
    };
    items(&document["tags"]).map(group).collect()
}

fn operation(path: &str, method: &str, operation: &Value) -> Operation {
    let parameter = |parameter: &Value| Field {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(&parameter["schema"]),
        is_required: parameter["required"] == true,
        about: text(&parameter["description"]),
    };
    let answer = |(status, response): (&String, &Value)| AnswerLine {
        status: status.clone(),
        about: text(&response["description"]),
        body: content(response).filter(|_| !status.starts_with(['4', '5'])),
    };
    Operation {
        method: method.to_uppercase(),
        path: path.to_string(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        parameters: items(&operation["parameters"]).map(parameter).collect(),
        body: content(&operation["requestBody"]),
        answers: entries(&operation["responses"]).map(answer).collect(),
    }
}

/// What a body is.
fn content(holder: &Value) -> Option<Kind> {
    let (media_type, content) = entries(&holder["content"]).next()?;
    let kind = kind(&content["schema"]);
    match kind.shape {
        Some(_) => Some(kind),
        None => Some(Kind { words: media_type.clone(), shape: None }),
    }
}

fn shapes(document: &Value) -> Vec<Shape> {
    let shape = |(name, schema): (&String, &Value)| {
        let of_several: Vec<_> = items(&schema["oneOf"]).map(fields).collect();
        let forms = if of_several.is_empty() { vec![fields(schema)] } else { of_several };
        Shape { name: name.clone(), about: text(&schema["description"]), forms }
    };
    entries(&document["components"]["schemas"]).map(shape).collect()
}

fn fields(schema: &Value) -> Vec<Field> {
    let is_required = |name: &str| items(&schema["required"]).any(|required| required == name);
    let field = |(name, value): (&String, &Value)| Field {
        name: name.clone(),
        place: String::new(),
        kind: kind(value),
        is_required: is_required(name),
        about: text(&value["description"]),
    };
    entries(&schema["properties"]).map(field).collect()
}

/// What a schema says a value is.
fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let shape = reference.rsplit('/').next().map(String::from);
        return Kind { words: String::new(), shape };
    }
    let options = items(&schema["oneOf"]).chain(items(&schema["anyOf"]));
    if let Some(option) = options.map(kind).find(|option| option.words != "null") {
        return option;
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).find(|name| name != "null"),
        other => other.as_str().map(String::from),
    };
    let types = types.unwrap_or_default();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(text).collect();
        return Kind { words: values.join(", "), shape: None };
    }
    if types == "array" {
        let Kind { words, shape } = kind(&schema["items"]);
        return Kind { words: format!("list of {words}"), shape };
    }
    let words = match types.as_str() {
        "object" => "object".into(),
        "integer" => "number".into(),
        "string" if schema["format"] == "date-time" => "moment".into(),
        "string" => "text".into(),
        other => other.to_string(),
    };
    Kind { words, shape: None }
}
