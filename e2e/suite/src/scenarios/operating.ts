import { KubectlError } from '@sallyport/lab';
import { applyEgress, askController, cleanUp, IP, untilRealized, type World } from '../world.ts';

export const operating = (world: () => World): void => {
  describe('what an operator meets', () => {
    afterEach(() => cleanUp(world()));

    const refusal = async (spec: object): Promise<string> => {
      const manifest = { apiVersion: 'crd.antrea.io/v1beta1', kind: 'Egress', metadata: { name: 'bad' }, spec };
      const error = await world()
        .cluster.apply([manifest])
        .then(
          () => undefined,
          (caught: unknown) => caught,
        );
      expect(error).toBeInstanceOf(KubectlError);
      return (error as Error).message;
    };

    it.each([
      ['a bad address', { appliedTo: {}, egressIP: '10.0.10' }, /spec\.egressIP.*"10\.0\.10"/],
      [
        'an unknown operator',
        { appliedTo: { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } }, egressIP: IP },
        /operator.*"Is"/,
      ],
      ['no appliedTo', { egressIP: IP }, /spec\.appliedTo.*[Rr]equired/],
      [
        'a field that does not exist',
        { appliedTo: {}, egressIP: IP, destinations: {} },
        /unknown field "spec\.destinations"/,
      ],
    ])('kubectl apply refuses %s and names it', async (_, spec, message) => {
      expect(await refusal(spec)).toMatch(message);
    });

    it('asks the controller which IP a Pod uses, and why', async () => {
      const { cluster } = world();
      const get = async (path: string): Promise<unknown> => JSON.parse(await askController(world(), path)) as unknown;
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
      expect(await get('/openapi.json')).toMatchObject({ openapi: expect.stringMatching(/^3\./) as string });
    });
  });
};
