//! Edits the settings that change most in the texts of a hub model: thresholds, trust and
//! survivorship; leaves the rest, with its remarks, as somebody wrote it.

use std::path::Path;

use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;

use super::folder::{SOURCES, read_text_of};
use super::folder_text::FolderText;
use super::hub_file::HUB_FILE;
use super::problem::{Problems, Report};
use super::survivorship::DEFAULT;
use super::tree::{self, Key, Node, Value};

/// The column in which remarks start, unless the line is longer.
const REMARK_COLUMN: usize = 40;

/// Settings as somebody types them in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The link threshold in bits; empty to have it chosen.
    pub link_threshold: String,
    /// The review band in bits.
    pub review_band: String,
    /// How far each source is trusted, 0 to 100.
    pub trust: Vec<(SourceName, String)>,
    /// The rules by which values win, by what they are for: `default`, a group or an attribute.
    pub ladders: Vec<(String, String)>,
}

/// Why settings could not be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// The hub model would have mistakes.
    Problems(Problems),
    /// A file says it in a way that only a person can change.
    ByHand {
        /// The file, from the hub's folder.
        file: String,
        /// The key.
        key: String,
    },
}

impl Settings {
    /// What a hub model says.
    pub fn of(model: &HubModel) -> Settings {
        let bits = model.matching.link_threshold_bits;
        let trust = model.sources.iter();
        Settings {
            link_threshold: bits.map(|bits| bits.to_string()).unwrap_or_default(),
            review_band: model.matching.review_band_bits.to_string(),
            trust: trust.map(|it| (it.name.clone(), it.trust.to_string())).collect(),
            ladders: ladders(model),
        }
    }

    /// The texts of a folder with these settings; only what differs from what they say is edited.
    pub fn edit(&self, dir: &Path, text: &FolderText) -> Result<FolderText, SettingsError> {
        let model = read_text_of(dir, text).map_err(SettingsError::Problems)?;
        let is = Settings::of(&model);
        let mut edited = text.clone();
        let link = Some(&*self.link_threshold).filter(|typed| !typed.is_empty());
        if self.link_threshold != is.link_threshold {
            put(&mut edited, HUB_FILE, &["matching", "link_threshold"], link)?;
        }
        if self.review_band != is.review_band {
            put(&mut edited, HUB_FILE, &["matching", "review_band"], Some(&self.review_band))?;
        }
        for (name, rules) in &self.ladders {
            if !is.ladders.contains(&(name.clone(), rules.clone())) {
                let list = format!("[{rules}]");
                put(&mut edited, HUB_FILE, &["survivorship", name], Some(&list))?;
            }
        }
        for (source, trust) in &self.trust {
            if !is.trust.contains(&(source.clone(), trust.clone())) {
                let file = file_of(text, source);
                put(&mut edited, &file, &["trust"], Some(trust))?;
            }
        }
        read_text_of(dir, &edited).map_err(SettingsError::Problems)?;
        Ok(edited)
    }
}

/// All ladders of a hub model, by name.
fn ladders(model: &HubModel) -> Vec<(String, String)> {
    let survivorship = &model.survivorship;
    let told = |rules: &[karat_model::hub_model::SurvivorshipRule]| {
        rules.iter().map(|rule| rule.name()).collect::<Vec<_>>().join(", ")
    };
    let default = std::iter::once((DEFAULT.to_string(), told(&survivorship.default)));
    let groups = survivorship.groups.iter();
    let groups = groups.map(|(group, rules)| (group.name().to_string(), told(rules)));
    let own = survivorship.attributes.iter();
    let own = own.map(|(id, rules)| (model.attributes.get(*id).name.clone(), told(rules)));
    default.chain(groups).chain(own).collect()
}

/// The file of a source, which may end otherwise or be written with capitals.
fn file_of(text: &FolderText, source: &SourceName) -> String {
    let files = text.files_in(SOURCES).into_iter();
    let is_of = |file: &std::path::PathBuf| {
        SourceName::new(&file.file_stem().unwrap_or_default().to_string_lossy()) == *source
    };
    let file = files.into_iter().find(is_of).unwrap_or_default();
    format!("{SOURCES}/{}", file.to_string_lossy())
}

