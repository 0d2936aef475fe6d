# Every construct of the language, for the parser's tests.
type Site::Port = Variant[Integer[1, 65535], Pattern[/\A\d+\z/]]
function site::port(Integer $base, String *$names) >> Integer {
  $base + $names.length
}
define site::vhost(
  String[1] $docroot,
  Optional[Enum['http', 'https']] $scheme = undef,
  Hash[String, Any] $options = {},
) {
  $real = $scheme ? {
    undef   => 'http',
    default => $scheme,
  }
  file { "/etc/vhosts/${title}.conf":
    ensure  => file,
    mode    => '0644',
    content => epp('site/vhost.epp', { 'docroot' => $docroot, 'scheme' => $real }),
    notify  => Service['web'],
    *       => $options,
  }
}
class site(
  Array[String] $names = ['a', 'b'],
  Boolean $monitored = true,
  $port = lookup('site::port', Integer, 'first', 80),
) inherits site::params {
  include site::base, site::log
  require ::site::packages
  contain 'site::certs'
  $all = $names.map |$ix, $name| { "${ix}-${name}" }.filter |$name| { $name =~ /^\d/ }
  if $monitored and !($port in [80, 443]) or $facts['os']['family'] != 'Debian' {
    notice("port ${port + 1}, ${facts['networking']['fqdn']} ${$names[0]} \${literal} $names")
  } elsif $port >= 1024 {
    fail('unexpected')
  } else {
    debug 'usual'
  }
  unless defined(Class['site::other']) { include site::other }
  case $facts['kernel'] {
    'Linux', /BSD$/: { $kind = 'unix' }
    default: { $kind = undef }
  }
  service { 'web': ensure => running; 'log': ensure => stopped, enable => false }
  package {
    default: ensure => present;
    ['x', 'y']: ;
    'z': ensure => '1.2-3',
  }
  class { 'site::tls': ciphers => "a:b", }
  @user { 'virtual': uid => 1000 }
  @@nagios_host { 'exported': address => $facts['ipaddress'] }
  User <| title == 'virtual' and uid != 0 |> { shell => '/bin/bash' }
  Nagios_host <<| tag == 'x' |>>
  File { owner => 'root' }
  File['/etc/x'] { mode +> '0600' }
  Package['x'] -> File['/etc/x'] ~> Service['web'] <- Exec['a'] <~ Exec['b']
  [$first, [$second, $third]] = [1, [2, 3]]
  $hash = { 'k' => [1, 2, *$names], type => 0x1F, 2 => -1.5e3, }
  $text = @("END"/L$)
    | Hello ${title} \
    | and ${hash['k'][0]}
    | END
  $plain = @(RAW)
    no ${interpolation} here
    RAW
  create_resources(site::vhost, $hash, { docroot => '/srv' })
  $call = site::port(1, 'a', *$names) * (2 + 3) % 4 << 1
  with($call) |Integer $x| >> Integer { $x }
  $regex = $text =~ /a\/b/ ? { true => 'y', false => 'n' }.upcase
  $type = type($x)
  tag 'a', 'b'
  realize User['virtual'], File['/etc/x']
  notify { "a${if true { 'b' } else { 'c' }}": }
}
node 'a.example.org', b, /^c\d+\./ { include site }
node default { }
