//! Expressions: conditions in the Common Expression Language (CEL), worked out once.
//!
//! ```text
//! loyalty_tier == 'Gold' && phone.exists(p, p.startsWith('+316'))
//! ```
//!
//! Variables are the names of attributes (text; a list where an attribute is collected, a number or
//! yes and no where its type says so), `source`, `kind` and `as_of`. Functions beside those of CEL
//! are `valid(x)`, `age(date)`, `days_since(date)`, `fold(x)` and `digits(x)`. Where an attribute
//! has no value there is nothing to judge, unless the expression asks so itself: `has(x)`,
//! `x == null`.
//! Source: CEL language definition, <https://github.com/google/cel-spec>.

use std::sync::{Arc, LazyLock};
use std::thread;

use any_ascii::any_ascii;
use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::parser::Parser;
use cel::{Context, ExecutionError, FunctionContext, Value};
use jiff::civil::Date;
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::check::{Day, Verdict, Why};
use karat_model::claim::Validity;
use karat_model::semantic::SemanticType;
use rapidfuzz::distance::osa;

use super::day::{date_of, day_of_text, years_between};
use super::facts::Facts;
use super::plan::CheckPlan;

/// The most characters that an expression may have.
pub const CHARACTERS_MAX: usize = 2_000;

/// How deep brackets may stand within brackets.
const RECURSION_MAX: u16 = 24;

/// How deep operations may stand within operations, so that evaluating fits on any stack.
const DEPTH_MAX: usize = 64;

/// How many loops may stand within each other.
const LOOPS_MAX: usize = 2;

/// The parser needs far more stack than threads have (cel-rust issue 212).
const PARSER_STACK_BYTES: usize = 32 << 20;

/// What is wrong with an expression, and what to do next.
pub(super) type Mistake = (String, Option<String>);

/// An expression that can be evaluated.
#[derive(Debug)]
pub(super) struct Expression {
    root: IdedExpr,
    /// The attributes without which there is nothing to judge.
    needed: Vec<AttributeId>,
    is_dated: bool,
}

impl Expression {
    /// Works out an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(text: &str, attributes: &AttributeSet) -> Result<Expression, Mistake> {
        if text.chars().count() > CHARACTERS_MAX {
            let hint = format!("write at most {CHARACTERS_MAX} characters");
            return Err(("the expression is too long".into(), Some(hint)));
        }
        let text = with_presence(text);
        thread::scope(|scope| {
            let work = || parse(&text).and_then(|root| Expression::of(root, attributes));
            let parser = thread::Builder::new().stack_size(PARSER_STACK_BYTES);
            let handle = parser
                .spawn_scoped(scope, work)
                .map_err(|error| (format!("the expression cannot be read now: {error}"), None))?;
            handle.join().unwrap_or_else(|_| {
                let hint = "write it in a simpler way";
                Err(("the expression cannot be read".into(), Some(hint.into())))
            })
        })
    }

    fn of(mut root: IdedExpr, attributes: &AttributeSet) -> Result<Expression, Mistake> {
        let mut seen = Seen { attributes, used: Vec::new(), asked: Vec::new(), is_dated: false };
        seen.look(&mut root, &mut Vec::new(), 0)?;
        let Seen { mut used, asked, is_dated, .. } = seen;
        used.sort_unstable();
        used.dedup();
        used.retain(|id| !asked.contains(id));
        Ok(Expression { root, needed: used, is_dated })
    }

    /// Whether what it says changes as days go by.
    pub fn is_dated(&self) -> bool {
        self.is_dated
    }

    /// The attributes that it is about.
    pub fn needed(&self) -> &[AttributeId] {
        &self.needed
    }

    /// Whether it holds: pass, fail, not applicable where a value is wanting, or an error.
    pub fn holds(&self, scoped: &Scoped) -> Verdict {
        let is_absent =
            |id: &AttributeId| !scoped.facts.values.iter().any(|it| it.attribute == *id);
        if self.needed.iter().any(is_absent) {
            return Verdict::NotApplicable;
        }
        let mut context = CONTEXT.new_inner_scope();
        context.set_variable_resolver(scoped);
        match Value::resolve(&self.root, &context) {
            Ok(Value::Bool(true)) => Verdict::Pass,
            Ok(Value::Bool(false)) => Verdict::Fail,
            Ok(_) => Verdict::Error(Why::NotYesOrNo),
            Err(_) => Verdict::Error(Why::Expression),
        }
    }
}

