//! A new source: what the texts of a folder say with it.

use std::path::Path;

use karat_model::hub_model::HubModel;

use super::commented::source_text;
use super::discovered::{DiscoveredSource, source};
use super::draft::NotSaved;
use super::folder::{SOURCES, read_text_of};
use super::folder_text::FolderText;
use super::hub_file::HUB_FILE;
use super::quote::quoted;
use super::settings_edit::put;

/// The texts of a folder with a source that it does not have, as `karat init` writes it, and what
/// they mean; attributes that the source brings are declared in `hub.yaml`.
pub(super) fn with_source(
    dir: &Path,
    before: &FolderText,
    found: &DiscoveredSource,
) -> Result<(FolderText, HubModel), NotSaved> {
    let model = read_text_of(dir, before).map_err(NotSaved::Problems)?;
    let taken = || NotSaved::Taken(found.name.clone());
    if model.source(&found.name).is_some() {
        return Err(taken());
    }
    let mut attributes = model.attributes.clone();
    let source = source(found.name.clone(), found, &mut attributes);
    let mut after = before.clone();
    let brought: Vec<_> = attributes.iter().skip(model.attributes.len()).collect();
    // Each is put before those that are there.
    for (_, attribute) in brought.into_iter().rev() {
        let said = format!("{{ type: {} }}", attribute.semantic_type.name());
        put(&mut after, HUB_FILE, &["attributes", &quoted(&attribute.name)], Some(&said))?;
    }
    let text = source_text(&source, &attributes, &found.columns);
    if !after.add(&format!("{SOURCES}/{}.yaml", found.name), &text) {
        return Err(taken());
    }
    let model = read_text_of(dir, &after).map_err(NotSaved::Problems)?;
    Ok((after, model))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use karat_model::hub_model::{DateOrder, Delivery, Format, Party};
    use karat_model::id::SourceName;
    use karat_model::semantic::SemanticType;

    use super::super::{DiscoveredColumn, Draft, digest_of};
    use super::*;

    const HUB: &str = "name: Shop # ours\nattributes:\n  tier: { type: category } # kept\n";

    fn column(header: &str, semantic_type: SemanticType) -> DiscoveredColumn {
        DiscoveredColumn {
            column: header.into(),
            semantic_type,
            attribute: None,
            slot: 0,
            length_max: None,
            confidence: 0.9,
            fill: 1.0,
            is_operational: false,
        }
    }

    fn web(columns: Vec<DiscoveredColumn>) -> DiscoveredSource {
        DiscoveredSource {
            name: SourceName::new("web"),
            files: vec!["deliveries/web.csv".into()],
            format: Format::default(),
            delivery: Delivery::Full,
            party: Party::ByValues,
            country: None,
            date_order: DateOrder::DayFirst,
            trust: 60,
            columns,
        }
    }

    struct World(tempfile::TempDir);

    impl World {
        fn new(hub: &str) -> World {
            let world = World(tempfile::tempdir().unwrap());
            fs::write(world.0.path().join("hub.yaml"), hub).unwrap();
            world
        }

        fn add(&self, source: &DiscoveredSource) -> Result<(), NotSaved> {
            let draft = Draft::new(self.0.path());
            draft.add_source(source, &digest_of(&draft.text()))
        }

        fn text(&self, file: &str) -> String {
            fs::read_to_string(self.0.path().join(file)).unwrap_or_default()
        }
    }

    #[test]
    fn a_source_is_written_and_its_attributes_are_declared() {
        use SemanticType::{Category, Email, Flag, SourceId};
        let columns = vec![
            column("id", SourceId),
            column("mail", Email),
            column("Tier", Category),
            column("Segment", Category),
            column("Optin", Flag),
        ];
        let world = World::new(HUB);
        world.add(&web(columns)).unwrap();
        insta::assert_snapshot!(world.text("hub.yaml"), @r"
        name: Shop # ours
        attributes:
          segment: { type: category }
          optin: { type: flag }
          tier: { type: category } # kept
        ");
        let source = world.text("sources/web.yaml");
        assert!(source.contains("files: [deliveries/web.csv]"), "{source}");
        assert!(source.contains("Tier: { type: category, attribute: tier }"), "{source}");
        let names: Vec<String> = Draft::new(world.0.path())
            .read(&Draft::new(world.0.path()).text())
            .unwrap()
            .sources
            .iter()
            .map(|source| source.name.to_string())
            .collect();
        assert_eq!(names, ["web"]);
        assert_eq!(Draft::new(world.0.path()).sources(), [SourceName::new("web")]);
    }

    #[test]
    fn a_name_that_is_taken_is_not_written_over() {
        let world = World::new(HUB);
        let source = web(vec![column("id", SemanticType::SourceId)]);
        world.add(&source).unwrap();
        let before = world.text("sources/web.yaml");
        let other = DiscoveredSource { trust: 1, ..source };
        assert!(matches!(world.add(&other), Err(NotSaved::Taken(name)) if name.as_str() == "web"));
        assert_eq!(world.text("sources/web.yaml"), before);
    }

    #[test]
    fn nothing_is_written_that_could_not_be_read_or_that_somebody_changed() {
        let broken = World::new("nam: Shop\n");
        let source = web(vec![column("id", SemanticType::SourceId)]);
        assert!(matches!(broken.add(&source), Err(NotSaved::Problems(_))));
        let on_one_line = World::new("name: Shop\nattributes: { tier: { type: category } }\n");
        let brings = web(vec![column("segment", SemanticType::Category)]);
        let refused = on_one_line.add(&brings);
        assert!(matches!(&refused, Err(NotSaved::ByHand { key, .. }) if key == "segment"));
        let world = World::new(HUB);
        let changed = Draft::new(world.0.path()).add_source(&source, "another digest");
        assert!(matches!(changed, Err(NotSaved::Changed)));
        for world in [broken, on_one_line, world] {
            assert!(!world.0.path().join("sources/web.yaml").exists());
        }
    }
}
