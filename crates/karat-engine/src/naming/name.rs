//! The parts of a name.

use karat_model::attribute::AttributeId;
use karat_model::gender::Gender;
use karat_model::name_usage::NameUsage;

/// A name in its parts, as far as they are known; an empty part is as good as none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonName<'a> {
    /// Titles before the name, earned or noble: `prof. dr.`, `jhr. mr.`, `baron`.
    pub title: Option<&'a str>,
    /// Initials of the given names: `J.P.`
    pub initials: Option<&'a str>,
    /// Given names.
    pub given_name: Option<&'a str>,
    /// The prefix of the own family name.
    pub prefix: Option<&'a str>,
    /// The own family name.
    pub family_name: Option<&'a str>,
    /// The prefix of the partner's family name.
    pub partner_prefix: Option<&'a str>,
    /// The partner's family name.
    pub partner_name: Option<&'a str>,
    /// The partner's title.
    pub partner_title: Option<&'a str>,
    /// What follows the name: `jr.`, `MSc`.
    pub suffix: Option<&'a str>,
    /// The gender.
    pub gender: Option<Gender>,
    /// Which family names the person goes by.
    pub usage: Option<NameUsage>,
}

impl<'a> PersonName<'a> {
    /// The name of somebody of whom `best` tells the best value of an attribute.
    pub fn of(best: &dyn Fn(AttributeId) -> Option<&'a str>) -> PersonName<'a> {
        PersonName {
            title: best(AttributeId::TITLE),
            initials: best(AttributeId::INITIALS),
            given_name: best(AttributeId::GIVEN_NAME),
            prefix: best(AttributeId::FAMILY_NAME_PREFIX),
            family_name: best(AttributeId::FAMILY_NAME),
            partner_prefix: best(AttributeId::PARTNER_NAME_PREFIX),
            partner_name: best(AttributeId::PARTNER_NAME),
            partner_title: None,
            suffix: best(AttributeId::NAME_SUFFIX),
            gender: best(AttributeId::GENDER).and_then(Gender::from_name),
            usage: best(AttributeId::NAME_USAGE).and_then(NameUsage::from_name),
        }
    }

    /// Whether there is a family name or a forename to go by.
    pub fn is_known(&self) -> bool {
        let parts = [self.given_name, self.initials, self.family_name, self.partner_name];
        parts.into_iter().any(|part| !known(part).is_empty())
    }
}

/// A part without the spaces around it; nothing if it is not known.
pub(super) fn known(part: Option<&str>) -> &str {
    part.unwrap_or_default().trim()
}
