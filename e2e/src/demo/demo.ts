import type { Cluster, LabPod, PodSpec } from '@sallyport/lab';
import { egressIP, namespaceWithEnv, only, seedEgress } from '@sallyport/lab';
import { untilNoPodIsRedirected } from '../world.ts';
import { renderTable } from './table.ts';

/** The Node that has the egress IP. */
const GATEWAY = 'n2';

/**
 * How long a user may have to wait with kubectl for the API server, the controller and the agents
 * together.
 */
const KUBECTL_WAIT = '--timeout=30s';

/**
 * Applies the seed manifest, asks from every Pod for the source that the external server sees, and
 * deletes it again. Returns whether everything was correct, on the wire as well as in the answers.
 */
export async function runDemo(cluster: Cluster, print: (text: string) => void): Promise<boolean> {
  const ip = egressIP(0);
  const nodeIP = (pod: LabPod): string => cluster.node(pod.node).ip;
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    print(`\n$ kubectl ${args.join(' ')}`);
    print((await cluster.kubectl(args, { timeoutMs: 60_000 })).trimEnd());
  };

  await cluster.apply([namespaceWithEnv('prod'), namespaceWithEnv('dev')]);
  const pods = await cluster.createPods(cluster.nodes.flatMap(({ name }) => podsOf(name)));
  await kubectl('get', 'pods', '-A', '-o', 'wide');

  const showWhoIsSeen = async (
    title: string,
    expected: (pod: LabPod) => string,
  ): Promise<boolean> => {
    const expectations = pods.map((pod) => ({ flow: pod.flow, expect: only(expected(pod)) }));
    const seen = await cluster.sniffer.phase(title, expectations, () =>
      Promise.all(pods.map((pod) => pod.request().catch(() => 'no answer'))),
    );
    const rows = pods.map((pod, index) => {
      const source = seen[index] ?? '';
      const is = source === ip ? 'the egress IP' : source === nodeIP(pod) ? "its Node's IP" : '';
      return [
        pod.name,
        pod.node,
        source,
        is,
        source === expected(pod) ? 'ok' : `WRONG, expected ${expected(pod)}`,
      ];
    });
    print(`\n${title}`);
    print(renderTable([['Pod', 'Node', 'the external server saw', 'which is', ''], ...rows]));
    return pods.every((pod, index) => seen[index] === expected(pod));
  };

  const before = await showWhoIsSeen('Without an Egress', nodeIP);

  print(`\n${GATEWAY} gets the address ${ip}, as an administrator would give it:`);
  print(`${GATEWAY}# ip address add ${ip}/32 dev eth0`);
  await cluster.node(GATEWAY).addAddress(ip);

  const manifest = seedEgress(ip);
  print(`\n$ kubectl apply -f - <<EOF\n${manifest}EOF`);
  print((await cluster.kubectl(['apply', '-f', '-'], { stdin: manifest })).trimEnd());
  await kubectl('wait', '--for=condition=Realized', 'egress/egress-web', KUBECTL_WAIT);
  await kubectl('get', 'egress');
  const during = await showWhoIsSeen('With the Egress', (pod) =>
    isSelected(pod) ? ip : nodeIP(pod),
  );

  await kubectl('delete', 'egress', 'egress-web');
  await untilNoPodIsRedirected(cluster);
  const after = await showWhoIsSeen('After the Egress was deleted', nodeIP);
  return before && during && after;
}

/**
 * On each Node: a Pod that the Egress selects, and two that it does not (another label, another
 * Namespace).
 */
function podsOf(node: string): readonly PodSpec[] {
  return [
    { name: `web-${node}`, namespace: 'prod', node, labels: { role: 'web' } },
    { name: `db-${node}`, namespace: 'prod', node, labels: { role: 'db' } },
    { name: `web-${node}`, namespace: 'dev', node, labels: { role: 'web' } },
  ];
}

function isSelected({ name }: LabPod): boolean {
  return name.startsWith('prod/web-');
}
