import type { Fault } from '@sallyport/api';
import type { ClusterInformers, Observed } from '@sallyport/kube';
import type { ControllerConfig } from './config.ts';
import type { ControllerState } from './controller-state.ts';
import type { Observation } from './decide/decide.ts';

/** What the controller knows now; the informers must have synchronized. */
export function observe(
  informers: ClusterInformers,
  state: Pick<ControllerState, 'reports' | 'settling'>,
  config: Pick<ControllerConfig, 'podCidrs' | 'serviceCidrs'>,
): Observation {
  const egresses = informers.egresses.objects();
  const faults = new Map<string, readonly Fault[]>();
  for (const [name, observed] of egresses) {
    if (observed.faults.length > 0) {
      faults.set(name, observed.faults);
    }
  }
  return {
    egresses: objectsOf(egresses),
    faults,
    pods: objectsOf(informers.pods.objects()),
    namespaces: objectsOf(informers.namespaces.objects()),
    nodes: new Map(objectsOf(informers.nodes.objects()).map((node) => [node.name, node])),
    reports: new Map(state.reports.all),
    settling: state.settling,
    podCIDRs: config.podCidrs,
    serviceCIDRs: config.serviceCidrs,
  };
}

function objectsOf<T>(observed: ReadonlyMap<string, Observed<T>>): readonly T[] {
  return [...observed.values()].map(({ object }) => object);
}
