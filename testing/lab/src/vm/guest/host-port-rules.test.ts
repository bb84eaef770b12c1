import { hostPortRules } from './host-port-rules.ts';

describe('hostPortRules', () => {
  const rules = hostPortRules([
    { listen: { ip: '192.168.77.1', port: 6443 }, hostPort: 40001 },
    { listen: { ip: '192.168.77.1', port: 7000 }, hostPort: 40002 },
  ]);

  it('redirects each address to its port of the host, from namespaces and from the guest itself', () => {
    const redirect =
      'dnat ip to ip daddr . tcp dport map { 192.168.77.1 . 6443 : 10.0.2.2 . 40001, 192.168.77.1 . 7000 : 10.0.2.2 . 40002 }';
    expect(rules.split(redirect)).toHaveLength(3);
  });

  it('lets nothing but those ports out', () => {
    expect(rules).toMatch(
      /chain output \{[^}]*oifname != "host0" accept\n.*dport \{ 40001, 40002 \} accept\n +drop/,
    );
    expect(rules).toMatch(/chain forward \{[^}]*dport \{ 40001, 40002 \} accept\n +drop/);
  });

  it('replaces earlier rules', () => {
    expect(rules).toMatch(/^table ip sallyport_lab\ndelete table ip sallyport_lab\n/);
  });
});
