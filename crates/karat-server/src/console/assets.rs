//! The few files that pages load; all are part of the program.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::visit::Visit;

const STYLE: &str = concat!(include_str!("../style/karat.css"), include_str!("assets/console.css"));

/// Sends an asset.
pub(super) async fn show(
    visit: Visit,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let name = name.map_or_else(|_| String::new(), |Path(name)| name);
    let (content_type, content) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", STYLE),
        "console.js" => ("text/javascript; charset=utf-8", include_str!("assets/console.js")),
        "mark.svg" => ("image/svg+xml", include_str!("../style/mark.svg")),
        _ => return Err(Problem::no_such_page(&visit)),
    };
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=600")];
    Ok((headers, content).into_response())
}