fn parse(text: &str) -> Result<IdedExpr, Mistake> {
    let parser = Parser::new().max_recursion_depth(RECURSION_MAX).error_recovery_limit(1);
    parser.parse(text).map_err(|errors| {
        let message = match errors.errors.first() {
            Some(first) => {
                let reason = first.msg.trim_start_matches("Syntax error: ");
                let column = first.pos.1.max(0) + 1;
                format!("this is no CEL: {reason}, near character {column}")
            }
            None => "this is no CEL".into(),
        };
        let hint =
            "write a condition such as `loyalty_tier == 'Gold'`, with texts in single quotes";
        (message, Some(hint.into()))
    })
}

/// Writes `has(x)` as `(x!=null)`: the macro of CEL knows fields only.
fn with_presence(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote: Option<char> = None;
    let mut before = ' ';
    while let Some(next) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        if quote.is_none()
            && !is_word(before)
            && let Some((name, after)) = presence(rest)
        {
            written.push_str(&format!("({name}!=null)"));
            (rest, before) = (after, ')');
            continue;
        }
        match quote {
            Some(open) if next == open && before != '\\' => quote = None,
            None if next == '\'' || next == '"' => quote = Some(next),
            _ => {}
        }
        // An escaped backslash escapes nothing.
        before = if before == '\\' && next == '\\' { ' ' } else { next };
        written.push(next);
        rest = &rest[next.len_utf8()..];
    }
    written
}

/// The name in a `has(name)` that a text starts with, and what follows.
fn presence(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("has")?.trim_start().strip_prefix('(')?;
    let (name, after) = inner.split_once(')')?;
    let name = name.trim();
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    is_name.then_some((name, after))
}

/// Looks through an expression: what it names must be there, and it must not be too deep.
struct Seen<'a> {
    attributes: &'a AttributeSet,
    used: Vec<AttributeId>,
    /// Of which it asks whether there is a value.
    asked: Vec<AttributeId>,
    is_dated: bool,
}

const FUNCTIONS: [&str; 21] = [
    "valid",
    "age",
    "days_since",
    "fold",
    "digits",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "uint",
    "double",
    "bool",
    "type",
    "dyn",
    "max",
    "min",
    "@not_strictly_false",
    "@in",
];

const VARIABLES: [&str; 3] = ["source", "kind", "as_of"];

/// What the variable is called by which an expression asks whether a value is valid.
fn validity_name(name: &str) -> String {
    format!("valid {name}")
}

