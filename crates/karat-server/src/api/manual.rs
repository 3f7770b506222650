//! `/v1/docs`: the OpenAPI document as a page that people read, without script and offline.

use axum::http::Uri;
use axum::response::{Html, IntoResponse};

use super::parameters::Parameters;
use super::problem::Answer;

/// What there is, as a page.
#[utoipa::path(
    get, path = "/v1/docs", tag = "server",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")),
)]
pub async fn show(uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    Ok(Html(String::new()).into_response())
}
