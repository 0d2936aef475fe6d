//! Columns and tables that a migration brings or takes away, by the shape of its lines.
//!
//! (Sources: SQL's `ALTER TABLE` of PostgreSQL and MySQL, Alembic's operations, Django's migration
//! operations, Rails' `ActiveRecord::Migration`, Laravel's schema builder, Knex and Sequelize.)

use super::shapes::shape;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What a migration does to a column, or to a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The table, or the model, as it is spelled.
    pub table: String,
    /// The column; none for the table itself.
    pub name: Option<String>,
    /// Whether it comes; else it goes.
    pub comes: Comes,
    /// Where the migration says so.
    pub start: usize,
}

/// Whether a column comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// It is there once the migration has run.
    Comes,
    /// It is gone then.
    Goes,
}

/// What the groups of an expression are.
#[derive(Clone, Copy)]
enum Does {
    /// A table, for the calls that follow.
    Table,
    /// Table and column.
    Add,
    Drop,
    /// Table, old name and new one.
    Rename,
    /// A column of the last table.
    AddHere,
    DropHere,
    RenameHere,
    /// A table.
    Create,
    Remove,
    /// Table and what it refers to.
    AddReference,
    RemoveReference,
    /// Old table and new one.
    RenameTable,
}

type Shapes = LazyLock<Vec<(Regex, Does)>>;

macro_rules! steps {
    ($($name:ident = [$(($text:literal, $does:ident)),* $(,)?];)*) => {
        $(static $name: Shapes = LazyLock::new(|| vec![$((shape($text), Does::$does)),*]);)*
    };
}

