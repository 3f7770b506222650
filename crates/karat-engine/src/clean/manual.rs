//! The manual of semantic types and of findings: the pages say what the sources say.
//!
//! A page is made of the definition of its type, of the documentation that opens the file which
//! standardises it, and of how its columns are recognised. With `UPDATE_DOCS=1` in the environment
//! the test writes the pages; else it compares.

use std::collections::BTreeMap;

use karat_model::finding::FindingCode;
use karat_model::language::Language;
use karat_model::semantic::SemanticType;

use super::{kinds, legal_form};

/// The source of the file that standardises a type; `None` where values are taken as they are.
fn source(semantic_type: SemanticType) -> Option<&'static str> {
    use SemanticType::*;
    Some(match semantic_type {
        SourceId | SourceSystem | TruthLabel | Ignored | PartyName => return None,
        UpdatedAt => include_str!("updated_at.rs"),
        PartyKind => include_str!("party.rs"),
        FullName => include_str!("person_name/full_name.rs"),
        GivenName => include_str!("person_name/given_name.rs"),
        Initials => include_str!("person_name/initials.rs"),
        FamilyNamePrefix => include_str!("person_name/family_name_prefix.rs"),
        FamilyName => include_str!("person_name/family_name.rs"),
        PartnerName => include_str!("person_name/partner_name.rs"),
        Title => include_str!("person_name/title.rs"),
        NameSuffix => include_str!("person_name/name_suffix.rs"),
        NameUsage => include_str!("name_usage.rs"),
        Gender => include_str!("gender.rs"),
        BirthDate | Date => include_str!("date.rs"),
        BirthPlace => include_str!("birth_place.rs"),
        JobTitle => include_str!("job_title.rs"),
        CompanyName => include_str!("company_name.rs"),
        LegalForm => include_str!("legal_form.rs"),
        KvkNumber => include_str!("kvk_number.rs"),
        EstablishmentNumber => include_str!("establishment_number.rs"),
        Rsin => include_str!("rsin.rs"),
        KboNumber => include_str!("kbo_number.rs"),
        Lei => include_str!("lei.rs"),
        Duns => include_str!("duns.rs"),
        VatNumber => include_str!("vat_number/mod.rs"),
        Website => include_str!("website.rs"),
        IndustryCode => include_str!("industry_code.rs"),
        FullAddress => include_str!("address/full_address.rs"),
        AddressLine => include_str!("address/line.rs"),
        Street => include_str!("address/street.rs"),
        HouseNumber => include_str!("address/house_number.rs"),
        HouseNumberAddition => include_str!("address/house_number_addition.rs"),
        AddressExtra => include_str!("address/address_extra.rs"),
        Postcode => include_str!("address/postcode.rs"),
        City => include_str!("address/city.rs"),
        PostcodeCity => include_str!("address/postcode_city.rs"),
        Region => include_str!("address/region.rs"),
        Country => include_str!("address/country.rs"),
        BagObjectId => include_str!("address/bag_object_id.rs"),
        Email => include_str!("email.rs"),
        Phone => include_str!("phone.rs"),
        Iban => include_str!("iban.rs"),
        Identifier => include_str!("identifier.rs"),
        Category => include_str!("category.rs"),
        Flag => include_str!("flag.rs"),
        Number => include_str!("number.rs"),
        Text => include_str!("text/mod.rs"),
    })
}

/// The documentation that opens a file, as Markdown for readers: without links into the code.
fn opening(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let text = lines.join("\n").replace("```text", "```");
    text.replace("[`super::", "`").replace("[`", "`").replace("`]", "`")
}

/// How a column is known to be of a type.
fn recognition(semantic_type: SemanticType) -> String {
    let Some(kind) = kinds::of(semantic_type) else {
        return "Columns are of this type when the hub model says so.\n".to_owned();
    };
    let headers: Vec<String> = kind.headers.iter().map(|header| format!("`{header}`")).collect();
    let by_header = format!(
        "A column is taken for it by its header, however that is spaced and capitalised: {}.\n",
        headers.join(", ")
    );
    let by_content = kind.share_min.map_or_else(String::new, |share| {
        let percent = (share * 100.0).round();
        let strength =
            if kind.unmistakable { ", whatever its header says" } else { ", if no header says" };
        format!("\nOr by its values{strength}: at least {percent} % of them look like it.\n")
    });
    by_header + &by_content
}

