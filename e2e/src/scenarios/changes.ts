import { mayChange } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, cleanUp, each, IP, OTHER_IP, untilRealized, WEB_OF_PROD } from '../world.ts';
import { moves } from './moves.ts';
import { oldConnections } from './old-connections.ts';
import { becomes, changing, egressAddress, nodeAddress, whileSending } from './while-sending.ts';

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

    egressChanges(world);
    labelChanges(world);
    specChanges(world);
    moves(world);
    oldConnections(world);
  });
}

function egressChanges(world: () => World): void {
  it('an Egress is created and deleted', async () => {
    const { cluster } = world();
    await becomes(world(), 'created', nodeAddress(world()), egressAddress, () =>
      applyEgress(world(), 'egress-web'),
    );
    await becomes(world(), 'deleted', egressAddress, nodeAddress(world()), () =>
      cluster.kubectl(['delete', 'egress', 'egress-web']),
    );
  });

  it('once the status says Realized, no packet has the old source', async () => {
    const { cluster, web } = world();
    await whileSending([web.n1, web.n2], async (traffic) => {
      await cluster.sniffer.phase(
        'applied',
        changing(world(), mayChange, nodeAddress(world()), egressAddress),
        async () => {
          await applyEgress(world(), 'egress-web');
          await untilRealized(world(), 'egress-web');
        },
      );
      await cluster.sniffer.phase('realized', each([IP, web.n1], [IP, web.n2]), async () => {
        await Promise.all(traffic.map((one) => one.more(5)));
      });
    });
  });
}

function labelChanges(world: () => World): void {
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
    await becomes(world(), 'not selected any more', egressAddress, nodeAddress(world()), () =>
      label('none'),
    );
    await becomes(world(), 'selected again', nodeAddress(world()), egressAddress, () =>
      label('web'),
    );
  });

  it('the labels of their Namespace change', async () => {
    const { cluster } = world();
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    await becomes(world(), 'not selected any more', egressAddress, nodeAddress(world()), () =>
      cluster.kubectl(['label', 'namespace', 'prod', 'env=test', '--overwrite']),
    );
    await becomes(world(), 'selected again', nodeAddress(world()), egressAddress, () =>
      cluster.kubectl(['label', 'namespace', 'prod', 'env=prod', '--overwrite']),
    );
  });
}

function specChanges(world: () => World): void {
  it('the selector of the Egress changes', async () => {
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    await becomes(world(), 'to other Pods', egressAddress, nodeAddress(world()), () =>
      applyEgress(world(), 'egress-web', {
        appliedTo: { podSelector: { matchLabels: { role: 'db' } } },
      }),
    );
    await becomes(world(), 'and back', nodeAddress(world()), egressAddress, () =>
      applyEgress(world(), 'egress-web', { appliedTo: WEB_OF_PROD }),
    );
  });

  it.each(['n2', 'n3'] as const)('the egress IP changes to another one, on %s', async (gateway) => {
    const { cluster } = world();
    await cluster.node(gateway).addAddress(OTHER_IP);
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    await becomes(
      world(),
      'to the other IP',
      egressAddress,
      () => OTHER_IP,
      () => applyEgress(world(), 'egress-web', { egressIP: OTHER_IP }),
    );
    await becomes(
      world(),
      'and back',
      () => OTHER_IP,
      egressAddress,
      () => applyEgress(world(), 'egress-web', { egressIP: IP }),
    );
  });
}
