//! Messages as they are framed on standard input and output.
//!
//! The types are lsp-server's. Reading is not: it takes any length that a header names, and ends at
//! the first message that is no JSON.

use lsp_server::{Message, Notification, Request};
use serde_json::Value;
use std::io::{self, BufRead, Read, Write};

/// Bytes of one message, and of its headers, at most.
const MOST_BYTES: u64 = 64 << 20;
const MOST_HEADER: u64 = 8 << 10;

/// What was read.
pub enum Frame {
    /// A message.
    Message(Message),
    /// Something of that length that is none, with the code of the protocol that says why.
    Refused(i32, String),
}

/// The next message; `None` at the end.
///
/// # Errors
/// Where nothing tells any more where the next one begins.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let Some(length) = length(input)? else { return Ok(None) };
    if length > MOST_BYTES {
        let passed = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let told = format!("a message of {length} bytes; at most {MOST_BYTES} are read");
        return Ok((passed == length).then_some(Frame::Refused(INVALID_REQUEST, told)));
    }
    let mut bytes = Vec::new();
    // Memory is taken as bytes come, whatever the header says.
    input.by_ref().take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(parse(&bytes)))
}

const PARSE_ERROR: i32 = lsp_server::ErrorCode::ParseError as i32;
const INVALID_REQUEST: i32 = lsp_server::ErrorCode::InvalidRequest as i32;

/// The length that headers name; `None` at the end of input.
fn length(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let refused = |told: &'static str| io::Error::new(io::ErrorKind::InvalidData, told);
    let mut left = MOST_HEADER;
    let mut length = None;
    let mut headers = 0;
    loop {
        let mut line = Vec::new();
        let taken = input.by_ref().take(left).read_until(b'\n', &mut line)? as u64;
        left -= taken;
        if taken == 0 || !line.ends_with(b"\n") {
            let is_long = left == 0;
            return if is_long { Err(refused("headers without an end")) } else { Ok(None) };
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            // An empty line before any header is skipped.
            match length {
                Some(length) => return Ok(Some(length)),
                None if headers > 0 => return Err(refused("headers that name no length")),
                None => continue,
            }
        }
        headers += 1;
        let named =
            text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if let Some((_, value)) = named {
            let number = value.trim().parse();
            length = Some(number.map_err(|_| refused("a length that is no number"))?);
        }
    }
}

/// A message from its text.
fn parse(bytes: &[u8]) -> Frame {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Frame::Refused(PARSE_ERROR, error.to_string()),
    };
    let Some(method) = value.get("method") else {
        // An answer to a question of ours, of which none is waited for.
        return match serde_json::from_value(value) {
            Ok(response) => Frame::Message(Message::Response(response)),
            Err(_) => Frame::Refused(INVALID_REQUEST, "neither a request nor an answer".into()),
        };
    };
    if !method.is_string() {
        return Frame::Refused(INVALID_REQUEST, "a method is a name".into());
    }
    let read = match value.get("id") {
        Some(_) => serde_json::from_value::<Request>(value).map(Message::Request),
        None => serde_json::from_value::<Notification>(value).map(Message::Notification),
    };
    match read {
        Ok(message) => Frame::Message(message),
        Err(error) => Frame::Refused(INVALID_REQUEST, error.to_string()),
    }
}

/// Writes a message.
///
/// # Errors
/// Where nobody reads any more.
pub fn write(output: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(output)
}

/// Writes that something was no message: such an answer has no id.
///
/// # Errors
/// Where nobody reads any more.
pub fn refuse(output: &mut impl Write, code: i32, told: &str) -> io::Result<()> {
    let error =
        serde_json::json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": told}});
    let text = error.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut input = io::BufReader::new(bytes);
        let mut out = Vec::new();
        loop {
            match read(&mut input) {
                Ok(Some(Frame::Message(Message::Request(own)))) => out.push(own.method),
                Ok(Some(Frame::Message(_))) => out.push("other".into()),
                Ok(Some(Frame::Refused(code, _))) => out.push(code.to_string()),
                Ok(None) => return out,
                Err(error) => {
                    out.push(error.to_string());
                    return out;
                }
            }
        }
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn what_is_no_message_is_refused_and_the_next_one_is_read() {
        let good = framed(r#"{"jsonrpc":"2.0","id":1,"method":"a"}"#);
        for (bad, code) in [
            ("{", "-32700"),
            ("[]", "-32600"),
            ("\u{0}", "-32700"),
            (r#"{"id":1,"method":2}"#, "-32600"),
            (r#"{"id":99999999999999,"method":"x"}"#, "-32600"),
            (&"[".repeat(100_000), "-32700"),
        ] {
            assert_eq!(all(format!("{}{good}", framed(bad)).as_bytes()), [code, "a"], "{bad:.40}");
        }
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(all(b"Content-Length: 99999999999999\r\n\r\n{}"), Vec::<String>::new());
        assert_eq!(all(b"Content-Length: 5\r\n\r\n{}"), Vec::<String>::new());
        assert_eq!(all(b"Content-Length: -1\r\n\r\n{}"), ["a length that is no number"]);
        assert_eq!(all(&b"x".repeat(10_000)), ["headers without an end"]);
        assert_eq!(all(b"no headers at all"), Vec::<String>::new());
    }
}
