import { KubectlError } from '@sallyport/kit';
import type { World } from '../world.ts';
import { applyEgress, askController, cleanUp, IP, untilRealized } from '../world.ts';

export function operating(world: () => World): void {
  describe('operating', () => {
    afterEach(() => cleanUp(world()));

    // testing/apiserver has a case for each kind of bad manifest.
    it('kubectl apply refuses a bad Egress and takes the good one beside it', async () => {
      const { cluster } = world();
      const manifest = (name: string, address: string): object => ({
        apiVersion: 'crd.antrea.io/v1beta1',
        kind: 'Egress',
        metadata: { name },
        spec: { appliedTo: {}, egressIP: address },
      });
      const error: unknown = await cluster
        .apply([manifest('bad', '10.0.10'), manifest('good', IP)])
        .then(
          () => undefined,
          (caught: unknown) => caught,
        );
      expect(error).toBeInstanceOf(KubectlError);
      expect((error as Error).message).toMatch(
        /spec\.egressIP: .*expected an IPv4 or IPv6 address such as 10\.0\.10\.8 or fd00::8, got "10\.0\.10"/,
      );
      expect(await cluster.kubectl(['get', 'egress', '-o', 'name'])).toBe(
        'egress.crd.antrea.io/good\n',
      );
    });

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