/// Lets a file say something under a key; nothing to take it out.
pub(super) fn put(
    text: &mut FolderText,
    file: &str,
    path: &[&str],
    value: Option<&str>,
) -> Result<(), SettingsError> {
    let key = || path.last().copied().unwrap_or_default().to_string();
    let by_hand = || SettingsError::ByHand { file: file.to_string(), key: key() };
    let is_one_line = value.is_none_or(|value| !value.contains(['\n', '\r', '#']));
    let edited = text.file(Path::new(file)).filter(|_| is_one_line);
    let edited = edited.and_then(|text| with_value(text, path, value)).ok_or_else(by_hand)?;
    text.replace(file, &edited);
    Ok(())
}

/// A text that says this under a key, which stands on a line of its own; `None` when it does not.
fn with_value(text: &str, path: &[&str], value: Option<&str>) -> Option<String> {
    let root = tree::parse(text, &mut Report::new(""))?;
    let (key, sections) = path.split_last()?;
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let mut node = &root;
    let mut within: Option<&Key> = None;
    for section in sections {
        let Some((at, inner)) = entry(node, section) else {
            let value = value?;
            lines.extend([String::new(), format!("{section}:"), format!("  {key}: {value}")]);
            return Some(joined(&lines));
        };
        (within, node) = (Some(at), inner);
    }
    match entry(node, key) {
        Some((at, known)) => {
            let line = lines.get_mut(at.place.line as usize - 1)?;
            *line = changed(line, at, known, value)?;
        }
        None => {
            let place = Spot::of(&lines, within, node, key)?;
            place.write(&mut lines, key, value?);
        }
    }
    Some(joined(&lines))
}

fn joined(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

fn entry<'a>(node: &'a Node, key: &str) -> Option<(&'a Key, &'a Node)> {
    let Value::Mapping(entries) = &node.value else { return None };
    entries.iter().find(|(known, _)| known.text == key).map(|(key, node)| (key, node))
}

/// A line with another value under its key; without one, the line is put in a remark.
fn changed(line: &str, key: &Key, known: &Node, value: Option<&str>) -> Option<String> {
    let indent = key.place.column as usize - 1;
    let is_alone = line.get(..indent)?.trim().is_empty();
    let is_on_line = known.place.line == key.place.line;
    if !(is_alone && is_on_line) {
        return None;
    }
    let Some(value) = value else {
        return Some(format!("{}# {}", &line[..indent], &line[indent..]));
    };
    let (said, remark) = match line.split_once(" #") {
        Some((said, remark)) => (said, Some(remark)),
        None => (line, None),
    };
    let (name, old) = said.split_once(':')?;
    let is_whole = !old.trim_start().starts_with('[') || old.trim_end().ends_with(']');
    if !is_whole {
        return None;
    }
    let said = format!("{name}: {value}");
    Some(match remark {
        Some(remark) => format!("{said:<REMARK_COLUMN$} #{remark}"),
        None => said,
    })
}

/// Where a line of a key comes that a text does not say yet.
struct Spot {
    /// The line that is in a remark now and says the same key.
    remark: Option<usize>,
    /// Before which line it comes otherwise.
    line: usize,
    indent: String,
}

impl Spot {
    /// Within a section, or at the end of a file.
    fn of(lines: &[String], within: Option<&Key>, node: &Node, key: &str) -> Option<Spot> {
        let first = match &node.value {
            Value::Mapping(entries) => entries.first().map(|(key, _)| key.place),
            Value::Nothing => None,
            Value::Scalar(_) | Value::List(_) => return None,
        };
        let header = within.map(|section| section.place);
        let is_on_line = header.zip(first).is_some_and(|(header, first)| header.line == first.line);
        if is_on_line {
            return None;
        }
        let from = header.map_or(0, |place| place.line as usize);
        let is_end = |line: &String| !line.is_empty() && !line.starts_with([' ', '#']);
        let section = lines[from..].iter().position(is_end).map(|at| from + at);
        let to = if within.is_some() { section.unwrap_or(lines.len()) } else { lines.len() };
        let is_remark = |line: &String| {
            line.trim_start().strip_prefix('#').is_some_and(|rest| {
                rest.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
            })
        };
        let remark = lines[from..to].iter().position(is_remark).map(|at| from + at);
        let indent = match (within, first) {
            (None, _) => String::new(),
            (Some(_), Some(first)) => " ".repeat(first.column as usize - 1),
            (Some(_), None) => "  ".to_string(),
        };
        let line = if within.is_some() { from } else { lines.len() };
        Some(Spot { remark, line, indent })
    }

