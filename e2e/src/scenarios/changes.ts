import { waitFor } from '@sallyport/kit';
import type { Expectation, LabPod, Stream, Traffic } from '@sallyport/lab';
import { change, mayChange } from '@sallyport/lab';
import type { World } from '../world.ts';
import {
  applyEgress,
  cleanUp,
  each,
  GUEST_POLL,
  IP,
  OTHER_IP,
  untilNoPodIsRedirected,
  untilRealized,
  untilStatus,
  WEB_OF_PROD,
} from '../world.ts';

export function changes(world: () => World): void {
  describe('changes while traffic runs', () => {
    beforeEach(async () => {
      await world().cluster.node('n2').addAddress(IP);
    });

    afterEach(async () => {
      const { cluster } = world();
      await cleanUp(world());
      await cluster.kubectl([
        'label',
        'pod',
        '-n',
        'prod',
        'web-1',
        'web-2',
        'role=web',
        '--overwrite',
      ]);
      await cluster.kubectl(['label', 'namespace', 'prod', 'env=prod', '--overwrite']);
    });

    /**
     * From `from` to `to` on the wire, never back and nothing else, for the Pods on n1 (another
     * Node) and n2 (the gateway).
     */
    const changing = (
      expect: (from: string, to: string) => Expectation,
      from: (pod: LabPod) => string,
      to: (pod: LabPod) => string,
    ): { flow: LabPod['flow']; expect: Expectation }[] => {
      const { web } = world();
      return [web.n1, web.n2].map((pod) => ({
        flow: pod.flow,
        expect: expect(from(pod), to(pod)),
      }));
    };
    const nodeIP = (pod: LabPod): string => world().cluster.node(pod.node).ip;
    const eip = (): string => IP;

    /**
     * Makes a change, waits until the traffic shows it, then checks that nothing else is seen any
     * more.
     */
    const becomes = async (
      name: string,
      from: (pod: LabPod) => string,
      to: (pod: LabPod) => string,
      make: () => Promise<unknown>,
    ): Promise<void> => {
      const { cluster, web } = world();
      await whileSending([web.n1, web.n2], async ([first, second]) => {
        await cluster.sniffer.phase(name, changing(change, from, to), async () => {
          await make();
          await first?.untilSource(to(web.n1));
          await second?.untilSource(to(web.n2));
        });
        await cluster.sniffer.phase(
          `${name}, afterwards`,
          each([to(web.n1), web.n1], [to(web.n2), web.n2]),
          async () => {
            await Promise.all([first?.more(5), second?.more(5)]);
          },
        );
      });
    };

    it('an Egress is created and deleted', async () => {
      const { cluster } = world();
      await becomes('created', nodeIP, eip, () => applyEgress(world(), 'egress-web'));
      await becomes('deleted', eip, nodeIP, () =>
        cluster.kubectl(['delete', 'egress', 'egress-web']),
      );
    });

    it('once the status says Realized, no packet has the old source', async () => {
      const { cluster, web } = world();
      await whileSending([web.n1, web.n2], async (traffic) => {
        await cluster.sniffer.phase('applied', changing(mayChange, nodeIP, eip), async () => {
          await applyEgress(world(), 'egress-web');
          await untilRealized(world(), 'egress-web');
        });
        await cluster.sniffer.phase('realized', each([IP, web.n1], [IP, web.n2]), async () => {
          await Promise.all(traffic.map((one) => one.more(5)));
        });
      });
    });

    it('the labels of the Pods change', async () => {
      const { cluster } = world();
      const label = (role: string) =>
        cluster.kubectl([
          'label',
          'pod',
          '-n',
          'prod',
          'web-1',
          'web-2',
          `role=${role}`,
          '--overwrite',
        ]);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      await becomes('not selected any more', eip, nodeIP, () => label('none'));
      await becomes('selected again', nodeIP, eip, () => label('web'));
    });

    it('the labels of their Namespace change', async () => {
      const { cluster } = world();
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      await becomes('not selected any more', eip, nodeIP, () =>
        cluster.kubectl(['label', 'namespace', 'prod', 'env=test', '--overwrite']),
      );
      await becomes('selected again', nodeIP, eip, () =>
        cluster.kubectl(['label', 'namespace', 'prod', 'env=prod', '--overwrite']),
      );
    });

    it('the selector of the Egress changes', async () => {
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      await becomes('to other Pods', eip, nodeIP, () =>
        applyEgress(world(), 'egress-web', {
          appliedTo: { podSelector: { matchLabels: { role: 'db' } } },
        }),
      );
      await becomes('and back', nodeIP, eip, () =>
        applyEgress(world(), 'egress-web', { appliedTo: WEB_OF_PROD }),
      );
    });

    it.each(['n2', 'n3'] as const)(
      'the egress IP changes to another one, on %s',
      async (gateway) => {
        const { cluster } = world();
        await cluster.node(gateway).addAddress(OTHER_IP);
        await applyEgress(world(), 'egress-web');
        await untilRealized(world(), 'egress-web');
        await becomes(
          'to the other IP',
          eip,
          () => OTHER_IP,
          () => applyEgress(world(), 'egress-web', { egressIP: OTHER_IP }),
        );
        await becomes(
          'and back',
          () => OTHER_IP,
          eip,
          () => applyEgress(world(), 'egress-web', { egressIP: IP }),
        );
      },
    );

    it('the IP is moved by hand to another Node, and nothing leaves with another address meanwhile', async () => {
      const { cluster, web } = world();
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      await whileSending([web.n1, web.n2, web.n3], async (traffic) => {
        await cluster.sniffer.phase(
          'moved',
          each([IP, web.n1], [IP, web.n2], [IP, web.n3]),
          async () => {
            await cluster.node('n2').removeAddress(IP);
            await cluster.node('n3').addAddress(IP);
            await untilStatus(
              world(),
              'egress-web',
              ({ egressNode }) => egressNode === 'n3',
              'n3 is the gateway',
            );
            await untilRealized(world(), 'egress-web');
            await Promise.all(traffic.map((one) => one.untilSource(IP)));
            await Promise.all(traffic.map((one) => one.more(5)));
          },
        );
      });
    });

    it('a Pod is selected when it is created after the Egress, and left out when it is gone', async () => {
      const { cluster } = world();
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      const pod = await cluster.createPod({
        name: 'web-new',
        namespace: 'prod',
        node: 'n1',
        labels: { role: 'web' },
      });
      try {
        await whileSending([pod], async ([traffic]) => {
          await cluster.sniffer.phase(
            'the Pod is new',
            [{ flow: pod.flow, expect: mayChange(cluster.node('n1').ip, IP) }],
            async () => {
              await traffic?.untilSource(IP);
            },
          );
          await cluster.sniffer.phase('the Pod is known', each([IP, pod]), async () => {
            await traffic?.more(5);
          });
        });
      } finally {
        await cluster.kubectl(['delete', 'pod', '-n', 'prod', 'web-new', '--wait']);
      }
      // The next Pod with its address may be one that no Egress selects.
      await waitFor(
        'the deleted Pod, and no other, to be removed from the sets',
        async () => {
          const { stdout } = await cluster.node('n1').script('ipset list SALLYPORT-PODS');
          return stdout.includes(world().web.n1.ip) && !stdout.includes(pod.ip);
        },
        GUEST_POLL,
      );
    });

    /** Applies the Egress to the Pod on n1, which leaves with the Node's IP until then. */
    const applied = async (meanwhile: () => Promise<unknown>): Promise<void> => {
      const { cluster, web } = world();
      await cluster.sniffer.phase(
        'applied',
        [{ flow: web.n1.flow, expect: change(nodeIP(web.n1), IP) }],
        async () => {
          await applyEgress(world(), 'egress-web');
          await untilRealized(world(), 'egress-web');
          await meanwhile();
        },
      );
    };

    /** And deletes it again. */
    const deleted = async (meanwhile: () => Promise<unknown>): Promise<void> => {
      const { cluster, web } = world();
      await cluster.sniffer.phase(
        'deleted',
        [{ flow: web.n1.flow, expect: change(IP, nodeIP(web.n1)) }],
        async () => {
          await cluster.kubectl(['delete', 'egress', 'egress-web']);
          await untilNoPodIsRedirected(cluster);
          await meanwhile();
        },
      );
    };

    /** Runs `body` with a stream of the Pod on n1, which is closed afterwards. */
    const withStream = async (
      mode: 'echo' | 'push',
      body: (stream: Stream) => Promise<unknown>,
    ): Promise<void> => {
      const stream = await world().web.n1.openStream({ mode });
      try {
        await body(stream);
      } finally {
        await stream.close();
      }
    };

    // Where only the server talks, its packets keep coming through the tunnel that the Pod's do not
    // take any more.
    it.each(['echo', 'push'] as const)(
      'connections from before a change never get a wrong address (%s)',
      async (mode) => {
        const { n1 } = world().web;
        await withStream(mode, async () => {
          await applied(() => whileSending([n1], async ([traffic]) => traffic?.untilSource(IP)));
          await withStream(mode, () =>
            deleted(() => whileSending([n1], async ([traffic]) => traffic?.more(10))),
          );
        });
      },
    );

    it('connections from before a change are ended and not left hanging', async () => {
      await withStream('echo', (stream) => applied(() => stream.untilClosed()));
      await withStream('echo', (stream) => deleted(() => stream.untilClosed()));
    });
  });
}

/** Traffic of a Pod goes on while something changes. */
async function whileSending(
  pods: readonly LabPod[],
  body: (traffic: readonly Traffic[]) => Promise<unknown>,
): Promise<void> {
  const traffic = await Promise.all(pods.map((pod) => pod.startTraffic()));
  try {
    await body(traffic);
  } finally {
    await Promise.all(traffic.map((one) => one.stop()));
  }
}
