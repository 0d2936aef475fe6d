//! Words of HAProxy's configuration, of versions 1.5 to 3.3 together.
//!
//! They tell a slip of the keyboard from a word of a version, or of a build, that is not
//! known here. (Source: `haproxy -dKcfg` of 2.6, and the configuration manuals of the others.)

use crate::facts::nearest_of;
use smol_str::SmolStr;

/// Words that lines of `global` begin with.
pub(super) const GLOBAL: &str = "\
    busy-polling ca-base chroot close-spread-time cluster-secret cpu-affinity cpu-map cpu-policy \
    cpu-set crt-base daemon debug default-path description dns-accept-family \
    expose-deprecated-directives expose-experimental-directives external-check fd-hard-limit \
    force-cfg-parser-pause gid grace group h1-accept-payload-with-any-method h1-case-adjust \
    h1-case-adjust-file h1-do-not-close-on-insecure-transfer-encoding \
    h2-workaround-bogus-websocket-clients hard-stop-after insecure-fork-wanted \
    insecure-setuid-wanted issuers-chain-path key-base limited-quic localpeer log \
    log-send-hostname log-tag lua-load lua-load-per-thread lua-prepend-path master-worker \
    max-spread-checks maxcompcpuusage maxcomprate maxconn maxconnrate maxpipes maxsessrate \
    maxsslconn maxsslrate maxzlibmem mworker-max-reloads nbproc nbthread no no-memory-trimming \
    no-quic node noepoll noevports nogetaddrinfo nokqueue noktls nopoll noreuseport nosplice \
    numa-cpu-mapping pidfile pp2-never-send-local prealloc-fd presetenv quiet resetenv \
    server-state-base server-state-file set-dumpable set-var set-var-fmt setcap setenv \
    shm-stats-file spread-checks ssl-default-bind-ciphers ssl-default-bind-ciphersuites \
    ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-options \
    ssl-default-bind-sigalgs ssl-default-server-ciphers ssl-default-server-ciphersuites \
    ssl-default-server-client-sigalgs ssl-default-server-curves ssl-default-server-options \
    ssl-default-server-sigalgs ssl-dh-param-file ssl-engine ssl-load-extra-del-ext \
    ssl-load-extra-files ssl-mode-async ssl-propquery ssl-provider ssl-provider-path \
    ssl-security-level ssl-server-verify ssl-skip-self-issued-ca stats stress-level \
    strict-limits thread-group thread-groups thread-hard-limit trace uid ulimit-n unix-bind \
    unsetenv user warn-blocked-traffic-after zero-warning";

/// Words that lines of `defaults`, `frontend`, `backend` and `listen` begin with.
pub(super) const PROXY: &str = "\
    acl appsession backlog balance bind bind-process block capture cliexp clitcpka-cnt \
    clitcpka-idle clitcpka-intvl clitimeout compression contimeout cookie declare default \
    default-server default_backend description disabled dispatch dynamic-cookie-key email-alert \
    enabled error-log-format errorfile errorfiles errorloc errorloc302 errorloc303 \
    external-check filter force-be-switch force-persist fullconn grace guid hash-balance-factor \
    hash-preserve-affinity hash-type http-after-response http-check http-error http-request \
    http-response http-reuse http-send-name-header id ignore-persist load-server-state-from-file \
    log log-format log-format-sd log-steps log-tag max-keep-alive-queue max-session-srv-conns \
    maxconn mode monitor monitor-net monitor-uri no option persist quic-initial rate-limit \
    redirect redisp redispatch reqadd reqallow reqdel reqdeny reqiallow reqidel reqideny \
    reqipass reqirep reqisetbe reqitarpit reqpass reqrep reqsetbe reqtarpit retries retry-on \
    rspadd rspdel rspdeny rspidel rspideny rspirep rsprep server server-state-file-name \
    server-template source srvexp srvtcpka-cnt srvtcpka-idle srvtcpka-intvl srvtimeout stats \
    stick stick-table tcp-check tcp-request tcp-response tcp-ut timeout transparent \
    unique-id-format unique-id-header use-fcgi-app use-server use-small-buffers use_backend";

