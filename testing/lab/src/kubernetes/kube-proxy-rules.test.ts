import { renderKubeProxyRules } from './kube-proxy-rules.ts';
import type { ServicePort } from './service-port.ts';

const web: ServicePort = {
  key: 'default/web:http',
  protocol: 'tcp',
  clusterIP: '10.96.0.10',
  port: 80,
  nodePort: 30080,
  loadBalancerIPs: ['192.168.77.250'],
  endpoints: [
    { ip: '10.244.1.2', port: 8080 },
    { ip: '10.244.2.2', port: 8080 },
  ],
};

it('writes the rules of a Service with all kinds of addresses', () => {
  expect(renderKubeProxyRules([web], []).restore).toBe(`*filter
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-CDGGSHYLG3RE2FKL - [0:0]
:KUBE-EXT-CDGGSHYLG3RE2FKL - [0:0]
:KUBE-SEP-UIQK3OSOSTRHRPBX - [0:0]
:KUBE-SEP-4EX2N4PG4ASNZOBF - [0:0]
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-CDGGSHYLG3RE2FKL
-A KUBE-SERVICES -d 192.168.77.250/32 -p tcp -m tcp --dport 80 -j KUBE-EXT-CDGGSHYLG3RE2FKL
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-CDGGSHYLG3RE2FKL
-A KUBE-SERVICES ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-EXT-CDGGSHYLG3RE2FKL -j KUBE-MARK-MASQ
-A KUBE-EXT-CDGGSHYLG3RE2FKL -j KUBE-SVC-CDGGSHYLG3RE2FKL
-A KUBE-SVC-CDGGSHYLG3RE2FKL ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-CDGGSHYLG3RE2FKL -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-UIQK3OSOSTRHRPBX
-A KUBE-SVC-CDGGSHYLG3RE2FKL -j KUBE-SEP-4EX2N4PG4ASNZOBF
-A KUBE-SEP-UIQK3OSOSTRHRPBX -s 10.244.1.2/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-UIQK3OSOSTRHRPBX -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080
-A KUBE-SEP-4EX2N4PG4ASNZOBF -s 10.244.2.2/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-4EX2N4PG4ASNZOBF -p tcp -m tcp -j DNAT --to-destination 10.244.2.2:8080
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
COMMIT
`);
});

it('deletes the chains of a Service that is gone, and no others', () => {
  const before = renderKubeProxyRules([web], []);
  const { restore, chains } = renderKubeProxyRules([], before.chains);
  expect(chains).toEqual([]);
  expect(restore.match(/^-X .*$/gm)).toEqual(before.chains.map((chain) => `-X ${chain}`));
  // iptables deletes empty chains only: each is declared, and so emptied, before.
  for (const chain of before.chains) {
    expect(restore).toContain(`:${chain} - [0:0]`);
  }
  expect(renderKubeProxyRules([web], before.chains).restore).toBe(before.restore);
});

it('rejects packets to a Service without endpoints', () => {
  const { restore } = renderKubeProxyRules([{ ...web, endpoints: [] }], []);
  expect(restore.match(/^.*REJECT$/gm)).toEqual([
    '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j REJECT',
    '-A KUBE-SERVICES -d 192.168.77.250/32 -p tcp -m tcp --dport 80 -j REJECT',
    '-A KUBE-NODEPORTS -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 30080 -j REJECT',
  ]);
});

it('gives each endpoint the same share', () => {
  const endpoints = ['10.244.1.2', '10.244.2.2', '10.244.3.2'].map((ip) => ({ ip, port: 8080 }));
  const { restore } = renderKubeProxyRules([{ ...web, endpoints }], []);
  expect(restore.match(/--probability [\d.]+/g)).toEqual([
    '--probability 0.33333333333',
    '--probability 0.50000000000',
  ]);
});