steps! {
    PYTHON = [
        (r#"batch_alter_table\(\s*["'](\w+)"#, Table),
        (r#"\bop\.drop_column\(\s*["'](\w+)["']\s*,\s*["'](\w+)"#, Drop),
        (r#"\bop\.add_column\(\s*["'](\w+)["']\s*,\s*[\w.]*Column\(\s*["'](\w+)"#, Add),
        (r#"\bop\.alter_column\(\s*["'](\w+)["']\s*,\s*["'](\w+)["'][^)]*?new_column_name\s*=\s*["'](\w+)"#, Rename),
        (r#"\b(?:batch_)?op\.drop_column\(\s*["'](\w+)["']\s*\)"#, DropHere),
        (r#"\b(?:batch_)?op\.add_column\(\s*[\w.]*Column\(\s*["'](\w+)"#, AddHere),
        (r#"\bbatch_op\.alter_column\(\s*["'](\w+)["'][^)]*?new_column_name\s*=\s*["'](\w+)"#, RenameHere),
        (r#"\bop\.create_table\(\s*["'](\w+)"#, Create),
        (r#"\bop\.drop_table\(\s*["'](\w+)"#, Remove),
        (r#"\bop\.rename_table\(\s*["'](\w+)["']\s*,\s*["'](\w+)"#, RenameTable),
        (r#"\.AddField\(\s*(?:model_name\s*=\s*)?["'](\w+)["']\s*,\s*(?:name\s*=\s*)?["'](\w+)"#, Add),
        (r#"\.RemoveField\(\s*(?:model_name\s*=\s*)?["'](\w+)["']\s*,\s*(?:name\s*=\s*)?["'](\w+)"#, Drop),
        (r#"\.RenameField\(\s*(?:model_name\s*=\s*)?["'](\w+)["']\s*,\s*(?:old_name\s*=\s*)?["'](\w+)["']\s*,\s*(?:new_name\s*=\s*)?["'](\w+)"#, Rename),
        (r#"\.CreateModel\(\s*(?:name\s*=\s*)?["'](\w+)"#, Create),
        (r#"\.DeleteModel\(\s*(?:name\s*=\s*)?["'](\w+)"#, Remove),
    ];
    RUBY = [
        (r#"\bremove_columns?[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, Drop),
        (r#"\badd_column[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, Add),
        (r#"\brename_column[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, Rename),
        (r#"\badd_(?:reference|belongs_to)[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, AddReference),
        (r#"\bremove_(?:reference|belongs_to)[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, RemoveReference),
        (r#"\bcreate_table[\s(]+[:"'](\w+)"#, Create),
        (r#"\bdrop_table[\s(]+[:"'](\w+)"#, Remove),
        (r#"\brename_table[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)"#, RenameTable),
    ];
    CODE = [
        (r#"(?:Schema::table|alterTable|schema\.table)\(\s*['"](\w+)"#, Table),
        (r#"(?:->|\.)dropColumn\(\s*\[?\s*['"](\w+)['"]\s*[\],)]\s*(?:[;,)]|$)"#, DropHere),
        (r#"(?:->|\.)renameColumn\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*\)"#, RenameHere),
        (r#"\$table->(?:string|text|integer|bigInteger|unsignedBigInteger|boolean|date|dateTime|timestamp|json|decimal|float|enum|uuid|char|foreignId|tinyInteger|smallInteger|longText|mediumText)\(\s*['"](\w+)"#, AddHere),
        (r#"\.removeColumn\(\s*['"](\w+)['"]\s*,\s*['"](\w+)"#, Drop),
        (r#"\.addColumn\(\s*['"](\w+)['"]\s*,\s*['"](\w+)"#, Add),
        (r#"\.renameColumn\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*,\s*['"](\w+)"#, Rename),
        (r#"(?:Schema::create|schema\.createTable|queryInterface\.createTable)\(\s*['"](\w+)"#, Create),
        (r#"(?:Schema::drop(?:IfExists)?|schema\.dropTable(?:IfExists)?|queryInterface\.dropTable)\(\s*['"](\w+)"#, Remove),
    ];
    SQL = [
        (r#"(?i)^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?:/\*\S*?\*/)?["`\[]?(?:\w+["`\]]?\.["`\[]?)?(\w+)"#, Table),
        (r#"(?i)\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?["`\[]?(\w+)"#, DropHere),
        (r#"(?i)\brename\s+(?:column\s+)?["`\[]?(\w+)["`\]]?\s+to\s+["`\[]?(\w+)"#, RenameHere),
        (r#"(?i)\bchange\s+(?:column\s+)?["`\[]?(\w+)["`\]]?\s+["`\[]?(\w+)"#, RenameHere),
        (r#"(?i)\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?["`\[]?(\w+)"#, AddHere),
        (r#"(?i)^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(?:/\*\S*?\*/)?["`\[]?(?:\w+["`\]]?\.["`\[]?)?(\w+)"#, Create),
        (r#"(?i)^\s*drop\s+table\s+(?:if\s+exists\s+)?(?:/\*\S*?\*/)?["`\[]?(?:\w+["`\]]?\.["`\[]?)?(\w+)"#, Remove),
    ];
}

/// What `ALTER TABLE` adds and drops beside columns.
const NO_COLUMN: [&str; 18] = [
    "column",
    "constraint",
    "index",
    "key",
    "primary",
    "foreign",
    "unique",
    "check",
    "fulltext",
    "spatial",
    "partition",
    "default",
    "not",
    "if",
    "trigger",
    "expression",
    "identity",
    "table",
];

/// Where the way back begins.
const BACK: [&str; 7] = [
    "def downgrade",
    "def down",
    "def self.down",
    "function down",
    "exports.down",
    "down: ",
    "async down(",
];

/// Most steps of one migration that are looked at.
const MOST: usize = 100;

/// What the text of a migration does, in order.
pub fn columns(path: &str, text: &str) -> Vec<Column> {
    let end = BACK.iter().filter_map(|own| text.find(own)).min().unwrap_or(text.len());
    let text = &text[..end];
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let shapes: &[(Regex, Does)] = match ending {
        "sql" => return statements(text),
        "py" => &PYTHON,
        "rb" => &RUBY,
        "php" | "js" | "ts" => &CODE,
        _ => return Vec::new(),
    };
    found(text, 0, shapes)
}

/// What the statements of a file of SQL do.
fn statements(text: &str) -> Vec<Column> {
    let mut out = Vec::new();
    let mut start = 0;
    for statement in text.split_inclusive(';') {
        let bare: String = statement
            .lines()
            .map(|own| match own.trim_start().starts_with("--") {
                true => format!("{}\n", " ".repeat(own.len())),
                false => format!("{own}\n"),
            })
            .collect();
        let is_alter = SQL.first().is_some_and(|(shape, _)| shape.is_match(&bare));
        let mut own = found(&bare, start, &SQL);
        // Only a table that is altered has columns dropped.
        own.retain(|own| is_alter || own.name.is_none());
        own.retain(|own| {
            let name = own.name.as_ref().map(|own| own.to_ascii_lowercase());
            name.is_none_or(|own| !NO_COLUMN.contains(&own.as_str()))
        });
        out.extend(own);
        start += statement.len();
    }
    out.truncate(MOST);
    out
}

fn found(text: &str, start: usize, shapes: &[(Regex, Does)]) -> Vec<Column> {
    use Comes::{Comes as C, Goes as G};
    let mut all: Vec<(usize, Does, Captures<'_>)> = Vec::new();
    for (shape, does) in shapes {
        let own = shape.captures_iter(text).take(MOST);
        all.extend(own.filter_map(|own| Some((own.get(0)?.start(), *does, own))));
    }
    all.sort_by_key(|own| own.0);
    let mut out = Vec::new();
    let mut table = String::new();
    for (at, does, own) in &all {
        let group = |ix: usize| own.get(ix).map_or("", |own| own.as_str()).to_owned();
        let mut say = |table: String, name: Option<String>, comes: Comes| {
            if !table.is_empty() && name.as_ref().is_none_or(|own| !own.is_empty()) {
                out.push(Column { table, name, comes, start: start + at });
            }
        };
        match does {
            Does::Table => table = group(1),
            Does::Add => say(group(1), Some(group(2)), C),
            Does::Drop => say(group(1), Some(group(2)), G),
            Does::AddHere => say(table.clone(), Some(group(1)), C),
            Does::DropHere => say(table.clone(), Some(group(1)), G),
            Does::Create => say(group(1), None, C),
            Does::Remove => say(group(1), None, G),
            Does::AddReference => say(group(1), Some(format!("{}_id", group(2))), C),
            Does::RemoveReference => say(group(1), Some(format!("{}_id", group(2))), G),
            Does::Rename if group(2) != group(3) => {
                say(group(1), Some(group(2)), G);
                say(group(1), Some(group(3)), C);
            }
            Does::RenameHere if group(1) != group(2) => {
                say(table.clone(), Some(group(1)), G);
                say(table.clone(), Some(group(2)), C);
            }
            Does::RenameTable => {
                say(group(1), None, G);
                say(group(2), None, C);
            }
            Does::Rename | Does::RenameHere => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Comes, columns};

    fn read(path: &str, text: &str) -> Vec<String> {
        let all = columns(path, text).into_iter();
        all.map(|own| {
            let sign = if own.comes == Comes::Comes { '+' } else { '-' };
            format!("{sign}{}.{}", own.table, own.name.unwrap_or_default())
        })
        .collect()
    }

    #[test]
    fn columns_come_and_go() {
        let sql = "-- x\nALTER TABLE `shop`.orders DROP COLUMN fax, ADD phone TEXT;\nALTER TABLE a RENAME COLUMN b TO c;\nDROP INDEX x;\nCREATE TABLE d (e int);\nALTER TABLE d DROP CONSTRAINT f;\n";
        assert_eq!(read("V2__x.sql", sql), ["-orders.fax", "+orders.phone", "-a.b", "+a.c", "+d."]);
        let alembic = "def upgrade():\n    op.alter_column(\"a\", \"b\", new_column_name=\"c\")\n    with op.batch_alter_table('t') as batch_op:\n        batch_op.drop_column('x')\ndef downgrade():\n    op.drop_table('z')\n";
        assert_eq!(read("alembic/versions/1.py", alembic), ["-a.b", "+a.c", "-t.x"]);
        let django = "operations = [migrations.RemoveField(model_name=\"member\", name=\"fax\")]\n";
        assert_eq!(read("m/migrations/0002_x.py", django), ["-member.fax"]);
        let rails = "  def change\n    add_reference :books, :shelf\n    rename_column :books, :nr, :number\n  end\n";
        assert_eq!(
            read("db/migrate/1.rb", rails),
            ["+books.shelf_id", "-books.nr", "+books.number"]
        );
        let laravel = "Schema::table('books', function (Blueprint $table) {\n  $table->string('isbn');\n  $table->dropColumn('nr');\n});\n";
        assert_eq!(read("database/migrations/1.php", laravel), ["+books.isbn", "-books.nr"]);
    }
}
