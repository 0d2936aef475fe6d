//! Apache: configurations, plain and as templates. Where Apache is installed, its own verdict on
//! a configuration in many changes must agree with ours; where it is not, the test says so.

use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use crate::suite::{assert_findings, fixture};
use std::path::Path;
use std::process::Command;

const MAIN: &str = "httpd.conf";
const APP: &str = "sites/app.conf";

const SERVER: Server = Server {
    fixture: "apache/oracle",
    is_installed: || {
        Path::new("/usr/lib/apache2/modules/mod_macro.so").exists() && answers("apache2", "-v")
    },
    test: |folder| {
        let mut command = Command::new("apache2");
        command.arg("-d").arg(folder).args(["-f", "httpd.conf", "-t"]);
        command
    },
};

const REFUSED: &[Change] = &[
    // Names.
    (APP, "Use Site wiki", "Use Sites wiki"),
    (MAIN, "<Macro Site $name>", "<Macro Host $name>"),
    (MAIN, "Include sites/*.conf", "Include sites/*.conf\nInclude sites/gone.conf"),
    // Modules that the configuration does not load.
    (MAIN, "LoadModule rewrite_module", "#"),
    (MAIN, "LoadModule headers_module", "#"),
    (MAIN, "LoadModule alias_module", "#"),
    (MAIN, "LoadModule macro_module", "#"),
    (MAIN, "LoadModule proxy_module", "#"),
    (MAIN, "LoadModule authn_core_module", "#"),
    (MAIN, "LoadModule authn_file_module", "#"),
    (MAIN, "LoadModule authz_core_module", "#"),
    (APP, "RewriteEngine on", "ExpiresActive on"),
    (APP, "RewriteEngine on", "Order allow,deny"),
    (APP, "RewriteEngine on", "SSLEngine on"),
    (APP, "RewriteEngine on", "AddOutputFilterByType DEFLATE text/html"),
    (APP, "RewriteEngine on", "SetEnvIf Host . x"),
    (APP, "RewriteEngine on", "AddType text/css .css"),
    // Twice.
    (MAIN, "ErrorLog error.log", "ErrorLog error.log\nListen 127.0.0.1:18081"),
    (
        APP,
        "<Proxy \"balancer://workers\">",
        "Listen 127.0.0.1:18081\n<Proxy \"balancer://workers\">",
    ),
    // What does not parse.
    (APP, "</Proxy>", ""),
    (APP, "</Proxy>", "</Proxies>"),
    (APP, "</Directory>", ""),
    (APP, "</Location>", "</Directory>"),
    (APP, "<VirtualHost *:18081>", ""),
    (APP, "<Location \"/admin\">", "<Location \"/admin\""),
    (APP, "</VirtualHost>", "</VirtualHosts>"),
    (MAIN, "</IfModule>", ""),
    (MAIN, "</Macro>", "</Macros>"),
    (APP, "<Directory \"/srv/www\">", "<Directori \"/srv/www\">"),
    // Directives.
    (APP, "DocumentRoot \"/srv/www\"", "DocumentRot \"/srv/www\""),
    (APP, "ServerName www", "SeverName www"),
    (APP, "ServerAlias example", "ServerAlia example"),
    (APP, "RewriteEngine on", "RewriteEngin on"),
    (APP, "RewriteRule ^", "RewriteRul ^"),
    (APP, "RewriteCond ", "RewriteCnd "),
    (APP, "ProxyPass \"/app/\"", "ProxyPas \"/app/\""),
    (APP, "ProxyPassReverse", "ProxyPassRevers"),
    (APP, "AllowOverride None", "AllowOveride None"),
    (APP, "Require all granted", "Requires all granted"),
    (APP, "AuthUserFile users", "AuthUsersFile users"),
    (APP, "ErrorDocument 404", "ErrorDocumnet 404"),
    (APP, "CustomLog app", "CustmLog app"),
    (APP, "Header always", "Heeader always"),
    (APP, "RedirectMatch", "RedirectMach"),
    (APP, "BalancerMember \"http://192.0.2.1", "BalanceMember \"http://192.0.2.1"),
    (MAIN, "LoadModule dir_module", "LoadModul dir_module"),
    (MAIN, "LogFormat", "LogFromat"),
    (MAIN, "ErrorLog error.log", "ErorLog error.log"),
    // What has no place there.
    (APP, "AllowOverride None", "DocumentRoot /srv/other"),
    (APP, "AuthType Basic", "ServerAlias other.example.org"),
    (APP, "AuthType Basic", "RewriteMap other txt:moved.map"),
];

