//! nginx: configurations, plain and as templates. Where nginx is installed, its own verdict on a
//! configuration in many changes must agree with ours; where it is not, the test says so.

use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use crate::suite::{assert_findings, fixture};
use std::path::Path;
use std::process::Command;

const APP: &str = "conf.d/app.conf";
const STREAM: &str = "stream.d/mail.conf";
const UPSTREAMS: &str = "conf.d/upstreams.conf";

const SERVER: Server = Server {
    fixture: "nginx/oracle",
    is_installed: || {
        Path::new("/usr/lib/nginx/modules/ngx_stream_module.so").exists() && answers("nginx", "-v")
    },
    test: |folder| {
        let mut command = Command::new("nginx");
        command.arg("-t").arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
        command
    },
};

const REFUSED: &[Change] = &[
    // Names.
    (APP, "fastcgi_pass php;", "fastcgi_pass phq;"),
    (APP, "uwsgi_pass python;", "uwsgi_pass pythn;"),
    (APP, "grpc://backend.calls;", "grpc://backend.call;"),
    (APP, "zone=burst burst", "zone=bursts burst"),
    (APP, "limit_conn visitors", "limit_conn visitor"),
    (APP, "proxy_cache pages", "proxy_cache page"),
    (APP, "fastcgi_cache scripts", "fastcgi_cache script"),
    (APP, "app.log plain", "app.log plian"),
    ("nginx.conf", "access.log timed", "access.log time"),
    (APP, "include snippets/proxy.inc;", "include snippets/prxy.inc;"),
    (UPSTREAMS, "upstream workers", "upstream php"),
    ("nginx.conf", "log_format \"plain\"", "log_format timed"),
    (APP, "location ^~ /python/ {", "location / {"),
    (APP, "listen 127.0.0.1:18080;", "listen 127.0.0.1:18080 default_server;"),
    (APP, "root /srv/www;", "root /srv/www;\n    root /srv/other;"),
    (APP, "fastcgi_pass php;", "fastcgi_pass php;\n        fastcgi_pass php;"),
    (STREAM, "proxy_pass imap;", "proxy_pass imp;"),
    // Variables.
    (APP, "Connection $connection_upgrade", "Connection $connection_upgarde"),
    (APP, "set $kind $file-$variant", "set $kind $file-$varient"),
    (APP, "set $kind", "set $kinds"),
    (APP, "(?<file>[a-z]+)", "(?<files>[a-z]+)"),
    (APP, "if ($inside)", "if ($outside)"),
    (APP, "?from=$arg_from", "?from=$args_from"),
    (APP, "Upgrade $http_upgrade", "Upgrade ${htp_upgrade}"),
    (APP, "/$kind/$1", "/$knd/$1"),
    (APP, "root /srv/www", "root /srv/$site"),
    ("nginx.conf", "split_clients $remote_addr", "split_clients $remote_adr"),
    ("nginx.conf", "map $http_upgrade", "map $upgrade"),
    ("nginx.conf", "default upgrade;", "default $upgraded;"),
    ("nginx.conf", "$request_time'", "$request_tim'"),
    ("nginx.conf", "limit_conn_zone $binary_remote_addr", "limit_conn_zone $binary_remote_adr"),
    ("nginx.conf", "geo $inside", "geo $insides"),
    ("snippets/proxy.inc", "Host $host", "Host $hots"),
    (STREAM, "$bytes_sent", "$bytes_snt"),
    // Two files, and two blocks.
    (
        UPSTREAMS,
        "upstream workers",
        "server { listen 127.0.0.1:18080 default_server; }\nupstream workers",
    ),
    (UPSTREAMS, "upstream workers", "log_format plain '$host';\nupstream workers"),
    (
        UPSTREAMS,
        "upstream workers",
        "limit_req_zone $uri zone=burst:1m rate=1r/s;\nupstream workers",
    ),
    (STREAM, "proxy_pass imap;", "proxy_pass python;"),
    (APP, "fastcgi_pass php;", "fastcgi_pass imap;"),
    // What does not parse.
    (APP, "server {", "server {\n}\n}"),
    (APP, "root /srv/www;", "root /srv/www"),
    (APP, "return 405;\n    }", "return 405;\n    "),
    (APP, "return 405;", "return 405"),
    (APP, "location @app {", "location @app"),
    (APP, "{ back soon }\"", "{ back soon }"),
    (APP, "server_name shop.example.org;", "server_name \"shop\".example.org;"),
    (APP, "server_name shop.example.org;", ";;"),
    ("nginx.conf", "events {", "events"),
    (UPSTREAMS, "backup;\n}", "backup;\n"),
    ("nginx.conf", "'$remote_addr $request_time';", "'$remote_addr $request_time;"),
    // Directives.
    (APP, "client_max_body_size 10m;", "client_max_body_sise 10m;"),
    (APP, "client_max_body_size 10m;", "client_max_body 10m;"),
    ("nginx.conf", "include mime.types;", "include mime.type;"),
    (APP, "proxy_set_header Upgrade", "proxy_set_heder Upgrade"),
    (APP, "try_files $uri @app;", "tryfiles $uri @app;"),
    (APP, "server_name shop.example.org;", "servername shop.example.org;"),
    (APP, "listen 127.0.0.1:18080;", "lisen 127.0.0.1:18080;"),
    (APP, "fastcgi_pass php;", "fastcgi_pas php;"),
    (APP, "try_files $uri @app;", "try_files $uri;"),
    (APP, "proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Upgrade;"),
    (APP, "return 405;", "return;"),
    (APP, "server_name www.example.org;", "worker_connections 64;"),
    (APP, "server_name www.example.org;", "fastcgi_pass php;"),
    (APP, "server_name www.example.org;", "upstream other { server 192.0.2.1; }"),
    (APP, "return 405;", "root /srv/other; proxy_pass http://192.0.2.1;"),
    ("nginx.conf", "worker_processes 1;", "worker_proceses 1;"),
    ("nginx.conf", "worker_processes 1;", "listen 80;"),
    ("nginx.conf", "default_type text/plain;", "location / { }"),
    ("nginx.conf", "events {", "evnts {"),
    (UPSTREAMS, "server unix:/run/php.sock;", "srver unix:/run/php.sock;"),
];

