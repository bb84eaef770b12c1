/** The manifest every user of the Egress API starts from, with an address of the lab. */
export const seedEgress = (egressIP: string): string => `apiVersion: crd.antrea.io/v1alpha2
kind: Egress
metadata:
  name: egress-web
spec:
  appliedTo:
    podSelector: { matchLabels: { role: web } }
    namespaceSelector: { matchLabels: { env: prod } }
  egressIP: ${egressIP}
`;

/** A Namespace with one label. */
export const namespace = (name: string, env: string): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { env } },
});
