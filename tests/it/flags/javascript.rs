//! Flags of JavaScript.

use super::{commands, flags, interface};

#[test]
fn yargs_options() {
    let text = "#!/usr/bin/env node\nconst argv = require('yargs/yargs')(process.argv.slice(2))\n  .option('file', { alias: 'f', demandOption: true, type: 'string', describe: 'x' })\n  .option('mode', { choices: ['a', 'b'], default: 'a', type: 'string' })\n  .option('dry-run', { type: 'boolean' })\n  .options({ out: { alias: ['o'], nargs: 1 }, verbose: { count: true, alias: 'v' } })\n  .strict().argv;\n";
    assert_eq!(
        flags("bin/x", text),
        [
            "--file|-f=!",
            "--mode={a,b}",
            "--dry-run|--dryRun|--no-dry-run",
            "--out|-o=",
            "--verbose|-v",
        ]
    );
}

#[test]
fn yargs_takes_anything_unless_it_is_strict() {
    let text = "const yargs = require('yargs');\nyargs.boolean('quiet').alias('q', 'quiet').demandOption('to').argv;\n";
    assert_eq!(flags("x.js", text), ["--quiet|--no-quiet|-q", "--to[=]!", "..."]);
}

#[test]
fn yargs_commands() {
    let text = "import yargs from 'yargs';\nyargs(process.argv).command(['serve <dir> [port]', 's'], 'serve', (y) => y.option('host', {type: 'string', required: true}), run).command('stop', 'stop it').strict().parse();\n";
    assert_eq!(
        commands("x.mjs", text),
        [
            ("s".to_owned(), vec!["<dir=!".to_owned(), "<port[=]".into(), "--host=!".into()]),
            ("serve".to_owned(), vec!["<dir=!".to_owned(), "<port[=]".into(), "--host=!".into()]),
            ("stop".to_owned(), vec![]),
        ]
    );
}

#[test]
fn commander_options() {
    let text = "const { program, Option } = require('commander');\nprogram\n  .version('1.0')\n  .option('-d, --debug', 'more')\n  .option('--no-color', 'plain')\n  .requiredOption('-f, --file <path>', 'file')\n  .option('-l, --lines [n]', 'lines')\n  .option('-t, --tags <tag...>', 'tags')\n  .addOption(new Option('-s, --size <s>', 'size').choices(['small', 'big']))\n  .argument('<src>').argument('[dest]')\n  .action((src) => { other.option('--not-this'); });\nprogram.parse();\n";
    assert_eq!(
        flags("x.js", text),
        [
            "--debug|-d",
            "--no-color",
            "--file|-f=!",
            "--lines|-l[=]",
            "--tags|-t=1..",
            "--size|-s={small,big}",
            "<src=!",
            "<dest[=]",
        ]
    );
}

#[test]
fn commander_commands() {
    let text = "const program = new Command();\nimport { Command } from 'commander';\nprogram.option('--root');\nprogram.command('serve <dir>').alias('s').option('-p, --port <n>').action(() => {});\nconst add = program.command('add');\nadd.requiredOption('--name <x>');\nprogram.parse();\n";
    assert_eq!(flags("x.js", text), ["--root"]);
    assert_eq!(
        commands("x.js", text),
        [
            ("s".to_owned(), vec!["<dir=!".to_owned(), "--port|-p=".into()]),
            ("serve".to_owned(), vec!["<dir=!".to_owned(), "--port|-p=".into()]),
            ("add".to_owned(), vec!["--name=!".to_owned()]),
        ]
    );
}

#[test]
fn minimist_is_open() {
    let text = "const argv = require('minimist')(process.argv.slice(2), {string: ['out'], boolean: 'force', alias: {o: 'out', h: 'help'}});\n";
    assert_eq!(flags("x.js", text), ["--out|-o=", "--force|--no-force", "..."]);
}

#[test]
fn parse_args_of_node() {
    let text = "import { parseArgs } from 'node:util';\nconst { values } = parseArgs({ options: { file: { type: 'string', short: 'f' }, force: { type: 'boolean', default: false } }, allowPositionals: true });\n";
    assert_eq!(flags("x.mjs", text), ["--file|-f=", "--force"]);
}

#[test]
fn javascript_that_only_speaks_of_it_says_nothing() {
    let text = "// require('yargs').option('x')\n/* const c = require('commander'); c.option('--y') */\nconst s = \"require('yargs').option('z')\";\nfoo.option('--w');\n";
    assert!(interface("x.js", text).is_none());
}
