//! rpm-md: `repomd.xml` and `primary.xml`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What `repomd.xml` says.
pub(super) struct Repomd {
    /// Path of the primary file, relative to the repository.
    pub primary: String,
    /// Path of the file lists, if there are any.
    pub filelists: Option<String>,
    /// Newest timestamp, seconds since 1970.
    pub made: Option<u64>,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

/// Reads `repomd.xml`.
pub(super) fn repomd(bytes: &[u8]) -> Result<Repomd, String> {
    let mut reader = Reader::from_reader(bytes);
    let mut data = String::new();
    let mut filelists = None;
    let mut text_of = String::new();
    let mut primary = None;
    let mut made: Option<u64> = None;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.local_name();
                text_of = name.as_ref().to_owned();
                if name.as_ref() == "data" {
                    data = attribute(&element, "type").unwrap_or_default();
                }
                if name.as_ref() == "location" {
                    match data.as_str() {
                        "primary" => primary = attribute(&element, "href"),
                        "filelists" => filelists = attribute(&element, "href"),
                        _ => {}
                    }
                }
            }
            Event::Text(text) => {
                if matches!(text_of.as_str(), "timestamp" | "revision") {
                    let text = text.trim().parse::<u64>().ok();
                    made = made.max(text);
                }
            }
            Event::End(_) => text_of.clear(),
            Event::Eof => break,
            _ => {}
        }
    }
    let primary = primary.ok_or("it names no primary file")?;
    Ok(Repomd { primary, filelists, made })
}

/// Calls `add` with every path of a `filelists.xml` and its package.
pub(super) fn filelists(bytes: &[u8], add: &mut dyn FnMut(&str, &str)) -> Result<(), String> {
    let mut reader = Reader::from_reader(bytes);
    let mut package = String::new();
    let mut in_file = false;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => match element.local_name().as_ref() {
                "package" => package = attribute(&element, "name").unwrap_or_default(),
                "file" => in_file = true,
                _ => {}
            },
            Event::Text(text) if in_file => add(text.trim(), &package),
            Event::End(_) => in_file = false,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Adds every package of a `primary.xml`, with `epoch:version-release` (epoch 0 left out).
pub(super) fn primary(
    bytes: &[u8],
    versions: &mut BTreeMap<SmolStr, Vec<SmolStr>>,
) -> Result<(), String> {
    let mut reader = Reader::from_reader(bytes);
    let mut in_name = false;
    // `<name>` also occurs inside nothing else of a package, but be sure.
    let mut depth_package = false;
    let mut name: Option<SmolStr> = None;
    let mut evr: Option<SmolStr> = None;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => match element.local_name().as_ref() {
                "package" => {
                    depth_package = true;
                    name = None;
                    evr = None;
                }
                "name" => in_name = depth_package && name.is_none(),
                "version" => evr = version(&element),
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == "version" => {
                evr = version(&element);
            }
            Event::Text(text) if in_name => {
                name = Some(SmolStr::new(text.trim()));
            }
            Event::End(element) => match element.local_name().as_ref() {
                "name" => in_name = false,
                "package" => {
                    depth_package = false;
                    if let (Some(name), Some(evr)) = (name.take(), evr.take()) {
                        versions.entry(name).or_default().push(evr);
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn version(element: &BytesStart<'_>) -> Option<SmolStr> {
    let version = attribute(element, "ver")?;
    let release = attribute(element, "rel").unwrap_or_default();
    let epoch = attribute(element, "epoch").filter(|epoch| epoch != "0" && !epoch.is_empty());
    let mut text = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
    text.push_str(&version);
    if !release.is_empty() {
        text.push('-');
        text.push_str(&release);
    }
    Some(text.into())
}
