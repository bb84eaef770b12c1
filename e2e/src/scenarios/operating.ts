import { KubectlError } from '@sallyport/kit';
import type { World } from '../world.ts';
import { applyEgress, askController, cleanUp, IP, untilRealized } from '../world.ts';

export function operating(world: () => World): void {
  describe('operating', () => {
    afterEach(() => cleanUp(world()));

    const refusal = async (spec: object): Promise<string> => {
      const manifest = {
        apiVersion: 'crd.antrea.io/v1beta1',
        kind: 'Egress',
        metadata: { name: 'bad' },
        spec,
      };
      const error = await world()
        .cluster.apply([manifest])
        .then(
          () => undefined,
          (caught: unknown) => caught,
        );
      expect(error).toBeInstanceOf(KubectlError);
      return (error as Error).message;
    };

    const selecting = (requirement: object): object => ({
      appliedTo: { podSelector: { matchExpressions: [requirement] } },
      egressIP: IP,
    });

    it.each([
      [
        'a bad address',
        { appliedTo: {}, egressIP: '10.0.10' },
        /spec\.egressIP: .*expected an IPv4 or IPv6 address such as 10\.0\.10\.8 or fd00::8, got "10\.0\.10"/,
      ],
      [
        'an address of no family',
        { appliedTo: {}, egressIP: 'gateway.example.com' },
        /spec\.egressIP: .*expected an IPv4 or IPv6 address .*, got "gateway\.example\.com"/,
      ],
      [
        'two addresses of one family',
        { appliedTo: {}, egressIPs: ['10.0.0.1', '10.0.0.2'] },
        /spec\.egressIPs: .*expected one IPv4 and one IPv6 address at most, got \["10\.0\.0\.1", "10\.0\.0\.2"\]/,
      ],
      [
        'an unknown operator',
        selecting({ key: 'a', operator: 'Is' }),
        /matchExpressions\[0\]\.operator: Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist"/,
      ],
      [
        'In without values',
        selecting({ key: 'a', operator: 'In' }),
        /matchExpressions\[0\]\.values: .*expected one value at least, as the operator is In, got none/,
      ],
      [
        'a label key that is none',
        { appliedTo: { podSelector: { matchLabels: { 'a/b/c': 'd' } } }, egressIP: IP },
        /spec\.appliedTo\.podSelector\.matchLabels: .*expected a label key: .*, got "a\/b\/c"/,
      ],
      [
        'an empty spec',
        {},
        /spec\.appliedTo: Required value: expected .*podSelector.*, got none\n.*spec: Required value: expected one of egressIP, egressIPs, externalIPPool, externalIPPools, got none/,
      ],
      [
        'an Egress of which everything is empty',
        { appliedTo: {}, egressIPs: [], externalIPPool: '' },
        /spec: Required value: expected one of egressIP, .*, got none; egressIPs is empty; externalIPPool is empty/,
      ],
      [
        'no appliedTo',
        { egressIP: IP },
        /spec\.appliedTo: Required value: expected .*podSelector.*, got none/,
      ],
      [
        'a field that does not exist',
        { appliedTo: {}, egressIP: IP, destinations: {} },
        /unknown field "spec\.destinations"/,
      ],
    ])(
      'kubectl apply refuses %s and names the field, the value and what is expected',
      async (_, spec, message) => {
        expect(await refusal(spec)).toMatch(message);
      },
    );

    it('asks the controller which IP a Pod uses, and why', async () => {
      const { cluster } = world();
      const get = async (path: string): Promise<unknown> =>
        JSON.parse(await askController(world(), path)) as unknown;
      await cluster.node('n2').addAddress(IP);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      const selected = JSON.stringify(await get('/debug/pods/prod/web-1'));
      expect(selected).toContain('egress-web');
      expect(selected).toContain(IP);
      expect(selected).toContain('n2');
      expect(JSON.stringify(await get('/debug/pods/prod/db-1'))).not.toContain(IP);
      expect(JSON.stringify(await get('/debug/egresses'))).toContain('egress-web');
      expect(JSON.stringify(await get('/debug/egressgroups/egress-web'))).toContain('web-1');
      expect(JSON.stringify(await get('/debug/nodes/n2'))).toContain(IP);
      expect(await get('/openapi.json')).toMatchObject({
        openapi: expect.stringMatching(/^3\./) as string,
      });
    });
  });
}
