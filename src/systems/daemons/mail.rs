//! Postfix and Dovecot: services of `master.cf`, tables, and files that others include.
//!
//! (Sources: master(5), postconf(5), DATABASE_README; Dovecot's documentation, "Config file
//! syntax".)

use super::{Word, file, words};
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{FileFacts, NamePattern, Strength, base_name, rendered};

/// Types of tables whose text is kept, of which the table is made or which is read as it is.
const TABLES: [&str; 11] = [
    "btree:", "cdb:", "cidr:", "dbm:", "hash:", "lmdb:", "ldap:", "mysql:", "pcre:", "pgsql:",
    "regexp:",
];

pub(super) fn postfix(source: &Source<'_>, out: &mut FileFacts) {
    let is_master = base_name(rendered(source.path)) == "master.cf";
    for (start, line) in source.lines() {
        let code = if line.trim_start().starts_with('#') { "" } else { line };
        if is_master && code.starts_with(|c: char| !c.is_whitespace()) {
            let own = words(code, start, &[]);
            // Services of the outside are called by address.
            if let [name, sort, .., _command] = own.as_slice()
                && own.len() > 7
                && matches!(sort.text, "unix" | "fifo" | "unix-dgram")
            {
                servers::provide("service", &NamePattern::exact(name.text), name.span(), out);
            }
        }
        if !is_master && let Some(own) = transport(code, start) {
            servers::require(
                "service",
                (own.text, own.span()),
                "transport",
                Strength::Certain,
                out,
            );
        }
        for word in words(code, start, &[',', '=', '{', '}']) {
            reference(source, word, out);
        }
    }
}

/// `content_filter = NAME:HOST:PORT`, `relay_transport = NAME:`: the service that a setting hands
/// mail to.
fn transport(code: &str, start: usize) -> Option<Word<'_>> {
    let (key, value) = code.split_once('=')?;
    let key = key.trim_end();
    let is_transport = key == "content_filter" || key.ends_with("_transport");
    let is_name = !key.starts_with(char::is_whitespace) && !key.ends_with("maps");
    let text = value.trim().split(':').next().filter(|_| is_transport && is_name)?;
    let at = start + code.len() - value.trim_start().len();
    let own = Word { text, at };
    (own.is_plain() && !text.contains(['/', '.'])).then_some(own)
}

fn reference(source: &Source<'_>, word: Word<'_>, out: &mut FileFacts) {
    if let Some(table) = TABLES.iter().find_map(|own| word.after(own)) {
        return file(source, table, "table", Strength::Certain, out);
    }
    let inner = word.after("texthash:").or_else(|| word.after("lmtp:")).unwrap_or(word);
    let socket = inner.after("unix:").unwrap_or(inner);
    let service = socket.after("private/").or_else(|| socket.after("public/"));
    // A socket may be one that another server makes.
    if let Some(name) = service.filter(Word::is_plain) {
        servers::require("service", (name.text, name.span()), "unix:", Strength::Likely, out);
    }
}

pub(super) fn dovecot(source: &Source<'_>, out: &mut FileFacts) {
    for (start, line) in source.lines() {
        let own = words(line, start, &['=', '<']);
        match own.as_slice() {
            [first, path] if first.text == "!include" => {
                file(source, *path, "!include", Strength::Certain, out);
            }
            [first, path]
                if matches!(first.text, "args" | "ssl_cert" | "ssl_key")
                    && path.text.starts_with("/etc/") =>
            {
                file(source, *path, "path", Strength::Certain, out);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn services_and_tables_of_postfix() {
        let master = "# a unix - n n - 0 spawn\nsmtp inet n - y - - smtpd\n\
                      policy unix - n n - 0 spawn\n  user=a argv=/usr/bin/a\n";
        assert_eq!(shown("etc/postfix/master.cf", master).0, ["service policy"]);
        let main = "transport_maps = hash:/etc/postfix/transport, proxy:mysql:/x\n\
                    smtpd_restrictions = check_policy_service unix:private/policy,\n permit\n\
                    # alias_maps = hash:/etc/aliases\n";
        let (_, requires) = shown("etc/postfix/main.cf", main);
        assert_eq!(requires, ["etc/postfix/transport", "service policy"]);
    }

    #[test]
    fn services_that_mail_goes_through() {
        let main = "content_filter = scan:[::1]:10024\nrelay_transport=relay:\n\
                    transport_maps = hash:/etc/postfix/t\nlocal_transport = $x\n";
        let (_, requires) = shown("etc/postfix/main.cf", main);
        assert_eq!(requires, ["service scan", "service relay", "etc/postfix/t"]);
    }

    #[test]
    fn files_that_dovecot_includes() {
        let text = "!include auth-a.conf.ext\n!include_try local.conf\n!include conf.d/*.conf\n\
                    args = /etc/dovecot/sql.conf\nssl_cert = </etc/ssl/a.pem\n";
        let (_, requires) = shown("etc/dovecot/conf.d/10-auth.conf", text);
        let own = ["etc/dovecot/conf.d/auth-a.conf.ext", "etc/dovecot/sql.conf", "etc/ssl/a.pem"];
        assert_eq!(requires, own);
    }
}
