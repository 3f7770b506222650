//! Commented YAML: a hub model as text that explains itself.

use std::fmt::Write as _;

use karat_model::attribute::AttributeSet;
use karat_model::hub_model::{
    ColumnMapping, Format, HubModel, MatchSettings, Source, Survivorship, SurvivorshipRule,
};
use karat_model::semantic::SemanticType;

use super::discovered::DiscoveredColumn;
use super::folder::SOURCES;
use super::gate::gate_text;
use super::quote::{in_double_quotes, quoted};
use super::schema::{CHECKS_SCHEMA, HUB_SCHEMA, SOURCE_SCHEMA};
use super::source_file::TAB;
use super::survivorship::DEFAULT;
use super::words::Words;

/// Below this confidence, a person should look at the column.
const CONFIDENCE_CHECK: f32 = 0.7;

/// The column in which remarks start, unless the line is longer.
const REMARK_COLUMN: usize = 40;

/// The text of `hub.yaml`.
pub(super) fn hub_text(model: &HubModel) -> String {
    let mut text = format!(
        "# yaml-language-server: $schema=./{HUB_SCHEMA}\n\
         #\n\
         # This folder is the hub model: keep it in Git, and run `karat check` after a change.\n\
         # The sources are described in {SOURCES}/, one file each.\n\n"
    );
    line(&mut text, &format!("name: {}", quoted(&model.name)), "");
    line(&mut text, &format!("language: {}", model.language.word()), "of the console: en or nl");
    let remark = "of addresses and phone numbers that name no country";
    line(&mut text, &format!("country: {}", quoted(model.country.code())), remark);
    attributes_text(&mut text, &model.attributes);
    matching_text(&mut text, &model.matching, &model.attributes);
    survivorship_text(&mut text, &model.survivorship, &model.attributes);
    text
}

/// The text of a file of checks that says how they are written.
pub(super) fn checks_text() -> String {
    let mut text = format!(
        "# yaml-language-server: $schema=../{CHECKS_SCHEMA}\n\
         #\n\
         # What your company requires of its customer data, beside the checks that ship with Karat.\n\
         # Try them on files with `karat validate FILE --checks` and this folder.\n\n"
    );
    line(&mut text, "# standard: false", "leaves out the checks that ship with Karat");
    line(&mut text, "# checks:", "");
    line(&mut text, "#   tier_known:", "a name, then one requirement");
    line(&mut text, "#     attributes: loyalty_tier", "");
    line(&mut text, "#     in_set: [Gold, Silver, Bronze]", "");
    line(&mut text, "#     severity: error", "note, warning or error");
    line(&mut text, "#     pass_min: 98 %", "below it, `karat validate` fails");
    line(&mut text, "#     owner: Marketing", "who answers for it");
    line(&mut text, "#   kvk_when_bv:", "");
    line(&mut text, "#     of: organisation", "person or organisation; both if left out");
    line(&mut text, "#     attributes: kvk_number", "");
    line(&mut text, "#     required_if: \"legal_form in ['BV', 'NV']\"", "an expression in CEL");
    line(&mut text, "# uses:", "");
    line(&mut text, "#   newsletter:", "what data is used for");
    line(&mut text, "#     needs: [email_known, email_form]", "the checks that must pass");
    text
}

fn attributes_text(text: &mut String, attributes: &AttributeSet) {
    text.push_str("\n# Attributes beyond the built-in ones. Each can say more of itself, built-in ones too.\n");
    let own: Vec<_> = attributes.iter().skip(AttributeSet::builtin().len()).collect();
    let opening = if own.is_empty() { "# attributes:" } else { "attributes:" };
    line(text, opening, "");
    for (_, attribute) in own {
        let kind = attribute.semantic_type;
        let entry = format!("  {}: {{ type: {} }}", quoted(&attribute.name), kind.name());
        line(text, &entry, "");
    }
    line(text, "#   loyalty_tier:", "");
    line(text, "#     type: category", "identifier, category, flag, date, number or text");
    line(text, "#     label: { en: Tier, nl: Niveau }", "what people read");
    line(text, "#     definition: Earned by buying", "what it means to the company");
    line(text, "#     owner: Marketing", "who answers for it");
    line(text, "#     privacy: personal", "public, internal, personal or special");
    line(text, "#     steward: Anna", "who looks after its values");
    line(text, "#     legal_basis: contract", "why its values may be kept");
    line(text, "#     retention: 7y", "how long its values are kept");
    line(text, "#     criticality: 4", "how much its quality matters: 0, 1, 2 or 4");
}

