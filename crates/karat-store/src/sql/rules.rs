//! Rules and attributes: their numbers, and what rules say in each version.

use std::sync::Arc;

use karat_model::finding::{Dimension, Rule, RuleName, RuleVersion, Severity};
use rustc_hash::FxHashMap;

use super::Value::{self, Integer, Text};
use super::{Query, Write};
use crate::error::{Error, Result};
use crate::finding_row::StoredRule;
use crate::number::{AttributeNo, RuleNo};

/// Says which rules there are now; gives their numbers.
pub fn put(write: &impl Write, rules: &[Rule]) -> Result<Vec<RuleNo>> {
    let known = self::all(write)?;
    let select = "SELECT coalesce(max(rule_no), 0) FROM rule";
    let mut last = write.number(select, &[])? as u64;
    let mut numbers: FxHashMap<&RuleName, u64> =
        known.iter().map(|stored| (&stored.rule.name, stored.no.0)).collect();
    let mut given = Vec::with_capacity(rules.len());
    for rule in rules {
        let version = Integer(rule.version.0 as i64);
        let no = *numbers.entry(&rule.name).or_insert(last + 1);
        if no > last {
            last = no;
            let insert = "INSERT INTO rule (rule_no, name, version) VALUES ($1, $2, $3)";
            write.execute(insert, &[Integer(no as i64), Text(rule.name.as_str()), version])?;
        }
        let number = Integer(no as i64);
        let stored = known.iter().find(|of| of.no.0 == no && of.rule.version == rule.version);
        if stored.is_none() {
            let insert = "
                INSERT INTO rule_version (rule_no, version, scope, severity, dimension, definition)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (rule_no, version) DO NOTHING";
            let (scope, definition) = (Text(&rule.scope), Text(&rule.definition));
            let (severity, dimension) = (Text(rule.severity.name()), Text(rule.dimension.name()));
            write.execute(insert, &[number, version, scope, severity, dimension, definition])?;
        }
        if stored.is_none_or(|stored| !stored.is_current) {
            let update = "UPDATE rule SET version = $1 WHERE rule_no = $2";
            write.execute(update, &[version, number])?;
        }
        given.push(RuleNo(no));
    }
    for stored in known.iter().filter(|of| of.is_current && !given.contains(&of.no)) {
        let update = "UPDATE rule SET version = NULL WHERE rule_no = $1";
        write.execute(update, &[Integer(stored.no.0 as i64)])?;
    }
    write.known().borrow_mut().rules = None;
    Ok(given)
}

/// All versions of all rules, by number.
pub fn all(query: &impl Query) -> Result<Vec<StoredRule>> {
    let select = "
        SELECT rule.rule_no, name, rule_version.version, scope, severity, dimension, definition,
            rule.version
        FROM rule JOIN rule_version ON rule_version.rule_no = rule.rule_no
        ORDER BY rule.rule_no, rule_version.version";
    query.all(select, &[], |row| {
        let no = row.integer(0)? as u64;
        let damaged = || Error::Damaged { what: "rule", number: no };
        let (severity, dimension) = (row.text(4)?, row.text(5)?);
        let version = row.integer(2)?;
        let rule = Rule {
            name: RuleName::new(&row.text(1)?),
            version: RuleVersion(version as u64),
            scope: row.text(3)?.into_owned(),
            severity: severity_named(&severity).ok_or_else(damaged)?,
            dimension: dimension_named(&dimension).ok_or_else(damaged)?,
            definition: row.text(6)?.into_owned(),
        };
        let is_current = row.integer_or_null(7)? == Some(version);
        Ok(StoredRule { no: RuleNo(no), rule, is_current })
    })
}

fn severity_named(name: &str) -> Option<Severity> {
    let all = [Severity::Note, Severity::Warning, Severity::Error];
    all.into_iter().find(|severity| severity.name() == name)
}

/// The dimension with this name.
pub fn dimension_named(name: &str) -> Option<Dimension> {
    Dimension::ALL.into_iter().find(|dimension| dimension.name() == name)
}

/// What each rule says now, by the numbers of rules; `None` when nobody asks any more.
pub fn versions(query: &impl Query) -> Result<Arc<FxHashMap<u64, Option<i64>>>> {
    if let Some(known) = &query.known().borrow().rules {
        return Ok(known.clone());
    }
    let versions = query.all("SELECT rule_no, version FROM rule", &[], |row| {
        Ok((row.integer(0)? as u64, row.integer_or_null(1)?))
    })?;
    let versions = Arc::new(versions.into_iter().collect::<FxHashMap<_, _>>());
    query.known().borrow_mut().rules = Some(versions.clone());
    Ok(versions)
}

/// The numbers of attributes; one that was never seen is given one.
pub fn number_attributes(write: &impl Write, names: &[&str]) -> Result<Vec<AttributeNo>> {
    let known = attributes(write)?;
    let mut last = known.iter().map(|(no, _)| no.0).max().unwrap_or_default();
    let mut numbers: FxHashMap<&str, AttributeNo> =
        known.iter().map(|(no, name)| (name.as_str(), *no)).collect();
    for &name in names {
        if !numbers.contains_key(name) {
            last += 1;
            let insert = "INSERT INTO attribute (attribute_no, name) VALUES ($1, $2)";
            write.execute(insert, &[Integer(last as i64), Text(name)])?;
            numbers.insert(name, AttributeNo(last));
        }
    }
    Ok(names.iter().map(|name| numbers[name]).collect())
}

/// The attributes that were given a number, in order.
pub fn attributes(query: &impl Query) -> Result<Vec<(AttributeNo, String)>> {
    const NONE: &[Value] = &[];
    let select = "SELECT attribute_no, name FROM attribute ORDER BY attribute_no";
    query.all(select, NONE, |row| Ok((AttributeNo(row.integer(0)? as u64), row.text(1)?.into())))
}