/// Refused since the host is not found, which may be one elsewhere.
const REFUSED_HOST: &[Change] = &[
    (UPSTREAMS, "upstream workers", "upstream crew"),
    (
        UPSTREAMS,
        "upstream workers {\n    server 192.0.2.1:8000;\n    server 192.0.2.2:8000 backup;\n}",
        "",
    ),
];

const ACCEPTED: &[Change] = &[
    (APP, "server {", "# {\nserver {"),
    (APP, "proxy_cache pages;", "proxy_cache off;"),
    (APP, "app.log plain", "app.log combined"),
    (APP, "app.log plain", "app.log plain buffer=4k"),
    (APP, "access_log app.log plain", "access_log off"),
    (APP, "fastcgi_pass php;", "fastcgi_pass 192.0.2.1:9000;"),
    (APP, "fastcgi_pass php;", "fastcgi_pass unix:/run/other.sock;"),
    (APP, "proxy_pass http://workers;", "set $to workers;\n        proxy_pass http://$to;"),
    (APP, "proxy_pass http://workers;", "proxy_pass http://localhost:8080;"),
    (APP, "try_files $uri @app;", "try_files $uri =404;"),
    (APP, "server_name www.example.org;", "server_name ~^www\\d+\\.example\\.org$ \"a b\";"),
    (APP, "server_name shop.example.org;", "server_name shop.example.org *.shop.example.org;"),
    (APP, "location = /calls {", "location = /python/ {"),
    (APP, "location ~ \\.php$ {", "location ~ \"^/[a-z]{2}/x\\.php$\" {"),
    (UPSTREAMS, "upstream python {", "upstream \"python\" {\n    keepalive 4;"),
    ("nginx.conf", "include conf.d/*.conf;", "include conf.d/*.conf;\n    include sites/*.conf;"),
    ("nginx.conf", "default_type text/plain;", "default_type text/plain; # don't"),
    (APP, "client_max_body_size 10m;", "client_max_body_size 10m; client_body_timeout 5s;"),
    (APP, "return 405;", "set $no 1;\n        return 405 \"a;b}\";"),
];

/// Variables and names that are there.
const SET: &[Change] = &[
    (APP, "set $kind $file", "set $kind $FILE"),
    (APP, "X-Kind $kind;", "X-$kinds a;"),
    (APP, "?from=$arg_from", "$is_args${query_string}&c=$cookie_c&h=$sent_http_x"),
    (APP, "if ($inside)", "if ($uri ~ ^/(?<deep>.*)$)"),
    (
        APP,
        "location ~ \\.php$ {",
        "location ~ ^/(?<php>.*)\\.php$ {\n        fastcgi_param A $php;",
    ),
    (APP, "set $kind $file-$variant;", "set $kind a;\n        set $later $kind;"),
    (STREAM, "upstream imap", "upstream python { server 192.0.2.6:1; }\nupstream imap"),
    (STREAM, "log_format relayed", "log_format plain '$status $protocol';\nlog_format relayed"),
    (
        UPSTREAMS,
        "upstream workers",
        "server { listen 127.0.0.1:18081 default_server; }\nupstream workers",
    ),
];

