import type { Cluster } from './cluster/cluster.ts';
import type { LabPod } from './cluster/pod.ts';
import {
  API_SERVER,
  CONTROLLER,
  EXTERNAL_SERVER,
  LOAD_BALANCER_IP,
  ROUTER,
} from './network/address-plan.ts';

/** The greeting of the shell: addresses, and commands to try. */
export function renderHelp(
  cluster: Cluster,
  pods: readonly LabPod[],
  gateway: string,
  egressIP: string,
): string {
  const [pod] = pods;
  const where = (name: string, address: string, what: string) =>
    `  ${name.padEnd(16)}${address.padEnd(17)}${what}`;
  return [
    '',
    'A cluster of your own, until you leave this shell. Its network namespaces:',
    ...cluster.nodes.map((node) => where(node.name, node.ip, `Node, Pods ${node.podCIDR}`)),
    where(
      CONTROLLER.netns,
      CONTROLLER.ip,
      `the controller, HTTP on port ${String(CONTROLLER.port)}`,
    ),
    where(ROUTER.netns, ROUTER.lanIP, 'the router to the external network'),
    where(
      EXTERNAL_SERVER.netns,
      EXTERNAL_SERVER.ip,
      'the external server: answers with the source it sees, ports 20000 to 20199',
    ),
    where('(this shell)', API_SERVER.ip, 'the API server'),
    where('', LOAD_BALANCER_IP, 'the address of Services of type LoadBalancer'),
    'Pods:',
    ...pods.map((each) => where(each.name, each.ip, `on ${each.node}`)),
    `${gateway} has ${egressIP}. Try:`,
    `  in-pod -n ${pod?.namespace ?? ''} ${pod?.podName ?? ''} curl http://${EXTERNAL_SERVER.ip}:20000; echo`,
    '  kubectl apply -f egress.yaml; kubectl get egress -o wide -w',
    `  on ${gateway} ovs-ofctl dump-flows br-egress`,
    '  on n1 iptables -t mangle -S',
    `  curl -s http://${CONTROLLER.ip}:${String(CONTROLLER.port)}/debug/pods/${pod?.namespace ?? ''}/${pod?.podName ?? ''}`,
    `  on ${EXTERNAL_SERVER.netns} tcpdump -Z root -ni eth0 ip`,
    'Again: lab-help. Leave: exit.',
    '',
    '',
  ].join('\n');
}
