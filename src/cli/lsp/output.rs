//! What goes to the client, from several threads.

use super::frames;
use super::questions::Refusal;
use lsp_server::{Message, Notification, Request, RequestId, Response, ResponseError};
use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Where messages are written, one after the other. What cannot be written is dropped: the client
/// is gone, which the end of its own messages tells.
#[derive(Clone)]
pub struct Output(Arc<Mutex<io::BufWriter<io::Stdout>>>);

impl Output {
    /// Standard output.
    pub fn standard() -> Self {
        Self(Arc::new(Mutex::new(io::BufWriter::new(io::stdout()))))
    }

    fn write(&self, message: &Message) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = frames::write(&mut *out, message);
    }

    /// Answers a request.
    pub fn answer(&self, id: RequestId, answer: Result<Value, Refusal>) {
        let response_result =
            answer.map_err(|(code, message)| ResponseError { code, message, data: None });
        self.write(&Message::Response(Response { id, response_result }));
    }

    /// Tells the client something.
    pub fn notify(&self, method: &str, params: Value) {
        self.write(&Message::Notification(Notification { method: method.to_owned(), params }));
    }

    /// Asks the client something of which no answer is waited for.
    pub fn ask(&self, id: &str, method: &str, params: Value) {
        let (id, method) = (RequestId::from(id.to_owned()), method.to_owned());
        self.write(&Message::Request(Request { id, method, params }));
    }

    /// Says that something was no message.
    pub fn refuse(&self, code: i32, told: &str) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = frames::refuse(&mut *out, code, told);
    }
}
