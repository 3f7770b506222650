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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Red, green and blue, each 0 to 255.
    type Colour = [f64; 3];

    /// The colours of the light and of the dark theme, by name.
    fn themes() -> [BTreeMap<&'static str, Colour>; 2] {
        let mut roots = STYLE.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap());
        let mut colours = || {
            let lines = roots.next().unwrap().lines();
            lines.filter_map(|line| {
                let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
                let part = |at: usize| u8::from_str_radix(value.get(at..at + 2)?, 16).ok();
                Some((name, [part(0)?, part(2)?, part(4)?].map(f64::from)))
            })
        };
        let light: BTreeMap<_, _> = colours().collect();
        let dark = light.clone().into_iter().chain(colours()).collect();
        [light, dark]
    }

    /// How bright a colour is (WCAG 2.2, relative luminance).
    fn luminance(colour: Colour) -> f64 {
        let [red, green, blue] = colour.map(|part| match part / 255.0 {
            dim if dim <= 0.04045 => dim / 12.92,
            bright => ((bright + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let [one, other] = [one, other].map(luminance);
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn what_is_written_can_be_read_on_all_that_it_is_written_on() {
        let papers = ["paper", "card", "gold-wash", "for-wash", "against-wash"];
        let texts = ["ink", "soft", "gold", "for", "against", "warn"];
        let mut pairs: Vec<(&str, &str)> = vec![("ink", "stream"), ("on-gold", "gold-bright")];
        pairs.extend(texts.iter().flat_map(|text| papers.map(|paper| (*text, paper))));
        for (theme, colours) in ["light", "dark"].into_iter().zip(themes()) {
            for (text, paper) in &pairs {
                let contrast = contrast(colours[text], colours[paper]);
                assert!(contrast >= 4.5, "{text} on {paper}, {theme}: {contrast:.2}");
            }
            // The amounts on the streams of the overview let some of these through.
            let (ink, stream) = (colours["ink"], colours["stream"]);
            let amount = [0, 1, 2].map(|part| 0.78 * ink[part] + 0.22 * stream[part]);
            assert!(contrast(amount, stream) >= 4.5, "amounts on streams, {theme}");
            // Near miss: not all colours are for text.
            assert!(contrast(colours["line"], colours["paper"]) < 4.5);
        }
    }
}
