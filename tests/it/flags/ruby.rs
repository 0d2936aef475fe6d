//! Flags of Ruby.

use super::{flags, interface};

#[test]
fn option_parser_flags_and_their_values() {
    let text = "#!/usr/bin/env ruby\nrequire 'optparse'\nOptionParser.new do |opts|\n  opts.banner = \"Usage: x [options]\"\n  opts.on('-f', '--file FILE', String, 'the file') { |f| o[:f] = f }\n  opts.on('--[no-]force', 'do it') do |v| o[:force] = v end\n  opts.on '-l', '--level=[LEVEL]', Integer, 'how much'\n  opts.on('-q', 'quiet')\n  opts.on('-w', '--wait', '=TIME', 'wait')\nend.parse!\n";
    assert_eq!(
        flags("bin/x", text),
        ["--file|-f=", "--force|--no-force", "--level|-l[=]", "-q", "--wait|-w="]
    );
}

#[test]
fn option_parser_choices() {
    let text = "o = OptionParser.new\no.on('--type TYPE', [:text, :binary], 'type')\no.on('--mode MODE', %w[fast slow])\no.parse!(ARGV)\n";
    assert_eq!(flags("x.rb", text), ["--type={text,binary}", "--mode={fast,slow}"]);
}

#[test]
fn option_parser_flags_that_are_computed_leave_it_open() {
    let text = "OptionParser.new { |o|\n o.on('-a', 'all')\n NAMES.each { |n| o.on(\"--#{n} X\") }\n}.parse!\n";
    assert_eq!(flags("x.rb", text), ["-a", "..."]);
    let elsewhere = "PARSER = OptionParser.new do |o|\n o.on('-a', 'all')\nend\n";
    assert_eq!(flags("x.rb", elsewhere), ["-a", "..."]);
    let other = format!("{elsewhere}JSON.parse(x)\n");
    assert_eq!(flags("x.rb", &other), ["-a", "..."]);
    let constant = format!("{elsewhere}PARSER.parse!\n");
    assert_eq!(flags("x.rb", &constant), ["-a", "..."]);
}

#[test]
fn a_description_that_is_computed_leaves_it_closed() {
    let text = "o = OptionParser.new\no.on(\"--file [FILE]\", \"-f\", \"default #{file}\") do |f|\n x = f\nend\no.parse!\n";
    assert_eq!(flags("x.rb", text), ["--file|-f[=]"]);
}

#[test]
fn ruby_that_only_speaks_of_it_says_nothing() {
    let text = "# OptionParser.new { |o| o.on('--force') }\nputs 'OptionParser.new'\n=begin\nOptionParser.new { |o| o.on('--x') }\n=end\n";
    assert!(interface("x.rb", text).is_none());
}

#[test]
fn slop_flags() {
    let text = "opts = Slop.parse do |o|\n  o.string '-h', '--host', 'a host', required: true\n  o.bool '-v', '--verbose', 'more'\n  o.integer '--port', 'a port', default: 80\nend\n";
    assert_eq!(flags("x.rb", text), ["--host|-h=!", "--verbose|-v", "--port="]);
}
