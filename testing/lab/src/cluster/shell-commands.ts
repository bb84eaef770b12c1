import type { Guest } from '../vm/guest/guest.ts';

/** The host's folder with kubectl, as the guest sees it. */
export const GUEST_KUBECTL_FOLDER = '/opt/kubernetes';

/**
 * `on n1 ovs-vsctl show`, `on ext curl …`: a command in a namespace of the lab, with the Node's own
 * Open vSwitch.
 */
const ON = `#!/bin/bash
if [ $# -lt 2 ]; then echo "usage: on NAMESPACE COMMAND…   namespaces: $(ip netns list | sort | awk '{printf "%s ", $1}')" >&2; exit 2; fi
namespace=$1; shift
run=/run/sallyport/$namespace/openvswitch
exec ip netns exec "$namespace" env OVS_RUNDIR="$run" OVS_DBDIR="$run" OVS_LOGDIR="$run" "$@"
`;

/** `in-pod [-n NAMESPACE] POD [COMMAND…]`: a command, or a shell, in the network of a Pod. */
const IN_POD = `#!/bin/bash
namespace=default
if [ "\${1-}" = -n ]; then namespace=$2; shift 2; fi
if [ $# -lt 1 ]; then echo "usage: in-pod [-n NAMESPACE] POD [COMMAND…]" >&2; exit 2; fi
pod=$1; shift
if [ ! -e "/run/netns/pod-$namespace-$pod" ]; then echo "no Pod $namespace/$pod runs; see kubectl get pods -A" >&2; exit 1; fi
if [ $# -eq 0 ]; then set -- bash; fi
exec ip netns exec "pod-$namespace-$pod" "$@"
`;

/** Puts the commands for people into the guest: `on`, `in-pod` and kubectl with its kubeconfig. */
export async function installShellCommands(guest: Guest, kubeconfig: string): Promise<void> {
  await Promise.all([
    guest.writeFile('/usr/local/bin/on', ON, 0o755),
    guest.writeFile('/usr/local/bin/in-pod', IN_POD, 0o755),
    guest.writeFile('/root/.kube/config', kubeconfig, 0o600),
    guest.writeFile(
      '/usr/local/bin/kubectl',
      `#!/bin/sh\nexec ${GUEST_KUBECTL_FOLDER}/kubectl "$@"\n`,
      0o755,
    ),
  ]);
}