fn matching_text(text: &mut String, matching: &MatchSettings, all: &AttributeSet) {
    text.push_str(
        "\n# How sure Karat must be that two records are about one customer.\nmatching:\n",
    );
    // The others are for `karat match`: a hub model does not say them.
    let MatchSettings {
        false_discovery_rate,
        link_threshold_bits,
        review_band_bits,
        phonetics,
        gate,
        ..
    } = matching;
    let rate = format!("  false_discovery_rate: {false_discovery_rate}");
    line(text, &rate, "the share of links that may be wrong");
    let threshold = match link_threshold_bits {
        Some(bits) => format!("  link_threshold: {bits}"),
        None => "  # link_threshold: 12.5".into(),
    };
    line(text, &threshold, "bits; a fixed threshold instead of the rate");
    let band = format!("  review_band: {review_band_bits}");
    line(text, &band, "bits below the threshold: shown to a steward");
    let phonetics = match phonetics {
        Some(phonetics) => format!("  phonetics: {}", phonetics.name()),
        None => "  # phonetics: german".into(),
    };
    line(text, &phonetics, "how names sound, if not as in the country");
    text.push_str(
        "  # Which clusters a steward must see before they are one customer; or `off`.\n",
    );
    let gate = gate_text(gate, |id| all.get(id).name.clone());
    line(text, &format!("  gate: {gate}"), "");
}

fn survivorship_text(text: &mut String, survivorship: &Survivorship, all: &AttributeSet) {
    text.push_str(
        "\n# Which value wins in a golden record: the rules are tried from left to right.\n\
         # A name and an address survive whole; `default` is for all others.\n\
         survivorship:\n",
    );
    let Survivorship { default, groups, attributes } = survivorship;
    ladder_text(text, DEFAULT, default);
    for (group, rules) in groups {
        ladder_text(text, group.name(), rules);
    }
    for (id, rules) in attributes {
        ladder_text(text, &all.get(*id).name, rules);
    }
}

fn ladder_text(text: &mut String, name: &str, rules: &[SurvivorshipRule]) {
    let rules: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
    line(text, &format!("  {}: [{}]", quoted(name), rules.join(", ")), "");
}

/// The text of `sources/<name>.yaml`.
pub(super) fn source_text(
    source: &Source,
    attributes: &AttributeSet,
    discovered: &[DiscoveredColumn],
) -> String {
    let mut text = format!("# yaml-language-server: $schema=../{SOURCE_SCHEMA}\n\n");
    let files: Vec<String> = source.files.iter().map(|file| quoted(file)).collect();
    let files = format!("files: [{}]", files.join(", "));
    line(&mut text, &files, "from the hub's folder; patterns: crm*.csv");
    format_text(&mut text, &source.format);
    let delivery = format!("delivery: {}", source.delivery.word());
    line(&mut text, &delivery, "full: an absent record was deleted; or changes");
    let trust = format!("trust: {}", source.trust);
    line(&mut text, &trust, "0 to 100, compared with the other sources");
    let party = format!("party: {}", source.party.word());
    line(&mut text, &party, "person, organisation or by_values");
    let country = match source.country {
        Some(country) => format!("country: {}", quoted(country.code())),
        None => "# country: NL".into(),
    };
    line(&mut text, &country, "if other than the hub's");
    let dates = format!("dates: {}", source.date_order.word());
    line(&mut text, &dates, "31-12-1980; or month_first: 12/31/1980");
    text.push_str(
        "\n# What each column means. An `ignored` column stays with the source record: it is no golden\n\
         # value and no evidence. Those that say nothing of the customer, such as the subject of a\n\
         # ticket, are ignored to begin with.\n",
    );
    let opening = if source.columns.is_empty() { "columns: {}" } else { "columns:" };
    line(&mut text, opening, "");
    for mapping in &source.columns {
        let found = discovered.iter().find(|column| column.column == mapping.column);
        let remark = found.map_or(String::new(), |found| remark(found, mapping));
        line(&mut text, &format!("  {}", column_text(mapping, attributes)), &remark);
    }
    text
}

