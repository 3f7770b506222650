//! About: what Karat is, which keys it knows, what it keeps to itself.

use askama::Template;
use axum::response::Response;

use super::Visit;
use super::page::{Page, Section, render};

#[derive(Template)]
#[template(path = "console/about/template.html")]
struct AboutPage {
    page: Page,
}

/// Shows the page.
pub(super) async fn show(visit: Visit) -> Response {
    render(AboutPage { page: Page::new(&visit, Section::Elsewhere) })
}

impl AboutPage {
    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
