import type { ClusterNetwork } from '@sallyport/api';
import { MAX_REPORT_BYTES } from '@sallyport/api';
import { NodeReportSchema, objectParserFor } from '@sallyport/api/schemas';
import type { InterfaceAddress, PlanFault } from '@sallyport/dataplane';
import { NO_PASS_YET } from '../pass/pass-outcome.ts';
import type { Findings } from './bounded-findings.ts';
import { findingsFor } from './findings-for.ts';

const network: ClusterNetwork = {
  apiVersion: 'controlplane.antrea.io/v1beta2',
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '5' },
  nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: [],
};

describe('findingsFor', () => {
  it('leaves few faults as they are', () => {
    const faults = [{ egress: 'web', message: 'No.' }, { message: 'Neither.' }];
    expect(found(faults).faults).toEqual([faults[1], faults[0]]);
    expect(found([])).not.toHaveProperty('faults');
  });

  it('counts the faults of one Egress after the first five', () => {
    const faults = found([...faultsOf('web', 4005), ...faultsOf('db', 1)]).faults;
    expect(faults?.map(({ egress, message }) => `${egress}: ${message}`)).toEqual([
      'web: fault 0',
      'web: fault 1',
      'web: fault 2',
      'web: fault 3',
      'web: fault 4',
      'web: And 4,000 more faults.',
      'db: fault 0',
    ]);
  });

  it('says that every Egress may be affected when not every one has a place', () => {
    const egresses = Array.from({ length: 12_000 }, (_, index) => `web-${index}`);
    const faults = found(egresses.flatMap((egress) => faultsOf(egress, 1))).faults;
    expect(faults).toHaveLength(10_000);
    expect(faults?.at(-1)).toEqual({
      message:
        'Faults of 2,001 more Egresses have no place in the report; see /state of the agent.',
    });
  });

  it.each<[string, string]>([
    ['long names', 'x'],
    ['characters of three bytes', '語'],
    ['characters that JSON escapes', '\u0001'],
  ])('keeps the largest report acceptable to the controller: %s', (_, character) => {
    const egresses = Array.from({ length: 3000 }, (__, index) => `${index}`.padEnd(253, 'x'));
    const long = character.repeat(5000);
    const report = {
      apiVersion: 'controlplane.antrea.io/v1beta2',
      kind: 'NodeReport',
      metadata: { name: 'n'.repeat(253) },
      ...found(
        egresses.flatMap((egress) => faultsOf(egress, 10, long)),
        long,
        Array.from({ length: 12_000 }, (__, index) => addressOf(index)),
      ),
    };
    expect(objectParserFor(NodeReportSchema)(report)).toBe(report);
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(MAX_REPORT_BYTES);
    expect(report.addresses).toHaveLength(10_000);
    expect(report.faults?.[0]?.message).toBe(
      'The Node has 12,000 addresses, and 2,000 of them are not reported. Remove addresses from the Node.',
    );
  });
});

function found(
  faults: readonly PlanFault[],
  failure?: string,
  addresses: readonly InterfaceAddress[] = [],
): Findings {
  const outcome = { ...NO_PASS_YET, faults, failure };
  return findingsFor({ nodeName: 'n1', network, addresses, outcome });
}

function faultsOf(egress: string, length: number, suffix = ''): readonly PlanFault[] {
  return Array.from({ length }, (_, index) => ({ egress, message: `fault ${index}${suffix}` }));
}

function addressOf(index: number): InterfaceAddress {
  const ip = `192.0.${index >> 8}.${index & 255}`;
  return { ip, device: 'eth0', up: true, loopback: false, mtu: 1500 };
}
