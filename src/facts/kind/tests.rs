//! The table of kinds, and kinds that packs name.

use super::*;
use proptest::prelude::*;

#[test]
fn each_kind_has_one_place_and_a_noun() {
    assert!(BUILT_IN.is_sorted_by(|(a, _), (b, _)| a < b), "in order, and no name twice");
    assert!(BUILT_IN.iter().all(|(name, noun)| !name.is_empty() && !noun.is_empty()));
    for kind in Kind::known() {
        assert_eq!(Kind::of(kind.as_str()), Some(kind));
        assert_eq!(Kind::named(kind.as_str()), Ok(kind));
    }
    assert_eq!(kinds::FILE.as_str(), "file");
    assert_eq!(kinds::PUPPET_CLASS.noun(), "class");
    assert_eq!(format!("{:?} {0}", kinds::KEY), "Kind(\"key\") key");
}

#[test]
fn a_kind_of_a_pack_is_one_that_was_named() {
    assert_eq!(Kind::of("gadget.of-test"), None);
    let kind = Kind::named("gadget.of-test").unwrap();
    assert_eq!((kind.as_str(), kind.noun()), ("gadget.of-test", "name"));
    assert_eq!(Kind::of("gadget.of-test"), Some(kind));
    let text = serde_json::to_string(&kind).unwrap();
    assert_eq!(text, "\"gadget.of-test\"");
    assert_eq!(serde_json::from_str::<Kind>(&text).unwrap(), kind);
    assert!(Kind::named(&"x".repeat(1000)).unwrap_err().contains("letters at most"));
}

proptest! {
    #[test]
    fn the_order_is_the_same_whichever_kind_was_named_first(
        names in prop::collection::vec("[a-z]\\.[a-d]", 2..20)
    ) {
        let named: Vec<Kind> = names.iter().filter_map(|name| Kind::named(name).ok()).collect();
        let mut kinds: Vec<Kind> = Kind::known().chain(named).collect();
        let mut texts: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        kinds.sort();
        texts.sort_unstable();
        prop_assert!(kinds.iter().map(|kind| kind.as_str()).eq(texts));
    }
}