/// The legal forms, with their countries and whose rights and duties they have.
fn legal_forms() -> String {
    let mut text = String::from(
        "\n## Forms\n\n| Legal form | Countries | Person in law |\n| --- | --- | --- |\n",
    );
    for form in legal_form::all() {
        let (countries, personality) = (form.countries.join(", "), form.personality.name());
        text.push_str(&format!("| {} | {countries} | {personality} |\n", form.canonical));
    }
    text
}

/// The page of a type.
fn page(semantic_type: SemanticType) -> String {
    let definition = semantic_type.definition();
    let opening = source(semantic_type).map(opening).unwrap_or_default();
    let says_it_already = opening.starts_with(definition);
    let parts = [definition, &*opening];
    let shown: Vec<&str> = parts
        .into_iter()
        .skip(usize::from(says_it_already))
        .filter(|part| !part.is_empty())
        .collect();
    let more = match semantic_type {
        SemanticType::LegalForm => legal_forms(),
        _ => String::new(),
    };
    format!(
        "# `{}`\n\n{}\n\n## Columns\n\n{}{more}",
        semantic_type.name(),
        shown.join("\n\n"),
        recognition(semantic_type)
    )
}

/// The list of all types.
fn index() -> String {
    let mut text = String::from(
        "# Semantic types\n\nWhat the values of a column mean decides how they are standardised, \
         checked and compared.\nEach type has a page; what can be wrong with values is in the list \
         of [findings](../findings.md).\n\n| Semantic type | What the values are |\n| --- | --- |\n",
    );
    for kind in SemanticType::ALL {
        let (name, definition) = (kind.name(), kind.definition());
        text.push_str(&format!("| [`{name}`]({name}.md) | {definition} |\n"));
    }
    text
}

/// The list of all codes of findings.
fn findings() -> String {
    let mut text = String::from(
        "# Findings\n\nWhat can be wrong with values and records; bad data is a finding, not an \
         error.\nA code keeps its name. A note says that a value was understood all the same, a \
         warning that it is doubtful or was repaired, an error that it cannot be used.\n\n\
         | Code | Severity | Dimension | In English | In Dutch |\n| --- | --- | --- | --- | --- |\n",
    );
    for code in FindingCode::ALL {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            code.name(),
            code.severity().name(),
            code.dimension().name(),
            code.message(Language::English),
            code.message(Language::Dutch),
        ));
    }
    text
}

/// All pages, by their path beneath `docs`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("findings.md".to_owned(), findings()),
        ("semantic-types/README.md".to_owned(), index()),
    ]);
    for &kind in SemanticType::ALL {
        pages.insert(format!("semantic-types/{}.md", kind.name()), page(kind));
    }
    pages
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::*;

    #[test]
    fn the_pages_say_what_the_sources_say() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let pages = pages();
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(docs.join("semantic-types")).unwrap();
            pages.iter().for_each(|(path, text)| fs::write(docs.join(path), text).unwrap());
        }
        for (path, text) in &pages {
            let written = fs::read_to_string(docs.join(path)).unwrap_or_default();
            assert_eq!(&written, text, "docs/{path} is old; UPDATE_DOCS=1 writes it anew");
        }
        for entry in fs::read_dir(docs.join("semantic-types")).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(pages.contains_key(&format!("semantic-types/{name}")), "{name} is of no type");
        }
    }

    #[test]
    fn pages_lead_nowhere_into_the_code() {
        for (path, text) in pages() {
            let prose = text.split("```").step_by(2).collect::<String>();
            for inner in ["super::", "crate::", "`]", "//!"] {
                let is_link = inner == "`]" && prose.contains("`](");
                assert!(is_link || !prose.contains(inner), "{path} says {inner}");
            }
        }
    }
}
