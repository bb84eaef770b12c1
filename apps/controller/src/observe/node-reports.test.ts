import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { createNodeReports } from './node-reports.ts';

describe('createNodeReports', () => {
  it('says whether a report has other addresses', () => {
    const reports = createNodeReports();
    expect(reports.put(report('n1', []), 1)).toEqual({ addressesChanged: true });
    expect(reports.put(report('n1', [], '7'), 2)).toEqual({ addressesChanged: false });
    expect(reports.put(report('n1', ['192.0.2.1'], '7'), 3)).toEqual({ addressesChanged: true });
    expect(reports.all.get('n1')).toMatchObject({
      addresses: ['192.0.2.1'],
      realizedResourceVersion: '7',
    });
    expect(reports.receivedAtMs('n1')).toBe(3);
  });

  it('drops reports of Nodes that are gone', () => {
    const reports = createNodeReports();
    reports.put(report('n1', []), 1);
    reports.put(report('n2', []), 1);
    expect(reports.retain(new Map([['n2', {}]]))).toEqual(['n1']);
    expect([...reports.all.keys()]).toEqual(['n2']);
    expect(reports.receivedAtMs('n1')).toBeUndefined();
  });
});

function report(
  name: string,
  addresses: readonly string[],
  realizedResourceVersion = '',
): NodeReport {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'NodeReport',
    metadata: { name },
    addresses,
    realizedResourceVersion,
    realizedNetworkVersion: '',
  };
}
