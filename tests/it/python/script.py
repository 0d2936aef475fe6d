#!/usr/bin/env python
import argparse, subprocess, click
C = ['/bin/c', '-x']


def add(p, **k):
    for n in ('a', 'b'):
        p.add_argument('--' + n, nargs='+', choices=[n, 1], **k)


class T(object):
    def run(self, p):
        self.s = p.add_subparsers()
        add(self.s.add_parser('s', aliases=['t']), required=True)
        return vars(p.parse_args())


@click.command()
@click.option('-v/-V', '--on/--off', default=1)
def c(v):
    pass


p = argparse.ArgumentParser(prefix_chars='-+', parents=[])
args = T().run(p)
if not args['a'] and len(args['b']) > 0:
    subprocess.call(C + ['%s-{}' % (x,), *args['a'], f'{C!r:>{p}}'.format(1)])
elif args.get('b') is not None:
    C += '-{0} {x}'.format(C, x='y').split()
    subprocess.Popen(C)
print args, `p`
