//! Hosts by one word, as addresses in variables and commands name them.

/// Ends the name of a variable that is a host.
const OF_HOSTS: [&str; 5] = ["HOST", "HOSTNAME", "HOSTS", "SERVER", "SERVERS"];

/// Whether a word may be a service's name in an address.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(is_part)
        && text != "localhost"
}

/// The host of `scheme://user:password@host:port/path`, or of `host:port`.
pub(crate) fn host(text: &str) -> Option<&str> {
    let host = match text.split_once("://") {
        Some((_, rest)) => {
            let end = rest.find(['/', '?', ' ', ',', '"', '\'']).unwrap_or(rest.len());
            let rest = &rest[..end];
            let rest = rest.rsplit('@').next().unwrap_or(rest);
            rest.split(':').next().unwrap_or(rest)
        }
        None => {
            let (host, port) = text.split_once(':')?;
            let port = port.split('/').next().unwrap_or(port);
            let is_port = (2..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
            Some(host).filter(|_| is_port)?
        }
    };
    Some(host).filter(|own| is_host(own))
}

/// The hosts that a value names: addresses apart by commas and blanks, or, in a variable that is
/// called so, bare names.
pub(crate) fn hosts<'t>(name: &str, value: &'t str) -> Vec<&'t str> {
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or(name).to_ascii_uppercase();
    let is_named = OF_HOSTS.contains(&last.as_str());
    let words = value.split([',', ' ', '=', '\n']);
    let mut all: Vec<&str> = words
        .map(|own| own.trim_matches(['"', '\'', ';']))
        .filter_map(|own| host(own).or_else(|| Some(own).filter(|own| is_named && is_host(own))))
        .collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_in_values() {
        assert_eq!(hosts("URL", "postgres://${USER}:${PASS}@db:5432/app?x=y"), ["db"]);
        assert_eq!(hosts("BROKERS", "kafka1:9092,kafka2:9092"), ["kafka1", "kafka2"]);
        assert_eq!(hosts("REDIS_HOST", "cache"), ["cache"]);
        assert_eq!(hosts("", "--db=db:5432 http://api/x"), ["db", "api"]);
        for (name, value) in [
            ("URL", "https://www.example.org/a"),
            ("HOST", "localhost"),
            ("MODE", "cache"),
            ("IMAGE", "app:latest"),
            ("URL", "http://${API}:80"),
            ("TIME", "a:b:10"),
        ] {
            assert!(hosts(name, value).is_empty(), "{value}");
        }
    }
}