/// What may follow `option`.
pub(super) const OPTIONS: &str = "\
    abortonclose accept-invalid-http-request accept-invalid-http-response \
    accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response \
    allbackups assume-rfc6587-ntf checkcache clitcpka contstats disable-h2-upgrade \
    dont-parse-log dontlog-normal dontlognull external-check forceclose forwarded forwardfor \
    h1-case-adjust-bogus-client h1-case-adjust-bogus-server host http-buffer-request \
    http-drop-request-trailers http-drop-response-trailers http-ignore-probes http-keep-alive \
    http-no-delay http-pretend-keepalive http-restrict-req-hdr-names http-server-close \
    http-tunnel http-use-htx http-use-proxy-header http_proxy httpchk httpclose httplog httpslog \
    idle-close-on-response independant-streams independent-streams ldap-check log-health-checks \
    log-separate-errors logasap mysql-check nolinger originalto persist pgsql-check \
    prefer-last-server redis-check redispatch smtpchk socket-stats splice-auto splice-request \
    splice-response spop-check srvtcpka ssl-hello-chk tcp-check tcp-smart-accept \
    tcp-smart-connect tcpka tcplog transparent use-small-buffers";

/// What may follow `timeout`.
pub(super) const TIMEOUTS: &str = "\
    appsession check client client-fin client-hs clitimeout connect contimeout http-keep-alive \
    http-request queue server server-fin srvtimeout tarpit tunnel";

/// What may follow `stats` in a proxy.
pub(super) const STATS: &str = "\
    admin auth enable hide-version http-request realm refresh scope show-desc show-legends \
    show-modules show-node show-version socket uri";

/// Actions of `http-request`, `http-response` and `http-after-response`, to the parenthesis.
pub(super) const ACTIONS: &str = "\
    add-acl add-header add-headers-bin allow auth cache-store cache-use capture del-acl \
    del-header del-headers-bin del-map deny disable-l7-retry do-log do-resolve early-hint \
    normalize-uri ot-group pause redirect reject replace-header replace-path replace-pathq \
    replace-uri replace-value return sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt \
    sc-set-gpt0 send-spoe-group set-bandwidth-limit set-bc-mark set-bc-tos set-dst set-dst-port \
    set-fc-mark set-fc-tos set-header set-headers-bin set-log-level set-map set-mark set-method \
    set-nice set-path set-pathq set-priority-class set-priority-offset set-query set-retries \
    set-src set-src-port set-status set-timeout set-tos set-uri set-var set-var-fmt silent-drop \
    strict-mode tarpit track-sc0 track-sc1 track-sc2 unset-var use-service wait-for-body \
    wait-for-handshake";

/// Words of `server` lines; `=1` where a value follows, `=~` where one is
/// taken and none is no error, `=?` where it is not known.
pub(super) const SERVER: &str = "\
    addr=1 agent-addr=1 agent-check agent-inter=1 agent-port=1 agent-send=1 allow-0rtt alpn=1 \
    backup ca-file=1 cc=1 check check-alpn=1 check-pool-conn-name=1 check-proto=1 \
    check-reuse-pool check-send-proxy check-sni=1 check-sni-auto=? check-ssl check-via-socks4 \
    ciphers=1 ciphersuites=1 client-sigalgs=1 cookie=1 crl-file=1 crt=1 curves=1 disabled \
    downinter=1 ecdhe=1 enabled error-limit=1 fall=1 fastinter=1 force-sslv3 force-tlsv10 \
    force-tlsv11 force-tlsv12 force-tlsv13 guid=1 hash-key=1 id=1 idle-conn-srv=1 idle-ping=1 \
    init-addr=~ inter=1 interface=? ktls=? log-bufsize=1 log-proto=1 max-quic-cc=? max-reuse=1 \
    maxconn=~ maxqueue=~ minconn=~ namespace=1 no-agent-check no-backup no-check \
    no-check-reuse-pool no-check-send-proxy no-check-sni-auto=? no-check-ssl no-renegotiate \
    no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-sni-auto=? \
    no-ssl no-ssl-reuse no-sslv3 no-strict-sni no-tfo no-tls-tickets no-tlsv10 no-tlsv11 \
    no-tlsv12 no-tlsv13 no-verifyhost non-stick npn=1 observe=1 ocsp-update=1 on-error=1 \
    on-marked-down=1 on-marked-up=1 pool-conn-name=1 pool-low-conn=1 pool-max-conn=1 \
    pool-purge-delay=1 port=1 proto=1 proxy-v2-options=1 quic-cc-algo=1 redir=1 renegotiate=1 \
    resolve-net=1 resolve-opts=~ resolve-prefer=1 resolvers=1 rise=1 send-proxy send-proxy-v2 \
    send-proxy-v2-ssl send-proxy-v2-ssl-cn set-proxy-v2-tlv-fmt=1 sigalgs=1 slowstart=1 sni=1 \
    sni-auto=? socks4=1 source=? ssl ssl-max-ver=1 ssl-min-ver=1 ssl-reuse stick \
    strict-maxconn=? strict-sni tcp-ut=1 tfo tls-tickets track=1 usesrc=? verify=1 verifyhost=1 \
    weight=~ ws=1";