impl Seen<'_> {
    fn look(
        &mut self,
        node: &mut IdedExpr,
        bound: &mut Vec<String>,
        depth: usize,
    ) -> Result<(), Mistake> {
        if depth > DEPTH_MAX {
            let hint = "divide it over several checks, or use `in` with a list";
            return Err(("the expression is too deep".into(), Some(hint.into())));
        }
        let depth = depth + 1;
        match &mut node.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(name, bound)?,
            Expr::Call(call) => {
                self.function(&call.func_name)?;
                if call.func_name == "valid" {
                    let name = match (&call.target, &call.args[..]) {
                        (None, [IdedExpr { expr: Expr::Ident(name), .. }]) => Some(name.clone()),
                        _ => None,
                    };
                    let id = name.as_deref().and_then(|name| self.attributes.find(name));
                    let (Some(name), Some(id)) = (name, id) else {
                        let hint = "write `valid(email)`, for example";
                        return Err(("`valid` is for an attribute".into(), Some(hint.into())));
                    };
                    self.used.push(id);
                    node.expr = Expr::Ident(validity_name(&name));
                    return Ok(());
                }
                if matches!(call.func_name.as_str(), "_==_" | "_!=_") {
                    self.ask_of(&call.args);
                }
                if let Some(target) = &mut call.target {
                    self.look(target, bound, depth)?;
                }
                for argument in &mut call.args {
                    self.look(argument, bound, depth)?;
                }
            }
            Expr::Comprehension(it) => {
                let loops = bound.len() / 3;
                if loops >= LOOPS_MAX {
                    let message = "the expression has too many loops within each other";
                    return Err((message.into(), Some("use `in` with a list".into())));
                }
                self.look(&mut it.iter_range, bound, depth)?;
                self.look(&mut it.accu_init, bound, depth)?;
                let names =
                    [Some(it.iter_var.clone()), it.iter_var2.clone(), Some(it.accu_var.clone())];
                bound.extend(names.map(Option::unwrap_or_default));
                for part in [&mut it.loop_cond, &mut it.loop_step, &mut it.result] {
                    self.look(part, bound, depth)?;
                }
                bound.truncate(bound.len() - 3);
            }
            Expr::List(list) => {
                for element in &mut list.elements {
                    self.look(element, bound, depth)?;
                }
            }
            Expr::Map(map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        self.look(&mut entry.key, bound, depth)?;
                        self.look(&mut entry.value, bound, depth)?;
                    }
                }
            }
            Expr::Select(select) => self.look(&mut select.operand, bound, depth)?,
            Expr::Struct(_) => {
                return Err(("an expression cannot make messages".into(), None));
            }
        }
        Ok(())
    }

    fn name(&mut self, name: &str, bound: &[String]) -> Result<(), Mistake> {
        if bound.iter().any(|known| known == name) {
            return Ok(());
        }
        if let Some(id) = self.attributes.find(name) {
            self.used.push(id);
            return Ok(());
        }
        if VARIABLES.contains(&name) {
            self.is_dated |= name == "as_of";
            return Ok(());
        }
        let names = self.attributes.iter().map(|(_, it)| &*it.name).chain(VARIABLES);
        let hint = match nearest(name, names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                format!("declare it in hub.yaml, under `attributes`; a text is quoted: '{name}'")
            }
        };
        Err((format!("unknown attribute `{name}`"), Some(hint)))
    }

    fn function(&mut self, name: &str) -> Result<(), Mistake> {
        self.is_dated |= matches!(name, "age" | "days_since");
        let is_operator = !name.starts_with(char::is_alphabetic);
        if is_operator || FUNCTIONS.contains(&name) {
            return Ok(());
        }
        let known = FUNCTIONS.iter().copied().filter(|name| !name.starts_with('@'));
        let hint = match nearest(name, known.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the functions are {}", known.collect::<Vec<&str>>().join(", ")),
        };
        Err((format!("unknown function `{name}`"), Some(hint)))
    }

    /// Notes attributes that are compared with `null`.
    fn ask_of(&mut self, arguments: &[IdedExpr]) {
        let is_null = |it: &IdedExpr| matches!(&it.expr, Expr::Literal(LiteralValue::Null));
        if arguments.iter().any(is_null) {
            for argument in arguments {
                if let Expr::Ident(name) = &argument.expr {
                    self.asked.extend(self.attributes.find(name));
                }
            }
        }
    }
}

fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance_max = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (osa::distance(word.chars(), candidate.chars()), candidate))
        .filter(|(distance, _)| *distance <= distance_max)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The facts of a subject as an expression names them.
#[derive(Debug)]
pub(super) struct Scoped<'s> {
    plan: &'s CheckPlan,
    facts: &'s Facts<'s>,
    as_of: Day,
    today: String,
}

