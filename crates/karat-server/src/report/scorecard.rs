//! The scorecard as one HTML page that can be kept, sent and printed.

use askama::Template;
use karat_hub::view::Scorecard;
use karat_model::hub_model::HubModel;
use karat_model::language::Language;
use karat_model::record::Moment;

use super::html::{MARK, STYLE};
use crate::locale::Locale;
use crate::quality::QualitySections;

/// Writes a scorecard as one HTML page that loads nothing and holds no value of a customer.
pub fn scorecard_html(
    scorecard: &Scorecard,
    model: &HubModel,
    language: Language,
    made_at: Moment,
) -> String {
    let text = Locale::of(language);
    let sections = QualitySections { text, scorecard, model, is_linked: false };
    let page = ScorecardPage { text, made_at, sections };
    page.render().expect("writing to a string cannot fail")
}

#[derive(Template)]
#[template(path = "report/scorecard.html")]
struct ScorecardPage<'a> {
    text: Locale,
    made_at: Moment,
    sections: QualitySections<'a>,
}

#[cfg(test)]
mod tests {
    use karat_hub::view::HubReader;

    use super::*;
    use crate::fixture::{FixtureHub, scorecard};

    fn page(language: Language) -> String {
        let model = FixtureHub::new().model();
        scorecard_html(&scorecard(), &model, language, Moment(1_772_546_700))
    }

    #[test]
    fn the_page_speaks_both_languages_and_leads_nowhere() {
        let (english, dutch) = (page(Language::English), page(Language::Dutch));
        assert!(english.contains("What to mend first") && english.contains("unowned"));
        assert!(dutch.contains("Wat eerst te herstellen") && dutch.contains("onbekend"));
        for reference in ["http:", "https:", "src=", "@import", "url(//", "<link", "<script", "<a "]
        {
            let named = english.matches(reference).count();
            // The names of SVG lead nowhere.
            let of_svg =
                if reference == "http:" { english.matches("xmlns=\"http:").count() } else { 0 };
            assert_eq!(named, of_svg, "{reference}");
        }
    }

    #[test]
    fn nothing_judged_is_a_page_too() {
        let model = FixtureHub::new().model();
        let page = scorecard_html(&Scorecard::default(), &model, Language::English, Moment(0));
        let told = page.split("</style>").last().unwrap();
        assert!(told.contains("Nothing was judged yet.") && !told.contains("100%"));
    }
}
