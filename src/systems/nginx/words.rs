//! What nginx's own words mean, as far as the program has to know it.

/// Directives that hand a request to a server, as reports call them. A name without a port can
/// be nothing but an upstream, except for `proxy_pass` of HTTP, which has a port by default.
///
/// (Source: `ngx_http_upstream_init_round_robin`, "no port in upstream".)
pub(super) const PASSES: &[(&str, &str)] = &[
    ("fastcgi_pass", "fastcgi_pass"),
    ("grpc_pass", "grpc_pass"),
    ("memcached_pass", "memcached_pass"),
    ("proxy_pass", "proxy_pass"),
    ("scgi_pass", "scgi_pass"),
    ("uwsgi_pass", "uwsgi_pass"),
];

/// Directives whose `zone=` or first argument is a zone of `limit_req_zone` or the like.
pub(super) const ZONE_DEFINITIONS: &[&str] = &["limit_conn_zone", "limit_req_zone"];

/// Directives that define a cache by `keys_zone=`.
pub(super) const CACHE_DEFINITIONS: &[&str] =
    &["fastcgi_cache_path", "proxy_cache_path", "scgi_cache_path", "uwsgi_cache_path"];

/// Directives that use a cache by its name.
pub(super) const CACHES: &[(&str, &str)] = &[
    ("fastcgi_cache", "fastcgi_cache"),
    ("proxy_cache", "proxy_cache"),
    ("scgi_cache", "scgi_cache"),
    ("uwsgi_cache", "uwsgi_cache"),
];

/// Directives whose argument is a file, and whether nginx opens it before it starts.
pub(super) const FILES: &[(&str, bool)] = &[
    ("auth_basic_user_file", false),
    ("geoip_city", true),
    ("geoip_country", true),
    ("grpc_ssl_certificate", true),
    ("grpc_ssl_certificate_key", true),
    ("grpc_ssl_trusted_certificate", true),
    ("perl_require", true),
    ("proxy_ssl_certificate", true),
    ("proxy_ssl_certificate_key", true),
    ("proxy_ssl_trusted_certificate", true),
    ("ssl_certificate", true),
    ("ssl_certificate_key", true),
    ("ssl_client_certificate", true),
    ("ssl_crl", true),
    ("ssl_dhparam", true),
    ("ssl_password_file", true),
    ("ssl_session_ticket_key", true),
    ("ssl_trusted_certificate", true),
    ("uwsgi_ssl_certificate", true),
    ("uwsgi_ssl_certificate_key", true),
];

/// Files that nginx's packages bring into its folder.
pub(super) const PACKAGED: &[&str] = &[
    "fastcgi-php.conf",
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "proxy_params",
    "scgi_params",
    "snakeoil.conf",
    "uwsgi_params",
    "win-utf",
];

/// Directives that a block has once.
///
/// (Source: nginx, "directive is duplicate".)
pub(super) const ONCE: &[&str] = &[
    "alias",
    "auth_basic",
    "auth_basic_user_file",
    "autoindex",
    "charset",
    "client_body_buffer_size",
    "client_body_timeout",
    "client_header_timeout",
    "client_max_body_size",
    "default_type",
    "etag",
    "expires",
    "fastcgi_index",
    "fastcgi_pass",
    "fastcgi_read_timeout",
    "gzip",
    "gzip_comp_level",
    "gzip_min_length",
    "gzip_vary",
    "if_modified_since",
    "internal",
    "keepalive_timeout",
    "large_client_header_buffers",
    "log_not_found",
    "multi_accept",
    "proxy_buffer_size",
    "proxy_buffering",
    "proxy_buffers",
    "proxy_cache",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_request_buffering",
    "proxy_send_timeout",
    "resolver",
    "resolver_timeout",
    "root",
    "send_timeout",
    "sendfile",
    "server_names_hash_bucket_size",
    "server_tokens",
    "ssl_ciphers",
    "ssl_client_certificate",
    "ssl_dhparam",
    "ssl_prefer_server_ciphers",
    "ssl_session_tickets",
    "ssl_session_timeout",
    "ssl_stapling",
    "ssl_trusted_certificate",
    "ssl_verify_client",
    "tcp_nodelay",
    "tcp_nopush",
    "try_files",
    "types_hash_max_size",
    "underscores_in_headers",
    "uwsgi_pass",
    "worker_connections",
    "worker_processes",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(FILES.is_sorted() && PACKAGED.is_sorted() && PASSES.is_sorted());
        assert!(ONCE.is_sorted());
        assert!(CACHES.is_sorted() && CACHE_DEFINITIONS.is_sorted());
    }
}
