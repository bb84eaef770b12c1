import type { Guest } from '../vm/guest/guest.ts';
import type { LabNode } from './node.ts';
import type { Sallyport } from './sallyport.ts';

/** How many of the last lines of each component's log are shown. */
const LOG_LINES = 60;

const NODE_STATE = [
  'ip -br addr show dev eth0',
  'ip rule',
  'ip route show table all | grep -v "^local\\|^broadcast" || :',
  'for table in raw mangle nat filter; do echo "*$table"; iptables -t $table -S; done',
  'ipset list 2>/dev/null || :',
  'nft list tables; for table in sallyport sallyport-guard; do nft list table inet $table || :; done',
  'ovs-vsctl show || :',
  'if ovs-vsctl br-exists br-egress; then for what in flows groups; do ovs-ofctl -O OpenFlow15 dump-$what br-egress || :; done; fi',
].join('\n');

/**
 * State and logs of a cluster as text, to explain a failed test. A missing part shows its error.
 */
export async function diagnose(
  nodes: readonly LabNode[],
  sallyport: Sallyport | undefined,
  kubectl: (args: readonly string[]) => Promise<string>,
  guest: Guest,
): Promise<string> {
  const parts: readonly (readonly [string, Promise<string>])[] = [
    ['kubectl get pods', kubectl(['get', 'pods', '-A', '-o', 'wide', '--show-labels'])],
    ...(sallyport === undefined
      ? []
      : [['kubectl get egress', kubectl(['get', 'egress', '-o', 'yaml'])] as const]),
    ...nodes.map(
      (node) =>
        [`Node ${node.name}`, node.script(NODE_STATE).then(({ stdout }) => stdout)] as const,
    ),
    ...(sallyport?.components ?? []).map(
      (component) =>
        [
          `log of ${component.name}`,
          Promise.resolve(component.log.split('\n').slice(-LOG_LINES).join('\n')),
        ] as const,
    ),
    ['console of the guest', Promise.resolve(guest.consoleTail())],
  ];
  const texts = await Promise.all(
    parts.map(
      async ([title, text]) =>
        `===== ${title}\n${await text.catch((error: unknown) => `(${String(error)})`)}`,
    ),
  );
  return texts.join('\n');
}
