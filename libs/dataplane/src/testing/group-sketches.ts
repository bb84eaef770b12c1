import fc from 'fast-check';
import type { GroupSketch } from './scenario.ts';

export const localPods: readonly string[] = ['10.244.1.11', '10.244.1.12', '10.244.1.13'];
export const tunnelIDs: readonly number[] = [70, 71, 72];

/** Up to three Egresses, with any of the local Pods and any gateway, for property tests. */
export const groupSketches = fc
  .tuple(
    ...tunnelIDs.map((tunnelID) =>
      fc.option(
        fc.record(
          {
            name: fc.constant(`e${tunnelID}`),
            tunnelID: fc.constant(tunnelID),
            egressIP: fc.constantFrom('192.168.77.200', '192.168.77.201', '192.168.77.202'),
            gateway: fc.constantFrom('n1', 'n1', 'n2', 'n3'),
            pods: fc.subarray([...localPods]),
          },
          { requiredKeys: ['name', 'tunnelID', 'pods'] },
        ),
        { nil: undefined },
      ),
    ),
  )
  .map((groups): readonly GroupSketch[] => groups.filter((group) => group !== undefined));
