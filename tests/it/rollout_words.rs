//! Names that leave one file together with their use in another, and what a provider needs
//! besides its file.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn names_that_go_with_their_uses() {
    let old = [
        ("app/helpers/dates.rb", "module Dates\n  def short_date(day)\n  end\nend\n"),
        ("app/views/days/show.html.erb", "<%= short_date(@day) %>\n"),
        ("src/models/state.ts", "export const friendlyNames = {}\n"),
        ("src/list.ts", "import { friendlyNames } from '@models/state'\n"),
        ("roles/a/defaults/main.yml", "vpn_port: 500\n"),
        ("roles/b/tasks/main.yml", "- command: open {{ vpn_port }}\n"),
        ("shop/util.py", "class Box:\n    LARGEST_SIZE = 1\n"),
        ("shop/form.py", "import shop\n\ndef limit(box):\n    return box.LARGEST_SIZE\n"),
        ("web/page.php", "<?php\necho file_get_contents( ROOT . '/web/toolbar.html' );\n"),
        ("web/toolbar.html", "<p>a</p>\n"),
    ];
    let new = [
        ("app/helpers/dates.rb", "module Dates\nend\n"),
        ("app/views/days/show.html.erb", "<%= @day %>\n"),
        ("src/models/state.ts", "export const names = {}\n"),
        ("src/list.ts", "console.log(1)\n"),
        ("roles/a/defaults/main.yml", "x: 500\n"),
        ("roles/b/tasks/main.yml", "- command: open 500\n"),
        ("shop/util.py", "class Box:\n    pass\n"),
        ("shop/form.py", "import shop\n\ndef limit(box):\n    return 1\n"),
        ("web/page.php", "<?php\necho 'a';\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "app/helpers/dates.rb" after "app/views/days/show.html.erb": the old text uses function `short_date`, and it goes with this change
    "roles/a/defaults/main.yml" after "roles/b/tasks/main.yml": the old text uses variable `vpn_port`, and it goes with this change
    "shop/util.py" after "shop/form.py": the old text uses attribute `LARGEST_SIZE`, and it goes with this change
    "src/models/state.ts" after "src/list.ts": the old text uses constant `friendlyNames`, and it goes with this change
    "web/toolbar.html" after "web/page.php": the old text uses file `web/toolbar.html`, and it goes with this change
    "#);
    // Another file declares the name, or the text does itself; a guard; prose.
    let old = [
        ("app/helpers/dates.rb", "module Dates\n  def short_date(day)\n  end\nend\n"),
        ("app/helpers/more.rb", "module More\n  def short_date(day)\n  end\nend\n"),
        ("app/views/days/show.html.erb", "<%= short_date(@day) %>\n"),
        ("roles/a/defaults/main.yml", "vpn_port: 500\n"),
        ("roles/b/tasks/main.yml", "- command: open {{ vpn_port | default(5) }}\n"),
        ("shop/util.py", "LARGEST_SIZE = 1\n"),
        ("shop/form.py", "LARGEST_SIZE = 2\nprint(LARGEST_SIZE)\n"),
        ("web/page.php", "<?php\n// see toolbar.html\n"),
        ("web/toolbar.html", "<p>a</p>\n"),
    ];
    let new = [
        ("app/helpers/dates.rb", "module Dates\nend\n"),
        ("app/helpers/more.rb", "module More\n  def short_date(day)\n  end\nend\n"),
        ("app/views/days/show.html.erb", "<%= @day %>\n"),
        ("roles/a/defaults/main.yml", "x: 500\n"),
        ("roles/b/tasks/main.yml", "- command: open 500\n"),
        ("shop/util.py", "OTHER_SIZE = 1\n"),
        ("shop/form.py", "print(2)\n"),
        ("web/page.php", "<?php\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_package_hides_the_module_of_its_name() {
    let main = ("main.py", "from shop import total\nprint(total(1))\n");
    let old = [main, ("shop.py", "def total(x): return x\n")];
    let new = [
        ("main.py", "from shop.sums import total\nprint(total(1))\n"),
        ("shop/__init__.py", ""),
        ("shop/sums.py", "def total(x): return x\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "main.py" after "shop/sums.py": the new text requires module `shop.sums` by `import`, and it comes with this change
    "main.py" after "shop/sums.py": the new text requires name `shop.sums.total` by `import`, and it comes with this change
    "shop.py" after "main.py": the old text requires module `shop` by `import`, and it goes with this change
    "shop.py" after "main.py": the old text requires name `shop.total` by `import`, and it goes with this change
    "shop/__init__.py" after "main.py": the old text requires name `shop.total` by `import`, and it goes with this change
    "#);
}

#[test]
fn manifests_that_a_site_imports() {
    let class = "class web {\n  notify { 'a': }\n}\n";
    let base = ("manifests/packages/base.pp", "class base {\n  include web\n}\n");
    let old = [
        ("manifests/site.pp", "import 'packages/*'\nnode 'a' {\n  include base\n}\n"),
        base,
        ("manifests/packages/web.pp", class),
    ];
    let new = [
        (
            "manifests/site.pp",
            "import 'packages/*'\nimport 'web/*'\nnode 'a' {\n  include base\n}\n",
        ),
        base,
        ("manifests/web/web.pp", class),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "manifests/packages/web.pp" after "manifests/site.pp": the text requires class `web` by `include`, and it goes with this change
    "manifests/packages/web.pp" after "manifests/web/web.pp": the text requires class `web` by `include`, and it goes with this change
    "#);
}
