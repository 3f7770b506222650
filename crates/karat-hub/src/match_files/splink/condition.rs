//! Conditions: as much of SQL as can be taken over from Splink.

/// A column that must be equal, or the start of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyColumn {
    pub column: String,
    /// How many of its first characters.
    pub start: Option<u8>,
}

/// The columns that must be equal, if the condition says nothing else.
pub(super) fn key_columns(condition: &str) -> Option<Vec<KeyColumn>> {
    conjuncts(unwrapped(condition)).into_iter().map(equality).collect()
}

/// Whether a condition of a level is that both values are equal.
pub(super) fn is_equality_of(column: &str, condition: &str) -> bool {
    let Some((left, right)) = unwrapped(condition).split_once('=') else { return false };
    let is_side = |text: &str, side: &str| {
        let text = text.trim().trim_matches(['"', '`']);
        text.strip_suffix(side).is_some_and(|name| name == column)
    };
    is_side(left, "_l") && is_side(right, "_r") || is_side(left, "_r") && is_side(right, "_l")
}

/// The columns that levels look at, each once: those that have a left and a right side.
pub(super) fn columns_compared<'c>(conditions: impl Iterator<Item = &'c str>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in conditions.flat_map(names) {
        if let Some(column) = name.strip_suffix("_l")
            && !columns.iter().any(|known| known == column)
        {
            columns.push(column.to_string());
        }
    }
    columns
}

/// The names in a condition, without what stands between single quotes.
fn names(condition: &str) -> Vec<&str> {
    let outside = condition.split('\'').step_by(2);
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    outside.flat_map(|text| text.split(move |c| !is_part(c))).filter(|it| !it.is_empty()).collect()
}

/// A text without brackets around all of it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    match inner {
        Some(inner) if is_balanced(inner) => unwrapped(inner),
        _ => text,
    }
}

/// Whether each bracket that closes was opened before.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0;
    for character in text.chars() {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The parts between `AND`, outside of brackets.
fn conjuncts(text: &str) -> Vec<&str> {
    const AND: &str = " and ";
    // Letters of one case, byte for byte, so that places are the same in both.
    let lower = text.to_ascii_lowercase();
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in lower.match_indices(AND) {
        if is_balanced(&text[start..at]) {
            parts.push(&text[start..at]);
            start = at + AND.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A condition that both sides have the same column, or the same start of it.
fn equality(condition: &str) -> Option<KeyColumn> {
    let (left, right) = unwrapped(condition).split_once('=')?;
    let (left_side, left) = side(left)?;
    let (right_side, right) = side(right)?;
    let is_both = left_side != right_side && left == right;
    is_both.then_some(left)
}

/// One side of an equality: which record, and what of it.
fn side(text: &str) -> Option<(char, KeyColumn)> {
    let text = unwrapped(text);
    let Some((function, rest)) = text.split_once('(') else {
        let (side, column) = column(text)?;
        return Some((side, KeyColumn { column, start: None }));
    };
    let arguments: Vec<&str> = rest.strip_suffix(')')?.split(',').map(str::trim).collect();
    let (name, start) = match (function.trim().to_ascii_lowercase().as_str(), &arguments[..]) {
        ("substr" | "substring", [name, "1", length]) => (name, Some(length.parse().ok()?)),
        ("left", [name, length]) => (name, Some(length.parse().ok()?)),
        // Karat folds case and blanks away before it compares.
        ("lower" | "upper" | "trim", [name]) => (name, None),
        _ => return None,
    };
    let (side, column) = column(name)?;
    Some((side, KeyColumn { column, start }))
}

/// A column of one record: `l."name"`.
fn column(text: &str) -> Option<(char, String)> {
    let (side, name) = text.trim().split_once('.')?;
    let side = match side {
        "l" => 'l',
        "r" => 'r',
        _ => return None,
    };
    let plain = name.trim_matches(['"', '`']);
    let is_name =
        !plain.is_empty() && plain.chars().all(|c| c.is_alphanumeric() || "_ -".contains(c));
    is_name.then(|| (side, plain.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition: &str, expected: &str) {
        let found = match key_columns(condition) {
            None => "-".to_string(),
            Some(columns) => {
                let shown = columns.iter().map(|key| match key.start {
                    None => key.column.clone(),
                    Some(length) => format!("{}:{length}", key.column),
                });
                shown.collect::<Vec<_>>().join(" ")
            }
        };
        assert_eq!(found, expected, "{condition}");
    }

    #[test]
    fn conjunctions_of_equal_columns_are_keys() {
        check(r#"l."email" = r."email""#, "email");
        check("(l.dob = r.dob) AND (l.surname = r.surname)", "dob surname");
        check("l.dob = r.dob and substr(l.name,1,3) = SUBSTR(r.name,1,3)", "dob name:3");
        check(r#"(SUBSTRING(l."a b", 1, 2) = SUBSTRING(r."a b", 1, 2))"#, "a b:2");
        check("left(r.zip, 4) = left(l.zip, 4)", "zip:4");
        check("LOWER(l.email) = LOWER(r.email)", "email");
    }

    #[test]
    fn other_conditions_are_none() {
        check("l.dob = r.dob OR l.email = r.email", "-");
        check("l.dob = r.birth", "-");
        check("l.dob = l.dob", "-");
        check("l.dob <= r.dob", "-");
        check("substr(l.name,2,3) = substr(r.name,2,3)", "-");
        check("substr(l.name,1,3) = substr(r.name,1,4)", "-");
        check("levenshtein(l.name, r.name) < 2", "-");
        check("soundex(l.name) = soundex(r.name)", "-");
        check("l.dob = r.dob and 1=1", "-");
        check("", "-");
    }

    #[test]
    fn equality_of_a_level_is_told_from_others() {
        for (condition, expected) in [
            (r#""dob_l" = "dob_r""#, true),
            ("(dob_l = dob_r)", true),
            ("dob_l = date_r", false),
            ("LOWER(dob_l) = LOWER(dob_r)", false),
            ("levenshtein(dob_l, dob_r) <= 1", false),
            ("ELSE", false),
        ] {
            assert_eq!(is_equality_of("dob", condition), expected, "{condition}");
        }
    }

    #[test]
    fn columns_of_levels_are_found() {
        let conditions = [
            r#"regexp_extract("mail_l", '^[^@]+_l', 0) = regexp_extract("mail_r", '^[^@]+', 0)"#,
            "mail_l = mail_r",
        ];
        assert_eq!(columns_compared(conditions.into_iter()), ["mail"]);
        assert_eq!(columns_compared(["a_l = b_r and b_l = a_r"].into_iter()), ["a", "b"]);
    }
}
