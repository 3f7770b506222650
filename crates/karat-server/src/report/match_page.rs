//! The report on matching as a page of its own.

use askama::Template;
use karat_hub::matching_report::MatchingReport;
use karat_model::attribute::AttributeSet;

use super::ReportOptions;
use super::html::{MARK, STYLE};
use super::sections::MatchSections;
use crate::locale::Locale;

/// Writes reports on matching as one HTML page that loads nothing: the clusters and pairs to look
/// at, and a chapter per entity type. `attributes` are those that ids in the reports stand for.
pub fn match_html(
    reports: &[MatchingReport],
    attributes: &AttributeSet,
    options: &ReportOptions,
) -> String {
    let text = Locale::of(options.language);
    let sections = MatchSections { text, reports, attributes, masked: options.masked };
    let page = MatchPage { text, reports, sections };
    page.render().expect("writing to a string cannot fail")
}

#[derive(Template)]
#[template(path = "report/match_page.html")]
struct MatchPage<'a> {
    text: Locale,
    reports: &'a [MatchingReport],
    sections: MatchSections<'a>,
}

impl MatchPage<'_> {
    fn records(&self) -> u64 {
        self.reports.iter().map(|report| report.records).sum()
    }

    fn entities(&self) -> u64 {
        self.reports.iter().map(|report| report.entities).sum()
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn page(language: Language, masked: bool) -> String {
        let options = ReportOptions { language, masked };
        match_html(&[fixture::matching_report()], &AttributeSet::builtin(), &options)
    }

    #[test]
    fn the_page_speaks_both_languages_and_loads_nothing() {
        let english = page(Language::English, false);
        let dutch = page(Language::Dutch, false);
        assert!(english.contains("46,212 records turn out to be 24,109 customers"));
        assert!(dutch.contains("46.212 records blijken 24.109 klanten"));
        assert!(dutch.contains(r#"<html lang="nl">"#));
        let english = english.replace(r#"xmlns="http://www.w3.org/2000/svg""#, "");
        for reference in ["http:", "https:", "src=", "@import", "url(//", "<link", "<script"] {
            assert!(!english.contains(reference), "{reference}");
        }
    }

    #[test]
    fn a_masked_page_shows_no_value() {
        for value in [
            "Sanne de Wit",
            "sanne.dewit@post.example",
            "1984-03-12",
            "Kerkstraat",
            "info@voorbeeld",
        ] {
            assert!(page(Language::English, false).contains(value), "{value}");
            assert!(!page(Language::English, true).contains(value), "{value}");
        }
    }

    /// The texts of a page, without its marks and figures.
    fn texts(page: &str) -> Vec<String> {
        let body = page.split("</style>").nth(1).unwrap();
        let texts = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
        let is_word = |text: &&str| text.split(' ').filter(|word| word.len() > 2).count() > 4;
        texts.map(str::trim).filter(is_word).map(str::to_string).collect()
    }

    #[test]
    fn no_sentence_is_the_same_in_both_languages() {
        let dutch = texts(&page(Language::Dutch, false));
        for sentence in texts(&page(Language::English, false)) {
            assert!(!dutch.contains(&sentence), "{sentence}");
        }
    }

    #[test]
    fn every_element_is_closed_where_it_should_be() {
        const VOID: [&str; 3] = ["!doctype", "meta", "br"];
        for language in [Language::English, Language::Dutch] {
            let page = page(language, false);
            let mut open: Vec<&str> = Vec::new();
            for tag in page.split('<').skip(1).map(|part| part.split('>').next().unwrap()) {
                let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
                if tag.starts_with('/') {
                    assert_eq!(open.pop(), Some(name), "</{name}>");
                } else if !tag.ends_with('/') && !VOID.contains(&name) {
                    open.push(name);
                }
            }
            assert!(open.is_empty(), "{open:?}");
        }
    }

    #[test]
    fn all_contents_are_there() {
        let mut report = fixture::matching_report();
        for weakest in [fixture::matching_report().weakest_clusters, Vec::new()] {
            report.weakest_clusters = weakest;
            let options = ReportOptions { language: Language::English, masked: false };
            let page = match_html(&[report.clone()], &AttributeSet::builtin(), &options);
            for rest in page.split(r##"<a href="#"##).skip(1) {
                let anchor = rest.split('"').next().unwrap();
                assert!(page.contains(&format!(r#" id="{anchor}""#)), "{anchor}");
            }
        }
    }
}
