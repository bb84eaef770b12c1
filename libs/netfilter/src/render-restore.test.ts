import { parseIptablesRules } from './parse-iptables.ts';
import { renderRestore } from './render-restore.ts';

const wanted = {
  op: 'iptables-restore',
  chains: [
    { table: 'mangle', name: 'SALLYPORT-PREROUTING', rules: ['-i egress-gw0 -j RETURN'] },
    {
      table: 'nat',
      name: 'SALLYPORT-POSTROUTING',
      rules: ['-o egress-gw0 -j ACCEPT', '-j SNAT --to-source 1.2.3.4'],
    },
  ],
  jumps: [
    { table: 'mangle', from: 'PREROUTING', to: 'SALLYPORT-PREROUTING' },
    { table: 'nat', from: 'POSTROUTING', to: 'SALLYPORT-POSTROUTING' },
  ],
} as const;

describe('renderRestore', () => {
  it('makes chains and jumps on an untouched machine, translation before marks', () => {
    expect(render('')).toBe(`*nat
:SALLYPORT-POSTROUTING - [0:0]
-I POSTROUTING 1 -j SALLYPORT-POSTROUTING
-A SALLYPORT-POSTROUTING -o egress-gw0 -j ACCEPT
-A SALLYPORT-POSTROUTING -j SNAT --to-source 1.2.3.4
COMMIT
*mangle
:SALLYPORT-PREROUTING - [0:0]
-I PREROUTING 1 -j SALLYPORT-PREROUTING
-A SALLYPORT-PREROUTING -i egress-gw0 -j RETURN
COMMIT
`);
  });

  it('leaves a right jump alone, and moves one behind a rival to the front without its duplicates', () => {
    expect(
      render(`*mangle
:PREROUTING ACCEPT [0:0]
:SALLYPORT-PREROUTING - [0:0]
-A PREROUTING -j SALLYPORT-PREROUTING
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
:SALLYPORT-POSTROUTING - [0:0]
-A POSTROUTING -j MASQUERADE
-A POSTROUTING -j SALLYPORT-POSTROUTING
-A POSTROUTING -j SALLYPORT-POSTROUTING
COMMIT
`),
    ).toBe(`*nat
:SALLYPORT-POSTROUTING - [0:0]
-D POSTROUTING -j SALLYPORT-POSTROUTING
-D POSTROUTING -j SALLYPORT-POSTROUTING
-I POSTROUTING 1 -j SALLYPORT-POSTROUTING
-A SALLYPORT-POSTROUTING -o egress-gw0 -j ACCEPT
-A SALLYPORT-POSTROUTING -j SNAT --to-source 1.2.3.4
COMMIT
*mangle
:SALLYPORT-PREROUTING - [0:0]
-A SALLYPORT-PREROUTING -i egress-gw0 -j RETURN
COMMIT
`);
  });

  it('leaves out a table that is right', () => {
    expect(
      render(`*mangle
:PREROUTING ACCEPT [0:0]
:SALLYPORT-PREROUTING - [0:0]
-A PREROUTING -j SALLYPORT-PREROUTING
-A PREROUTING -j ACCEPT
-A SALLYPORT-PREROUTING -i egress-gw0 -j RETURN
COMMIT
`),
    ).not.toContain('*mangle');
  });

  it('removes an unwanted chain with the jump to it', () => {
    expect(
      render(`*filter
:FORWARD ACCEPT [0:0]
:SALLYPORT-OLD - [0:0]
-A FORWARD -j SALLYPORT-OLD
-A SALLYPORT-OLD -j ACCEPT
COMMIT
`),
    ).toContain(`*filter
:SALLYPORT-OLD - [0:0]
-D FORWARD -j SALLYPORT-OLD
-X SALLYPORT-OLD
COMMIT
*nat
`);
  });
});

function render(present: string): string {
  return renderRestore(wanted, parseIptablesRules(present));
}