impl<'s> Scoped<'s> {
    /// The variables of a subject.
    pub fn new(plan: &'s CheckPlan, facts: &'s Facts<'s>, as_of: Day) -> Scoped<'s> {
        let today = if plan.has_expressions() { date_of(as_of).to_string() } else { String::new() };
        Scoped { plan, facts, as_of, today }
    }

    fn value<'b>(&'b self, id: AttributeId) -> CowVal<'b, 'b> {
        let attribute = self.plan.attributes.get(id);
        let mut values: Vec<_> =
            self.facts.values.iter().filter(|fact| fact.attribute == id).collect();
        values.sort_by_key(|fact| fact.slot);
        if values.is_empty() {
            return CowVal::Borrowed(&NULL);
        }
        let one = |value: &'b str| scalar(value, attribute.semantic_type);
        if attribute.collected {
            let list: Vec<Box<dyn Val + 'b>> = values.iter().map(|fact| one(fact.value)).collect();
            return CowVal::owned(CelList::from(list));
        }
        CowVal::Owned(one(values[0].value))
    }

    fn is_valid(&self, id: AttributeId) -> bool {
        let mut values = self.facts.values.iter().filter(|fact| fact.attribute == id);
        values.all(|fact| fact.validity == Validity::Valid)
    }
}

/// A value as its type says: a number, yes or no, or text.
fn scalar<'b>(value: &'b str, semantic_type: SemanticType) -> Box<dyn Val + 'b> {
    match semantic_type {
        SemanticType::Number if let Ok(number) = value.parse::<f64>() => {
            Box::new(CelDouble::from(number))
        }
        SemanticType::Flag if value == "yes" || value == "no" => {
            Box::new(CelBool::from(value == "yes"))
        }
        _ => Box::new(CelString::from(value)),
    }
}

static NULL: CelNull = CelNull;

/// The day as of which is judged, as a number; no expression can write this name.
const AS_OF_DAY: &str = "as of day";

impl VariableResolver for Scoped<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let text = |text: &'b str| CowVal::owned(CelString::from(text));
        match variable {
            "as_of" => return Some(text(&self.today)),
            AS_OF_DAY => return Some(CowVal::owned(CelInt::from(i64::from(self.as_of.0)))),
            "source" => {
                let source = self.facts.source.map(|source| text(source.as_str()));
                return Some(source.unwrap_or(CowVal::Borrowed(&NULL)));
            }
            "kind" => return Some(self.facts.kind.map_or(CowVal::Borrowed(&NULL), text)),
            _ => {}
        }
        if let Some(name) = variable.strip_prefix("valid ") {
            let id = self.plan.attributes.find(name)?;
            return Some(CowVal::owned(CelBool::from(self.is_valid(id))));
        }
        self.plan.attributes.find(variable).map(|id| self.value(id))
    }
}

/// The functions of CEL and our own; subjects bring their variables in a scope within it.
static CONTEXT: LazyLock<Context<'static, 'static>> = LazyLock::new(|| {
    let mut context = Context::default();
    let mut added = Ok(());
    let mut note = |result| added = added.clone().and(result);
    note(context.add_function("fold", |text: Arc<String>| any_ascii(&text).to_lowercase()));
    note(context.add_function("digits", |text: Arc<String>| {
        text.chars().filter(char::is_ascii_digit).collect::<String>()
    }));
    note(context.add_function("age", |context: &FunctionContext, date: Arc<String>| {
        let (born, today) = (date_in(context, &date)?, today(context)?);
        Ok::<i64, ExecutionError>(years_between(born, today))
    }));
    note(context.add_function("days_since", |context: &FunctionContext, date: Arc<String>| {
        let since = day_of_text(&date).ok_or_else(|| context.error("this is no date"))?;
        Ok::<i64, ExecutionError>(i64::from(day(context)?.since(since)))
    }));
    added.expect("no function of CEL has one of these names");
    context
});

