import { renderNodeScript } from '../cluster/node-script.ts';
import { nodeAddresses } from './address-plan.ts';
import { renderNetworkScript } from './network-script.ts';

const nodes = nodeAddresses(3);

it('plugs every Node into the LAN, with the router as its gateway', () => {
  const script = renderNetworkScript(nodes);
  for (const { name, ip } of nodes) {
    expect(script).toContain(
      `link add lan-${name} up master br-lan type veth peer name eth0 netns ${name}\n`,
    );
    expect(script).toContain(
      `ip -n ${name} -batch - <<'BATCH'\nlink set lo up\nlink set eth0 up\naddr add ${ip}/24 dev eth0\nroute add default via 192.168.77.254\nBATCH`,
    );
  }
});

it('lets no Node onto the external network but through the router', () => {
  const cables = renderNetworkScript(nodes).match(/^link add \S+ up master br-ext .*$/gm);
  expect(cables?.map((line) => line.replace(/.* netns /, ''))).toEqual(['rtr', 'ext']);
});

it('gives each Node routes to the Pods of the others', () => {
  const [, second] = nodes;
  const routes = second && renderNodeScript(second, nodes).match(/^route add .*$/gm);
  expect(routes).toEqual([
    'route add 10.244.1.0/24 via 192.168.77.11',
    'route add 10.244.3.0/24 via 192.168.77.13',
  ]);
});