fn format_text(text: &mut String, format: &Format) {
    let Format { kind, delimiter, encoding, records } = format;
    let delimiter = delimiter.map(|delimiter| match delimiter {
        '\t' => TAB.to_owned(),
        other => in_double_quotes(&other.to_string()),
    });
    let parts = [
        ("kind", kind.map(|kind| kind.word().to_owned())),
        ("delimiter", delimiter),
        ("encoding", encoding.as_deref().map(quoted)),
        ("records", records.as_deref().map(quoted)),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| format!("{key}: {value}")))
        .collect();
    if !said.is_empty() {
        line(text, &format!("format: {{ {} }}", said.join(", ")), "");
    }
}

fn column_text(mapping: &ColumnMapping, attributes: &AttributeSet) -> String {
    let kind = mapping.semantic_type.name();
    let column = quoted(&mapping.column);
    let mut parts = Vec::new();
    if let Some(id) = mapping.attribute {
        parts.push(format!("attribute: {}", quoted(&attributes.get(id).name)));
    }
    if mapping.slot > 0 {
        parts.push(format!("slot: {}", mapping.slot));
    }
    if let Some(length) = mapping.length_max {
        parts.push(format!("length: {length}"));
    }
    match parts.is_empty() {
        true => format!("{column}: {kind}"),
        false => format!("{column}: {{ type: {kind}, {} }}", parts.join(", ")),
    }
}

/// What was found of a column; never a value of it.
fn remark(found: &DiscoveredColumn, mapping: &ColumnMapping) -> String {
    let fill = percent(found.fill);
    if found.is_operational {
        return operational_remark(found, &fill);
    }
    let was_dropped = found.semantic_type != mapping.semantic_type;
    if was_dropped {
        format!("{fill} filled; another column is the {}", found.semantic_type.name())
    } else if mapping.semantic_type == SemanticType::Ignored {
        format!("{fill} filled; not recognised")
    } else if found.confidence < CONFIDENCE_CHECK {
        format!("{fill} filled; please check: {} sure", percent(found.confidence))
    } else {
        format!("{fill} filled; {} sure", percent(found.confidence))
    }
}

/// Why a column that was understood is ignored, and what to write to keep it all the same.
fn operational_remark(found: &DiscoveredColumn, fill: &str) -> String {
    let kind = found.semantic_type;
    let what = match kind {
        SemanticType::Date => "a date of the system's own",
        SemanticType::Text => "free text",
        _ => "about the system's work",
    };
    let name = quoted(&found.attribute_name());
    format!("{fill} filled; {what}. To keep: {{ type: {}, attribute: {name} }}", kind.name())
}

/// A share in whole percents; only all is 100 %, and only nothing is 0 %.
fn percent(share: f32) -> String {
    let whole = (share * 100.0).round() as u8;
    match whole {
        0 if share > 0.0 => "under 1 %".into(),
        100.. if share < 1.0 => "99 %".into(),
        _ => format!("{} %", whole.min(100)),
    }
}

/// Adds a line, with its remark in the column of remarks.
fn line(text: &mut String, said: &str, remark: &str) {
    let written = match remark {
        "" => writeln!(text, "{said}"),
        _ => writeln!(text, "{said:<REMARK_COLUMN$} # {remark}"),
    };
    written.expect("text can be written to a string");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{check, read};
    use super::*;

    #[test]
    fn examples_in_remarks_can_be_made_real() {
        let text = hub_text(&HubModel::new("Shop"));
        let real = text.replace("\n# attributes:", "\nattributes:").replace("\n#   ", "\n  ");
        let real = real.replace("# link_threshold", "link_threshold");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hub.yaml"), real).unwrap();
        let model = read(folder.path()).unwrap();
        assert_eq!(model.matching.link_threshold_bits, Some(12.5));
        let tier = model.attributes.find("loyalty_tier").unwrap();
        assert_eq!(model.attributes.get(tier).dutch, "Niveau");
        let said: Vec<String> = check(folder.path()).into_iter().map(|it| it.message).collect();
        assert_eq!(
            said,
            [
                "the hub has no sources",
                "`false_discovery_rate` has no effect beside `link_threshold`",
            ]
        );
    }

    #[test]
    fn only_all_is_100_percent_and_only_nothing_is_0() {
        for (share, expected) in [
            (0.0, "0 %"),
            (0.001, "under 1 %"),
            (0.29, "29 %"),
            (0.987, "99 %"),
            (0.9999, "99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }
}