fn date_in(context: &FunctionContext, text: &str) -> Result<Date, ExecutionError> {
    text.parse().map_err(|_| context.error("this is no date"))
}

fn day(context: &FunctionContext) -> Result<Day, ExecutionError> {
    let variable = context.ptx.get_variable(AS_OF_DAY);
    let number = variable.as_ref().and_then(|it| it.downcast_ref::<CelInt>().map(|it| *it.inner()));
    number.map(|number| Day(number as i32)).ok_or_else(|| context.error("no day is given"))
}

fn today(context: &FunctionContext) -> Result<Date, ExecutionError> {
    day(context).map(date_of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said about an expression.
    fn said(text: &str) -> String {
        match Expression::new(text, &AttributeSet::builtin()) {
            Ok(_) => String::new(),
            Err((message, hint)) => match hint {
                Some(hint) => format!("{message} | {hint}"),
                None => message,
            },
        }
    }

    #[test]
    fn mistakes_are_told_with_what_to_do() {
        assert_eq!(said("phone.exists(p, p == 'x') && age(birth_date) > 17"), "");
        assert_eq!(said("citty == 'Ede'"), "unknown attribute `citty` | did you mean `city`?");
        assert_eq!(
            said("Gold == 'x'"),
            "unknown attribute `Gold` | declare it in hub.yaml, under `attributes`; \
             a text is quoted: 'Gold'"
        );
        assert_eq!(
            said("startWith(city, 'E')"),
            "unknown function `startWith` | did you mean `startsWith`?"
        );
        assert_eq!(
            said("valid('x')"),
            "`valid` is for an attribute | write `valid(email)`, for example"
        );
        for text in ["city ==", "", "city = 'Ede'", "'open", "has(", "[", "a.b.c("] {
            assert!(said(text).starts_with("this is no CEL"), "{text}: {}", said(text));
        }
        // The variable of a loop is known within it only.
        assert_eq!(
            said("phone.exists(p, p == 'x') && p == 'x'"),
            "unknown attribute `p` | \
            declare it in hub.yaml, under `attributes`; a text is quoted: 'p'"
        );
    }

    #[test]
    fn expressions_have_limits() {
        let long = format!("city == '{}'", "x".repeat(CHARACTERS_MAX));
        assert!(said(&long).starts_with("the expression is too long"));
        let deep = |count| format!("{}city == 'Ede'{}", "(".repeat(count), ")".repeat(count));
        assert_eq!(said(&deep(3)), "");
        assert!(said(&deep(900)).starts_with("this is no CEL"), "{}", said(&deep(900)));
        let sum = |count| format!("1{} == 2", " + 1".repeat(count));
        assert_eq!(said(&sum(20)), "");
        assert!(said(&sum(400)).starts_with("the expression is too deep"), "{}", said(&sum(400)));
        let loops = |count: usize| {
            let open = (0..count).map(|no| format!("[1,2].all(v{no}, "));
            format!("{}true{}", open.collect::<String>(), ")".repeat(count))
        };
        assert_eq!(said(&loops(2)), "");
        assert!(said(&loops(3)).starts_with("the expression has too many loops"));
    }

    #[test]
    fn presence_is_written_as_a_comparison() {
        for (text, expected) in [
            ("has(city)", "(city!=null)"),
            ("!has( city ) && x", "!(city!=null) && x"),
            ("has(a.b)", "has(a.b)"),
            ("'has(city)'", "'has(city)'"),
            (r"'it\'s has(city)'", r"'it\'s has(city)'"),
            ("xhas(city)", "xhas(city)"),
        ] {
            assert_eq!(with_presence(text), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_an_expression_or_a_mistake(text in "[ a-z()\\[\\]'\".,&|!=<>+0-9?:{}\\\\é]{0,60}") {
            said(&text);
        }
    }
}
