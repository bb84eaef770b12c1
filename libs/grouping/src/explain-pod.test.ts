import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import { explainPod } from './explain-pod.ts';
import type { Namespace } from './pod.ts';
import { indexOf } from './testing/index-of.ts';

const namespaces: readonly Namespace[] = [{ name: 'default', labels: {} }];

describe('explainPod', () => {
  it('says why each Egress applies to a Pod or not, in the order of precedence', () => {
    const egresses = [
      egress('young', { createdAtMs: 9 }),
      egress('old', { createdAtMs: 1 }),
      egress('elsewhere', {
        createdAtMs: 2,
        appliedTo: { namespaceSelector: { matchLabels: { env: 'prod' } } },
      }),
      egress('others', {
        createdAtMs: 3,
        appliedTo: { podSelector: { matchLabels: { role: 'db' } } },
      }),
      egress('nobody', { createdAtMs: 4, appliedTo: {} }),
    ];
    const pods = [pod('p', { ips: ['10.244.1.11'] })];
    const none = { effectiveFor: [], overridden: [] };
    expect(
      explainPod(indexOf({ egresses, pods, namespaces }), { namespace: 'default', name: 'p' }),
    ).toEqual({
      pod: { namespace: 'default', name: 'p' },
      nodeName: 'n1',
      ips: ['10.244.1.11'],
      egresses: [
        { name: 'old', selection: 'selected', effectiveFor: ['IPv4'], overridden: [] },
        { name: 'elsewhere', selection: 'namespace-labels-differ', ...none },
        { name: 'others', selection: 'pod-labels-differ', ...none },
        { name: 'nobody', selection: 'selects-nothing', ...none },
        {
          name: 'young',
          selection: 'selected',
          effectiveFor: [],
          overridden: [{ family: 'IPv4', by: 'old' }],
        },
      ],
    });
  });

  it('says why no Egress can apply to a selected Pod', () => {
    const cluster = {
      egresses: [egress('a')],
      pods: [pod('p', { hostNetwork: true })],
      namespaces,
    };
    expect(explainPod(indexOf(cluster), { namespace: 'default', name: 'p' })).toMatchObject({
      excluded: 'host-network',
      egresses: [{ selection: 'selected', effectiveFor: [], overridden: [] }],
    });
  });

  it('is undefined for a Pod that does not exist', () => {
    expect(
      explainPod(indexOf({ egresses: [], pods: [], namespaces }), {
        namespace: 'default',
        name: 'p',
      }),
    ).toBeUndefined();
  });
});
