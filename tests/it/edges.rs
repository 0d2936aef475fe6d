//! What files of one program need of each other: functions, methods, modules, arguments.

use crate::common::{change, check, needs};
use insta::assert_snapshot;

const BASE: &str = "<?php\nnamespace Shop;\nabstract class Base {\n  const RATE = 7;\n  public function net() { return 1; }\n  public static function of( $a, $b = 1 ) { return new static; }\n}\n";

#[test]
fn php_members_that_go_while_they_are_used() {
    let price = "<?php\nnamespace Shop;\nclass Price extends Base { use Rounds; }\n";
    let rounds = "<?php\nnamespace Shop;\ntrait Rounds { public function round() {} }\n";
    let main = "<?php
use Shop\\Price;
function total( Price $p, $other ) {
  $q = new Price();
  echo $p->net() + $q->round() + ( new Price )->net() + $other->net();
  echo Price::RATE, Price::of( 1 )->net();
}
";
    let lib = "<?php\nfunction vat() {}\ndefine( 'VAT', 19 );\nif ( !function_exists( 'str_has' ) ) {\n  function str_has() {}\n}\n";
    let page =
        "<?php\necho vat(), VAT, \\str_has();\nif ( function_exists( 'gone' ) ) { gone(); }\n";
    let old = [
        ("Base.php", BASE),
        ("Price.php", price),
        ("Rounds.php", rounds),
        ("main.php", main),
        ("lib.php", lib),
        ("page.php", page),
    ];
    let bare = "<?php\nnamespace Shop;\nabstract class Base {}\n";
    let new = [
        ("Base.php", bare),
        ("Price.php", price),
        ("Rounds.php", "<?php\nnamespace Shop;\ntrait Rounds {}\n"),
        ("main.php", main),
        ("lib.php", "<?php\n"),
        ("page.php", page),
    ];
    assert_snapshot!(change(&old, &new), @r#"
    main.php:5:12: error[removed-but-referenced] member `shop\price::net()` was removed but is still used
    main.php:5:24: error[removed-but-referenced] member `shop\price::round()` was removed but is still used
    main.php:6:15: error[removed-but-referenced] member `shop\price::RATE` was removed but is still used
    main.php:6:28: error[removed-but-referenced] member `shop\price::of()` was removed but is still used
    page.php:2:6: error[removed-but-referenced] function `vat` was removed but is still used
    page.php:2:13: warning[removed-but-referenced] constant `VAT` was removed but is still used
    "#);
    // With a parent that is elsewhere, or one that takes any call, nothing is known.
    let outside = |text: &str| text.replace("class Base", "class Base extends \\Lib\\Model");
    let (before, after) = (outside(BASE), outside(bare));
    let magic = bare.replace(
        "{}",
        "{ function __call( $a, $b ) {} const RATE = 7; static function of( $a ) {} }",
    );
    for base in [&after, &magic] {
        let old = [
            ("Base.php", before.as_str()),
            ("Price.php", price),
            ("Rounds.php", rounds),
            ("main.php", main),
        ];
        let new = [
            ("Base.php", base.as_str()),
            ("Price.php", price),
            ("Rounds.php", rounds),
            ("main.php", main),
        ];
        assert!(change(&old, &new).is_empty(), "{base}");
    }
}

#[test]
fn php_calls_that_lack_an_argument() {
    let main = "<?php
use Shop\\Base;
Base::of();
Base::of( 1, 2, 3 );
Base::of( ...$all );
Base::of( b: 2 );
$f = Base::of( ... );
page( 1 );
page( 1, [ 2, 3 ] );
new Box;
new Box( 1 );
";
    let lib = "<?php
function page( $a, $b ) {}
function any() { return func_get_args(); }
any();
class Box { public function __construct( private int $size, $more = [] ) {} }
";
    assert_snapshot!(check(&[("Base.php", BASE), ("main.php", main), ("lib.php", lib)]), @r#"
    main.php:3:7: error[missing-required-parameter] `shop\base::of()` requires `a`, which this call does not pass
    main.php:6:7: error[missing-required-parameter] `shop\base::of()` requires `a`, which this call does not pass
    main.php:8:1: error[missing-required-parameter] `page` requires `b`, which this call does not pass
    main.php:10:5: error[missing-required-parameter] `box::__construct()` requires `size`, which this call does not pass
    "#);
}

#[test]
fn php_types_and_names_order_a_rename() {
    let old = [
        ("src/OldError.php", "<?php\nnamespace A;\nclass OldError extends \\Exception {}\n"),
        ("run.php", "<?php\ntry { go(); } catch ( \\A\\OldError $e ) {}\n"),
        ("hooks.php", "<?php\nreturn [ 'handler' => 'A\\\\OldError' ];\n"),
    ];
    let new = [
        ("src/NewError.php", "<?php\nnamespace A;\nclass NewError extends \\Exception {}\n"),
        ("run.php", "<?php\ntry { go(); } catch ( \\A\\NewError $e ) {}\n"),
        ("hooks.php", "<?php\nreturn [ 'handler' => \\A\\NewError::class ];\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "hooks.php" after "src/NewError.php": the new text requires class `a\newerror` by `::class`, and it comes with this change
    "run.php" after "src/NewError.php": the new text requires class `a\newerror` by `catch`, and it comes with this change
    "src/OldError.php" after "hooks.php": the old text requires class `a\olderror` by `name in a text`, and it goes with this change
    "src/OldError.php" after "run.php": the old text requires class `a\olderror` by `catch`, and it goes with this change
    "#);
    // One that is only named is not missed.
    assert_snapshot!(change(&old, &[new[0], old[1], old[2]]), @"");
}

#[test]
fn python_modules_and_names_that_go_while_they_are_imported() {
    let app = "from shop.util import fmt, kept, loose
from shop import basket
from . import near
import shop.cart as cart
import os, requests
try:
    from shop.util import fast
except ImportError:
    fast = None

def run():
    from shop.late import go
    return basket.total(1), cart.add(2), go(), os.path.nothing
";
    let old = [
        ("app.py", app),
        ("near.py", ""),
        ("shop/__init__.py", ""),
        (
            "shop/util.py",
            "def fmt(x): pass\nkept = 1\nfrom shop.more import *\ndef loose(): pass\ndef fast(): pass\n",
        ),
        ("shop/more.py", ""),
        ("shop/basket.py", "def total(x): return 1\n"),
        ("shop/cart.py", "def add(x): pass\n"),
        ("shop/late.py", "def go(): pass\n"),
    ];
    let mut new = old;
    new[4] = ("shop/moved.py", "");
    new[5] = ("shop/basket.py", "if True:\n    def sum_up(x): return 1\n");
    new[6] = ("shop/cart.py", "add = None\n");
    new[7] = ("shop/later.py", "def go(): pass\n");
    assert_snapshot!(change(&old, &new), @r#"
    app.py:12:10: warning[removed-but-referenced] module `shop.late` was removed but is still used
    app.py:13:12: warning[removed-but-referenced] name `shop.basket.total` was removed but is still used
    shop/util.py:3:6: error[removed-but-referenced] module `shop.more` was removed but is still used
    "#);
    new[3] = ("shop/util.py", "from shop.basket import kept\n");
    new[4] = old[4];
    assert_snapshot!(change(&old, &new), @r#"
    app.py:1:23: error[removed-but-referenced] name `shop.util.fmt` was removed but is still used
    app.py:1:34: error[removed-but-referenced] name `shop.util.loose` was removed but is still used
    app.py:12:10: warning[removed-but-referenced] module `shop.late` was removed but is still used
    app.py:13:12: warning[removed-but-referenced] name `shop.basket.total` was removed but is still used
    "#);
}

#[test]
fn python_calls_across_files() {
    let lib = "import functools

def send(to, text, *, urgent=False): pass
def any_of(*args, **kwargs): pass
def old(a): pass

@functools.wraps(send)
def wrapped(a, b): pass

if True:
    def twice(a): pass
else:
    def twice(): pass
";
    let app = "from lib import send, any_of, wrapped, twice
import lib

def run(more, options):
    send('a')
    send('a', 'b', urgent=True)
    lib.send('a', 'b', 'c')
    lib.send('a', 'b', soon=True)
    send(*more)
    send('a', **options)
    any_of(1, 2, x=3)
    wrapped()
    twice()
";
    let other = "import lib

def other(lib):
    lib.old()
";
    assert_snapshot!(check(&[("lib.py", lib), ("app.py", app), ("other.py", other)]), @r#"
    app.py:5:5: error[missing-required-parameter] `lib.send` requires `text`, which this call does not pass
    app.py:7:24: error[unknown-parameter] `lib.send` takes 2 positional arguments; this call passes 3
    app.py:8:24: error[unknown-parameter] `lib.send` takes no `soon`
    "#);
}

#[test]
fn a_task_and_its_callers_change_together() {
    let tasks = |more: &str| {
        format!(
            "from celery import shared_task\n\n@shared_task(bind=True)\ndef sync(self, user{more}):\n    pass\n"
        )
    };
    let (before, after) = (tasks(""), tasks(", site"));
    let old = [
        ("jobs/tasks.py", before.as_str()),
        ("web/views.py", "from jobs.tasks import sync\nsync.delay(1)\nsync.apply_async((1,))\n"),
    ];
    let new = [
        ("jobs/tasks.py", after.as_str()),
        ("web/views.py", "from jobs.tasks import sync\nsync.delay(1, site=2)\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "jobs/tasks.py" after "web/views.py": the old call and the new `jobs.tasks.sync` disagree on `site`
    "web/views.py" after "jobs/tasks.py": the new call and the old `jobs.tasks.sync` disagree on `site`
    "#);
    assert_snapshot!(change(&old, &new), @"");
}
