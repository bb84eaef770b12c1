/** The first manifest of every user of the Egress API, with an address of the lab. */
export function seedEgress(egressIP: string): string {
  return `apiVersion: crd.antrea.io/v1alpha2
kind: Egress
metadata:
  name: egress-web
spec:
  appliedTo:
    podSelector: { matchLabels: { role: web } }
    namespaceSelector: { matchLabels: { env: prod } }
  egressIP: ${egressIP}
`;
}

/** A Namespace with its name as label `env`. */
export function namespaceWithEnv(env: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: env, labels: { env } },
  };
}