/// The same of `bind` lines.
pub(super) const BIND: &str = "\
    accept-netscaler-cip=1 accept-proxy allow-0rtt alpn=1 backlog=1 ca-file=1 ca-ignore-err=1 \
    ca-sign-file=1 ca-sign-pass=1 ca-verify-file=1 cc=1 ciphers=1 ciphersuites=1 \
    client-sigalgs=1 crl-file=1 crt=1 crt-base=? crt-ignore-err=1 crt-list=1 curves=1 \
    default-crt=1 defer-accept ecdhe=1 expose-fd=1 force-sslv3 force-strict-sni force-tlsv10 \
    force-tlsv11 force-tlsv12 force-tlsv13 generate-certificates gid=1 group=1 guid-prefix=1 \
    id=1 idle-ping=1 interface=1 ktls=1 label=1 level=1 maxconn=~ mode=1 mss=1 name=1 \
    namespace=1 nbconn=1 nice=1 no-alpn no-ca-names no-sslv3 no-strict-sni no-tls-tickets \
    no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 npn=1 ocsp-update=1 prefer-client-ciphers \
    prefer-server-ciphers process=1 proto=1 quic-cc-algo=1 quic-force-retry quic-socket=1 \
    reuseport=1 severity-output=1 shards=1 sigalgs=1 source=? ssl ssl-max-ver=1 ssl-min-ver=1 \
    strict-sni tcp-md5sig=1 tcp-ss=1 tcp-ut=1 tfo thread=1 tls-ticket-keys=1 transparent uid=1 \
    user=1 v4v6 v6only verify=1";

/// Whether `list` holds `word`.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

/// Values that follow `word`, and whether it is known: `None` where it is not.
pub(super) fn values(list: &str, word: &str) -> Option<Values> {
    list.split_ascii_whitespace().find_map(|own| {
        let (name, count) = own.split_once('=').unwrap_or((own, "0"));
        (name == word).then_some(match count {
            "0" => Values::None,
            "1" => Values::One,
            "~" => Values::Lenient,
            _ => Values::Unknown,
        })
    })
}

/// How many values follow a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    None,
    One,
    /// One; HAProxy does not mind where it is not there.
    Lenient,
    Unknown,
}

/// The word of `lists` that was meant by `word`, a slip of one or two letters away. Nothing
/// for words with dots: those are many, and new ones come with each version.
pub(super) fn meant(word: &str, lists: &[&str]) -> Option<SmolStr> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if word.len() < 3 || !word.chars().all(plain) {
        return None;
    }
    let words = lists.iter().flat_map(|list| list.split_ascii_whitespace());
    let words = words.map(|word| word.split_once('=').map_or(word, |(name, _)| name));
    let mut words = words.filter(|word| word.len() > 2);
    let lower = word.to_ascii_lowercase();
    // A letter's case counts, and is a slip of its own.
    if lower != word && words.clone().any(|word| word == lower) {
        return Some(lower.into());
    }
    let near = nearest_of(&lower, &mut words)?;
    let slips = strsim::osa_distance(&lower, &near);
    (slips <= if word.len() > 6 { 2 } else { 1 }).then_some(near)
}