    fn write(&self, lines: &mut Vec<String>, key: &str, value: &str) {
        let said = format!("{}{key}: {value}", self.indent);
        match self.remark {
            Some(at) => {
                let remark = lines[at].trim_start().trim_start_matches('#');
                lines[at] = match remark.split_once(" #") {
                    Some((_, remark)) => format!("{said:<REMARK_COLUMN$} #{remark}"),
                    None => said,
                };
            }
            None => lines.insert(self.line, said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_put_where_it_stands_and_remarks_stay() {
        let hub = "\
# Ours.
name: Shop
matching:
  false_discovery_rate: 0.05             # the share
  # link_threshold: 12.5                 # bits; a fixed one
  review_band: 4                         # bits below
survivorship:
  default: [validity, trust]
  email:
    - recency
";
        let put = |text: &str, path: &[&str], value| with_value(text, path, value);
        let link = &["matching", "link_threshold"];
        let fixed = put(hub, link, Some("14")).unwrap();
        let expected = hub.replace(
            "  # link_threshold: 12.5                 # bits",
            "  link_threshold: 14                     # bits",
        );
        assert_eq!(fixed, expected);
        assert_eq!(
            put(&fixed, link, None).unwrap(),
            fixed.replace("  link_threshold: 14", "  # link_threshold: 14")
        );
        let ladder = put(hub, &["survivorship", "default"], Some("[recency]")).unwrap();
        assert_eq!(ladder, hub.replace("[validity, trust]", "[recency]"));
        let gender = put(hub, &["survivorship", "gender"], Some("[trust]")).unwrap();
        assert_eq!(gender, hub.replace("ship:\n", "ship:\n  gender: [trust]\n"));
        assert_eq!(put(hub, &["survivorship", "email"], Some("[trust]")), None, "by hand");
        let trust = put("files: [a.csv]\n", &["trust"], Some("70")).unwrap();
        assert_eq!(trust, "files: [a.csv]\ntrust: 70\n");
        let section = put("name: Shop\n", link, Some("9")).unwrap();
        assert_eq!(section, "name: Shop\n\nmatching:\n  link_threshold: 9\n");
        let flow = "name: Shop\nmatching: { review_band: 4 }\n";
        assert_eq!(put(flow, link, Some("9")), None, "by hand");
    }

    #[test]
    fn settings_that_are_written_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("sources")).unwrap();
        std::fs::write(path("hub.yaml"), "name: Shop\n").unwrap();
        std::fs::write(path("sources/crm.yaml"), "files: [crm.csv]\ntrust: 50 # ours\n").unwrap();
        let text = FolderText::of(folder.path());
        let read = |text: &FolderText| Settings::of(&read_text_of(folder.path(), text).unwrap());
        let mut wanted = read(&text);
        assert_eq!(wanted.edit(folder.path(), &text), Ok(text.clone()), "nothing to do");
        wanted.link_threshold = "14.5".into();
        wanted.review_band = "6".into();
        wanted.trust[0].1 = "80".into();
        wanted.ladders[0].1 = "trust, recency".into();
        let edited = wanted.edit(folder.path(), &text).unwrap();
        assert_eq!(read(&edited), wanted);
        wanted.link_threshold.clear();
        assert_eq!(read(&wanted.edit(folder.path(), &edited).unwrap()), wanted);

        let wrong = Settings { review_band: "many".into(), ..wanted.clone() };
        assert!(matches!(wrong.edit(folder.path(), &text), Err(SettingsError::Problems(_))));
        let two = Settings { review_band: "1\nname: x".into(), ..wanted };
        let by_hand = two.edit(folder.path(), &text);
        assert!(matches!(by_hand, Err(SettingsError::ByHand { .. })), "{by_hand:?}");
    }
}
