//! The releases: what was published when and why, what was changed in between, and the way back.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::hub_model::FolderText;
use karat_hub::view::ReleaseView;
use similar::{ChangeTag, TextDiff};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;

/// What the address calls what the folder says.
const DRAFT: &str = "draft";

/// How many lines that stayed are shown around those that changed.
const LINES_AROUND: usize = 3;

#[derive(Template)]
#[template(path = "console/releases/template.html")]
struct ReleasesPage {
    page: Page,
    /// The last one first.
    releases: Vec<ReleaseView>,
    is_unpublished: bool,
    has_folder: bool,
    /// What is compared: two numbers, or a number and the draft.
    compared: Option<Compared>,
}

/// The difference between two hub models.
struct Compared {
    from: u32,
    /// A number, or the draft.
    to: String,
    files: Vec<FileDiff>,
}

/// What is otherwise in a file.
struct FileDiff {
    name: String,
    /// Lines, each behind its sign; parts that do not follow one another are parted by none.
    lines: Vec<(char, String)>,
}

/// Shows the releases, and the difference between two if they are named.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let question = console.ask(&visit, |hub| Ok((hub.releases()?, hub.has_unpublished_model()?)));
    let (mut releases, is_unpublished) = question.await?;
    releases.reverse();
    let compared = compared(&console, &visit, &releases).await?;
    let page = Page::new(&visit, Section::Rules);
    let has_folder = console.draft.is_some();
    Ok(render(ReleasesPage { page, releases, is_unpublished, has_folder, compared }))
}

/// What the address asks to compare; of one side alone, with the one before or the one in force.
async fn compared(
    console: &Console,
    visit: &Visit,
    releases: &[ReleaseView],
) -> Result<Option<Compared>, Problem> {
    let Some(to) = visit.parameter("to").map(str::to_string) else { return Ok(None) };
    let number = to.parse().ok().filter(|no: &u32| *no > 0);
    let last = releases.first().map_or(0, |release| release.no);
    let before = number.map_or(last, |no| no - 1);
    let from = visit.parameter("from").and_then(|no| no.parse().ok()).unwrap_or(before);
    let after = match number {
        Some(no) => console.ask(visit, move |hub| hub.release_text(no)).await?,
        None if to == DRAFT => Some(console.edit(visit, |draft| draft.text()).await?),
        None => None,
    };
    let before = console.ask(visit, move |hub| hub.release_text(from)).await?;
    let Some((before, after)) = before.zip(after) else {
        return Err(Problem::no_such_page(visit));
    };
    Ok(Some(Compared { from, to, files: diff(&before, &after) }))
}

/// The files that are otherwise, in order of their names.
fn diff(before: &FolderText, after: &FolderText) -> Vec<FileDiff> {
    let names: BTreeSet<&str> = before.names().chain(after.names()).collect();
    let of_file = |name: &str| {
        let [before, after] =
            [before, after].map(|text| text.file(name.as_ref()).unwrap_or_default());
        (before != after).then(|| FileDiff { name: name.into(), lines: lines(before, after) })
    };
    names.into_iter().filter_map(of_file).collect()
}

fn lines(before: &str, after: &str) -> Vec<(char, String)> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(LINES_AROUND).iter().enumerate() {
        if at > 0 {
            lines.push(('…', String::new()));
        }
        for change in group.iter().flat_map(|part| diff.iter_changes(part)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Insert => '+',
                ChangeTag::Delete => '−',
            };
            lines.push((sign, change.value().trim_end_matches(['\n', '\r']).to_string()));
        }
    }
    lines
}

impl ReleasesPage {
    fn may_publish(&self) -> bool {
        self.has_folder && self.page.may(Permission::Publish)
    }

    fn is_in_force(&self, release: &ReleaseView) -> bool {
        self.releases.first() == Some(release)
    }

    fn told(&self, release: &ReleaseView) -> String {
        release.reason.told(self.page.text.language)
    }

    fn other_side(&self, compared: &Compared) -> String {
        let text = self.page.text;
        match compared.to.as_str() {
            DRAFT => text.say("the folder of the hub", "de map van de hub").to_string(),
            no => format!("release {no}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_shown_with_a_few_lines_around_it() {
        let before = (1..=20).map(|no| format!("line {no}\n")).collect::<String>();
        let after = before.replace("line 2\n", "second\n").replace("line 19\n", "");
        let shown = lines(&before, &after);
        let told: String = shown.iter().map(|(sign, line)| format!("{sign}{line}\n")).collect();
        insta::assert_snapshot!(told, @"
         line 1
        −line 2
        +second
         line 3
         line 4
         line 5
        …
         line 16
         line 17
         line 18
        −line 19
         line 20
        ");
    }
}
