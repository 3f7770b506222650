//! Countries: the codes that exist.

use karat_model::hub_model::Country;
use serde_json::json;

use super::problem::Report;
use super::shape::{Shape, scalar};
use super::tree::Node;

/// The officially assigned codes of ISO 3166-1 alpha-2.
const CODES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Words that people write instead of a code.
const SYNONYMS: &[(&str, &str)] = &[
    ("uk", "GB"),
    ("en", "GB"),
    ("nederland", "NL"),
    ("netherlands", "NL"),
    ("holland", "NL"),
    ("belgië", "BE"),
    ("belgium", "BE"),
    ("duitsland", "DE"),
    ("germany", "DE"),
    ("nld", "NL"),
    ("bel", "BE"),
    ("deu", "DE"),
    ("gbr", "GB"),
    ("usa", "US"),
];

impl Shape for Country {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Country> {
        let text = scalar(node, key, report)?;
        let country = Country::from_code(text).filter(exists);
        if country.is_none() {
            let meant = SYNONYMS.iter().find(|(synonym, _)| text.to_lowercase() == *synonym);
            let hint = match meant {
                Some((_, code)) => format!("did you mean `{code}`?"),
                None => "write the two letters of ISO 3166, such as `NL`, `BE` or `DE`".into(),
            };
            report.error(node.place, format!("unknown country `{text}`")).with_hint(hint);
        }
        country
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" })
    }
}

fn exists(country: &Country) -> bool {
    CODES.split(' ').any(|code| code == country.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigned_codes_exist_and_others_do_not() {
        for (code, expected) in [("nl", true), ("GB", true), ("UK", false), ("ZZ", false)] {
            let country = Country::from_code(code).unwrap();
            assert_eq!(exists(&country), expected, "{code}");
        }
        assert_eq!(CODES.split(' ').count(), 249);
    }
}
