//! `crosscheck tour`: the incidents behind the project, on trees that the program brings along.

use super::options::write_out;
use super::{CLEAN, Cli, Failure};
use clap::{Args, Parser};
use crosscheck::printable;
use std::io::{BufRead, IsTerminal};
use std::path::{Component, Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/incidents.rs"));

/// What is shown of each incident where not everything is wanted.
const SHORT: [(&str, &str); 5] = [
    (
        "1",
        "promote --staging staging --production production \
         modules-staging/wiki/manifests/config.pp modules-staging/wiki/templates",
    ),
    ("2", "rollout old new"),
    ("3", "check new --against old"),
    ("4", "rollout old new"),
    ("5", "check old"),
];

/// Arguments of `tour`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck tour                  one command of each incident
  crosscheck tour 4 --all          all of the fourth
  crosscheck tour --into play      and leave the trees there, to try other commands

Exit codes: 0 shown, 2 no such incident, 3 the trees cannot be written")]
pub struct Tour {
    /// Which incidents, 1 to 5 [default: all]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=5))]
    incidents: Vec<u8>,
    /// Every command, not one of each
    #[arg(long)]
    all: bool,
    /// Write the trees to this new folder and keep them [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// A command with what it shows.
struct Scene {
    told: String,
    line: String,
}

impl Tour {
    /// Shows the incidents one after the other; at a terminal it waits between them.
    pub fn run(&self) -> Result<u8, Failure> {
        let home = std::env::current_dir().map_err(failed)?;
        let kept;
        let folder = match &self.into {
            Some(folder) => {
                std::fs::create_dir(folder).map_err(failed)?;
                home.join(folder)
            }
            None => {
                kept = tempfile::tempdir().map_err(failed)?;
                kept.path().to_owned()
            }
        };
        write(&folder)?;
        let shown = self.show(&folder);
        // A folder that is somebody's current one cannot be removed everywhere.
        std::env::set_current_dir(home).map_err(failed)?;
        shown
    }

    fn show(&self, folder: &Path) -> Result<u8, Failure> {
        let wanted = |number: &str| {
            self.incidents.is_empty() || self.incidents.iter().any(|own| own.to_string() == number)
        };
        let waits = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        for (number, short) in SHORT.iter().filter(|(number, _)| wanted(number)) {
            std::env::set_current_dir(folder.join(number)).map_err(failed)?;
            say(&format!("# {}\n\n", title(number)))?;
            for scene in scenes(number).iter().filter(|own| self.all || own.line == *short) {
                say(&format!("{}\n$ crosscheck {}\n", scene.told, scene.line))?;
                let words = std::iter::once("crosscheck").chain(scene.line.split_whitespace());
                let code = match Cli::try_parse_from(words) {
                    Ok(cli) => cli.command.run()?,
                    Err(error) => return Err(Failure::usage(error.to_string())),
                };
                say(&format!("exit code {code}\n\n"))?;
            }
            if waits && !goes_on()? {
                return Ok(CLEAN);
            }
        }
        say(
            "On a tree of your own: `crosscheck check`, `crosscheck init`, `crosscheck --help`.\n",
        )?;
        if self.into.is_some() {
            say(&format!("The trees are in {}.\n", printable(&folder.display().to_string())))?;
        }
        Ok(CLEAN)
    }
}

fn say(text: &str) -> Result<(), Failure> {
    write_out(text.as_bytes())
}

/// Whether whoever reads wants the next one.
fn goes_on() -> Result<bool, Failure> {
    eprint!("Enter: the next one, q: enough ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(read > 0 && !answer.trim().eq_ignore_ascii_case("q"))
}

fn failed(error: std::io::Error) -> Failure {
    Failure::incomplete(format!("cannot show the tour: {error}"))
}

fn file(number: &str, name: &str) -> &'static str {
    let path = format!("{number}/{name}");
    let own = SOURCES.iter().find(|(own, _)| *own == path);
    own.map_or("", |(_, bytes)| std::str::from_utf8(bytes).unwrap_or_default())
}

/// The first line of the page.
fn title(number: &str) -> &'static str {
    file(number, "README.md").lines().next().unwrap_or_default().trim_start_matches("# ")
}

/// The commands of an incident; a comment tells what those below it show.
fn scenes(number: &str) -> Vec<Scene> {
    let mut told = "";
    let mut scenes = Vec::new();
    for line in file(number, "commands.txt").lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix("# ") {
            Some(text) => told = text,
            None => scenes.push(Scene { told: told.to_owned(), line: line.to_owned() }),
        }
    }
    scenes
}

/// Writes the bundled trees below `folder`.
fn write(folder: &Path) -> Result<(), Failure> {
    for (path, bytes) in SOURCES {
        let path = Path::new(path);
        debug_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        std::fs::write(path, bytes).map_err(failed)?;
    }
    Ok(())
}