const ACCEPTED: &[Change] = &[
    (APP, "ServerName www.example.org", "servername www.example.org"),
    (APP, "</Directory>", "</directory>"),
    (APP, "RewriteEngine on", "<IfModule mod_ssl.c>\nSSLEngine on\n</IfModule>"),
    (APP, "RewriteEngine on", "<IfModule expires_module>\nExpiresActive on\n</IfModule>"),
    (APP, "RewriteEngine on", "# <Directory \\\n\"/x\">"),
    (APP, "CustomLog app.log common", "CustomLog app.log \"%h %t\""),
    (APP, "CustomLog app.log common", "CustomLog \"|/bin/cat\" common env=!quiet"),
    (APP, "Use Site wiki", "Use site wiki"),
    (APP, "Use Site wiki", "Use SITE \"wiki\"\nUse Site blog"),
    (APP, "Header always set X-Frame-Options DENY", "Header set X \"a \\\"b\\\" <c>\""),
    (APP, "ServerName shop.example.org", "ServerName shop.example.org:18081"),
    (APP, "Alias \"/static/\" \"/srv/static/\"", "AliasMatch ^/s(.*)$ /srv/static$1"),
    (MAIN, "<Macro Site $name>", "<Macro Site $name>\n    # Custom"),
    (MAIN, "ErrorLog error.log", "ErrorLog error.log\nListen 127.0.0.1:18082"),
    (MAIN, "ErrorLog error.log", "Define where error.log\nErrorLog ${where}"),
    (MAIN, "Include sites/*.conf", "IncludeOptional sites/*.conf\nIncludeOptional sites/gone.conf"),
];

/// Accepted, and then a request fails.
const LATER: &[Change] = &[
    (APP, "\"/app/\" \"balancer://workers/\"", "\"/app/\" \"balancer://worker/\""),
    (APP, "<Proxy \"balancer://workers\">", "<Proxy \"balancer://crew\">"),
];

/// Accepted, and then something is not as it looks.
const HIDDEN: &[Change] = &[
    (APP, "ServerName shop.example.org", "ServerName www.example.org"),
    (APP, "app.log common", "app.log comon"),
    (MAIN, "CustomLog access.log common", "CustomLog access.log combined"),
    (APP, "${moved:$1}", "${move:$1}"),
    (MAIN, "<IfModule mod_expires.c>", "<IfModule mod_expire.c>"),
    (MAIN, "Include sites", "<Macro Site $x>\nServerAdmin $x@example.org\n</Macro>\nInclude sites"),
    (APP, "DocumentRoot \"/srv/www\"", "Define documents /srv/www\nDocumentRoot \"${docments}\""),
    (APP, "RewriteEngine on", "<IfModule mod_rewirte.c>\nRewriteEngine on\n</IfModule>"),
];

#[test]
fn our_verdict_is_apache_s_own() {
    let all = [
        (Verdict::Accepts, &[(APP, "", "")][..]),
        (Verdict::Refuses, REFUSED),
        (Verdict::Accepts, ACCEPTED),
        (Verdict::FailsLater("error"), LATER),
        (Verdict::FailsLater("warning"), HIDDEN),
    ];
    assert_agree(&SERVER, &all);
}

#[test]
fn names_of_a_whole_configuration_must_be_in_it() {
    assert_findings(
        "apache/names",
        &[],
        &[
            "error unresolved-reference sites/shop.conf:8:9 apache.macro:sight",
            "warning unresolved-reference sites/shop.conf:9:29 apache.log-format:shrt",
            "error unresolved-reference sites/shop.conf:10:28 apache.balancer:shop2",
            "error unresolved-reference sites/shop.conf:11:5 apache.module:rewrite_module",
            "warning unresolved-reference sites/shop.conf:12:15 apache.module:mod_headres.c",
            "warning duplicate-definition sites/shop.conf:23:16",
        ],
    );
}

#[test]
fn files_of_a_configuration_are_seen_together() {
    assert_findings(
        "apache/whole",
        &[],
        &[
            "error duplicate-definition sites/a.conf:1:8",
            "warning unresolved-reference sites/a.conf:7:20 apache.variable:documants",
            "warning duplicate-definition sites/b.conf:1:8 apache.macro:site",
        ],
    );
}

#[test]
fn what_is_filled_in_or_may_be_elsewhere_is_silent() {
    assert_findings("apache/silent", &[], &[]);
}

#[test]
fn what_a_change_takes_away_is_missed() {
    let old = fixture("apache/removed/old");
    assert_findings(
        "apache/removed/new",
        &["--against", old.to_str().expect("UTF-8")],
        &[
            "warning removed-but-referenced apache/sites/web.conf:3:26 apache.log-format:short",
            "error removed-but-referenced apache/sites/web.conf:4:28 apache.balancer:web",
            "error removed-but-referenced apache/sites/web.conf:5:13 file:apache/sites/headers.inc",
        ],
    );
}