/// Accepted, and then a request fails or finds another server.
const LATER: &[Change] = &[
    (APP, "try_files $uri @app;", "try_files $uri @ap;"),
    (APP, "502 504 @down", "502 504 @downs"),
];

const HIDDEN: &[Change] = &[
    (APP, "server_name shop.example.org;", "server_name www.example.org;"),
    (
        UPSTREAMS,
        "upstream workers",
        "server { listen 127.0.0.1:18080; server_name www.example.org; }\nupstream workers",
    ),
];

#[test]
fn our_verdict_is_nginx_s_own() {
    let all = [
        (Verdict::Accepts, &[(APP, "", "")][..]),
        (Verdict::Refuses, REFUSED),
        (Verdict::RefusesHost, REFUSED_HOST),
        (Verdict::Accepts, ACCEPTED),
        (Verdict::Accepts, SET),
        (Verdict::FailsLater("error"), LATER),
        (Verdict::FailsLater("warning"), HIDDEN),
    ];
    assert_agree(&SERVER, &all);
}

#[test]
fn names_of_a_whole_configuration_must_be_in_it() {
    assert_findings(
        "nginx/names",
        &[],
        &[
            "error unresolved-reference sites-enabled/shop:7:40 nginx.log-format:timid",
            "error unresolved-reference sites-enabled/shop:9:24 nginx.zone:logon",
            "error unresolved-reference sites-enabled/shop:10:21 nginx.cache:page",
            "error unresolved-reference sites-enabled/shop:11:24 nginx.location:@shpo",
            "error unresolved-reference sites-enabled/shop:14:22 nginx.upstream:shop_hph",
            "warning duplicate-definition sites-enabled/shop:19:33",
            "error unresolved-reference sites-enabled/shop:20:20 nginx.location:@missing",
        ],
    );
}

#[test]
fn files_of_a_configuration_are_seen_together() {
    assert_findings(
        "nginx/whole",
        &[],
        &[
            "error unresolved-reference conf.d/shop.conf:10:37 nginx.variable:conection_upgrade",
            "error unresolved-reference conf.d/shop.conf:14:9 nginx.variable:is_mobile",
            "error duplicate-definition conf.d/wiki.conf:1:10 nginx.upstream:app",
            "error duplicate-definition conf.d/wiki.conf:4:12 nginx.log-format:timed",
            "error duplicate-definition conf.d/wiki.conf:5:26 nginx.zone:login",
            "error duplicate-definition conf.d/wiki.conf:7:5",
            "warning duplicate-definition conf.d/wiki.conf:8:34",
            "error unresolved-reference stream.d/mail.conf:10:16 nginx.upstream:app",
        ],
    );
}

#[test]
fn what_is_filled_in_or_may_be_elsewhere_is_silent() {
    assert_findings("nginx/silent", &[], &[]);
}

#[test]
fn what_a_change_takes_away_is_missed() {
    let old = fixture("nginx/removed/old");
    assert_findings(
        "nginx/removed/new",
        &["--against", old.to_str().expect("UTF-8")],
        &[
            "error removed-but-referenced nginx/sites-enabled/web:3:37 nginx.log-format:timed",
            "error removed-but-referenced nginx/sites-enabled/web:4:13 file:nginx/headers.conf",
            "error removed-but-referenced nginx/sites-enabled/web:6:27 nginx.upstream:web",
        ],
    );
}

#[test]
fn a_certificate_is_expected_beside_others() {
    assert_findings(
        "nginx/mirrored",
        &[],
        &[
            "error unresolved-reference etc/nginx/nginx.conf:6:25 file:etc/nginx/ssl/shop.crt",
            "error unresolved-reference etc/nginx/nginx.conf:9:17 file:etc/nginx/parts/gone.conf",
        ],
    );
}

#[test]
fn a_version_may_have_removed_a_directive() {
    let name = "nginx/version";
    let with = |version: &str, expected: &[&str]| {
        let config = fixture(name).join(format!("{version}.yaml"));
        assert_findings(name, &["--config", &config.to_string_lossy()], expected);
    };
    with("1.24", &[]);
    with("1.26", &["error removed-directive nginx.conf:11:9"]);
    assert_findings(name, &[], &[]);
}
