//! Flags of Go.

use super::{commands, flags, interface};

#[test]
fn go_flags() {
    let text = "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n)\n\nvar name = flag.String(\"name\", \"x\", \"the name\")\n\nfunc main() {\n\tvar n int\n\tvar force bool\n\tflag.IntVar(&n, \"count\", 1, \"how many\")\n\tflag.BoolVar(&force, \"force\", false, \"do it\")\n\tflag.Var(&list, \"list\", \"a list\")\n\tflag.Parse()\n\tfmt.Println(n)\n}\n";
    assert_eq!(flags("cmd/x/main.go", text), ["-name=", "-count=", "-force", "-list=?"]);
    let syntax = interface("main.go", text).unwrap().command.unwrap().syntax;
    assert!(syntax.single_dash && syntax.stops_at_positional && syntax.valued_switches);
}

#[test]
fn go_flags_of_a_library_are_open() {
    let text = "package web\n\nimport \"flag\"\n\nvar addr = flag.String(\"addr\", \":80\", \"address\")\n";
    assert_eq!(flags("web/web.go", text), ["-addr=", "..."]);
}

#[test]
fn pflag() {
    let text = "package main\n\nimport flag \"github.com/spf13/pflag\"\n\nfunc main() {\n\tfile := flag.StringP(\"file\", \"f\", \"\", \"file\")\n\tflag.BoolVarP(&v, \"verbose\", \"v\", false, \"more\")\n\tflag.Parse()\n}\n";
    assert_eq!(flags("main.go", text), ["--file|-f=", "--verbose|-v"]);
}

#[test]
fn sets_of_flags_are_sub_commands() {
    let text = "package main\n\nimport (\n\t\"flag\"\n\t\"os\"\n)\n\nfunc main() {\n\tadd := flag.NewFlagSet(\"add\", flag.ExitOnError)\n\tname := add.String(\"name\", \"\", \"name\")\n\tdel := flag.NewFlagSet(\"del\", flag.ExitOnError)\n\tdel.Bool(\"force\", false, \"force\")\n\tswitch os.Args[1] {\n\tcase \"add\":\n\t\tadd.Parse(os.Args[2:])\n\t}\n}\n";
    assert_eq!(
        commands("main.go", text),
        [
            ("add".to_owned(), vec!["-name=".to_owned()]),
            ("del".to_owned(), vec!["-force".to_owned()])
        ]
    );
}

#[test]
fn cobra_commands() {
    let text = "package main\n\nimport \"github.com/spf13/cobra\"\n\nvar rootCmd = &cobra.Command{\n\tUse: \"tool\",\n\tShort: \"x\",\n}\n\nfunc newServe() *cobra.Command {\n\tvar port int\n\tcmd := &cobra.Command{\n\t\tUse: \"serve DIR\",\n\t\tAliases: []string{\"s\"},\n\t\tArgs: cobra.ExactArgs(1),\n\t\tRunE: func(cmd *cobra.Command, args []string) error { return nil },\n\t}\n\tcmd.Flags().IntVarP(&port, \"port\", \"p\", 80, \"port\")\n\tcmd.Flags().String(\"host\", \"\", \"host\")\n\tcmd.MarkFlagRequired(\"host\")\n\treturn cmd\n}\n\nfunc main() {\n\trootCmd.PersistentFlags().BoolP(\"verbose\", \"v\", false, \"more\")\n\trootCmd.AddCommand(newServe())\n\trootCmd.Execute()\n}\n";
    assert_eq!(flags("main.go", text), ["--verbose|-v"]);
    let serve = vec!["<args=!".to_owned(), "--port|-p=".into(), "--host=!".into()];
    assert_eq!(
        commands("main.go", text),
        [("s".to_owned(), serve.clone()), ("serve".to_owned(), serve)]
    );
}

#[test]
fn a_command_of_another_file_leaves_cobra_open() {
    let text = "package main\n\nimport \"github.com/spf13/cobra\"\n\nfunc main() {\n\troot := &cobra.Command{Use: \"tool\"}\n\troot.Flags().Bool(\"x\", false, \"x\")\n\troot.AddCommand(other.New())\n\troot.Execute()\n}\n";
    assert_eq!(flags("main.go", text), ["--x", "..."]);
}

#[test]
fn go_that_only_speaks_of_it_says_nothing() {
    let text = "package main\n\nimport \"flag\"\n\n// flag.String(\"name\", \"\", \"\")\nconst s = `flag.Bool(\"x\", false, \"\")`\n";
    assert!(interface("main.go", text).is_none());
}
